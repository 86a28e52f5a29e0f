"""What strikes the eye in a wrong array, as a sentence that is true of it."""

from fractions import Fraction

import numpy as np

from lstmlib.check.comparing import near

SAME = 1e-7  # relative; two numbers that were computed on different roads


def observations(exercise, names, got, right, sizes):
    """A sentence on each of the wrong arrays on which there is something to say."""
    said = []
    for name in names:
        g, r = got[name], right[name]
        if r.dtype.kind in "USb" or g.dtype.kind in "US" or not r.size:
            continue
        if np.iscomplexobj(g) or np.iscomplexobj(r):
            if np.any(g.imag) or np.any(r.imag):
                continue
            g, r = g.real, r.real
        found = observation(g.astype(float), r.astype(float), sizes, exercise.tolerance)
        if found:
            said.append(f"`{name}`: {found}")
    return said


def observation(got, right, sizes, tolerance):
    """One sentence, or nothing, on a wrong array of floats of the right shape."""
    if np.isnan(got).any() and not np.isnan(right).any():
        return "there is NaN in it; look for 0/0, log 0, inf - inf, or an exp that overflows."
    if np.isinf(got).any() and not np.isinf(right).any():
        return "there are infinities in it; look for a division by 0 or an exp that overflows."
    if not np.isfinite(got).all() or not np.isfinite(right).all():
        return ""
    with np.errstate(all="ignore"):
        return _whole(got, right, sizes) or _in_part(got, right, sizes, tolerance)


def _whole(got, right, sizes):
    """What is true of all its entries at once."""
    scale = np.abs(right).max()
    if np.abs(got - right).max() <= 3e-6 * scale:
        return ("it is off by less than a hundred-thousandth of its largest entry; is there "
                "float32 on its way, or a rounded constant?")
    if not got.any():
        return "yours is zero throughout." if got.size > 1 else ""
    if _same(-got, right):
        return "yours has the other sign."
    ratio = got.flat[np.abs(right).argmax()] / (right.flat[np.abs(right).argmax()] or np.nan)
    if np.isfinite(ratio) and _same(got, ratio * right):
        plain = _ratio(ratio, sizes)
        if np.count_nonzero(right) > 1:
            plain = plain or f"about {ratio:.4g}"
            return f"yours is {plain} times what it should be, in every entry."
        return f"yours is {plain} times what it should be." if plain else ""
    more = got - right
    by = more.flat[0]
    if got.size > 2 and _same(more, np.full_like(more, by)):
        return f"yours is {'larger' if by > 0 else 'smaller'} by {abs(by):.4g} in every entry."
    if got.ndim == 2 and got.shape[0] == got.shape[1] and _same(got.T, right):
        return "yours is the transpose of it."
    for axis in range(got.ndim):
        if _same(np.flip(got, axis), right):
            return f"yours runs backwards along {_axis(axis, right, sizes)}."
    return ""


def _in_part(got, right, sizes, tolerance):
    """Where it is right."""
    same = near(got, right, tolerance)
    for axis in range(got.ndim):
        rows = same.all(axis=tuple(other for other in range(got.ndim) if other != axis))
        if rows.any() and not rows.all():
            return _along(np.flatnonzero(rows), np.flatnonzero(~rows), _axis(axis, right, sizes))
    if got.size > 2 and _same(np.sort(got, None), np.sort(right, None)):
        return "the right numbers, in other places."
    return f"{int(same.sum())} of {same.size} entries are right." if same.any() else ""


def _along(good, bad, where):
    if bad[0] > good[-1]:
        return f"right at index {_span(good)} along {where}, wrong from index {bad[0]} on."
    if good[0] > bad[-1]:
        return f"wrong at index {_span(bad)} along {where}, right from index {good[0]} on."
    if len(bad) <= 6:
        return f"wrong at index {', '.join(map(str, bad))} along {where}, right elsewhere."
    return f"wrong at {len(bad)} of the {len(good) + len(bad)} indices along {where}."


def _same(one, other):
    """Every entry equal but for rounding, the small ones too."""
    return bool(np.all(np.abs(one - other) <= SAME * np.abs(other) + 1e-12 * np.abs(other).max()))


def _ratio(ratio, sizes):
    """A factor as people write it, with the lengths that it may come from; empty if it is none."""
    for text, value in (("ln 2", np.log(2)), ("1/ln 2", 1 / np.log(2))):
        if abs(ratio - value) < SAME * value:
            return text
    plain = Fraction(float(ratio)).limit_denominator(100)
    if not plain or abs(ratio - float(plain)) > SAME * abs(ratio) or plain.numerator > 1000:
        return ""
    for inverse, length in ((False, plain), (True, 1 / plain)):
        letters = [name for name, size in sizes.items() if size > 2 and size == length]
        if letters:
            return f"{plain} (that is {' or '.join('1/' * inverse + name for name in letters)})"
    return str(plain)


def _axis(axis, array, sizes):
    letters = [name for name, size in sizes.items() if size == array.shape[axis]]
    return f"axis {axis}" + (f" ({letters[0]})" if len(letters) == 1 else "")


def _span(indices):
    return str(indices[0]) if len(indices) == 1 else f"{indices[0]} to {indices[-1]}"

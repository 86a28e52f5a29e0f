"""Comparing what came back with what is right, and saying how they differ."""

import numpy as np

from lstmlib.check.child import Other

ROWS = 10


def close(got, right, tolerance):
    """|got - right| <= tolerance * max(1, |right|), entry by entry; NaN equals NaN."""
    if right.dtype.kind in "US" or got.dtype.kind in "US":
        return bool(np.array_equal(got.astype(str), right.astype(str)))
    return bool(np.all(near(got, right, tolerance)))


def near(got, right, tolerance):
    """Where two arrays of one shape agree."""
    with np.errstate(all="ignore"):
        wide = np.complex128 if "c" in got.dtype.kind + right.dtype.kind else np.float64
        got, right = got.astype(wide), right.astype(wide)
        return ((np.isfinite(right) & (np.abs(got - right) <= tolerance * np.maximum(1, np.abs(right))))
                | (got == right) | (np.isnan(got) & np.isnan(right)))


def alike(one, other, exercise):
    """Are two decoded values the same, whatever containers they came in?"""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape == other.shape and close(one, other, exercise.tolerance)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[k], other[k], exercise) for k in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(alike(a, b, exercise) for a, b in zip(one, other))
    if isinstance(one, Other) or isinstance(other, Other):
        return isinstance(one, Other) and isinstance(other, Other) and one.kind == other.kind
    if one is None or other is None or isinstance(one, str) or isinstance(other, str):
        return type(one) is type(other) and one == other
    if isinstance(one, dict) or isinstance(other, dict):
        names, plain = (one, other) if isinstance(one, dict) else (other, one)
        if sorted(names) != sorted(exercise.names) or isinstance(plain, np.ndarray) and not plain.ndim:
            return False
        return alike([names[n] for n in exercise.names], list(plain), exercise)
    try:
        one, other = np.asarray(one), np.asarray(other)
    except ValueError:
        return False
    return one.shape == other.shape and close(one, other, exercise.tolerance)


def axes_words(shape, sizes):
    """A shape in letters, "(B, D)", where each length belongs to one letter."""
    letters = [[name for name, size in sizes.items() if size == length] for length in shape]
    if not shape or not all(len(each) == 1 for each in letters):
        return ""
    return "(" + ", ".join(each[0] for each in letters) + ("," if len(shape) == 1 else "") + ")"


def shape_problem(name, got, right, sizes):
    """A sentence on a wrong shape or kind of number; None where both are right."""
    if got.shape != right.shape:
        words = axes_words(right.shape, sizes)
        said = f"`{name}` has shape {got.shape}, expected {right.shape}" + (f", that is {words}" if words else "")
        if got.ndim > 1 and got.shape == right.shape[::-1]:
            said += ": it is transposed"
        elif got.size == right.size:
            said += ": as many entries, in another arrangement"
        elif not got.ndim:
            said += ": a sum or mean took all axes"
        return said + "."
    if got.dtype.kind == "c" and right.dtype.kind != "c" and np.any(got.imag != 0):
        return f"`{name}` is complex, expected real numbers."
    if right.dtype == np.float64 and got.dtype in (np.float32, np.float16):
        return f"`{name}` is {got.dtype}, expected float64, like the arguments: what makes it narrower?"
    return None


def pattern(names, got, right, sizes):
    """What strikes the eye in the wrong arrays, as sentences."""
    said = []
    for name in names:
        g, r = got[name], right[name]
        if r.dtype.kind in "USb" or g.dtype.kind in "US":
            continue
        found = _pattern(g.astype(complex).real, r.astype(complex).real, sizes)
        if found:
            said.append(f"`{name}`: {found}")
    return said


def _pattern(got, right, sizes):
    with np.errstate(all="ignore"):
        if np.isnan(got).any() and not np.isnan(right).any():
            return "there is NaN in it; look for 0/0, log 0, inf - inf, or an exp that overflows."
        if np.isinf(got).any() and not np.isinf(right).any():
            return "there are infinities in it; look for a division by 0 or an exp that overflows."
        same = near(got, right, 1e-7)
        if near(got, right, 3e-6).all():
            return "off in the seventh digit only; is there float32 on its way, or a rounded constant?"
        if not got.any() and got.size > 1:
            return "yours is zero throughout."
        if near(-got, right, 1e-7).all():
            return "yours has the other sign."
        solid = np.abs(right) > 1e-6
        if solid.sum() > 1 or right.size == 1:
            ratios = got[solid] / right[solid]
            if ratios.size and ratios[0] and near(ratios, np.full_like(ratios, ratios[0]), 1e-7).all() and not got[~solid].any():
                return f"yours is {_ratio(ratios[0], sizes)} times what it should be, in every entry."
        if got.size > 2:
            less = got - right
            if near(less, np.full_like(less, less.flat[0]), 1e-7).all():
                return f"yours is larger by {less.flat[0]:.4g} in every entry." if less.flat[0] > 0 else (
                    f"yours is smaller by {-less.flat[0]:.4g} in every entry.")
        if got.ndim == 2 and got.shape[0] == got.shape[1] and near(got.T, right, 1e-7).all():
            return "yours is the transpose of it."
        for axis in range(got.ndim):
            if got.shape[axis] > 1 and near(np.flip(got, axis), right, 1e-7).all():
                return f"yours runs backwards along {_axis(axis, right, sizes)}."
        for axis in range(got.ndim):
            rows = same.all(axis=tuple(a for a in range(got.ndim) if a != axis))
            if rows.any() and not rows.all() and got.shape[axis] > 1:
                where = _axis(axis, right, sizes)
                good = np.flatnonzero(rows)
                bad = np.flatnonzero(~rows)
                if bad[0] > good[-1]:
                    return f"right at index {_span(good)} along {where}, wrong from index {bad[0]} on."
                if good[0] > bad[-1]:
                    return f"wrong at index {_span(bad)} along {where}, right from index {good[0]} on."
                return f"wrong at index {', '.join(map(str, bad[:6]))} along {where}, right elsewhere."
        if same.any():
            return f"{int(same.sum())} of {same.size} entries are right."
        if got.size > 2 and near(np.sort(got, None), np.sort(right, None), 1e-7).all():
            return "the right numbers, in other places."
    return ""


def _ratio(ratio, sizes):
    for name, size in sizes.items():
        if size > 2 and abs(ratio - size) < 1e-7 * size:
            return f"{size} (that is {name})"
        if size > 2 and abs(ratio * size - 1) < 1e-7:
            return f"1/{size} (that is 1/{name})"
    for value, text in ((2, "2"), (0.5, "1/2"), (np.log(2), "ln 2"), (1 / np.log(2), "1/ln 2")):
        if abs(ratio - value) < 1e-7:
            return text
    return f"{ratio:.4g}"


def _axis(axis, array, sizes):
    letters = [name for name, size in sizes.items() if size == array.shape[axis]]
    return f"axis {axis}" + (f" ({letters[0]})" if len(letters) == 1 else "")


def _span(indices):
    return str(indices[0]) if len(indices) == 1 else f"{indices[0]} to {indices[-1]}"


def numbers(values):
    """Numbers as texts of one width, so that they align."""
    texts = []
    for value in np.asarray(values).ravel():
        if isinstance(value, (str, np.str_)):
            texts.append(repr(str(value)))
        elif isinstance(value, (bool, np.bool_)) or np.asarray(value).dtype.kind in "iu":
            texts.append(str(value))
        elif np.iscomplexobj(value):
            texts.append(f"{value:.6g}")
        else:
            small = value and np.isfinite(value) and not 1e-4 <= abs(value) < 1e6
            texts.append(f"{value:.6e}" if small else f"{value:.6f}")
    width = max(map(len, texts), default=0)
    return [text.rjust(width) for text in texts]


def table(exercise, probe, got, right):
    """The smallest failing case in aligned columns: the arguments where they are small, expected, got."""
    lines = []
    for arg, value in zip(exercise.arguments, probe.args):
        lines += _shown(arg, value)
    if right is None:
        return "\n".join(lines)
    rows = []
    for name in exercise.names:
        r = right[name]
        g = None if got is None else got.get(name)
        if g is None or g.shape != r.shape or g.dtype.kind in "US" or r.dtype.kind in "US":
            if g is not None or len(exercise.names) == 1:
                lines += _shown(f"{name} expected", r)
                if g is not None:
                    lines += _shown(f"{name} got", g)
            continue
        wrong = np.flatnonzero(~near(g, r, exercise.tolerance))
        for flat in wrong[:ROWS]:
            index = np.unravel_index(flat, r.shape)
            rows.append((name + ("[" + ", ".join(map(str, index)) + "]" if index else ""),
                         r[index], g[index], len(wrong), r.size, name))
    if rows:
        rows = rows[:ROWS]
        first = max(6, *(len(row[0]) for row in rows))
        want, have = numbers([row[1] for row in rows]), numbers([row[2] for row in rows])
        width = max(len("expected"), len(want[0])), max(len("got"), len(have[0]))
        lines += ["", f"{'':{first}}  {'expected':>{width[0]}}  {'got':>{width[1]}}"]
        lines += [f"{row[0]:{first}}  {w:>{width[0]}}  {h:>{width[1]}}" for row, w, h in zip(rows, want, have)]
        for name in dict.fromkeys(row[5] for row in rows):
            count, size = next((row[3], row[4]) for row in rows if row[5] == name)
            if count > sum(row[5] == name for row in rows) or size > count:
                lines.append(f"({count} of the {size} entries of {name} are wrong)")
    return "\n".join(lines).strip("\n")


def _shown(name, value, depth=0):
    """An argument in a few lines; of what is large, the shape."""
    if isinstance(value, dict):
        found = []
        for key, item in value.items():
            found += _shown(f"{name}[{key!r}]", item, depth + 1)
        return found if len(found) <= 14 else [f"{name}: a dict with {', '.join(map(repr, value))}"]
    if isinstance(value, np.ndarray):
        if not value.any() and value.size > 1 and value.dtype.kind in "iuf":
            return [f"{name} = zeros, shape {value.shape}"]
        if value.size > 24 or value.ndim > 2:
            return [f"{name}: shape {value.shape}"]
        text = np.array2string(value, precision=4, suppress_small=True, max_line_width=76)
        pad = " " * (len(name) + 3)
        return (f"{name} = " + text).replace("\n", "\n" + pad).split("\n")
    if isinstance(value, (list, tuple)):
        if len(value) > 6 or any(isinstance(item, (dict, np.ndarray)) for item in value):
            return [f"{name}: {len(value)} items"]
        return [f"{name} = {value!r}"[:100]]
    if isinstance(value, (str, int, float, bool, np.generic)) or value is None:
        shown = value.item() if isinstance(value, np.generic) else value
        return [f"{name} = {shown!r}"[:100]]
    return [f"{name}: {type(value).__name__}"]

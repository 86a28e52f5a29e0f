"""The smallest failing case, in aligned columns."""

import numpy as np

from lstmlib.check.comparing import near

ROWS, ENTRIES, ITEMS, LINES = 10, 24, 6, 14


def table(exercise, probe, got, right):
    """The arguments where they are small, then what is wrong: expected and got."""
    lines = []
    for arg, value in zip(exercise.arguments, probe.args):
        lines += _shown(arg, value)
    if right is None:
        return "\n".join(lines)
    rows, counts = [], []
    for name in exercise.names:
        r, g = right[name], (got or {}).get(name)
        if g is None or g.shape != r.shape or g.dtype.kind in "US" or r.dtype.kind in "US":
            if g is not None or len(exercise.names) == 1:
                lines += _shown(f"{name} expected", r)
            if g is not None:
                lines += _shown(f"{name} got", g)
            continue
        wrong = np.flatnonzero(~near(g, r, exercise.tolerance))
        shown = wrong[:ROWS - len(rows)]
        for index in zip(*np.unravel_index(shown, r.shape)) if r.ndim else [()] * len(shown):
            rows.append((name + _subscript(index), r[index], _like(r[index], g[index])))
        if len(shown) and r.size > len(shown):
            counts.append(f"({len(wrong)} of the {r.size} entries of {name} are wrong)")
    return "\n".join(lines + _columns(rows) + counts).strip("\n")


def _like(right, got):
    """A truth value that came among numbers, and so as 0 or 1, is one again."""
    return bool(got) if right.dtype.kind == "b" and got in (0, 1) else got


def _subscript(index):
    return f"[{', '.join(map(str, index))}]" if index else ""


def _columns(rows):
    if not rows:
        return []
    first = max(6, *(len(name) for name, _, _ in rows))
    right, got = differing([r for _, r, _ in rows], [g for _, _, g in rows])
    wide, long = max(len("expected"), len(right[0])), max(len("got"), len(got[0]))
    lines = ["", f"{'':{first}}  {'expected':>{wide}}  {'got':>{long}}"]
    return lines + [f"{name:{first}}  {r:>{wide}}  {g:>{long}}"
                    for (name, _, _), r, g in zip(rows, right, got)]


def differing(ones, others):
    """Two columns of texts, with as many digits as it takes to see that each pair differs."""
    for digits in (6, 9, 12, 17):
        columns = numbers(ones, digits), numbers(others, digits)
        if not any(one.strip() == other.strip() for one, other in zip(*columns)):
            break
    return columns


def numbers(values, digits=6):
    """Numbers as texts of one width, so that they align."""
    texts = []
    for value in map(np.asarray, values):
        if value.dtype.kind in "biu":
            texts.append(str(value.item()))
        elif value.dtype.kind == "c":
            texts.append(f"{value.item():.{digits}g}")
        else:
            usual = not value or not np.isfinite(value) or 1e-4 <= abs(value) < 1e6
            texts.append(f"{value.item():.{digits}{'f' if usual else 'e'}}")
    width = max(map(len, texts), default=0)
    return [text.rjust(width) for text in texts]


def _shown(name, value):
    """An argument in a few lines; of what is large, the shape."""
    if isinstance(value, dict):
        found = [line for key, item in value.items() for line in _shown(f"{name}[{key!r}]", item)]
        if len(found) > LINES:
            return [_cut(f"{name}: a dict with {', '.join(map(repr, value))}")]
        return found
    if isinstance(value, np.ndarray):
        return _array(name, value)
    if isinstance(value, (list, tuple)):
        if len(value) > ITEMS or any(isinstance(item, (dict, np.ndarray)) for item in value):
            return [f"{name}: {len(value)} items"]
        return [_cut(f"{name} = {type(value)(map(_plain, value))!r}")]
    if isinstance(value, (str, int, float, complex, np.generic)) or value is None:
        return [_cut(f"{name} = {_plain(value)!r}")]
    return [f"{name}: {type(value).__name__}"]


def _array(name, value):
    if value.dtype.kind in "iuf" and value.size > 1 and not value.any():
        return [f"{name} = zeros, shape {value.shape}"]
    if value.size > ENTRIES or not value.size:
        return [f"{name}: shape {value.shape}"]
    if not value.ndim:
        return [f"{name} = {_plain(value[()])!r}"]
    fair = value.dtype.kind not in "fc" or np.nanmax(np.abs(value), initial=0) >= 1e-2
    text = np.array2string(value, precision=4, suppress_small=bool(fair), max_line_width=76)
    pad = " " * (len(name) + 3)
    lines = (f"{name} = " + text).replace("\n", "\n" + pad).split("\n")
    return [line for line in lines if line.strip()]


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value


def _cut(text):
    return text if len(text) <= 100 else text[:97] + "..."

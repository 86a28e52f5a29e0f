"""Comparing what came back with what is right."""

import numpy as np

from lstmlib.check.child import Other


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
        close_by = np.abs(got - right) <= tolerance * np.maximum(1, np.abs(right))
        return ((np.isfinite(right) & close_by)
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
        number = isinstance(plain, np.ndarray) and not plain.ndim
        if number or sorted(names) != sorted(exercise.names):
            return False
        return alike([names[n] for n in exercise.names], list(plain), exercise)
    try:
        one, other = np.asarray(one), np.asarray(other)
    except ValueError:
        return False
    if "O" in one.dtype.kind + other.dtype.kind or one.shape != other.shape:
        return False
    return close(one, other, exercise.tolerance)


def axes_words(shape, sizes):
    """A shape in letters, "(B, D)", where each length belongs to one letter."""
    letters = [[name for name, size in sizes.items() if size == length] for length in shape]
    if not shape or not all(len(each) == 1 for each in letters):
        return ""
    return "(" + ", ".join(each[0] for each in letters) + ("," if len(shape) == 1 else "") + ")"


def shape_problem(name, got, right, sizes, tolerance):
    """A sentence on a wrong shape or kind of number; None where both are right."""
    if got.shape != right.shape:
        words = axes_words(right.shape, sizes)
        wanted = right.shape if right.ndim else "a single number"
        wanted = f"{wanted}, that is {words}" if words else wanted
        given = f"has shape {got.shape}" if got.ndim else "is a single number"
        return f"`{name}` {given}, expected {wanted}{_mismatch(got, right, tolerance)}."
    if got.dtype.kind == "c" and right.dtype.kind != "c" and np.any(
            np.abs(got.imag) > tolerance * np.maximum(1, np.abs(right))):
        return f"`{name}` is complex, expected real numbers."
    if right.dtype == np.float64 and got.dtype in (np.float32, np.float16):
        return (f"`{name}` is {got.dtype}, expected float64, like the arguments: what makes it "
                "narrower?")
    return None


def _mismatch(got, right, tolerance):
    if got.ndim > 1 and got.shape == right.shape[::-1]:
        if right.dtype.kind not in "US" and close(got.T, right, tolerance):
            return ": it is transposed"
        return ": the axes in the other order"
    if got.size == right.size and right.ndim:
        return ": as many entries, in another arrangement"
    return ": did a sum or a mean take all axes?" if not got.ndim else ""

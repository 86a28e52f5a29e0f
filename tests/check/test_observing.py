"""What is observed in a wrong array is true of it; tables show what differs."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from lstmlib.check.comparing import shape_problem
from lstmlib.check.exercise import Probe
from lstmlib.check.observing import observation
from lstmlib.check.tables import table

SIZES = {"T": 7, "B": 5, "M": 3, "D": 2}
SHAPES = [(), (1,), (5,), (2, 2), (7, 5), (5, 1), (7, 5, 2), (3, 3)]


def arrays(rng):
    """Right arrays of every kind: wide ranges, zeros, small whole numbers, one number throughout."""
    for shape in SHAPES:
        yield rng.normal(size=shape)
        yield rng.normal(size=shape) * 10.0 ** rng.integers(-9, 9, size=shape)
        yield rng.integers(-2, 3, size=shape).astype(float)
        yield np.full(shape, rng.normal())
        yield np.zeros(shape)


def wrong_ones(right, rng):
    """Wrong answers to it: by rule and by chance, in all entries and in some."""
    yield from (-right, 7 * right, right / 7, right / 3, right * np.log(2), right + 0.5, right * 0, right * -1.37)
    yield right + 1e-6
    yield right.astype(np.float32).astype(float) * (1 + 1e-6)
    yield rng.normal(size=right.shape)
    yield rng.permutation(right.ravel()).reshape(right.shape)
    if right.ndim == 2 and right.shape[0] == right.shape[1]:
        yield right.T
    for axis in range(right.ndim):
        yield np.flip(right, axis)
        for cut in range(right.shape[axis]):
            one = right.copy()
            np.moveaxis(one, axis, 0)[cut:] += 1
            yield one
            one = right.copy()
            np.moveaxis(one, axis, 0)[rng.integers(2, size=len(np.moveaxis(one, axis, 0))) > 0] -= 1
            yield one
    if right.size:
        one = right.copy()
        one.flat[rng.integers(right.size)] += 1e-3
        yield one
        one = -right
        one.flat[np.abs(one).argmin()] += 1e-5
        yield one


def is_true(said, got, right):
    """Does the sentence hold? Read from its words, entry by entry."""
    def equal(a, b):
        return np.allclose(a, b, rtol=1e-6, atol=1e-11 * max(np.abs(right).max(), np.abs(got).max()))

    match = {}

    def like(form):
        match.update(found=re.fullmatch(form, said))
        return match["found"]

    same = np.abs(got - right) <= 1e-7 * np.maximum(1, np.abs(right))
    if "hundred-thousandth" in said:
        return np.abs(got - right).max() < 1e-5 * np.abs(right).max()
    if said == "yours is zero throughout.":
        return not got.any()
    if said == "yours has the other sign.":
        return equal(got, -right)
    if like(r"yours is (about )?(\S+|1/ln 2|ln 2)( \(.*\))? times what it should be(, in every entry)?\."):
        found = match["found"]
        factor = eval(found[2].replace("ln 2", "np.log(2)"), {"np": np})
        named = re.findall(r"(1/)?([TBMD])\b", found[3] or "")
        assert all(np.isclose(abs(factor), 1 / SIZES[n] if inverse else SIZES[n]) for inverse, n in named)
        return np.allclose(got, factor * right, rtol=1e-3 if found[1] else 1e-6, atol=1e-11 * np.abs(got).max())
    if like(r"yours is (larger|smaller) by (\S+) in every entry\."):
        by = float(match["found"][2]) * (1 if match["found"][1] == "larger" else -1)
        return np.allclose(got - right, by, rtol=1e-3, atol=1e-11 * np.abs(right).max())
    if said == "yours is the transpose of it.":
        return equal(got.T, right)
    if like(r"yours runs backwards along axis (\d)( \(.\))?\."):
        return equal(np.flip(got, int(match["found"][1])), right)
    if like(r"(right|wrong) at index (\d+)(?: to (\d+))? along axis (\d)(?: \((.)\))?, "
            r"(right|wrong) from index (\d+) on\."):
        first, low, high, axis, letter, then, start = match["found"].groups()
        axis, rows = int(axis), np.moveaxis(same, int(axis), 0).reshape(same.shape[int(axis)], -1).all(axis=1)
        assert letter is None or SIZES[letter] == same.shape[axis]
        return (first != then and int(low) == 0 and int(high or low) + 1 == int(start)
                and (rows[:int(start)] == (first == "right")).all() and (rows[int(start):] == (then == "right")).all())
    if like(r"wrong at index ([\d, ]+) along axis (\d)(?: \(.\))?, right elsewhere\."):
        axis = int(match["found"][2])
        rows = np.moveaxis(same, axis, 0).reshape(same.shape[axis], -1).all(axis=1)
        return np.flatnonzero(~rows).tolist() == [int(k) for k in match["found"][1].split(",")]
    if like(r"wrong at (\d+) of the (\d+) indices along axis (\d)(?: \(.\))?\."):
        axis = int(match["found"][3])
        rows = np.moveaxis(same, axis, 0).reshape(same.shape[axis], -1).all(axis=1)
        return ((~rows).sum(), len(rows)) == (int(match["found"][1]), int(match["found"][2]))
    if said == "the right numbers, in other places.":
        return equal(np.sort(got, None), np.sort(right, None))
    if like(r"(\d+) of (\d+) entries are right\."):
        return (same.sum(), same.size) == (int(match["found"][1]), int(match["found"][2]))
    raise AssertionError(f"an observation that this test does not know: {said}")


@pytest.mark.parametrize("seed", range(6))
def test_observations_are_true(seed):
    rng = np.random.default_rng(seed)
    seen = set()
    for right in arrays(rng):
        for got in wrong_ones(right, rng):
            if (np.abs(got - right) <= 1e-7 * np.maximum(1, np.abs(right))).all():
                continue
            said = observation(got, right, SIZES, 1e-7)
            if said:
                assert is_true(said, got, right), (said, got, right)
                seen.add(re.sub(r"[\d.]+|\(.*\)", "", said)[:14])
    assert len(seen) >= 8, seen


@pytest.mark.parametrize("change, says", [
    (lambda a: -a, "other sign"), (lambda a: a * 7, "7 (that is T) times"), (lambda a: a / 5, "1/5 (that is 1/B) times"),
    (lambda a: a * 0, "zero throughout"), (lambda a: a + 0.25, "larger by 0.25"), (lambda a: a - 2, "smaller by 2"),
    (lambda a: a[::-1], "backwards along axis 0 (T)"), (lambda a: a / np.log(2), "1/ln 2 times"), (lambda a: a * 0.123, "about 0.123 times"),
    (lambda a: a * np.nan, "NaN"), (lambda a: a / 0, "infinities"), (lambda a: a * (np.arange(7) < 4)[:, None], "from index 4 on"),
    (lambda a: np.where(np.arange(5) == 2, 9, a), "wrong at index 2 along axis 1 (B)"),
    (lambda a: a + 1e-6 * a, "float32"), (lambda a: np.sort(a, None).reshape(a.shape), "other places"),
])
def test_what_strikes_the_eye_is_told(change, says):
    right = np.random.default_rng(0).normal(size=(7, 5)) + 3
    with np.errstate(all="ignore"):
        assert says in observation(change(right.copy()), right, SIZES, 1e-7)


def told(right, got, **args):
    exercise = SimpleNamespace(arguments=list(args), names=("h",), returns="h", tolerance=1e-7)
    return table(exercise, Probe("one", tuple(args.values()), "look"), {"h": got}, {"h": right})


@pytest.mark.parametrize("right, got", [
    (1.0, 1.0 + 3e-7), (1e-9, 3e-6), (1e300, 2e300), (3, 4), (0.0, np.nan), (np.inf, 1.0), (1e6, 1e6 + 0.2),
    (12345.678, 12345.69), (1 / 3, 1 / 3 + 2e-7), (1e5, 1e5 + 0.011)])
def test_a_pair_that_differs_is_seen_to_differ(right, got):
    lines = told(np.array([right, 1.0]), np.array([got, 1.0])).splitlines()
    assert lines[0].split() == ["expected", "got"]
    name, one, other = lines[1].split()
    assert name == "h[0]" and one != other
    assert float(eval(one, {"inf": np.inf, "nan": np.nan})) == pytest.approx(right, rel=1e-6)
    assert lines[0].endswith("got") and len({len(line) for line in lines[:2]}) == 1


def test_tables_show_small_arguments_whole_and_of_large_ones_the_shape():
    shown = told(np.zeros(2), np.ones(2), a=np.ones((2, 2, 2)), b=np.ones((9, 9)), c=[np.float64(1), 2], d="text",
                 e=np.array(["x", "y"]), f=1e-9 * np.ones(2), g=np.zeros(3), n=np.array(3), p={"W": np.ones((1, 1))})
    for part in ("a = [[[1. 1.]", "b: shape (9, 9)", "c = [1.0, 2]", "d = 'text'", "e = ['x' 'y']", "f = [1.e-09 1.e-09]",
                 "g = zeros, shape (3,)", "n = 3", "p['W'] = [[1.]]"):
        assert part in shown, shown
    assert "\n\n" not in shown.split("expected")[0].strip("\n ")
    assert "h expected = [[[" in told(np.ones((2, 1, 2)), np.ones((1, 2, 2)))


def test_a_truth_value_that_came_among_numbers_is_shown_as_one():
    rows = [line.split() for line in told(np.array(True), np.array(0.0)).splitlines()]
    assert rows[-1][-2:] == ["True", "False"]


@pytest.mark.parametrize("got, right, says", [
    (np.ones((5, 2)), np.ones((2, 5)), "it is transposed"), (np.arange(10.0).reshape(5, 2), np.zeros((2, 5)), "the axes in the other order"),
    (np.ones(10), np.ones((5, 2)), "in another arrangement"), (np.array(1.0), np.ones((5, 2)), "is a single number, expected (5, 2), that is (B, D)"),
    (np.ones(1), np.array(1.0), "has shape (1,), expected a single number."), (np.ones((5, 3)), np.ones((5, 2)), "(5, 3), expected (5, 2), that is (B, D)."),
    (np.ones(2) + 1j, np.ones(2), "is complex"), (np.ones(2, "f"), np.ones(2), "float32"),
])
def test_a_wrong_shape_is_told_truly(got, right, says):
    assert says in shape_problem("h", got, right, SIZES, 1e-7)


def test_rounding_in_the_imaginary_part_is_no_mistake():
    assert shape_problem("h", np.ones(2) + 1e-17j, np.ones(2), SIZES, 1e-7) is None

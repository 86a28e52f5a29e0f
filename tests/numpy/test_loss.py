"""Losses: against torch, against complex step, and far out."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from lstmlib.numpy import (binary_cross_entropy, bits, complex_step, mean_squared_error,
                           perplexity, softmax, softmax_cross_entropy)

LOSS = "lstmlib.numpy.loss"
SHAPE = (7, 5, 3)


def torch_classes(logits, targets, mask):
    each = torch.nn.functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), torch.tensor(targets).reshape(-1), reduction="none")
    return each[torch.tensor(mask).reshape(-1)].mean()


def torch_labels(logits, targets, mask):
    each = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, torch.tensor(targets), reduction="none")
    return each[torch.tensor(mask)].mean()


def torch_squares(y, targets, mask):
    each = torch.nn.functional.mse_loss(y, torch.tensor(targets), reduction="none")
    return each[torch.tensor(mask)].mean()


def classes(rng):
    return rng.integers(0, SHAPE[-1], SHAPE[:-1])


def labels(rng):
    return rng.uniform(size=SHAPE)


def values(rng):
    return rng.normal(size=SHAPE)


CASES = {
    "softmax_cross_entropy": (softmax_cross_entropy, torch_classes, classes),
    "binary_cross_entropy": (binary_cross_entropy, torch_labels, labels),
    "mean_squared_error": (mean_squared_error, torch_squares, values),
}


def agrees(loss, name):
    """With torch and with complex step, with and without a mask."""
    _, reference, draw = CASES[name]
    rng = np.random.default_rng(0)
    y, targets = rng.normal(size=SHAPE) * 3, draw(rng)
    for mask in (None, rng.uniform(size=SHAPE[:-1]) < 0.6):
        value, d_y = loss(y, targets, mask)
        tensor = torch.tensor(y, requires_grad=True)
        expected = reference(tensor, targets, np.ones(SHAPE[:-1], bool) if mask is None else mask)
        expected.backward()
        assert_allclose(value, expected.item(), rtol=1e-13)
        assert_allclose(d_y, tensor.grad.numpy(), rtol=1e-10, atol=1e-15)
        numeric = complex_step(lambda v: loss(v["y"], targets, mask)[0], {"y": y})["y"]
        assert_allclose(d_y, numeric, rtol=1e-10, atol=1e-14)
        assert isinstance(value, float) and d_y.dtype == np.float64
        if mask is not None:
            assert_array_equal(d_y[~mask], 0)


@pytest.mark.parametrize("name", CASES)
def test_agrees_with_torch_and_complex_step(name):
    agrees(CASES[name][0], name)


@pytest.mark.parametrize("name, right, wrong", [
    ("softmax_cross_entropy", "hit - 1", "hit"),
    ("softmax_cross_entropy", "np.where(counts[..., None], d_logits / n, 0)", "d_logits / n"),
    ("softmax_cross_entropy", "np.where(counts[..., None], d_logits / n, 0)",
     "np.where(counts[..., None], d_logits, 0)"),
    ("softmax_cross_entropy", "logits.real.max(axis=-1, keepdims=True)",
     "abs(logits).max(axis=-1, keepdims=True)"),
    ("softmax_cross_entropy", "n = int(counts.sum())\n    nats = -np",
     "n = counts.size\n    nats = -np"),
    ("softmax_cross_entropy", "np.where(counts, values / n, 0)", "(values / n)"),
    ("binary_cross_entropy", "positive = a.real > 0", "positive = a.real < 0"),
    ("binary_cross_entropy", "- a * y +", "- abs(a) * y +"),
    ("binary_cross_entropy", "(p - y) / n, 0)", "(p - y), 0)"),
    ("binary_cross_entropy", "np.where(positive, 1, small)", "np.where(positive, small, 1)"),
    ("mean_squared_error", "2 * difference / n", "difference / n"),
    ("mean_squared_error", "_mean(difference * difference,", "_mean(difference,"),
    ("mean_squared_error", "np.where(counts, y, 0) - targets", "y - targets"),
])
def test_planted_mistake(planted, name, right, wrong):
    loss = getattr(planted(LOSS, right, wrong), name)
    with pytest.raises((AssertionError, FloatingPointError)):
        agrees(loss, name)
        if name != "mean_squared_error":
            stays_exact_far_out(loss, name, np.float64, 1e300)


def stays_exact_far_out(loss, name, dtype, far):
    """For logits of ±far the loss has a closed form, and there is no warning on the way."""
    far = float(dtype(far))
    with np.errstate(all="raise", under="ignore"):
        if name == "softmax_cross_entropy":
            y = np.array([[far, -far, 0], [far, far, -far], [-far, -far, -far]], dtype)
            value, d_y = loss(y, [0, 0, 0])
            assert_allclose(value, (math.log(2) + math.log(3)) / 3, rtol=1e-6)
            assert_allclose(d_y * 3, [[0, 0, 0], [-1/2, 1/2, 0], [-2/3, 1/3, 1/3]], atol=1e-6)
            y = y[:2]
            value, d_y = loss(y, [1, 0])
            expected = far + math.log(2) / 2
            slopes = np.array([[1, -1, 0], [-0.5, 0.5, 0]]) / 2
        else:
            y = np.array([far, far, -far, -far], dtype)
            value, d_y = loss(y, np.array([1, 0, 1, 0]))
            expected = far / 2
            slopes = np.array([0, 1, -1, 0]) / 4
    assert_allclose(value, expected, rtol=1e-6 if dtype == np.float32 else 1e-14)
    assert_allclose(d_y, slopes, atol=1e-6)
    assert d_y.dtype == dtype


@pytest.mark.parametrize("name", ["softmax_cross_entropy", "binary_cross_entropy"])
@pytest.mark.parametrize("dtype, far", [(np.float32, 1e4), (np.float32, 1e37),
                                        (np.float64, 1e4), (np.float64, 1e300)])
def test_stays_exact_far_out(name, dtype, far):
    stays_exact_far_out(CASES[name][0], name, dtype, far)


@pytest.mark.parametrize("a", [-700.0, -50.0, -1e-9, 0.0, 1e-9, 50.0, 700.0])
def test_binary_cross_entropy_keeps_its_small_values(a):
    # log(1 + e^-a) for the right answer, of which a careless form leaves 0 or inf.
    value, _ = binary_cross_entropy([a], [1])
    assert_allclose(value, math.log1p(math.exp(-a)), rtol=1e-14)


def test_a_class_with_probability_zero():
    assert_allclose(softmax([-np.inf, 0.0, 0.0]), [0, 0.5, 0.5])
    value, d_logits = softmax_cross_entropy([[-np.inf, 0.0, 0.0]], [1])
    assert_allclose([value, *d_logits[0]], [math.log(2), 0, -0.5, 0.5])


@pytest.mark.parametrize("loss, targets", [(softmax_cross_entropy, [0, 1]),
                                           (binary_cross_entropy, [[0.0, 1.0]] * 2),
                                           (mean_squared_error, [[0.0, 1.0]] * 2)])
def test_nan_propagates_and_a_mask_stops_it(loss, targets):
    y = np.array([[0.5, np.nan], [1.0, 2.0]])
    value, d_y = loss(y, targets)
    assert math.isnan(value) and np.isnan(d_y).any()
    value, d_y = loss(y, targets, [0, 1])
    assert math.isfinite(value)
    assert_array_equal(d_y[0], 0)


def test_a_masked_target_is_not_looked_at():
    value, _ = softmax_cross_entropy(np.zeros((2, 4)), [-1, 3], [False, True])
    assert_allclose(value, math.log(4))
    value, _ = binary_cross_entropy([0.0, 0.0], [np.nan, 1.0], [False, True])
    assert_allclose(value, math.log(2))


def test_a_mask_of_entries_and_one_of_positions():
    y, targets = np.arange(6.0).reshape(2, 3), np.zeros((2, 3))
    assert mean_squared_error(y, targets, [True, False])[0] == pytest.approx((0 + 1 + 4) / 3)
    assert mean_squared_error(y, targets, [[0, 1, 0], [0, 0, 1]])[0] == (1 + 25) / 2


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=7), st.floats(-1e3, 1e3))
def test_softmax_sums_to_one_and_ignores_a_common_shift(logits, shift):
    p = softmax(logits)
    assert_allclose(p.sum(), 1)
    assert_allclose(softmax([a + shift for a in logits]), p, atol=1e-12)


def test_softmax_is_torchs():
    logits = np.random.default_rng(0).normal(size=SHAPE) * 5
    assert_allclose(softmax(logits), torch.softmax(torch.tensor(logits), -1).numpy(), rtol=1e-13)
    assert softmax(logits.astype(np.float32)).dtype == np.float32


def test_units_of_surprise():
    uniform = softmax_cross_entropy(np.zeros((3, 8)), [0, 5, 7])[0]
    assert_allclose([uniform, bits(uniform), perplexity(uniform)], [math.log(8), 3, 8])
    nats = np.array([0.3, 2.0])
    assert_allclose(perplexity(nats), 2 ** bits(nats))


@pytest.mark.parametrize("name", CASES)
def test_inputs_stay_as_they_are_in_any_order_of_memory(name):
    loss, _, draw = CASES[name]
    rng = np.random.default_rng(1)
    y, targets = rng.normal(size=SHAPE), draw(rng)
    expected = loss(y, targets)
    recast = [np.asfortranarray(a).astype(a.dtype.newbyteorder(">")) for a in (y, targets)]
    for array in (*recast, y, targets):
        array.flags.writeable = False
    value, d_y = loss(*recast)
    assert_allclose(value, expected[0], rtol=1e-14)
    assert_allclose(d_y, expected[1], rtol=1e-12)
    assert d_y.dtype.isnative

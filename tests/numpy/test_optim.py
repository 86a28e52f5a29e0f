"""Optimisers step for step with torch's, and clipping."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from lstmlib.numpy import OPTIMISERS, SGD, Adam, Momentum, clip, global_norm

OPTIM = "lstmlib.numpy.optim"
SETTINGS = {
    "sgd": [({"learning_rate": 0.1}, {"lr": 0.1})],
    "momentum": [({"learning_rate": 0.1}, {"lr": 0.1, "momentum": 0.9}),
                 ({"learning_rate": 0.1, "momentum": 0.5}, {"lr": 0.1, "momentum": 0.5}),
                 ({"learning_rate": 0.1, "momentum": 0}, {"lr": 0.1, "momentum": 0})],
    "adam": [({}, {}),
             ({"learning_rate": 0.1, "beta1": 0.5, "beta2": 0.8, "epsilon": 0.01},
              {"lr": 0.1, "betas": (0.5, 0.8), "eps": 0.01})],
}
TWINS = {"sgd": torch.optim.SGD, "momentum": torch.optim.SGD, "adam": torch.optim.Adam}


def goes_with_torch(optimisers, name):
    """Fifty steps on the same random gradients, the rate halved on the way."""
    for ours, theirs in SETTINGS[name]:
        rng = np.random.default_rng(0)
        params = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=3)}
        tensors = {key: torch.tensor(value, requires_grad=True) for key, value in params.items()}
        optimiser, twin = optimisers[name](**ours), TWINS[name](tensors.values(), **theirs)
        for step in range(50):
            grads = {key: rng.normal(size=value.shape) * 10.0 ** rng.integers(-6, 3)
                     for key, value in params.items()}
            for key, tensor in tensors.items():
                tensor.grad = torch.tensor(grads[key])
            if step == 25:
                optimiser.learning_rate /= 2
                twin.param_groups[0]["lr"] /= 2
            params = optimiser.step(params, grads)
            twin.step()
            for key, tensor in tensors.items():
                assert_allclose(params[key], tensor.detach().numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_goes_with_torch_step_for_step(name):
    goes_with_torch(OPTIMISERS, name)


@pytest.mark.parametrize("name, right, wrong", [
    ("sgd", "return p - self.learning_rate * g", "return p + self.learning_rate * g"),
    ("momentum", "self.momentum * self.moment(self.v, name, p) + g",
     "self.momentum * self.moment(self.v, name, p) + self.learning_rate * g"),
    ("momentum", "return p - self.learning_rate * v", "return p - self.learning_rate * g"),
    ("adam", "m_hat = m / (1 - self.beta1 ** k)", "m_hat = m"),
    ("adam", "v_hat = v / (1 - self.beta2 ** k)", "v_hat = v"),
    ("adam", "np.sqrt(v_hat) + self.epsilon", "np.sqrt(v_hat + self.epsilon)"),
    ("adam", "self.k.get(name, 0) + 1", "self.k.get(name, 1) + 1"),
    ("adam", "(1 - self.beta2) * g * g", "(1 - self.beta2) * g"),
])
def test_planted_mistake_in_an_optimiser(planted, name, right, wrong):
    with pytest.raises(AssertionError), np.errstate(invalid="ignore"):
        goes_with_torch(planted(OPTIM, right, wrong).OPTIMISERS, name)


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_neither_parameters_nor_gradients_are_written_to(name, dtype):
    optimiser = OPTIMISERS[name](learning_rate=np.float64(0.1))
    start = {"W": np.array([1.0, 2.0], dtype)}
    params = start
    for array in start.values():
        array.flags.writeable = False
    grads = {"W": np.array([3.0, -4.0], dtype)}
    seen = []
    for _ in range(3):
        params = optimiser.step(params, grads)
        assert params["W"].dtype == dtype
        seen.append((params["W"], params["W"].copy()))
    for array, copy in seen:
        assert_array_equal(array, copy)
    assert_array_equal(grads["W"], [3, -4])
    assert not np.shares_memory(params["W"], grads["W"])


def test_sgd_on_a_parabola_has_a_closed_form():
    params = {"w": np.array([5.0])}
    sgd = SGD(0.1)
    for _ in range(10):
        params = sgd.step(params, {"w": 2 * params["w"]})
    assert_allclose(params["w"], 5 * 0.8 ** 10)


def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient():
    for size in (1e-3, 1, 1e6):
        moved = Adam(0.1).step({"w": np.zeros(1)}, {"w": np.array([float(size)])})
        assert_allclose(moved["w"], -0.1, rtol=1e-4)


def test_an_optimiser_serves_one_network():
    for optimiser in (Momentum(0.1), Adam()):
        optimiser.step({"w": np.zeros(2)}, {"w": np.ones(2)})
        with pytest.raises(ValueError, match="another network"):
            optimiser.step({"w": np.zeros(3)}, {"w": np.ones(3)})


# ---- clipping


def clips_as_torch_does(clip):
    rng = np.random.default_rng(0)
    for threshold in (0.01, 1.0, 4.0, 100.0):
        grads = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=3)}
        tensors = [torch.zeros(value.shape, dtype=torch.float64) for value in grads.values()]
        for tensor, value in zip(tensors, grads.values()):
            tensor.grad = torch.tensor(value)
        expected = torch.nn.utils.clip_grad_norm_(tensors, threshold).item()
        clipped, norm = clip(grads, threshold)
        assert_allclose(norm, expected, rtol=1e-13)
        for tensor, value in zip(tensors, clipped.values()):
            # torch divides by norm + 1e-6
            assert_allclose(value, tensor.grad.numpy(), rtol=2e-6)
        assert_allclose(global_norm(clipped), min(norm, threshold), rtol=1e-13)


def test_clips_as_torch_does():
    clips_as_torch_does(clip)


@pytest.mark.parametrize("right, wrong", [
    ("threshold / norm if threshold < norm < math.inf else 1.0", "threshold / norm"),
    ("threshold / norm if threshold < norm < math.inf else 1.0", "min(1.0, 1 / norm)"),
    ("{name: np.asarray(g * scale) for", "{name: np.clip(g, -threshold, threshold) for"),
    ("return largest * math.sqrt(sum(squares))", "return sum(squares)"),
])
def test_planted_mistake_in_clipping(planted, right, wrong):
    with pytest.raises(AssertionError):
        clips_as_torch_does(planted(OPTIM, right, wrong).clip)


@pytest.mark.parametrize("dtype, huge", [(np.float32, 3e38), (np.float64, 1e300)])
def test_huge_gradients_are_clipped_too(dtype, huge):
    with np.errstate(all="raise", under="ignore"):
        clipped, norm = clip({"W": np.array([3 * huge / 5], dtype), "b": np.array([4 * huge / 5],
                                                                                 dtype)}, 1.0)
    assert_allclose(norm, huge, rtol=1e-6)
    assert_allclose([clipped["W"][0], clipped["b"][0]], [0.6, 0.8], rtol=1e-6)
    assert clipped["W"].dtype == dtype


def test_tiny_gradients_have_a_norm():
    assert_allclose(global_norm({"W": np.array([3e-200, 4e-200])}), 5e-200)
    assert global_norm({"W": np.zeros(3)}) == 0


def test_what_has_no_length_is_not_clipped():
    for poison, test in ((np.nan, math.isnan), (np.inf, math.isinf)):
        grads = {"W": np.array([1.0, poison]), "b": np.array([7.0])}
        clipped, norm = clip(grads, 1.0)
        assert test(norm)
        assert_array_equal(clipped["W"], grads["W"])
        assert_array_equal(clipped["b"], grads["b"])


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9), st.floats(1e-3, 1e6))
def test_clipping_keeps_the_direction(values, threshold):
    values = np.array(values)
    clipped, norm = clip({"a": values[:1], "b": values[1:]}, threshold)
    clipped = np.concatenate([clipped["a"], clipped["b"]])
    assert_allclose(norm, np.linalg.norm(values), rtol=1e-12)
    assert np.linalg.norm(clipped) <= threshold * (1 + 1e-12)
    assert_allclose(clipped * norm, values * np.linalg.norm(clipped), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_schedule_may_set_the_learning_rate_and_keeps_the_dtype(name):
    optimiser = OPTIMISERS[name](learning_rate=0.5)
    params = {"W": np.ones(3, np.float32)}
    for rate in np.linspace(0.5, 0.1, 3):              # np.float64, which would widen float32
        optimiser.learning_rate = rate
        params = optimiser.step(params, params)
    assert params["W"].dtype == np.float32
    with pytest.raises(ValueError, match="learning_rate: got -1"):
        optimiser.learning_rate = -1

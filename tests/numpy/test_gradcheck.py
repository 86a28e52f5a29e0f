"""The judge itself: right gradients, wrong ones, and those it must not decide on."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lstmlib.numpy import (RNN, Network, Dense, bptt, complex_step, gradcheck,
                           numerical_gradient, unroll)

METHODS = ["central", "complex"]


def cubes(params):
    return (params["w"] ** 3).sum() + (params["v"] ** 2).sum()


PARAMS = {"w": np.array([0.5, -2.0, 300.0]), "v": np.array([[1.0], [1e-3]])}
GRADS = {"w": 3 * PARAMS["w"] ** 2, "v": 2 * PARAMS["v"]}


def test_numeric_gradients_of_a_polynomial():
    for key, value in complex_step(cubes, PARAMS).items():
        assert_allclose(value, GRADS[key], rtol=1e-15)
    # The loss is 2.7e7, and its rounding alone is worth 1e-4 in a difference of 1e-5.
    for key, value in numerical_gradient(cubes, PARAMS).items():
        assert_allclose(value, GRADS[key], rtol=1e-6, atol=1e-3)


def test_epsilon_is_best_near_1e_minus_5():
    rng = np.random.default_rng(0)
    cell = RNN(3, 2)
    params, x = cell.init(rng), rng.normal(size=(8, 5, 3))

    def loss(p):
        return (unroll(cell, p, x).outputs ** 2).sum()

    run = unroll(cell, params, x)
    right = bptt(run, 2 * run.outputs).params
    worst = {}
    for epsilon in (1e-1, 1e-5, 1e-12):
        numeric = numerical_gradient(loss, params, epsilon)
        worst[epsilon] = max(np.abs(numeric[key] - right[key]).max() for key in right)
    assert worst[1e-5] < 1e-8
    assert worst[1e-1] > 1e-4 and worst[1e-12] > 1e-5


@pytest.mark.parametrize("method", METHODS)
def test_agrees_with_the_right_gradient(method):
    small = {"w": PARAMS["w"][:2], "v": PARAMS["v"]}
    verdict = gradcheck(cubes, small, {"w": GRADS["w"][:2], "v": GRADS["v"]}, method)
    assert verdict.verdict == "agree" and verdict and verdict.method == method
    assert [row.key for row in verdict.rows] == ["w", "v"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("factor", [0.5, 1.001, -1.0, 0.0, np.nan, np.inf])
def test_disagrees_with_a_wrong_one(method, factor):
    small = {"w": PARAMS["w"][:2], "v": PARAMS["v"]}
    grads = {"w": GRADS["w"][:2].copy(), "v": GRADS["v"]}
    grads["w"][1] *= factor
    verdict = gradcheck(cubes, small, grads, method)
    assert verdict.verdict == "disagree" and not verdict
    assert {row.key: row.verdict for row in verdict.rows} == {"w": "disagree", "v": "agree"}


@pytest.mark.parametrize("method, size", [("central", 1e-8), ("complex", 1e-12), ("central", 0.0)])
def test_does_not_decide_on_a_gradient_that_is_too_small(method, size):
    def loss(params):
        return (params["w"] * size).sum()

    verdict = gradcheck(loss, {"w": np.ones(3)}, {"w": np.full(3, size)}, method)
    assert verdict.verdict == "undecided" and not verdict


def test_a_large_wrong_gradient_is_wrong_though_the_numeric_one_is_zero():
    verdict = gradcheck(lambda p: 0.0 * p["w"].sum(), {"w": np.ones(3)}, {"w": np.ones(3)})
    assert verdict.verdict == "disagree"


def test_a_gradient_that_vanishes_is_no_false_alarm():
    # At T = 80 the relative error of a right gradient is large, its absolute error nothing.
    rng = np.random.default_rng(1)
    cell = RNN(2, 3)
    params, x = cell.init(rng), rng.normal(size=(80, 2, 2))
    run = unroll(cell, params, x)
    d_outputs = np.zeros_like(run.outputs)
    d_outputs[-1] = 1
    verdict = gradcheck(lambda v: unroll(cell, params, v["x"]).outputs[-1].sum(), {"x": x},
                        {"x": bptt(run, d_outputs).inputs})
    assert verdict, str(verdict)
    assert verdict.rows[0].relative > 1e-4 and verdict.rows[0].absolute < 1e-9


def test_a_large_loss_is_no_false_alarm():
    # Rounding of a loss of 1e6 is 1e-10, and a difference divides it by 1e-5.
    verdict = gradcheck(lambda p: 1e6 + (p["w"] ** 2).sum(), {"w": np.array([3.0])},
                        {"w": np.array([6.0])})
    assert verdict


@pytest.mark.parametrize("method", METHODS)
def test_a_loss_that_is_not_finite_decides_nothing(method):
    verdict = gradcheck(lambda p: p["w"].sum() * np.nan, {"w": np.ones(2)}, {"w": np.ones(2)},
                        method)
    assert verdict.verdict == "undecided"


def test_a_whole_network_by_both_methods():
    rng = np.random.default_rng(0)
    network = Network(RNN(3, 2), Dense(2, 5))
    params = network.init(rng)
    x, targets = rng.normal(size=(7, 3, 3)), rng.integers(0, 5, (7, 3))
    grads = network.loss_and_grads(params, x, targets).grads
    for method in METHODS:
        verdict = gradcheck(
            lambda p: network.evaluate(p, x.astype(p["cell.W"].dtype), targets).loss,
            params, grads, method)
        assert verdict, str(verdict)


def test_the_table_names_every_key_and_verdict():
    small = {"w": PARAMS["w"][:2], "v": PARAMS["v"]}
    text = str(gradcheck(cubes, small, {"w": 2 * GRADS["w"][:2], "v": GRADS["v"]}))
    lines = text.splitlines()
    assert lines[0] == "disagree (central)"
    assert lines[2].startswith("w") and lines[2].endswith("disagree") and "5.0e-01" in lines[2]
    assert lines[3].startswith("v") and lines[3].endswith(" agree")


def test_the_given_arrays_are_not_moved():
    params = {"w": np.array([1.0, 2.0])}
    params["w"].flags.writeable = False
    for numeric in (numerical_gradient, complex_step):
        numeric(lambda p: (p["w"] ** 2).sum(), params)
    assert_allclose(params["w"], [1, 2])


def test_a_lost_imaginary_part_is_named():
    with pytest.raises(TypeError, match="imaginary part is lost"):
        complex_step(lambda p: float(p["w"].real.sum()), {"w": np.ones(2)})
    with pytest.raises(TypeError, match="imaginary part is lost"):
        complex_step(lambda p: abs(p["w"]).sum(), {"w": np.ones(2)})

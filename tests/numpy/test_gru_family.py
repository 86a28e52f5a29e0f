"""The gated units beside the LSTM: each against its equations, and against each other.

All of it in the clear form, and in the fast one where there is one.
"""

from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from promises import LENGTHS, SIZES, WAYS

from lstmlib.numpy import CELLS, bptt, complex_step, unroll
from lstmlib.numpy.fast import FAST

T, B, M, D = SIZES
# Which blocks the rows of W, U and b hold, from the top.
ROWS = {
    "gru": {"W": "rzn", "U": "rzn", "b": "rzn"},
    "gru_reset_before": {"W": "rzn", "U": "rzn", "b": "rzn"},
    "mgu": {"W": "fn", "U": "fn", "b": "fn"},
    "mut1": {"W": "rz", "U": "rn", "b": "rzn"},
    "mut2": {"W": "zn", "U": "rzn", "b": "rzn"},
    "mut3": {"W": "rzn", "U": "rzn", "b": "rzn"},
}


@pytest.fixture(autouse=True, params=["as picked", "clear"])
def form(request):
    """Which form of a cell `unroll` runs."""
    with mock.patch.dict(FAST, clear=request.param == "clear"):
        yield


def make(name, seed=0, dtype=np.float64):
    """A cell, and for it parameters, inputs, a state and upstream gradients, nothing zero."""
    cls = CELLS[name]
    cell = cls(D if cls.size_rule == "equal" else M, D)
    rng = np.random.default_rng(seed)

    def normal(shape, scale=1.0):
        return (scale * rng.standard_normal(shape)).astype(dtype)

    return SimpleNamespace(
        cell=cell,
        params={key: normal(shape, 0.7) for key, shape in cell.param_shapes.items()},
        x=normal((T, B, cell.input_size)), state={"h": normal((B, D))},
        d_outputs=normal((T, B, D)), d_state={"h": normal((B, D))})


def run_of(case, **way):
    return unroll(case.cell, case.params, case.x, case.state, **way)


def grads_of(case, **way):
    grads = bptt(run_of(case, **way), case.d_outputs, case.d_state)
    return {**grads.params, "x": grads.inputs, "h": grads.state["h"]}


def blocks(name, arrays):
    """W_r, U_n, … of parameters or their gradients."""
    found = {}
    for key, order in ROWS[name].items():
        found |= {f"{key}_{block}": part
                  for block, part in zip(order, np.split(arrays[key], len(order)))}
    return found


def stack(*parts):
    return np.concatenate(parts)


# ---- each against its own equations


def sigma(a):
    return 1 / (1 + np.exp(-a))


def gru(p, x, h):
    r = sigma(p["W_r"] @ x + p["U_r"] @ h + p["b_r"])
    z = sigma(p["W_z"] @ x + p["U_z"] @ h + p["b_z"])
    n = np.tanh(p["W_n"] @ x + p["b_n"] + r * (p["U_n"] @ h + p["b_n'"]))
    return z * h + (1 - z) * n


def gru_reset_before(p, x, h):
    r = sigma(p["W_r"] @ x + p["U_r"] @ h + p["b_r"])
    z = sigma(p["W_z"] @ x + p["U_z"] @ h + p["b_z"])
    n = np.tanh(p["W_n"] @ x + p["U_n"] @ (r * h) + p["b_n"])
    return z * h + (1 - z) * n


def mgu(p, x, h):
    f = sigma(p["W_f"] @ x + p["U_f"] @ h + p["b_f"])
    n = np.tanh(p["W_n"] @ x + p["U_n"] @ (f * h) + p["b_n"])
    return (1 - f) * h + f * n


def mut1(p, x, h):
    z = sigma(p["W_z"] @ x + p["b_z"])
    r = sigma(p["W_r"] @ x + p["U_r"] @ h + p["b_r"])
    n = np.tanh(p["U_n"] @ (r * h) + np.tanh(x) + p["b_n"])
    return n * z + h * (1 - z)


def mut2(p, x, h):
    z = sigma(p["W_z"] @ x + p["U_z"] @ h + p["b_z"])
    r = sigma(x + p["U_r"] @ h + p["b_r"])
    n = np.tanh(p["U_n"] @ (r * h) + p["W_n"] @ x + p["b_n"])
    return n * z + h * (1 - z)


def mut3(p, x, h):
    z = sigma(p["W_z"] @ x + p["U_z"] @ np.tanh(h) + p["b_z"])
    r = sigma(p["W_r"] @ x + p["U_r"] @ h + p["b_r"])
    n = np.tanh(p["U_n"] @ (r * h) + p["W_n"] @ x + p["b_n"])
    return n * z + h * (1 - z)


EQUATIONS = {one.__name__: one for one in (gru, gru_reset_before, mgu, mut1, mut2, mut3)}


@pytest.mark.parametrize("name", EQUATIONS)
@pytest.mark.parametrize("dtype, atol", [(np.float64, 1e-14), (np.float32, 1e-6)])
def test_a_cell_is_its_equations(name, dtype, atol):
    case = make(name, dtype=dtype)
    outputs = run_of(case).outputs
    p = {key: value.astype(np.float64) for key, value in blocks(name, case.params).items()}
    if name == "gru":
        p["b_n'"] = case.params["b_n"].astype(np.float64)
    for b in range(B):
        h = case.state["h"][b].astype(np.float64)
        for t in range(T):
            h = EQUATIONS[name](p, case.x[t, b].astype(np.float64), h)
            assert_allclose(outputs[t, b], h, rtol=0, atol=atol)
    assert outputs.dtype == dtype


@pytest.mark.parametrize("name", EQUATIONS)
def test_the_gates_of_a_run_are_seen_under_their_names(name):
    case = make(name)
    run = run_of(case, lengths=LENGTHS, reverse=True)
    for t, b in ((0, 1), (3, 0), (0, 2)):
        old = run.outputs[t + 1, b] if t + 1 < LENGTHS[b] else case.state["h"][b]
        gate, n = (run.sequence(key)[t, b] for key in ("f" if name == "mgu" else "z", "n"))
        share = 1 - gate if name.startswith("gru") else gate
        assert_allclose(run.outputs[t, b], (1 - share) * old + share * n, rtol=0, atol=1e-14)


# ---- the meaning of the gates


@pytest.mark.parametrize("name, block, keeps", [
    ("gru", "b_z", True), ("gru_reset_before", "b_z", True), ("mgu", "b_f", False),
    ("mut1", "b_z", False), ("mut2", "b_z", False), ("mut3", "b_z", False)])
def test_an_open_gate_keeps_the_old_in_a_gru_and_takes_the_new_elsewhere(name, block, keeps):
    case = make(name)
    blocks(name, case.params)[block][...] = 1000                  # a view: σ is exactly 1
    run = run_of(case)
    expected = np.broadcast_to(case.state["h"], (T, B, D)) if keeps else run.sequence("n")
    assert_allclose(run.outputs, expected, rtol=0, atol=1e-14)
    blocks(name, case.params)[block][...] = -1000
    run = run_of(case)
    expected = run.sequence("n") if keeps else np.broadcast_to(case.state["h"], (T, B, D))
    assert_allclose(run.outputs, expected, rtol=0, atol=1e-14)


def test_both_grus_are_one_where_nothing_is_reset_and_two_elsewhere():
    after, before = make("gru"), make("gru_reset_before")
    for b_r, same in ((1000.0, True), (0.0, False)):
        after.params["b"][:D] = b_r
        b = after.params["b"] + stack(np.zeros(2 * D), after.params["b_n"])
        before.params = {"W": after.params["W"], "U": after.params["U"], "b": b}
        for key in ("x", "state", "d_outputs", "d_state"):
            setattr(before, key, getattr(after, key))
        gap = np.abs(run_of(after).outputs - run_of(before).outputs).max()
        got, expected = grads_of(after), grads_of(before)
        if same:
            assert gap < 1e-14
            for key in expected:
                assert_allclose(got[key], expected[key], rtol=0, atol=1e-13, err_msg=key)
            assert_allclose(got["b_n"], got["b"][2 * D:], rtol=0, atol=1e-13)
        else:
            assert gap > 0.01
            assert np.abs(got["U"] - expected["U"]).max() > 0.01


def as_gru_reset_before(name, case):
    """The same function as a GRU reset before, and how gradients come back from there."""
    p = blocks(name, case.params)
    if name == "mgu":                                             # r = f, z = 1 - f
        params = {key: stack(p[f"{key}_f"], -p[f"{key}_f"], p[f"{key}_n"]) for key in "WUb"}
    elif name == "mut2":                                          # W_r = I, z negated
        params = {"W": stack(np.eye(D), -p["W_z"], p["W_n"]),
                  "U": stack(p["U_r"], -p["U_z"], p["U_n"]),
                  "b": stack(p["b_r"], -p["b_z"], p["b_n"])}
    else:                                                         # mut3 where z does not hear h
        p["U_z"][...] = 0
        params = {"W": stack(p["W_r"], -p["W_z"], p["W_n"]), "U": case.params["U"],
                  "b": stack(p["b_r"], -p["b_z"], p["b_n"])}
    twin = make("gru_reset_before")
    twin.cell = CELLS["gru_reset_before"](case.cell.input_size, D)
    twin.params = params
    for key in ("x", "state", "d_outputs", "d_state"):
        setattr(twin, key, getattr(case, key))
    return twin


@pytest.mark.parametrize("name", ["mgu", "mut2", "mut3"])
@pytest.mark.parametrize("way", WAYS)
def test_some_units_are_a_gru_in_disguise(name, way):
    case = make(name)
    twin = as_gru_reset_before(name, case)
    assert_allclose(run_of(case, **WAYS[way]).outputs, run_of(twin, **WAYS[way]).outputs,
                    rtol=0, atol=1e-14)
    got, there = grads_of(case, **WAYS[way]), grads_of(twin, **WAYS[way])
    g, e = blocks(name, got), blocks("gru_reset_before", there)
    expected = {"x": there["x"], "h": there["h"]}
    for key in "WUb":
        expected |= {f"{key}_n": e[f"{key}_n"]}
        if name == "mgu":
            expected |= {f"{key}_f": e[f"{key}_r"] - e[f"{key}_z"]}
        else:
            expected |= {f"{key}_r": e[f"{key}_r"], f"{key}_z": -e[f"{key}_z"]}
    if name == "mut2":
        del expected["W_r"]
    if name == "mut3":
        del expected["U_z"]                                       # it hears tanh(h), not h
    for key, value in expected.items():
        assert_allclose({**g, **got}[key], value, rtol=0, atol=1e-12, err_msg=key)


# ---- sizes and large numbers


def test_the_number_of_parameters():
    M, D = 7, 11
    gate = D * (M + D + 1)
    found = {name: CELLS[name](M, D).count() for name in ("gru", "gru_reset_before", "mgu", "mut3")}
    assert found == {"gru": 3 * gate + D, "gru_reset_before": 3 * gate, "mgu": 2 * gate,
                     "mut3": 3 * gate}
    assert CELLS["mut1"](D, D).count() == 4 * D * D + 3 * D
    assert CELLS["mut2"](D, D).count() == 5 * D * D + 3 * D


@pytest.mark.parametrize("name", ["mut1", "mut2"])
def test_a_unit_that_adds_x_to_its_state_demands_equal_sizes(name):
    CELLS[name](3, 3)
    with pytest.raises(ValueError, match="hidden_size: got 5, expected input_size = 3"):
        CELLS[name](3, 5)

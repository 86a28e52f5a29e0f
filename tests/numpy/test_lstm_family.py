"""The LSTM and its variants: each against its equations, and against each other."""

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from promises import LENGTHS, SIZES, WAYS, assert_same, flatten

from lstmlib.numpy import (CELLS, CIFG, FGR, LSTM, LSTM1997, NFG, NIG, NOG, DepthGated, Peephole,
                           Stack, bptt, complex_step, unroll)

T, B, M, D = SIZES
FAMILY = ("lstm", "lstm_1997", "peephole", "cifg", "nig", "nfg", "nog", "niaf", "noaf", "fgr",
          "depth_gated")
# Rows of p that are not there.
ABSENT = {"cifg": [1], "nig": [0], "nfg": [1], "nog": [2]}
SUBSETS = ["".join(gates) for size in range(4) for gates in combinations("ifo", size)]


def make(net, sizes=(T, B, M), seed=0, dtype=np.float64):
    """Parameters, inputs, a state and upstream gradients for a network, nothing zero."""
    steps, batch, inputs = sizes
    rng = np.random.default_rng([seed, *sizes])

    def normal(shape, scale=1.0):
        return (scale * rng.standard_normal(shape)).astype(dtype)

    states = net.state_shapes(batch)
    return SimpleNamespace(
        net=net,
        params={key: normal(shape, 0.7) for key, shape in net.param_shapes.items()},
        x=normal((steps, batch, inputs)),
        state={key: normal(shape) for key, shape in states.items()},
        d_outputs=normal((steps, batch, net.output_size)),
        d_state={key: normal(shape) for key, shape in states.items()})


def smallest(name, sizes=(M, D), form="fast"):
    net = CELLS[name].smallest(*sizes)
    if form == "clear":            # what is not exactly a class of the library runs its own step
        for cell in getattr(net, "layers", [net]):
            cell.__class__ = type(type(cell).__name__, (type(cell),), {})
    return net


def run_of(case, **way):
    return unroll(case.net, case.params, case.x, case.state, **way)


def grads_of(case, **way):
    grads = bptt(run_of(case, **way), case.d_outputs, case.d_state)
    return flatten(grads.params, grads.inputs, grads.state)


def loss_of(case, values, **way):
    """A loss through which every output and every last state has its own gradient."""
    run = unroll(case.net, {key: values[key] for key in case.params}, values["x"],
                 {key: values[f"state {key}"] for key in case.state}, **way)
    return ((run.outputs * case.d_outputs).sum()
            + sum((run.state[key] * case.d_state[key]).sum() for key in case.state))


def assert_complex_step_agrees(net, way):
    case = make(net)
    numeric = complex_step(lambda values: loss_of(case, values, **way),
                           flatten(case.params, case.x, case.state))
    assert all(np.abs(value).max() > 0.01 for key, value in numeric.items() if key[-1] != "p")
    assert_same(grads_of(case, **way), numeric)


# ---- the gradients


@pytest.mark.parametrize("peepholes", SUBSETS)
def test_gradients_agree_with_complex_step_whatever_gates_peep(peepholes):
    assert_complex_step_agrees(Peephole(M, D, peepholes=peepholes), WAYS["lengths"])


@pytest.mark.parametrize("below", [LSTM, CIFG, LSTM1997, FGR])
def test_gradients_of_depth_gates_in_a_deep_stack(below):
    assert_complex_step_agrees(Stack([below(M, D), DepthGated(D, D), DepthGated(D, D)]),
                               WAYS["lengths, reverse"])


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (2, 1, 1, 1), (3, 2, 1, 5), (1, 3, 5, 1)])
@pytest.mark.parametrize("name", FAMILY)
def test_gradients_at_the_smallest_sizes(name, sizes):
    *sizes, hidden = sizes
    case = make(smallest(name, (sizes[-1], hidden)), sizes)
    numeric = complex_step(lambda values: loss_of(case, values),
                           flatten(case.params, case.x, case.state))
    assert_same(grads_of(case), numeric)


# ---- against the equations, written anew


def sigma(a):
    return 1 / (1 + torch.exp(-a))


def lstm(q, x, h, c):
    i, f, g, o = torch.chunk(q["W"] @ x + q["U"] @ h + q["b"], 4)
    c = sigma(f) * c + sigma(i) * torch.tanh(g)
    return {"h": sigma(o) * torch.tanh(c), "c": c}


def lstm_1997(q, x, h, c):
    i, g, o = torch.chunk(q["W"] @ x + q["U"] @ h + q["b"], 3)
    c = c + sigma(i) * (4 / (1 + torch.exp(-g)) - 2)
    return {"h": sigma(o) * (2 / (1 + torch.exp(-c)) - 1), "c": c}


def lstm_1997_truncated(q, x, h, c):
    return lstm_1997(q, x, h.detach(), c)


def peephole(q, x, h, c):
    i, f, g, o = torch.chunk(q["W"] @ x + q["U"] @ h + q["b"], 4)
    c_new = sigma(f + q["p"][1] * c) * c + sigma(i + q["p"][0] * c) * torch.tanh(g)
    return {"h": sigma(o + q["p"][2] * c_new) * torch.tanh(c_new), "c": c_new}


def cifg(q, x, h, c):
    i, g, o = torch.chunk(q["W"] @ x + q["U"] @ h + q["b"], 3)
    i = sigma(i + q["p"][0] * c)
    c = (1 - i) * c + i * torch.tanh(g)
    return {"h": sigma(o + q["p"][2] * c) * torch.tanh(c), "c": c}


def nig(q, x, h, c):
    f, g, o = torch.chunk(q["W"] @ x + q["U"] @ h + q["b"], 3)
    c = sigma(f + q["p"][1] * c) * c + torch.tanh(g)
    return {"h": sigma(o + q["p"][2] * c) * torch.tanh(c), "c": c}


def nfg(q, x, h, c):
    i, g, o = torch.chunk(q["W"] @ x + q["U"] @ h + q["b"], 3)
    c = c + sigma(i + q["p"][0] * c) * torch.tanh(g)
    return {"h": sigma(o + q["p"][2] * c) * torch.tanh(c), "c": c}


def nog(q, x, h, c):
    i, f, g = torch.chunk(q["W"] @ x + q["U"] @ h + q["b"], 3)
    c = sigma(f + q["p"][1] * c) * c + sigma(i + q["p"][0] * c) * torch.tanh(g)
    return {"h": torch.tanh(c), "c": c}


def niaf(q, x, h, c):
    i, f, g, o = torch.chunk(q["W"] @ x + q["U"] @ h + q["b"], 4)
    c = sigma(f + q["p"][1] * c) * c + sigma(i + q["p"][0] * c) * g
    return {"h": sigma(o + q["p"][2] * c) * torch.tanh(c), "c": c}


def noaf(q, x, h, c):
    i, f, g, o = torch.chunk(q["W"] @ x + q["U"] @ h + q["b"], 4)
    c = sigma(f + q["p"][1] * c) * c + sigma(i + q["p"][0] * c) * torch.tanh(g)
    return {"h": sigma(o + q["p"][2] * c) * c, "c": c}


def fgr(q, x, h, c, i, f, o):
    a_i, a_f, a_g, a_o = torch.chunk(q["W"] @ x + q["U"] @ h + q["b"], 4)
    (R_ii, R_if, R_io), (R_fi, R_ff, R_fo), (R_oi, R_of, R_oo) = (
        torch.chunk(rows, 3, dim=1) for rows in torch.chunk(q["R"], 3))
    i_new = sigma(a_i + R_ii @ i + R_if @ f + R_io @ o + q["p"][0] * c)
    f_new = sigma(a_f + R_fi @ i + R_ff @ f + R_fo @ o + q["p"][1] * c)
    c = f_new * c + i_new * torch.tanh(a_g)
    o_new = sigma(a_o + R_oi @ i + R_of @ f + R_oo @ o + q["p"][2] * c)
    return {"h": o_new * torch.tanh(c), "c": c, "i": i_new, "f": f_new, "o": o_new}


def depth_gated(q, x, **state):
    low = peephole({key: q[f"0.{key}"] for key in ("W", "U", "b", "p")}, x,
                   state["0.h"], state["0.c"])
    W, U, b, p, p_d = (q[f"1.{key}"] for key in ("W", "U", "b", "p", "p_d"))
    c, c_low = state["1.c"], low["c"]
    i, f, g, o = torch.chunk(W[:-D] @ low["h"] + U @ state["1.h"] + b[:-D], 4)
    d = sigma(W[-D:] @ low["h"] + b[-D:] + p_d[0] * c + p_d[1] * c_low)
    c = d * c_low + sigma(f + p[1] * c) * c + sigma(i + p[0] * c) * torch.tanh(g)
    return {"0.h": low["h"], "0.c": c_low, "1.h": sigma(o + p[2] * c) * torch.tanh(c), "1.c": c}


EQUATIONS = dict(zip(FAMILY, (lstm, lstm_1997, peephole, cifg, nig, nfg, nog, niaf, noaf, fgr,
                              depth_gated)))


def through_torch(case, step, lengths=None, reverse=False):
    """Outputs, last states and gradients, each sequence alone and by autograd."""
    values = {key: torch.tensor(value, requires_grad=True)
              for key, value in flatten(case.params, case.x, case.state).items()}
    outputs, loss = np.zeros((T, B, case.net.output_size)), 0
    last = {key: np.zeros_like(value) for key, value in case.state.items()}
    top = [key for key in case.state if key[-1] == "h"][-1]
    for n, length in enumerate(lengths or [T] * B):
        state = {key: values[f"state {key}"][n] for key in case.state}
        for t in reversed(range(length)) if reverse else range(length):
            state = step(values, values["x"][t, n], **state)
            outputs[t, n] = state[top].detach()
            loss = loss + state[top] @ torch.tensor(case.d_outputs[t, n])
        for key in case.state:
            last[key][n] = state[key].detach()
            loss = loss + state[key] @ torch.tensor(case.d_state[key][n])
    loss.backward()
    return outputs, last, {key: np.zeros(value.shape) if value.grad is None else value.grad.numpy()
                           for key, value in values.items()}


def assert_net_is_its_equations(net, step, way):
    case = make(net)
    outputs, last, grads = through_torch(case, step, **way)
    run = run_of(case, **way)
    assert_allclose(run.outputs, outputs, rtol=0, atol=1e-12)
    assert_same(run.state, last, atol=1e-12)
    assert_same(grads_of(case, **way), grads, atol=1e-11)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("form", ["clear", "fast"])
@pytest.mark.parametrize("name", FAMILY)
def test_a_cell_is_its_equations(name, form, way):
    assert_net_is_its_equations(smallest(name, form=form), EQUATIONS[name], way)


@pytest.mark.parametrize("name", FAMILY[:-1])
def test_what_a_step_keeps_and_what_its_way_back_returns(name):
    case = make(smallest(name))
    cell, x = case.net, case.x[0]
    new = cell.step(case.params, x, case.state)
    assert tuple(new) == tuple(dict.fromkeys(new)) and set(new) == {*cell.state_names, *cell.keeps}
    assert {value.shape for value in new.values()} == {(B, D)}
    d_a, d_state = cell.step_back(case.params, x, case.state, new, case.d_state)
    d_params, d_x = cell.gather(case.params, x, case.state, new, d_a)
    run = unroll(cell, case.params, case.x[:1], case.state)
    grads = bptt(run, np.zeros_like(run.outputs), case.d_state)
    assert_same(d_params, grads.params, atol=1e-13)
    assert_same(d_state, grads.state, atol=1e-13)
    assert_allclose(d_x, grads.inputs[0], rtol=0, atol=1e-13)


# ---- identities between cells


def assert_twins(case, other, pairs, **way):
    """Same outputs and last states; `pairs` gives a gradient of one from those of the other."""
    run, twin = run_of(case, **way), run_of(other, **way)
    assert_allclose(run.outputs, twin.outputs, rtol=0, atol=1e-12)
    grads, others = grads_of(case, **way), grads_of(other, **way)
    for key, expected in pairs(others).items():
        assert_allclose(grads[key], expected, rtol=0, atol=1e-11, err_msg=key)


def beside(case, net, params, state=None):
    """The same case, for another network."""
    state = case.state if state is None else state
    return SimpleNamespace(net=net, params=params, x=case.x, state=state, d_outputs=case.d_outputs,
                           d_state={key: case.d_state[key] for key in state})


def stack_blocks(arrays, blocks):
    """Parameters in which W, U and b are joined from the parts that `blocks` makes of them."""
    return {key: np.concatenate(blocks(key, arrays[key])) if key in ("W", "U", "b") else arrays[key]
            for key in arrays}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_without_peepholes_a_peephole_is_an_lstm(way):
    case = make(LSTM(M, D))
    for peepholes in SUBSETS:
        other = beside(case, Peephole(M, D, peepholes), {**case.params, "p": np.zeros((3, D))})
        assert_twins(case, other, lambda g: {key: g[key] for key in g if key != "p"}, **way)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_coupled_gates_are_a_forget_block_that_is_the_negated_input_block(way):
    case = make(CIFG(M, D))

    def twice(key, array):
        i, g, o = np.split(array, 3)
        return [i, -i, g, o]

    params = stack_blocks(case.params, twice)
    p_i, _, p_o = case.params["p"]
    params["p"] = np.stack([p_i, -p_i, p_o])

    def merged(grads):
        found = {key: grads[key] for key in grads if key not in case.params}
        for key in ("W", "U", "b"):
            i, f, g, o = np.split(grads[key], 4)
            found[key] = np.concatenate([i - f, g, o])
        i, f, o = grads["p"]
        return {**found, "p": np.stack([i - f, np.zeros(D), o])}

    assert_twins(case, beside(case, Peephole(M, D), params), merged, **way)


@pytest.mark.parametrize("cls, gate", [(NIG, 0), (NFG, 1), (NOG, 3)])
def test_a_missing_gate_is_one_that_stands_wide_open(cls, gate):
    case = make(cls(M, D))
    row = {0: 0, 1: 1, 3: 2}[gate]

    def opened(key, array):
        parts = np.split(array, 3)
        parts.insert(gate, np.full_like(parts[0], 1000 if key == "b" else 0))
        return parts

    params = stack_blocks(case.params, opened)
    params["p"][row] = 0

    def without(grads):
        found = {key: grads[key] for key in grads if key not in ("W", "U", "b")}
        for key in ("W", "U", "b"):
            parts = np.split(grads[key], 4)
            assert not parts.pop(gate).any()
            found[key] = np.concatenate(parts)
        return found

    assert_twins(case, beside(case, Peephole(M, D), params), without, lengths=LENGTHS)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_full_gate_recurrence_at_zero_is_a_peephole(way):
    case = make(Peephole(M, D))
    gates = {key: np.random.default_rng(5).random((B, D)) for key in "ifo"}
    other = SimpleNamespace(**{**vars(case), "net": FGR(M, D), "state": {**case.state, **gates},
                               "params": {**case.params, "R": np.zeros((3 * D, 3 * D))},
                               "d_state": {**case.d_state, **{k: np.zeros((B, D)) for k in "ifo"}}})
    assert_twins(case, other, lambda g: {key: g[key] for key in g
                                         if key not in ("R", "state i", "state f", "state o")},
                 **way)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_with_the_depth_gate_shut_a_stack_is_the_plain_one(way):
    case = make(Stack([Peephole(M, D), Peephole(D, D)]))
    rng = np.random.default_rng(5)
    params = {**case.params, "1.W": np.concatenate([case.params["1.W"], rng.random((D, D))]),
              "1.b": np.concatenate([case.params["1.b"], np.full(D, -2000.0)]),
              "1.p_d": rng.random((2, D))}
    other = beside(case, Stack([Peephole(M, D), DepthGated(D, D)]), params)

    def plain(grads):
        assert not grads["1.p_d"].any()
        return {key: grads[key][:4 * D] if key in ("1.W", "1.b") else grads[key]
                for key in grads if key != "1.p_d"}

    assert_twins(case, other, plain, **way)


def test_an_open_depth_gate_hands_the_memory_up():
    case = make(DepthGated.smallest(M, D))
    shut = {**case.params, "1.b": np.repeat([-1000.0, -1000.0, 0.0, 0.0, 1000.0], D),
            "1.W": np.zeros((5 * D, D)), "1.U": np.zeros((4 * D, D))}
    run = unroll(case.net, shut, case.x, case.state)
    assert_array_equal(run.parts["1"].sequence("c"), run.parts["0"].sequence("c"))


# ---- the gradient of 1997


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_truncated_gradient_by_detached_outputs(way):
    case = make(LSTM1997(M, D, truncated=True))
    _, _, grads = through_torch(case, lstm_1997_truncated, **way)
    assert_same(grads_of(case, **way), grads, atol=1e-12)
    assert not grads_of(case, **way)["state h"].any()
    full = grads_of(beside(case, LSTM1997(M, D), case.params), **way)
    assert np.abs(full["U"] - grads["U"]).max() > 0.1


def test_truncated_gradient_by_the_forward_formulae_of_the_paper():
    """Equations 12 to 15: what each weight has done to c so far is carried along with c."""
    case = make(LSTM1997(M, D, truncated=True))
    W, U, b = (case.params[key] for key in "WUb")
    weights = np.hstack([W, U, b[:, None]])
    total = np.zeros((3, D, M + D + 1))                      # gate, cell, what it hears
    for n in range(B):
        h, c = case.state["h"][n], case.state["c"][n]
        slope = np.zeros_like(total[:2])                     # ∂c/∂w of input gate and cell input
        for t in range(T):
            heard = np.concatenate([case.x[t, n], h, [1]])
            i, y, o = np.split(1 / (1 + np.exp(-weights @ heard)), 3)
            g = 4 * y - 2
            slope[0] += np.outer(g * i * (1 - i), heard)
            slope[1] += np.outer(i * 4 * y * (1 - y), heard)
            c = c + i * g
            s = 2 / (1 + np.exp(-c)) - 1
            h = o * s
            e = case.d_outputs[t, n] + (case.d_state["h"][n] if t == T - 1 else 0)
            e_c = e * o * (1 - s * s) / 2 + (case.d_state["c"][n] if t == T - 1 else 0)
            total[:2] += e_c[:, None] * slope
            total[2] += np.outer(e * s * o * (1 - o), heard)
    grads = grads_of(case)
    joined = np.concatenate([grads["W"], grads["U"], grads["b"][:, None]], axis=1)
    assert_allclose(joined, total.reshape(joined.shape), rtol=0, atol=1e-12)


def test_the_truncated_gradient_is_the_full_one_where_no_h_is_heard():
    case = make(LSTM1997(M, D, truncated=True))
    case.params["U"][:] = 0
    full = grads_of(beside(case, LSTM1997(M, D), case.params))
    assert_same(grads_of(case), full, atol=0)


def test_an_error_rides_the_carousel_unchanged():
    cell = LSTM1997(M, D, truncated=True)
    case = make(cell, sizes=(1000, 1, M))
    run = unroll(cell, case.params, case.x)
    d_c = np.full((1, D), 0.7)
    grads = bptt(run, np.zeros_like(run.outputs), {"h": np.zeros((1, D)), "c": d_c})
    assert_array_equal(grads.state["c"], d_c)


def test_the_squashing_functions_of_1997():
    # Input between -2 and 2, output between -1 and 1: g = 2 tanh(a / 2), s = tanh(c / 2).
    cell = LSTM1997(1, 1)
    params = {"W": [[0.0], [1.0], [0.0]], "U": np.zeros((3, 1)), "b": [1000.0, 0.0, 1000.0]}
    a = np.linspace(-9, 9, 19)[:, None]
    new = cell.step(params, a, {"h": np.zeros((19, 1)), "c": np.zeros((19, 1))})
    assert_allclose(new["g"], 2 * np.tanh(a / 2), atol=1e-15)
    assert_allclose(new["h"], np.tanh(np.tanh(a / 2)), atol=1e-15)


# ---- peepholes that are not there


@pytest.mark.parametrize("net, absent", [
    *[(Peephole(M, D, gates), [row for row, gate in enumerate("ifo") if gate not in gates])
      for gates in SUBSETS],
    *[(CELLS[name](M, D), rows) for name, rows in ABSENT.items()],
], ids=[*[f"peephole {gates!r}" for gates in SUBSETS], *ABSENT])
def test_an_absent_peephole_is_not_read_and_gets_no_gradient(net, absent):
    case = make(net)
    present = [row for row in range(3) if row not in absent]
    case.params["p"][absent] = np.nan
    run, grads = run_of(case), grads_of(case)
    assert np.isfinite(run.outputs).all()
    assert_array_equal(grads["p"][absent], 0)
    assert (grads["p"][present] != 0).all()
    p = net.init(np.random.default_rng(0))["p"]
    assert_array_equal(p[absent], 0)
    assert (p[present] != 0).all()


# ---- initial parameters, and what is refused


@pytest.mark.parametrize("name", [name for name in FAMILY if "f" in CELLS[name].blocks])
def test_forget_bias(name):
    for wanted, options in ((1, {}), (-2.5, {"forget_bias": -2.5}), (3, {"forget_bias": 3})):
        cell = CELLS[name](M, D, **options)
        b = dict(zip(cell.blocks, cell.split(cell.init(np.random.default_rng(0))["b"])))
        assert_array_equal(b.pop("f"), wanted)
        assert not np.concatenate(list(b.values())).any()


@pytest.mark.parametrize("name", ["lstm_1997", "cifg", "nfg"])
def test_no_forget_gate_no_forget_bias(name):
    assert not CELLS[name](M, D).init(np.random.default_rng(0))["b"].any()
    with pytest.raises(TypeError):
        CELLS[name](M, D, forget_bias=1)


@pytest.mark.parametrize("name", FAMILY)
def test_weights_start_uniform(name):
    cell = CELLS[name](200, 200)
    params = cell.init(np.random.default_rng(0))
    assert {key: value.shape for key, value in params.items()} == cell.param_shapes
    for key in params.keys() & {"W", "U", "R", "p", "p_d"}:
        values = params[key][params[key] != 0]
        assert np.abs(values).max() <= 200 ** -0.5
        # 200 draws in the smallest: 5 standard errors are 0.3 of the variance.
        assert_allclose(values.var(), 1 / 600, rtol=0.3 if len(values) < 1000 else 0.05)


COUNTS = {
    "lstm": 4 * (3 + 2 + 1) * 2, "lstm_1997": 3 * (3 + 2 + 1) * 2,
    "peephole": 4 * (3 + 2 + 1) * 2 + 3 * 2, "cifg": 3 * (3 + 2 + 1) * 2 + 2 * 2,
    "nig": 3 * (3 + 2 + 1) * 2 + 2 * 2, "nfg": 3 * (3 + 2 + 1) * 2 + 2 * 2,
    "nog": 3 * (3 + 2 + 1) * 2 + 2 * 2, "niaf": 4 * (3 + 2 + 1) * 2 + 3 * 2,
    "noaf": 4 * (3 + 2 + 1) * 2 + 3 * 2, "fgr": 4 * (3 + 2 + 1) * 2 + 3 * 2 + 9 * 2 * 2,
    "depth_gated": 5 * (3 + 1) * 2 + 4 * 2 * 2 + 3 * 2 + 2 * 2,
}


@pytest.mark.parametrize("name", FAMILY)
def test_how_many_parameters_there_are(name):
    assert CELLS[name](M, D).count() == COUNTS[name]


def test_a_peephole_that_is_not_there_does_not_count():
    for peepholes in ("", "o", "if", "ifo"):
        extra = Peephole(M, D, peepholes).count() - LSTM(M, D).count()
        assert extra == len(peepholes) * D


@pytest.mark.parametrize("cls, options, error", [
    *[(cls, {"forget_bias": value}, ValueError) for value in (np.nan, np.inf, -np.inf)
      for cls in (LSTM, Peephole, NIG, FGR, DepthGated)],
    *[(cls, {"forget_bias": value}, TypeError) for value in ("1", None, True, [1.0], 1j)
      for cls in (LSTM, Peephole, NIG, FGR, DepthGated)],
    *[(Peephole, {"peepholes": value}, ValueError) for value in ("g", "iffo", "ii", "IFO", "i o")],
    *[(Peephole, {"peepholes": value}, TypeError) for value in (None, True, 3, ["i"], {"i", "o"})],
    *[(LSTM1997, {"truncated": value}, TypeError) for value in (1, None, "yes", 0.0)],
])
def test_what_a_cell_refuses(cls, options, error):
    with pytest.raises(error, match=f"^{next(iter(options))}: got .*, expected "):
        cls(M, D, **options)


def test_the_letters_of_peepholes_have_no_order():
    assert Peephole(M, D, "oi").peepholes == Peephole(M, D, "io").peepholes == "io"


def test_a_depth_gated_layer_needs_one_below():
    cell = DepthGated(D, D)
    with pytest.raises(ValueError, match="layer below"):
        unroll(cell, cell.init(np.random.default_rng(0)), np.ones((T, B, D)))
    with pytest.raises(ValueError, match="layer below"):
        Stack([DepthGated(M, D), DepthGated(D, D)])
    assert isinstance(DepthGated.smallest(M, D).layers[1], DepthGated)


# ---- planted mistakes, and which of two promises each of them breaks


def gradient(net, name):
    assert_complex_step_agrees(net, WAYS["lengths"])


def equations(net, name):
    assert_net_is_its_equations(net, EQUATIONS[name], WAYS["lengths"])


MISTAKES = [
    # The new state.
    ("lstm", "lstm", "a_i, a_f, a_g, a_o =", "a_f, a_i, a_g, a_o =", equations),
    ("lstm", "lstm", "a_i, a_f, a_g, a_o =", "a_i, a_f, a_o, a_g =", equations),
    ("lstm", "lstm", "g = np.tanh(a_g)", "g = sigmoid(a_g)", equations),
    ("lstm", "lstm", "h = o * np.tanh(c)", "h = o * c", equations),
    ("lstm", "lstm", "c = f * state[\"c\"] + i * g", "c = i * state[\"c\"] + f * g", equations),
    ("lstm_1997", "lstm_1997", "g = 4 * sigmoid(a_g) - 2", "g = np.tanh(a_g)", equations),
    ("lstm_1997", "lstm_1997", "h = o * (2 * sigmoid(c) - 1)", "h = o * np.tanh(c)", equations),
    ("peephole", "peephole", "o = sigmoid(a_o + p_o * c)", "o = sigmoid(a_o + p_o * state[\"c\"])",
     equations),
    ("peephole", "peephole", "p_i, p_f, p_o = self.rows(params[\"p\"])\n        a_i",
     "p_f, p_i, p_o = self.rows(params[\"p\"])\n        a_i", equations),
    ("greff", "cifg", "1 - i if self.coupled else", "i if self.coupled else", equations),
    ("greff", "niaf", "g = np.tanh(a[\"g\"]) if self.squashes_input else a[\"g\"]",
     "g = np.tanh(a[\"g\"])", equations),
    ("greff", "noaf", "(np.tanh(c) if self.squashes_output else c)", "np.tanh(c)", equations),
    ("greff", "nog", "o = sigmoid(a[\"o\"] + p_o * c) if \"o\" in a else 1",
     "o = sigmoid(a[\"o\"] + p_o * c) if \"o\" in a else 0.5", equations),
    ("fgr", "fgr", "_gates(state) @ R.T", "_gates(state) @ R", equations),
    ("fgr", "fgr", "[state[\"i\"], state[\"f\"], state[\"o\"]]",
     "[state[\"f\"], state[\"i\"], state[\"o\"]]", equations),
    ("depth_gated", "depth_gated", "i * g + d * c_below", "i * g + d * state[\"c\"]", equations),
    ("depth_gated", "depth_gated",
     "params[\"p_d\"][0] * state[\"c\"] + params[\"p_d\"][1] * c_below",
     "params[\"p_d\"][1] * state[\"c\"] + params[\"p_d\"][0] * c_below", equations),
    # The way back.
    ("lstm", "lstm", "d_c = d_new[\"c\"] + d_h", "d_c = d_h", gradient),
    ("lstm", "lstm", "\"c\": d_c * f}", "\"c\": d_c}", gradient),
    ("lstm", "lstm", "state[\"c\"] * f * (1 - f)", "new[\"c\"] * f * (1 - f)", gradient),
    ("lstm", "lstm", "[d_i, d_f, d_g, d_o]", "[d_f, d_i, d_g, d_o]", gradient),
    ("lstm", "lstm", "d_a.T @ state[\"h\"]", "d_a.T @ new[\"h\"]", gradient),
    ("lstm_1997", "lstm_1997", "(1 - s * s) / 2", "(1 - s * s)", gradient),
    ("lstm_1997", "lstm_1997", "1 - g * g / 4", "1 - g * g", gradient),
    ("lstm_1997", "lstm_1997", "if self.truncated else", "if True else", gradient),
    ("peephole", "peephole", "tanh_c * tanh_c)) + p_o * d_o", "tanh_c * tanh_c))", gradient),
    ("peephole", "peephole", "d_c * f + p_i * d_i + p_f * d_f", "d_c * f", gradient),
    ("peephole", "peephole", "\"o\": new[\"c\"]}", "\"o\": state[\"c\"]}", gradient),
    ("peephole", "peephole", "\"i\": state[\"c\"], \"f\": state[\"c\"]",
     "\"i\": new[\"c\"], \"f\": new[\"c\"]", gradient),
    ("greff", "cifg", "g - state[\"c\"] if self.coupled else g", "g", gradient),
    ("greff", "noaf", "slope = 1 - squashed * squashed if self.squashes_output else 1",
     "slope = 1 - squashed * squashed", gradient),
    ("greff", "niaf", "(1 - g * g) if self.squashes_input else i", "(1 - g * g)", gradient),
    ("fgr", "fgr", " + d_new[\"o\"] * (o * (1 - o))", "", gradient),
    ("fgr", "fgr", "d_r @ params[\"R\"]", "d_r @ params[\"R\"].T", gradient),
    ("depth_gated", "depth_gated", " + p_own * d_d", "", gradient),
    ("depth_gated", "depth_gated", "d_c * d + p_below * d_d", "d_c * d", gradient),
    ("depth_gated", "depth_gated", "(d_d * state[\"c\"]).sum", "(d_d * new[\"c\"]).sum", gradient),
]


@pytest.mark.parametrize("module, name, right, wrong, promise", MISTAKES, ids=[
    f"{name}-{wrong[-40:]}" for _, name, _, wrong, _ in MISTAKES])
def test_planted_mistake_breaks_its_promise(planted, module, name, right, wrong, promise):
    cls = CELLS[name].__name__
    found = getattr(planted(f"lstmlib.numpy.cells.{module}", right, wrong), cls)
    with pytest.raises(AssertionError):
        promise(found.smallest(M, D), name)

"""One matrix over all cells and all forms: what a step, a run and its gradients promise.

The promises stand in promises.py. Here the real library is held to them, in its clear forms and in
its fast ones; test_planted.py holds libraries with a planted mistake to them.
"""

import importlib
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from promises import (ALL_WAYS, HUGE, LENGTHS, PROMISES, TWINS, UNBOUNDED, assert_forms_agree,
                      assert_near, assert_same, both_forms_agree, cells_of, flatten, grads_of,
                      library, loss_of, make, run_of, sequences_of)

from benchmarks.torch_cells import RIVALS
from lstmlib.numpy import (CELLS, GRU, LSTM1997, Cell, Clockwork, DepthGated, Peephole, Stack, bptt,
                           gradcheck, unroll)
from lstmlib.numpy.fast import FAST

pytestmark = pytest.mark.filterwarnings("error")
LIBRARY = library(importlib.import_module("lstmlib.numpy.unroll"))
GUISES = ("clear", "fast", "fast, few steps a block")


@pytest.mark.parametrize("guise", GUISES)
@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_promise(libraries, promise, name, guise):
    promise(libraries[guise], name)


# ---- sizes, dtypes and orders, drawn

sizes = st.tuples(*[st.sampled_from([1, 2, 3, 5, 7])] * 4)


@pytest.mark.parametrize("name", CELLS)
@given(sizes=sizes, data=st.data())
def test_gradients_at_any_size(libraries, name, sizes, data):
    case = make(LIBRARY, name, sizes)
    T, B = sizes[:2]
    way = {"reverse": data.draw(st.booleans()), "start": data.draw(st.integers(0, 9)),
           "lengths": data.draw(st.none() | st.lists(st.integers(1, T), min_size=B, max_size=B))}
    values = flatten(case.params, case.x, case.state)
    # One direction through all variables at once: a single complex step is enough.
    towards = make(LIBRARY, name, sizes, seed=2)
    direction = flatten(towards.params, towards.x, towards.state)
    moved = {key: values[key] + 1e-20j * direction[key] for key in values}
    slope = loss_of(LIBRARY, case, moved, **way).imag / 1e-20
    for lib in libraries.values():
        grads = grads_of(lib, case, **way)
        assert_allclose(sum((grads[key] * direction[key]).sum() for key in grads), slope,
                        rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("size", [(1, 1, 1, 1), (1, 3, 2, 5), (5, 1, 3, 2), (5, 3, 1, 2),
                                  (5, 3, 2, 1)])
@pytest.mark.parametrize("name", CELLS)
def test_any_size_may_be_one(libraries, name, size):
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 1e-4)):
        case = make(LIBRARY, name, size, dtype=dtype)
        expected = grads_of(libraries["clear"], case)
        assert expected["x"].shape == case.x.shape
        for lib in libraries.values():
            assert_forms_agree(run_of(lib, case), run_of(libraries["clear"], case), tolerance)
            assert_near(grads_of(lib, case), expected, tolerance)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("size", [(100, 20, 17, 30), (4, 3, 500, 130), (300, 1, 5, 40)],
                         ids=["long", "wide", "one sequence"])
def test_both_forms_agree_where_work_is_cut_in_blocks(libraries, name, size):
    """Blocks of steps, products of many steps at once, weights in pieces: as large runs have them.

    Weights are small here, so that rounding does not grow along the steps.
    """
    case = make(LIBRARY, name, size)
    case.params = {key: value / 2 for key, value in case.params.items()}
    rng = np.random.default_rng(0)
    ways = {"plain": {}, "lengths": {"lengths": rng.integers(1, size[0] + 1, size[1]), "start": 3}}
    for way in ways.values():
        assert_forms_agree(run_of(LIBRARY, case, **way), run_of(libraries["clear"], case, **way),
                           1e-12)
        assert_near(grads_of(LIBRARY, case, **way), grads_of(libraries["clear"], case, **way),
                    1e-12)


CONFIGURED = {
    **{f"peepholes {gates!r}": lambda M, D, gates=gates: Peephole(M, D, peepholes=gates)
       for gates in ("", "i", "f", "o", "if", "io", "fo")},
    "truncated": lambda M, D: LSTM1997(M, D, truncated=True),
    "no module at every step": lambda M, D: Clockwork(M, 7, periods=[2, 3, 5], sizes=[3, 3, 1]),
    "modules of one period": lambda M, D: Clockwork(M, 7, periods=[1, 3, 3, 4], sizes=[2, 1, 3, 1]),
    "one slow module": lambda M, D: Clockwork(M, D, periods=[4]),
    **{f"depth gates over {below}": lambda M, D, below=below: Stack(
        [CELLS[below](M, D), DepthGated(D, D), DepthGated(D, D), GRU(D, D)])
       for below in ("lstm", "lstm_1997", "cifg", "noaf", "fgr")},
}


@pytest.mark.parametrize("guise", GUISES[1:])
@pytest.mark.parametrize("name", CONFIGURED)
def test_both_forms_agree_however_a_cell_is_made(libraries, name, guise):
    cells = {name: SimpleNamespace(size_rule="any", smallest=CONFIGURED[name])}
    both_forms_agree(SimpleNamespace(**{**vars(libraries[guise]), "CELLS": cells}), name)


def big_endian(array):
    return array.astype(array.dtype.newbyteorder(">"))


def fortran(array):
    return np.asfortranarray(array)


def strided(array):
    room = np.full(tuple(2 * size for size in array.shape), 9, array.dtype)
    room[tuple(slice(1, None, 2) for _ in array.shape)] = array
    return room[tuple(slice(1, None, 2) for _ in array.shape)]


def backwards(array):
    return np.ascontiguousarray(array[::-1])[::-1]


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


ORDERS = [big_endian, fortran, strided, backwards, read_only]


@pytest.mark.parametrize("name", CELLS)
@settings(max_examples=12)
@given(data=st.data(), dtype=st.sampled_from([np.float32, np.float64]))
def test_any_order_of_memory_will_do(libraries, name, data, dtype):
    case = make(LIBRARY, name, dtype=dtype)

    def recast(array):
        return data.draw(st.sampled_from(ORDERS))(array)

    other = SimpleNamespace(
        cell=case.cell, x=recast(case.x), d_outputs=recast(case.d_outputs),
        **{part: {key: recast(value) for key, value in getattr(case, part).items()}
           for part in ("params", "state", "d_state")})
    lengths = recast(np.array(LENGTHS, data.draw(st.sampled_from("bBhHiIlL"))))
    atol = 1e-4 if dtype == np.float32 else 1e-12
    for guise in ("clear", "fast"):
        lib = libraries[guise]
        run = run_of(lib, other, lengths=lengths)
        grads = grads_of(lib, other, lengths=lengths)
        assert run.outputs.dtype == dtype and run.outputs.dtype.isnative
        assert all(value.dtype == dtype and value.dtype.isnative for value in grads.values())
        assert_allclose(run.outputs, run_of(lib, case, lengths=LENGTHS).outputs, atol=atol)
        assert_same(grads, grads_of(lib, case, lengths=LENGTHS), atol=atol)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_lists_take_the_dtype_of_the_parameters(name, dtype):
    case = make(LIBRARY, name, dtype=dtype)
    run = unroll(case.cell, case.params, case.x.tolist(),
                 {key: value.tolist() for key, value in case.state.items()}, LENGTHS)
    assert run.outputs.dtype == dtype
    assert_array_equal(run.outputs, run_of(LIBRARY, case, lengths=LENGTHS).outputs)
    d_state = {key: value.tolist() for key, value in case.d_state.items()}
    grads = bptt(run, case.d_outputs.tolist(), d_state)
    assert_same(flatten(grads.params, grads.inputs, grads.state),
                grads_of(LIBRARY, case, lengths=LENGTHS), atol=0)
    assert {value.dtype for value in (grads.inputs, *grads.params.values())} == {np.dtype(dtype)}


@pytest.mark.parametrize("name", CELLS)
def test_float32_is_float64_rounded(libraries, name):
    single, double = make(LIBRARY, name, dtype=np.float32), make(LIBRARY, name)
    for lib in libraries.values():
        for way in ALL_WAYS.values():
            assert_allclose(run_of(lib, single, **way).outputs, run_of(lib, double, **way).outputs,
                            rtol=1e-4, atol=1e-4)
            assert_near(grads_of(lib, single, **way), grads_of(lib, double, **way), 1e-4)


@pytest.mark.parametrize("name", CELLS)
def test_no_state_is_a_state_of_zeros(libraries, name):
    case = make(LIBRARY, name)
    zeros = {key: np.zeros_like(value) for key, value in case.state.items()}
    for guise in ("clear", "fast"):
        lib = libraries[guise]
        run = lib.unroll(case.cell, case.params, case.x)
        assert_array_equal(run.outputs,
                           lib.unroll(case.cell, case.params, case.x, zeros).outputs)
        grads, given = lib.bptt(run, case.d_outputs), lib.bptt(run, case.d_outputs, zeros)
        assert_same(flatten(grads.params, grads.inputs, grads.state),
                    flatten(given.params, given.inputs, given.state), atol=0)


@pytest.mark.parametrize("name", CELLS)
def test_a_complex_run_has_the_real_one_as_its_real_part(name):
    case = make(LIBRARY, name)
    as_complex = unroll(case.cell, {key: value + 0j for key, value in case.params.items()},
                        case.x + 0j, {key: value + 0j for key, value in case.state.items()},
                        lengths=LENGTHS)
    assert as_complex.outputs.dtype == np.complex128
    real = run_of(LIBRARY, case, lengths=LENGTHS)
    assert_allclose(as_complex.outputs, real.outputs, atol=1e-13)


@pytest.mark.parametrize("guise", ["clear", "fast"])
@pytest.mark.parametrize("name", CELLS)
def test_what_a_run_holds_is_read_only(libraries, name, guise):
    lib = libraries[guise]
    case = make(lib, name)
    run = run_of(lib, case, lengths=np.array(LENGTHS))
    for part in cells_of(run).values():
        for array in (part.outputs, part.inputs, part.lengths, *part.state.values(),
                      *part.params.values(), *sequences_of(part).values(),
                      *[value for step in part.history for value in step.values()]):
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0
    grads = grads_of(lib, case)
    for array in grads.values():
        array[...] = 0


ALONE = [name for name in CELLS if isinstance(CELLS[name].smallest(1, 1), Cell)]


@pytest.mark.parametrize("name", ALONE)
def test_one_sequence_by_hand_needs_no_batch_axis(name):
    case = make(LIBRARY, name)
    rows = case.cell.step(case.params, case.x[0], case.state)
    alone = case.cell.step(case.params, case.x[0, 2], {k: v[2] for k, v in case.state.items()})
    assert alone["h"].shape == (case.cell.hidden_size,)
    for key in rows:
        assert_allclose(alone[key], rows[key][2], atol=1e-14)
    d_a, d_state = case.cell.step_back(case.params, case.x[0], case.state, rows, case.d_state)
    d_alone, d_state_alone = case.cell.step_back(
        case.params, case.x[0, 2], {k: v[2] for k, v in case.state.items()}, alone,
        {k: v[2] for k, v in case.d_state.items()})
    assert_allclose(d_alone, d_a[2], atol=1e-14)
    for key in d_state:
        assert_allclose(d_state_alone[key], d_state[key][2], atol=1e-14)


@pytest.mark.parametrize("name", ALONE)
def test_one_step_back_by_hand(name):
    case = make(LIBRARY, name)
    new = case.cell.step(case.params, case.x[0], case.state)
    d_a, d_state = case.cell.step_back(case.params, case.x[0], case.state, new=new,
                                       d_new=case.d_state)
    d_params, d_x = case.cell.gather(case.params, case.x[0], case.state, new, d_a)
    run = unroll(case.cell, case.params, case.x[:1], case.state)
    grads = bptt(run, np.zeros_like(run.outputs), case.d_state)
    assert_same(d_params, grads.params, atol=1e-13)
    assert_allclose(d_x, grads.inputs[0], atol=1e-13)
    assert_same(d_state, grads.state, atol=1e-13)


@pytest.mark.parametrize("name", CELLS)
def test_central_differences_agree_too(name):
    case = make(LIBRARY, name)
    values = flatten(case.params, case.x, case.state)
    way = ALL_WAYS["lengths, reverse, start"]
    verdict = gradcheck(lambda v: loss_of(LIBRARY, case, v, **way), values,
                        grads_of(LIBRARY, case, **way))
    assert verdict, str(verdict)


# ---- NaN, infinities and large numbers


@pytest.mark.parametrize("guise", GUISES)
@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_nan_and_inf_reach_their_own_sequence_from_their_step_on(libraries, name, poison, guise):
    lib = libraries[guise]
    case = make(lib, name)
    clean = run_of(lib, case, start=1).outputs         # all clocks of a clockwork tick at x[3]
    case.x[3, 1] = poison
    with np.errstate(invalid="ignore"):
        outputs = run_of(lib, case, start=1).outputs
    others = [0, 2, 3, 4]
    assert_array_equal(outputs[:, others], clean[:, others])
    assert_array_equal(outputs[:3, 1], clean[:3, 1])
    if np.isnan(poison):
        assert np.isnan(outputs[3:, 1]).all()


@pytest.mark.parametrize("guise", GUISES)
@pytest.mark.parametrize("name", CELLS)
def test_nan_upstream_reaches_its_own_sequence_back_to_the_start(libraries, name, guise):
    lib = libraries[guise]
    case = make(lib, name)
    clean = grads_of(lib, case)
    case.d_outputs[3, 1] = np.nan
    with np.errstate(invalid="ignore"):
        grads = grads_of(lib, case)
    others = [0, 2, 3, 4]
    assert_allclose(grads["x"][:, others], clean["x"][:, others], rtol=0, atol=1e-12)
    assert_allclose(grads["x"][4:, 1], clean["x"][4:, 1], rtol=0, atol=1e-12)
    assert np.isnan(grads["W" if "W" in grads else "1.W"]).any()
    for key in case.state:
        assert_allclose(grads[f"state {key}"][others], clean[f"state {key}"][others],
                        rtol=0, atol=1e-12)


def test_the_rectifier_passes_infinity_on_and_cuts_it_off():
    cell = CELLS["rnn_relu"](1, 1)
    params = {"W": [[1.0]], "U": [[0.0]], "b": [0.0]}
    x = [[np.inf], [-np.inf], [np.nan]]
    expected = [[np.inf], [0], [np.nan]]
    assert_array_equal(cell.step(params, x, {"h": [[0.0]] * 3})["h"], expected)
    assert_array_equal(unroll(cell, params, [x]).outputs[0], expected)


@pytest.mark.parametrize("guise", GUISES)
def test_what_would_grow_beyond_a_length_gives_no_warning(libraries, guise):
    """h doubles with each step: a sequence that has ended must not go on doing so in silence."""
    lib, cell = libraries[guise], CELLS["rnn_relu"](1, 1)
    params = {"W": [[-1.0]], "U": [[2.0]], "b": [0.0]}
    x = np.zeros((1500, 2, 1))
    x[:, 1] = 1.0                                       # h of the second sequence stays 0
    with np.errstate(all="raise", under="ignore"):
        run = lib.unroll(cell, params, x, {"h": [[1.0], [0.0]]}, lengths=[3, 1500])
        grads = lib.bptt(run, np.ones_like(run.outputs))
    assert_array_equal(run.state["h"], [[8.0], [0.0]])
    assert_array_equal(grads.state["h"], [[14.0], [0.0]])


@pytest.mark.parametrize("guise", GUISES)
def test_ten_thousand_steps(libraries, guise):
    cell = CELLS["rnn"](1, 1)
    params = {"W": [[0.0]], "U": [[1.0]], "b": [0.0]}
    run = libraries[guise].unroll(cell, params, np.zeros((10_000, 1, 1)), {"h": [[0.5]]})
    # h' = tanh h has 1/h'^2 = 1/h^2 + 2/3 to first order: h falls as sqrt(3 / 2t).
    assert_allclose(run.outputs[-1], (3 / 20_000) ** 0.5, rtol=1e-3)


# ---- the registry


@pytest.mark.parametrize("name", CELLS)
def test_what_a_cell_declares(name):
    cell, size = CELLS[name](3, 3), 3
    assert isinstance(cell, Cell) and cell.state_names[0] == "h"
    assert {"W", "U", "b"} <= set(cell.param_shapes)
    assert cell.size_rule in ("any", "equal")
    assert not set(cell.keeps) & set(cell.state_names)
    # A parameter counts if it is read.
    unread = sum(np.prod(shape) for shape in cell.param_shapes.values()) - cell.count()
    absent = 3 * (3 - len(getattr(cell, "peepholes", "ifo")))
    assert unread == (np.sum(~cell.mask) if cell.clocked else absent)
    network = make(LIBRARY, name).cell
    for dtype in (np.float32, np.float64):
        params = cell.init(np.random.default_rng(3), dtype)
        assert {key: value.shape for key, value in params.items()} == cell.param_shapes
        assert {value.dtype for value in params.values()} == {np.dtype(dtype)}
        assert all(np.abs(value).max() <= size ** -0.5 for key, value in params.items()
                   if key != "b")
        fresh = network.init(np.random.default_rng(3), dtype)
        assert unroll(network, fresh, np.ones((2, 3, network.input_size), dtype)).stop == 2
    assert_array_equal(params["U"].astype(np.float32),
                       cell.init(np.random.default_rng(3), np.float32)["U"])


@pytest.mark.parametrize("name", CELLS)
def test_weights_start_uniform_and_biases_zero(name):
    cell = CELLS[name](200, 200)
    params = cell.init(np.random.default_rng(0))
    bound = 200 ** -0.5
    for key in ("W", "U"):
        values = params[key][cell.mask] if name == "clockwork" and key == "U" else params[key]
        # Mean within 5 standard errors of n draws, variance of a uniform within 3 %.
        assert abs(values.mean()) < 5 * bound / (3 * values.size) ** 0.5
        assert_allclose(values.var(), bound ** 2 / 3, rtol=0.03)
    for block, b in zip(cell.blocks, cell.split(params["b"])):
        assert (b == (1 if block == "f" and name not in ("cifg", "mgu") else 0)).all()


@pytest.mark.parametrize("name, options", [
    *[(name, {}) for name in CELLS],
    ("lstm", {"forget_bias": 3.0}), ("lstm_1997", {"truncated": True}),
    ("peephole", {"peepholes": "o", "forget_bias": -1.0}), ("nig", {"forget_bias": 0.0}),
    ("clockwork", {"periods": [2, 3], "sizes": [4, 1]}),
])
def test_a_cell_is_shown_as_the_call_that_makes_it(name, options):
    cell = CELLS[name](5, 5, **options)
    again = eval(repr(cell), {CELLS[name].__name__: CELLS[name]})
    assert type(again) is type(cell) and vars(again).keys() == vars(cell).keys()
    for option in ("input_size", "hidden_size", *options):
        assert getattr(again, option) == getattr(cell, option)
    assert all(f"{option}=" in repr(cell) for option in options)


def test_plain_cells_have_d_times_m_plus_d_plus_one_parameters():
    for name in ("rnn", "rnn_relu"):
        assert CELLS[name](7, 11).count() == 11 * (7 + 11 + 1)


def test_every_cell_has_a_twin_to_be_compared_with():
    assert set(TWINS) | set(RIVALS) == set(CELLS)
    assert set(UNBOUNDED) | set(HUGE) == set(CELLS)


def test_every_cell_has_a_fast_form():
    assert set(FAST) == set(CELLS.values())


# ---- the split of cell and time


class TwoStates(Cell):
    """An LSTM as it stands in PyTorch: two states, and four gates kept for the way back."""

    blocks = ("i", "f", "g", "o")
    state_names = ("h", "c")
    keeps = ("i", "f", "g", "o")

    def step(self, params, x, state):
        a = x @ params["W"].T + state["h"] @ params["U"].T + params["b"]
        i, f, g, o = np.split(a, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
        g = np.tanh(g)
        c = f * state["c"] + i * g
        return {"h": o * np.tanh(c), "c": c, "i": i, "f": f, "g": g, "o": o}

    def step_back(self, params, x, state, new, d_new):
        i, f, g, o = (new[gate] for gate in "ifgo")
        tanh_c = np.tanh(new["c"])
        d_c = d_new["c"] + d_new["h"] * o * (1 - tanh_c ** 2)
        d_a = np.concatenate([d_c * g * i * (1 - i), d_c * state["c"] * f * (1 - f),
                              d_c * i * (1 - g * g), d_new["h"] * tanh_c * o * (1 - o)], axis=-1)
        return d_a, {"h": d_a @ params["U"], "c": d_c * f}

    gather = CELLS["rnn"].gather


class Doubled(CELLS["lstm"]):
    """A cell that changes a step of another."""

    def step(self, params, x, state):
        new = super().step(params, x, state)
        return {**new, "h": 2 * new["h"]}


def test_a_derived_cell_runs_as_it_says_itself():
    lib = library(importlib.import_module("lstmlib.numpy.unroll"), {"doubled": Doubled})
    case = make(lib, "doubled")
    first = run_of(lib, case).outputs[0]
    case.cell = CELLS["lstm"](3, 2)
    assert_allclose(first, 2 * run_of(lib, case).outputs[0], rtol=1e-12)


def test_unroll_and_bptt_know_nothing_of_the_cell():
    lib = library(importlib.import_module("lstmlib.numpy.unroll"), {"two": TwoStates})
    for promise in PROMISES:
        # Its equations are compared below; its sigmoid is not made for large numbers.
        if "autograd" not in promise.__name__ and "huge" not in promise.__name__:
            promise(lib, "two")
    case = make(lib, "two")
    net = torch.nn.LSTM(3, 2, dtype=torch.float64)
    with torch.no_grad():
        for key, weight in {"W": net.weight_ih_l0, "U": net.weight_hh_l0,
                            "b": net.bias_ih_l0}.items():
            weight.copy_(torch.tensor(case.params[key]))
        net.bias_hh_l0.zero_()
        outputs, (_, c) = net(torch.tensor(case.x), tuple(
            torch.tensor(case.state[key])[None] for key in ("h", "c")))
    run = run_of(lib, case)
    assert_allclose(run.outputs, outputs.numpy(), atol=1e-12)
    assert_allclose(run.state["c"], c[0].numpy(), atol=1e-12)

"""One matrix over all cells: what a step, a run and its gradients promise.

Each promise is a function of a library (`lib`: cells, unroll, bptt) and the name of a cell. Below
they are held against the real library, and then against libraries with a planted mistake, each of
which must break the promise that stands beside it.
"""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from lstmlib.numpy import CELLS, Cell, bptt, complex_step, gradcheck, unroll

LIBRARY = SimpleNamespace(CELLS=CELLS, unroll=unroll, bptt=bptt)
SIZES = (7, 5, 3, 2)                 # T, B, M, D: different primes
LENGTHS = [4, 7, 1, 6, 2]
WAYS = {
    "plain": {},
    "lengths": {"lengths": LENGTHS},
    "reverse": {"reverse": True},
    "lengths, reverse": {"lengths": LENGTHS, "reverse": True},
}
TWINS = {"rnn": {"nonlinearity": "tanh"}, "rnn_relu": {"nonlinearity": "relu"}}


def make(lib, name, sizes=SIZES, seed=0, dtype=np.float64):
    """A cell, and for it parameters, inputs, a state and upstream gradients, nothing zero."""
    T, B, M, D = sizes
    cls = lib.CELLS[name]
    M = D if cls.size_rule == "equal" else M
    cell = cls(M, D)
    rng = np.random.default_rng([seed, *sizes])

    def normal(shape, scale=1.0):
        return (scale * rng.standard_normal(shape)).astype(dtype)

    return SimpleNamespace(
        cell=cell,
        params={key: normal(shape, 0.7) for key, shape in cell.param_shapes.items()},
        x=normal((T, B, M)),
        state={key: normal((B, D)) for key in cell.state_names},
        d_outputs=normal((T, B, D)),
        d_state={key: normal((B, D)) for key in cell.state_names},
    )


def run_of(lib, case, **way):
    return lib.unroll(case.cell, case.params, case.x, case.state, **way)


def flatten(params, x, state):
    """Parameters, inputs and initial state in one flat dict."""
    return {**params, "x": x, **{f"state {key}": value for key, value in state.items()}}


def loss_of(lib, case, values, **way):
    """A loss through which every output and every last state has its own gradient."""
    params = {key: values[key] for key in case.params}
    state = {key: values[f"state {key}"] for key in case.state}
    run = lib.unroll(case.cell, params, values["x"], state, **way)
    return ((run.outputs * case.d_outputs).sum()
            + sum((run.state[key] * case.d_state[key]).sum() for key in case.state))


def grads_of(lib, case, **way):
    grads = lib.bptt(run_of(lib, case, **way), case.d_outputs, case.d_state)
    return flatten(grads.params, grads.inputs, grads.state)


def assert_same(got, expected, atol=1e-10):
    assert set(got) == set(expected)
    for key in expected:
        assert_allclose(got[key], expected[key], rtol=0, atol=atol, err_msg=key)


# ---- the promises


def gradients_agree_with_complex_step(lib, name):
    for way in WAYS.values():
        case = make(lib, name)
        values = flatten(case.params, case.x, case.state)
        numeric = complex_step(lambda v: loss_of(lib, case, v, **way), values)
        assert all(np.abs(value).max() > 0.01 for value in numeric.values())
        assert_same(grads_of(lib, case, **way), numeric)


def gradients_agree_with_autograd(lib, name):
    for way in WAYS.values():
        case = make(lib, name)
        outputs, state, grads = through_torch(case, TWINS[name], **way)
        run = run_of(lib, case, **way)
        assert_allclose(run.outputs, outputs, rtol=0, atol=1e-12)
        assert_allclose(run.state["h"], state, rtol=0, atol=1e-12)
        assert_same(grads_of(lib, case, **way), grads)


def through_torch(case, options, lengths=None, reverse=False):
    """torch.nn.RNN, whose second direction reads packed sequences from their own ends."""
    T, B, M = case.x.shape
    D = case.cell.hidden_size
    net = torch.nn.RNN(M, D, bidirectional=reverse, dtype=torch.float64, **options)
    end = "_reverse" if reverse else ""
    weights = {"W": getattr(net, f"weight_ih_l0{end}"), "U": getattr(net, f"weight_hh_l0{end}"),
               "b": getattr(net, f"bias_ih_l0{end}")}
    with torch.no_grad():
        for key, weight in weights.items():
            weight.copy_(torch.tensor(case.params[key]))
        getattr(net, f"bias_hh_l0{end}").zero_()
    x = torch.tensor(case.x, requires_grad=True)
    h = torch.tensor(case.state["h"], requires_grad=True)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        x, torch.tensor(lengths or [T] * B), enforce_sorted=False)
    outputs, last = net(packed, torch.stack([torch.zeros_like(h), h] if reverse else [h]))
    outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(outputs, total_length=T)
    outputs = outputs[:, :, -D:]
    ((outputs * torch.tensor(case.d_outputs)).sum()
     + (last[-1] * torch.tensor(case.d_state["h"])).sum()).backward()
    grads = {key: weight.grad.numpy() for key, weight in weights.items()}
    return (outputs.detach().numpy(), last[-1].detach().numpy(),
            flatten(grads, x.grad.numpy(), {"h": h.grad.numpy()}))


def a_padded_sequence_is_the_sequence_alone(lib, name):
    case = make(lib, name)
    for reverse in (False, True):
        run = run_of(lib, case, lengths=LENGTHS, reverse=reverse)
        grads = lib.bptt(run, case.d_outputs, case.d_state)
        total = {key: 0 for key in case.params}
        for b, length in enumerate(LENGTHS):
            row = slice(b, b + 1)
            alone = lib.unroll(case.cell, case.params, case.x[:length, row],
                               {key: value[row] for key, value in case.state.items()},
                               reverse=reverse)
            back = lib.bptt(alone, case.d_outputs[:length, row],
                            {key: value[row] for key, value in case.d_state.items()})
            assert_allclose(run.outputs[:length, row], alone.outputs, atol=1e-13)
            assert_array_equal(run.outputs[length:, row], 0)
            assert_allclose(grads.inputs[:length, row], back.inputs, atol=1e-12)
            assert_array_equal(grads.inputs[length:, row], 0)
            for key in case.state:
                assert_allclose(run.state[key][row], alone.state[key], atol=1e-13)
                assert_allclose(grads.state[key][row], back.state[key], atol=1e-12)
            for key in total:
                total[key] = total[key] + back.params[key]
        assert_same(grads.params, total, atol=1e-12)


def what_lies_beyond_a_length_is_not_read(lib, name):
    for garbage in (np.nan, np.inf, 1e300):
        for reverse in (False, True):
            case = make(lib, name)
            clean_run = run_of(lib, case, lengths=LENGTHS, reverse=reverse)
            clean = grads_of(lib, case, lengths=LENGTHS, reverse=reverse)
            beyond = np.arange(len(case.x))[:, None] >= LENGTHS
            case.x[beyond] = garbage
            case.d_outputs[beyond] = garbage
            with np.errstate(all="raise", under="ignore"):
                run = run_of(lib, case, lengths=LENGTHS, reverse=reverse)
                grads = grads_of(lib, case, lengths=LENGTHS, reverse=reverse)
            assert_array_equal(run.outputs, clean_run.outputs)
            assert_same(grads, clean, atol=0)


def reverse_is_the_flipped_sequence(lib, name):
    case = make(lib, name)
    run = run_of(lib, case, reverse=True)
    other = lib.unroll(case.cell, case.params, case.x[::-1], case.state)
    assert_array_equal(run.outputs, other.outputs[::-1])
    for key in case.state:
        assert_array_equal(run.state[key], other.state[key])
    assert_array_equal(run.outputs[0], run.state["h"])


def a_run_is_its_steps(lib, name):
    case = make(lib, name)
    run = run_of(lib, case)
    state = case.state
    for t in range(len(case.x)):
        state = case.cell.step(case.params, case.x[t], state)
        assert_allclose(run.outputs[t], state["h"], atol=1e-13)
    for key in case.cell.state_names:
        assert_allclose(run.state[key], state[key], atol=1e-13)


def a_sequence_may_be_cut_in_two(lib, name):
    case = make(lib, name)
    whole, whole_grads = run_of(lib, case), grads_of(lib, case)
    cut = 3
    first = lib.unroll(case.cell, case.params, case.x[:cut], case.state, start=11)
    second = lib.unroll(case.cell, case.params, case.x[cut:], first.state, start=first.stop)
    assert (first.stop, second.stop) == (11 + cut, 11 + len(case.x))
    assert_allclose(np.concatenate([first.outputs, second.outputs]), whole.outputs, atol=1e-13)
    # Handing the state's gradient back over the cut makes truncation exact.
    late = lib.bptt(second, case.d_outputs[cut:], case.d_state)
    early = lib.bptt(first, case.d_outputs[:cut], late.state)
    params = {key: early.params[key] + late.params[key] for key in case.params}
    inputs = np.concatenate([early.inputs, late.inputs])
    assert_same(flatten(params, inputs, early.state), whole_grads, atol=1e-12)


def sequences_do_not_mix(lib, name):
    case = make(lib, name)
    order = np.array([3, 0, 4, 1, 2])
    run = run_of(lib, case, lengths=LENGTHS)
    grads = lib.bptt(run, case.d_outputs, case.d_state)
    other = lib.unroll(case.cell, case.params, case.x[:, order],
                       {key: value[order] for key, value in case.state.items()},
                       lengths=np.array(LENGTHS)[order])
    back = lib.bptt(other, case.d_outputs[:, order],
                    {key: value[order] for key, value in case.d_state.items()})
    assert_allclose(other.outputs, run.outputs[:, order], atol=1e-13)
    assert_allclose(back.inputs, grads.inputs[:, order], atol=1e-12)
    assert_same(back.params, grads.params, atol=1e-12)


def gradients_add(lib, name):
    case, other = make(lib, name), make(lib, name, seed=1)
    run = run_of(lib, case, lengths=LENGTHS)
    once = lib.bptt(run, case.d_outputs, case.d_state)
    twice = lib.bptt(run, other.d_outputs, other.d_state)
    both = lib.bptt(run, case.d_outputs + other.d_outputs,
                    {key: case.d_state[key] + other.d_state[key] for key in case.d_state})
    for part in ("params", "state"):
        assert_same(getattr(both, part),
                    {key: getattr(once, part)[key] + getattr(twice, part)[key]
                     for key in getattr(once, part)}, atol=1e-12)
    assert_allclose(both.inputs, once.inputs + twice.inputs, atol=1e-12)


def nothing_is_overwritten(lib, name):
    case, other = make(lib, name), make(lib, name, seed=1)
    given = [flatten(case.params, case.x, case.state), {"d": case.d_outputs, **case.d_state}]
    kept = [{key: value.copy() for key, value in part.items()} for part in given]
    run = run_of(lib, case, lengths=LENGTHS)
    outputs, state = run.outputs.copy(), {key: value.copy() for key, value in run.state.items()}
    grads = lib.bptt(run, case.d_outputs, case.d_state)
    first = {key: value.copy()
             for key, value in flatten(grads.params, grads.inputs, grads.state).items()}
    case.cell.step(case.params, case.x[0], case.state)
    # Another run and its gradients, and then the first run's once more.
    lib.bptt(run_of(lib, other, lengths=LENGTHS), other.d_outputs, other.d_state)
    again = lib.bptt(run, case.d_outputs, case.d_state)
    for now, before in zip(given, kept):
        assert_same(now, before, atol=0)
    assert_array_equal(run.outputs, outputs)
    assert_same(run.state, state, atol=0)
    assert_same(flatten(grads.params, grads.inputs, grads.state), first, atol=0)
    assert_same(flatten(again.params, again.inputs, again.state), first, atol=0)


def a_run_keeps_its_own_copies(lib, name):
    case = make(lib, name)
    lengths = np.array(LENGTHS)
    run = run_of(lib, case, lengths=lengths)
    expected = lib.bptt(run, case.d_outputs)
    for array in (case.x, lengths, *case.params.values(), *case.state.values()):
        array[...] = 1
    got = lib.bptt(run, case.d_outputs)
    assert_same(flatten(got.params, got.inputs, got.state),
                flatten(expected.params, expected.inputs, expected.state), atol=0)


PROMISES = [
    gradients_agree_with_complex_step, gradients_agree_with_autograd,
    a_padded_sequence_is_the_sequence_alone, what_lies_beyond_a_length_is_not_read,
    reverse_is_the_flipped_sequence, a_run_is_its_steps, a_sequence_may_be_cut_in_two,
    sequences_do_not_mix, gradients_add, nothing_is_overwritten, a_run_keeps_its_own_copies,
]


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_promise(promise, name):
    promise(LIBRARY, name)


# ---- planted mistakes, and the promise that each one breaks

CELL, TIME = "lstmlib.numpy.cells.rnn", "lstmlib.numpy.unroll"
STEP_RNN = "x @ W.T + state[\"h\"] @ U.T + b\n        h = np.tanh(a)"
BACK_RNN = "d_new[\"h\"] * (1 - new[\"h\"] * new[\"h\"])\n        d_h = d_a @ params[\"U\"]"
MISTAKES = [
    # the step
    (CELL, STEP_RNN, STEP_RNN.replace("U.T", "U"), gradients_agree_with_complex_step),
    (CELL, STEP_RNN, STEP_RNN.replace(" + b", ""), gradients_agree_with_complex_step),
    (CELL, STEP_RNN, STEP_RNN.replace(" + b", " - b"), gradients_agree_with_autograd),
    (CELL, STEP_RNN, STEP_RNN.replace("np.tanh(a)", "np.sin(a)"), gradients_agree_with_autograd),
    (CELL, STEP_RNN, STEP_RNN.replace("np.tanh(a)", "np.tanh(a.real)"),
     gradients_agree_with_complex_step),
    (CELL, STEP_RNN, STEP_RNN.replace("state[\"h\"] @", "state[\"h\"].mean(0) @"),
     a_padded_sequence_is_the_sequence_alone),
    (CELL, STEP_RNN, STEP_RNN.replace("state[\"h\"] @", "state[\"h\"][::-1] @"),
     sequences_do_not_mix),
    (CELL, STEP_RNN, STEP_RNN + "\n        x += 0 * x + 1", nothing_is_overwritten),
    # the step back
    (CELL, BACK_RNN, BACK_RNN.replace("1 - new[\"h\"] * new[\"h\"]", "1 - new[\"h\"]"),
     gradients_agree_with_complex_step),
    (CELL, BACK_RNN, BACK_RNN.replace("(1 - new[\"h\"] * new[\"h\"])", "1.0"),
     gradients_agree_with_complex_step),
    (CELL, BACK_RNN, BACK_RNN.replace("new[\"h\"] * new", "state[\"h\"] * state"),
     gradients_agree_with_complex_step),
    (CELL, BACK_RNN, BACK_RNN.replace("params[\"U\"]", "params[\"U\"].T"),
     gradients_agree_with_complex_step),
    (CELL, BACK_RNN, BACK_RNN.replace("d_a @", "d_new[\"h\"] @"),
     gradients_agree_with_complex_step),
    # the gradients of the weights
    (CELL, "d_a.T @ state[\"h\"]", "state[\"h\"].T @ d_a", gradients_agree_with_complex_step),
    (CELL, "d_b = d_a.sum(axis=0)", "d_b = 0 * d_a.sum(axis=0)",
     gradients_agree_with_complex_step),
    (CELL, "d_b = d_a.sum(axis=0)", "d_b = d_a.mean(axis=0)", gradients_agree_with_complex_step),
    (CELL, "d_W = d_a.T @ x", "d_W = d_a[-1:].T @ x[-1:]", gradients_agree_with_complex_step),
    (CELL, "d_x = d_a @ params[\"W\"]", "d_x = 0 * (d_a @ params[\"W\"])",
     gradients_agree_with_complex_step),
    # time, forwards
    (TIME, "cell.step(params, x_read[t], history[t])", "cell.step(params, x_read[t], history[0])",
     gradients_agree_with_autograd),
    (TIME, "cell.step(params, x_read[t], history[t])",
     "cell.step(params, x_read[t - 1], history[t])", gradients_agree_with_autograd),
    (TIME, "history = [state]", "history = [cell.zero_state(x.shape[1], x.dtype)]",
     a_sequence_may_be_cut_in_two),
    (TIME, "last = {name: history[T]", "last = {name: history[T - 1]",
     a_sequence_may_be_cut_in_two),
    (TIME, "start + T", "T", a_sequence_may_be_cut_in_two),
    # time, backwards
    (TIME, "\"h\": d_state[\"h\"] + d_read[t]}", "\"h\": d_read[t]}",
     gradients_agree_with_complex_step),
    (TIME, "\"h\": d_state[\"h\"] + d_read[t]}", "\"h\": d_state[\"h\"]}",
     gradients_agree_with_complex_step),
    (TIME, "_take_state(d_state, \"d_state\", run.cell, B, dtype)\n",
     "run.cell.zero_state(B, dtype)\n", gradients_agree_with_complex_step),
    (TIME, "for t in reversed(range(T))", "for t in reversed(range(1, T))",
     gradients_agree_with_complex_step),
    (TIME, "for t in reversed(range(T))", "for t in range(T)", gradients_agree_with_complex_step),
    (TIME, "[old[name] for old in history[:-1]]", "[old[name] for old in history[1:]]",
     gradients_agree_with_complex_step),
    (TIME, "return Grads(d_params, d_x, d_state)", "return Grads(d_params, d_x, d_new)",
     gradients_agree_with_complex_step),
    # lengths
    (TIME, "np.arange(T)[:, None] < lengths)[:, :, None]",
     "np.arange(T)[:, None] <= lengths)[:, :, None]", a_padded_sequence_is_the_sequence_alone),
    (TIME, "np.arange(T)[:, None] < lengths)[:, :, None]",
     "np.arange(1, T + 1)[:, None] < lengths)[:, :, None]",
     a_padded_sequence_is_the_sequence_alone),
    (TIME, "new = _choose(alive[t], new, history[t], cell.state_names)", "pass",
     a_padded_sequence_is_the_sequence_alone),
    (TIME, "d_state = _choose(alive[t], d_state, d_new, cell.state_names)", "pass",
     a_padded_sequence_is_the_sequence_alone),
    (TIME, "d_a[t] = np.where(alive[t], d_a[t], 0)", "pass", gradients_agree_with_complex_step),
    (TIME, "np.where(within[:, :, None], x, 0)", "x", what_lies_beyond_a_length_is_not_read),
    (TIME, "np.where(within[:, :, None], x, 0)", "x * within[:, :, None]",
     what_lies_beyond_a_length_is_not_read),
    # direction
    (TIME, "lengths - 1 - t", "T - 1 - t", a_padded_sequence_is_the_sequence_alone),
    (TIME, "outputs = contract.freeze(_reading_order(outputs, lengths, reverse))",
     "outputs = contract.freeze(outputs)", reverse_is_the_flipped_sequence),
    (TIME, "d_read = _reading_order(d_outputs, run.lengths, run.reverse)",
     "d_read = _reading_order(d_outputs, run.lengths, False)", gradients_agree_with_complex_step),
    (TIME, "d_x = _reading_order(d_x.reshape(T, B, M), run.lengths, run.reverse)",
     "d_x = d_x.reshape(T, B, M)", gradients_agree_with_complex_step),
    # ownership
    (TIME, "cell.param_shapes, copy=True", "cell.param_shapes", a_run_keeps_its_own_copies),
    (TIME, "x = contract.take_array(x, \"x\", dtype, copy=True)",
     "x = contract.take_array(x, \"x\", dtype)", a_run_keeps_its_own_copies),
]


@pytest.mark.parametrize("module, right, wrong, promise", MISTAKES,
                         ids=[f"{wrong[-40:]!r}-{promise.__name__}"
                              for _, _, wrong, promise in MISTAKES])
def test_planted_mistake_breaks_its_promise(planted, module, right, wrong, promise):
    found = planted(module, right, wrong)
    if module == CELL:
        lib = SimpleNamespace(CELLS={"rnn": found.RNN}, unroll=unroll, bptt=bptt)
    else:
        lib = SimpleNamespace(CELLS=CELLS, unroll=found.unroll, bptt=found.bptt)
    with pytest.raises((AssertionError, ValueError, TypeError)):
        promise(lib, "rnn")


RELU_MISTAKES = [
    ("np.where(a.real <= 0, 0, a)", "np.where(a.real <= 1, 0, a)", gradients_agree_with_autograd),
    ("np.where(a.real <= 0, 0, a)", "np.abs(a)", gradients_agree_with_complex_step),
    ("np.where(new[\"h\"] <= 0, 0, d_new[\"h\"])", "d_new[\"h\"]",
     gradients_agree_with_complex_step),
]


@pytest.mark.parametrize("right, wrong, promise", RELU_MISTAKES)
def test_planted_mistake_in_the_rectifier(planted, right, wrong, promise):
    lib = SimpleNamespace(CELLS={"rnn_relu": planted(CELL, right, wrong).RNNReLU},
                          unroll=unroll, bptt=bptt)
    with pytest.raises((AssertionError, TypeError)):
        promise(lib, "rnn_relu")


# ---- sizes, dtypes and orders, drawn

sizes = st.tuples(*[st.sampled_from([1, 2, 3, 5, 7])] * 4)


@pytest.mark.parametrize("name", CELLS)
@given(sizes=sizes, data=st.data())
def test_gradients_at_any_size(name, sizes, data):
    case = make(LIBRARY, name, sizes)
    T, B = sizes[:2]
    way = {"reverse": data.draw(st.booleans()),
           "lengths": data.draw(st.none() | st.lists(st.integers(1, T), min_size=B, max_size=B))}
    values = flatten(case.params, case.x, case.state)
    # One direction through all variables at once: a single complex step is enough.
    towards = make(LIBRARY, name, sizes, seed=2)
    direction = flatten(towards.params, towards.x, towards.state)
    moved = {key: values[key] + 1e-20j * direction[key] for key in values}
    slope = loss_of(LIBRARY, case, moved, **way).imag / 1e-20
    grads = grads_of(LIBRARY, case, **way)
    assert_allclose(sum((grads[key] * direction[key]).sum() for key in grads), slope,
                    rtol=1e-10, atol=1e-10)


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


FORMS = [big_endian, fortran, strided, backwards, read_only]


@pytest.mark.parametrize("name", CELLS)
@given(data=st.data(), dtype=st.sampled_from([np.float32, np.float64]))
def test_any_order_of_memory_will_do(name, data, dtype):
    case = make(LIBRARY, name, dtype=dtype)

    def recast(array):
        return data.draw(st.sampled_from(FORMS))(array)

    other = SimpleNamespace(
        cell=case.cell, x=recast(case.x), d_outputs=recast(case.d_outputs),
        **{part: {key: recast(value) for key, value in getattr(case, part).items()}
           for part in ("params", "state", "d_state")})
    lengths = recast(np.array(LENGTHS, data.draw(st.sampled_from("bBhHiIlL"))))
    run, grads = run_of(LIBRARY, other, lengths=lengths), grads_of(LIBRARY, other, lengths=lengths)
    assert run.outputs.dtype == dtype and run.outputs.dtype.isnative
    assert all(value.dtype == dtype and value.dtype.isnative for value in grads.values())
    atol = 1e-4 if dtype == np.float32 else 1e-12
    assert_allclose(run.outputs, run_of(LIBRARY, case, lengths=LENGTHS).outputs, atol=atol)
    assert_same(grads, grads_of(LIBRARY, case, lengths=LENGTHS), atol=atol)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_lists_take_the_dtype_of_the_parameters(name, dtype):
    case = make(LIBRARY, name, dtype=dtype)
    run = unroll(case.cell, case.params, case.x.tolist(),
                 {key: value.tolist() for key, value in case.state.items()}, LENGTHS)
    assert run.outputs.dtype == dtype
    assert_array_equal(run.outputs, run_of(LIBRARY, case, lengths=LENGTHS).outputs)
    grads = bptt(run, case.d_outputs.tolist())
    assert grads.inputs.dtype == dtype
    assert_array_equal(grads.inputs, bptt(run, case.d_outputs).inputs)


@pytest.mark.parametrize("name", CELLS)
def test_float32_is_float64_rounded(name):
    single, double = make(LIBRARY, name, dtype=np.float32), make(LIBRARY, name)
    for way in WAYS.values():
        assert_allclose(run_of(LIBRARY, single, **way).outputs,
                        run_of(LIBRARY, double, **way).outputs, rtol=1e-4, atol=1e-4)
        assert_same(grads_of(LIBRARY, single, **way), grads_of(LIBRARY, double, **way), atol=1e-3)


@pytest.mark.parametrize("name", CELLS)
def test_no_state_is_a_state_of_zeros(name):
    case = make(LIBRARY, name)
    run = unroll(case.cell, case.params, case.x)
    zeros = {key: np.zeros_like(value) for key, value in case.state.items()}
    assert_array_equal(run.outputs, unroll(case.cell, case.params, case.x, zeros).outputs)
    assert_same(bptt(run, case.d_outputs).params, bptt(run, case.d_outputs, zeros).params, atol=0)


@pytest.mark.parametrize("name", CELLS)
def test_a_complex_run_has_the_real_one_as_its_real_part(name):
    case = make(LIBRARY, name)
    as_complex = unroll(case.cell, {key: value + 0j for key, value in case.params.items()},
                        case.x + 0j, {key: value + 0j for key, value in case.state.items()},
                        lengths=LENGTHS)
    assert as_complex.outputs.dtype == np.complex128
    real = run_of(LIBRARY, case, lengths=LENGTHS)
    assert_allclose(as_complex.outputs, real.outputs, atol=1e-13)


@pytest.mark.parametrize("name", CELLS)
def test_what_a_run_holds_is_read_only(name):
    case = make(LIBRARY, name)
    run = run_of(LIBRARY, case, lengths=np.array(LENGTHS))
    for array in (run.outputs, run.inputs, run.lengths, *run.state.values(), *run.params.values(),
                  *[value for step in run.history for value in step.values()]):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    grads = grads_of(LIBRARY, case)
    for array in grads.values():
        array[...] = 0


@pytest.mark.parametrize("name", CELLS)
def test_one_sequence_by_hand_needs_no_batch_axis(name):
    case = make(LIBRARY, name)
    rows = case.cell.step(case.params, case.x[0], case.state)
    alone = case.cell.step(case.params, case.x[0, 2], {k: v[2] for k, v in case.state.items()})
    assert alone["h"].shape == (case.cell.hidden_size,)
    assert_allclose(alone["h"], rows["h"][2], atol=1e-14)


@pytest.mark.parametrize("name", CELLS)
def test_one_step_back_by_hand(name):
    case = make(LIBRARY, name)
    new = case.cell.step(case.params, case.x[0], case.state)
    d_a, d_state = case.cell.step_back(case.params, case.x[0], case.state, new=new,
                                         d_new=case.d_state)
    d_params, d_x = case.cell.gather(case.params, case.x[0], case.state, d_a)
    run = unroll(case.cell, case.params, case.x[:1], case.state)
    grads = bptt(run, np.zeros_like(run.outputs), case.d_state)
    assert_same(d_params, grads.params, atol=1e-13)
    assert_allclose(d_x, grads.inputs[0], atol=1e-13)
    assert_same(d_state, grads.state, atol=1e-13)


@pytest.mark.parametrize("name", CELLS)
def test_central_differences_agree_too(name):
    case = make(LIBRARY, name)
    values = flatten(case.params, case.x, case.state)
    for way in WAYS.values():
        # Without a gradient on every entry, an input beyond its length has none to decide on.
        verdict = gradcheck(lambda v: loss_of(LIBRARY, case, v, **way), values,
                            grads_of(LIBRARY, case, **way))
        assert verdict, str(verdict)


# ---- NaN, infinities and large numbers


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_nan_and_inf_reach_their_own_sequence_from_their_step_on(name, poison):
    case = make(LIBRARY, name)
    clean = run_of(LIBRARY, case).outputs
    case.x[3, 1] = poison
    with np.errstate(invalid="ignore"):
        outputs = run_of(LIBRARY, case).outputs
    others = [0, 2, 3, 4]
    assert_array_equal(outputs[:, others], clean[:, others])
    assert_array_equal(outputs[:3, 1], clean[:3, 1])
    if np.isnan(poison):
        assert np.isnan(outputs[3:, 1]).all()


def test_the_rectifier_passes_infinity_on_and_cuts_it_off():
    step = CELLS["rnn_relu"](1, 1).step
    params = {"W": [[1.0]], "U": [[0.0]], "b": [0.0]}
    found = step(params, [[np.inf], [-np.inf], [np.nan]], {"h": [[0.0]] * 3})["h"]
    assert_array_equal(found, [[np.inf], [0], [np.nan]])


@pytest.mark.parametrize("dtype, huge", [(np.float32, 1e37), (np.float64, 1e300)])
def test_a_bounded_cell_takes_huge_finite_inputs_without_a_warning(dtype, huge):
    case = make(LIBRARY, "rnn", dtype=dtype)
    case.params["W"] = np.sign(case.params["W"])
    case.x = np.sign(case.x) * dtype(huge)
    with np.errstate(all="raise", under="ignore"):
        run = run_of(LIBRARY, case)
        grads = grads_of(LIBRARY, case)
    assert np.isfinite(run.outputs).all() and np.abs(run.outputs).max() == 1
    assert all(np.isfinite(value).all() for value in grads.values())


def test_ten_thousand_steps():
    cell = CELLS["rnn"](1, 1)
    params = {"W": [[0.0]], "U": [[1.0]], "b": [0.0]}
    run = unroll(cell, params, np.zeros((10_000, 1, 1)), {"h": [[0.5]]})
    # h' = tanh h has 1/h'^2 = 1/h^2 + 2/3 to first order: h falls as sqrt(3 / 2t).
    assert_allclose(run.outputs[-1], (3 / 20_000) ** 0.5, rtol=1e-3)


# ---- the registry


@pytest.mark.parametrize("name", CELLS)
def test_what_a_cell_declares(name):
    cell = make(LIBRARY, name).cell
    D = cell.hidden_size
    assert isinstance(cell, Cell) and cell.state_names[0] == "h"
    assert {"W", "U", "b"} <= set(cell.param_shapes)
    assert cell.size_rule in ("any", "equal")
    assert cell.count() == sum(np.prod(shape) for shape in cell.param_shapes.values())
    for dtype in (np.float32, np.float64):
        params = cell.init(np.random.default_rng(3), dtype)
        assert {key: value.shape for key, value in params.items()} == cell.param_shapes
        assert {value.dtype for value in params.values()} == {np.dtype(dtype)}
        unroll(cell, params, np.ones((2, 3, cell.input_size), dtype))
        assert all(np.abs(value).max() <= D ** -0.5 for key, value in params.items() if key != "b")
    assert_array_equal(params["U"].astype(np.float32),
                       cell.init(np.random.default_rng(3), np.float32)["U"])


@pytest.mark.parametrize("name", CELLS)
def test_weights_start_uniform_and_biases_zero(name):
    cell = CELLS[name](200, 200)
    params = cell.init(np.random.default_rng(0))
    bound = 200 ** -0.5
    for key in ("W", "U"):
        # 40,000 draws: mean within 5 standard errors, variance of a uniform within 2 %.
        assert abs(params[key].mean()) < 5 * bound / 3 ** 0.5 / 200
        assert_allclose(params[key].var(), bound ** 2 / 3, rtol=0.02)
    assert (params["b"] == 0).all()


def test_plain_cells_have_d_times_m_plus_d_plus_one_parameters():
    for name in ("rnn", "rnn_relu"):
        assert CELLS[name](7, 11).count() == 11 * (7 + 11 + 1)


def test_every_cell_has_a_twin_to_be_compared_with():
    assert set(TWINS) == set(CELLS)


# ---- the split of cell and time


class TwoStates(Cell):
    """An LSTM as it stands in PyTorch: two states, and four gates kept for the way back."""

    state_names = ("h", "c")

    @property
    def param_shapes(self):
        M, D = self.input_size, self.hidden_size
        return {"W": (4 * D, M), "U": (4 * D, D), "b": (4 * D,)}

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


def test_unroll_and_bptt_know_nothing_of_the_cell():
    lib = SimpleNamespace(CELLS={"two": TwoStates}, unroll=unroll, bptt=bptt)
    for promise in PROMISES:
        if promise is not gradients_agree_with_autograd:
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

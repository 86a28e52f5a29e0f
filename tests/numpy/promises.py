"""What every cell promises: each promise is a function of a library and the name of a cell.

A library is what the tests hold to its promises, the real one or one with a mistake planted in it:
its cells, its unroll and its bptt.
"""

import sys
import threading
from types import SimpleNamespace

import numpy as np
import torch
from numpy.testing import assert_allclose, assert_array_equal

from benchmarks import torch_cells
from lstmlib.numpy import CELLS, Cell, complex_step

SIZES = (7, 5, 3, 2)                 # T, B, M, D: different primes
LENGTHS = [4, 7, 1, 6, 2]
WAYS = {
    "plain": {},
    "lengths": {"lengths": LENGTHS},
    "reverse": {"reverse": True},
    "lengths, reverse": {"lengths": LENGTHS, "reverse": True},
}
ALL_WAYS = WAYS | {"lengths, reverse, start": {**WAYS["lengths, reverse"], "start": 5}}
TWINS = {
    "rnn": (torch.nn.RNN, {"nonlinearity": "tanh"}),
    "rnn_relu": (torch.nn.RNN, {"nonlinearity": "relu"}),
    "lstm": (torch.nn.LSTM, {}),
    "gru": (torch.nn.GRU, {}),
}


# Constants of the fast forms, set so that small networks are run as else only large ones are.
FEW_STEPS_A_BLOCK = {"CACHE": 1500, "ENOUGH": 1, "LARGE": 0}


def library(module, cells=CELLS, clear=None):
    """A library of these cells with the unroll and bptt of this module.

    `clear` is the same library without fast forms, from which it takes derivatives by complex step.
    """
    return SimpleNamespace(CELLS=cells, unroll=module.unroll, bptt=module.bptt, clear=clear,
                           known=clear.known if clear else {})


def make(lib, name, sizes=SIZES, seed=0, dtype=np.float64):
    """A cell, and for it parameters, inputs, a state and upstream gradients, nothing zero."""
    T, B, M, D = sizes
    cls = lib.CELLS[name]
    M = D if cls.size_rule == "equal" else M
    cell = cls.smallest(M, D)
    rng = np.random.default_rng([seed, *sizes])

    def normal(shape, scale=1.0):
        return (scale * rng.standard_normal(shape)).astype(dtype)

    scale = min(0.7, 2 * D ** -0.5)
    states = cell.state_shapes(B)
    return SimpleNamespace(
        cell=cell,
        params={key: normal(shape, scale) for key, shape in cell.param_shapes.items()},
        x=normal((T, B, M)),
        state={key: normal(shape) for key, shape in states.items()},
        d_outputs=normal((T, B, cell.output_size)),
        d_state={key: normal(shape) for key, shape in states.items()},
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


def assert_near(got, expected, tolerance):
    """Equal up to this share of the largest number expected, or of 1 if all are smaller."""
    assert set(got) == set(expected)
    for key in expected:
        size = np.abs(expected[key]).max(initial=1)
        assert_allclose(got[key], expected[key], rtol=0, atol=tolerance * size, err_msg=key)


# ---- gradients against what is independent of them


def gradients_agree_with_complex_step(lib, name):
    for way in ("plain", "lengths", "lengths, reverse, start"):
        case, options = make(lib, name), ALL_WAYS[way]
        if case.cell.two_ways and options.get("reverse"):
            continue
        if (name, way) not in lib.known:
            values, clear = flatten(case.params, case.x, case.state), make(lib.clear or lib, name)
            lib.known[name, way] = complex_step(
                lambda v: loss_of(lib.clear or lib, clear, v, **options), values)
        numeric = lib.known[name, way]
        assert all(np.abs(value).max() > 0.01 for value in numeric.values())
        assert_same(grads_of(lib, case, **options), numeric)


def gradients_agree_with_autograd(lib, name):
    for way in ("plain", "lengths", "reverse", "lengths, reverse"):
        case = make(lib, name)
        if name in TWINS:
            outputs, last, grads = through_torch(case, *TWINS[name], **WAYS[way])
        else:
            outputs, last, grads = through_equations(case, name, **WAYS[way])
        run = run_of(lib, case, **WAYS[way])
        assert_allclose(run.outputs, outputs, rtol=0, atol=1e-12)
        assert_near({key: run.state[key] for key in last}, last, 1e-12)
        found = grads_of(lib, case, **WAYS[way])
        assert_same({key: found[key] for key in grads}, grads)


def through_torch(case, cls, options, lengths=None, reverse=False):
    """A module of torch.nn, whose second direction reads packed sequences from their own ends."""
    T, B, M = case.x.shape
    D = case.cell.hidden_size
    net = cls(M, D, bidirectional=reverse, dtype=torch.float64, **options)
    end = "_reverse" if reverse else ""
    weights = {"W": getattr(net, f"weight_ih_l0{end}"), "U": getattr(net, f"weight_hh_l0{end}"),
               "b": getattr(net, f"bias_ih_l0{end}")}
    b_h = getattr(net, f"bias_hh_l0{end}")
    with torch.no_grad():
        for key, weight in weights.items():
            weight.copy_(torch.tensor(case.params[key]))
        b_h.zero_()
        if "b_n" in case.params:
            b_h[2 * D:] = torch.tensor(case.params["b_n"])
    x = torch.tensor(case.x, requires_grad=True)
    first = {key: torch.tensor(value, requires_grad=True) for key, value in case.state.items()}
    both = tuple(torch.stack([torch.zeros_like(value), value] if reverse else [value])
                 for value in first.values())
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        x, torch.tensor(lengths or [T] * B), enforce_sorted=False)
    outputs, last = net(packed, both if len(both) > 1 else both[0])
    last = dict(zip(first, last if len(both) > 1 else [last]))
    outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(outputs, total_length=T)
    outputs = outputs[:, :, -D:]
    ((outputs * torch.tensor(case.d_outputs)).sum()
     + sum((last[key][-1] * torch.tensor(case.d_state[key])).sum() for key in last)).backward()
    grads = {key: weight.grad.numpy() for key, weight in weights.items()}
    if "b_n" in case.params:
        grads["b_n"] = b_h.grad.numpy()[2 * D:]
    return (outputs.detach().numpy(), {key: last[key][-1].detach().numpy() for key in last},
            flatten(grads, x.grad.numpy(), {key: first[key].grad.numpy() for key in first}))


def through_equations(case, name, lengths=None, reverse=False):
    """The rival of the cell, one sequence after the other; it knows initial states of zero only.

    Sets the state and its upstream gradient of the case to zero: there is none to compare with.
    """
    for part in (case.state, case.d_state):
        for value in part.values():
            value[...] = 0
    T, B, M = case.x.shape
    network = CELLS[name].smallest(M, case.d_outputs.shape[-1])
    params = {key: torch.tensor(value, requires_grad=True) for key, value in case.params.items()}
    x = torch.tensor(case.x, requires_grad=True)
    outputs, loss = np.zeros_like(case.d_outputs), 0
    for b, length in enumerate(lengths or [T] * B):
        order = list(reversed(range(length)) if reverse else range(length))
        h = torch_cells.outputs(network, params, x[order, b:b + 1])
        outputs[order, b] = h[:, 0].detach()
        loss = loss + (h[:, 0] * torch.tensor(case.d_outputs[order, b])).sum()
    loss.backward()
    return outputs, {}, {**{key: value.grad.numpy() for key, value in params.items()},
                         "x": x.grad.numpy()}


# ---- lengths, direction, and cutting in pieces


def a_padded_sequence_is_the_sequence_alone(lib, name):
    case = make(lib, name)
    for lengths, reverse in ((LENGTHS, False), (LENGTHS, True), ([4, 5, 1, 5, 2], False)):
        run = run_of(lib, case, lengths=lengths, reverse=reverse)
        grads = lib.bptt(run, case.d_outputs, case.d_state)
        total = {key: 0 for key in case.params}
        for b, length in enumerate(lengths):
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
    top = [key for key in run.state if key[-1] == "h"][-1]
    assert_array_equal(run.outputs[0], run.state[top])


def a_run_is_its_steps(lib, name):
    case = make(lib, name)
    if not isinstance(case.cell, Cell):            # its layers are handed on by the stack
        return
    start = 3
    run = run_of(lib, case, start=start)
    new = case.state
    for t in range(len(case.x)):
        clock = {"t": start + t} if case.cell.clocked else {}
        new = case.cell.step(case.params, case.x[t], new, **clock)
        assert_allclose(run.outputs[t], new["h"], atol=1e-13)
        assert_same(run.history[t + 1], new, atol=1e-13)
    for key in case.cell.state_names:
        assert_allclose(run.state[key], new[key], atol=1e-13)


def a_sequence_may_be_cut_in_two(lib, name):
    case = make(lib, name)
    whole, whole_grads = run_of(lib, case, start=11), grads_of(lib, case, start=11)
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


# ---- whose arrays these are


def contents(run, grads):
    """All that a run and its gradients hold, copied: inputs, outputs, states, gates, gradients."""
    return {key: np.array(value) for key, value in {
        "outputs": run.outputs, "inputs": run.inputs,
        **{f"last {key}": value for key, value in run.state.items()},
        **{f"{place}{key}": value for place, part in cells_of(run).items()
           for key, value in sequences_of(part).items()},
        **{f"d {key}": value
           for key, value in flatten(grads.params, grads.inputs, grads.state).items()},
    }.items()}


def sequences_of(run):
    """All that the steps of a single cell have computed."""
    return {key: run.sequence(key) for key in run.history[-1]}


def cells_of(run, path=""):
    """The runs of single cells within a run, by their place."""
    if not run.parts:
        return {path: run}
    found = {}
    for name, part in run.parts.items():
        found |= cells_of(part, f"{path}{name}.")
    return found


def nothing_is_overwritten(lib, name):
    case = make(lib, name)
    given = [flatten(case.params, case.x, case.state), {"d": case.d_outputs, **case.d_state}]
    kept = [{key: value.copy() for key, value in part.items()} for part in given]
    run = run_of(lib, case, lengths=LENGTHS)
    grads = lib.bptt(run, case.d_outputs, case.d_state)
    first = contents(run, grads)
    if isinstance(case.cell, Cell):                # by hand too
        new = case.cell.step(case.params, case.x[0], case.state)
        held = flatten(new, case.x, case.d_state)
        before = {key: value.copy() for key, value in held.items()}
        d_a, _ = case.cell.step_back(case.params, case.x[0], case.state, new, case.d_state)
        case.cell.gather(case.params, case.x[0], case.state, new, d_a)
        assert_same(held, before, atol=0)
    # Other runs while the first is alive, of its size and of others, here and in another thread.
    for sizes in (SIZES, (2, 3, 5, 2), (13, 5, 2, 3)):
        other = make(lib, name, sizes, seed=1)
        held = run_of(lib, other)
        expected = lib.bptt(held, other.d_outputs, other.d_state)
        before = contents(held, expected)
        elsewhere = []
        thread = threading.Thread(target=lambda: elsewhere.append(grads_of(lib, other)))
        thread.start()
        thread.join()
        again = lib.bptt(run, case.d_outputs, case.d_state)
        assert_same(contents(run, grads), first, atol=0)
        assert_same(contents(run, again), first, atol=0)
        assert_same(contents(held, expected), before, atol=0)
        assert_same(elsewhere[0], flatten(expected.params, expected.inputs, expected.state),
                    atol=0)
    for now, before in zip(given, kept):
        assert_same(now, before, atol=0)


def threads_do_not_meet(lib, name):
    """Again and again another thread does all its work between two lines of this one's."""
    mine, theirs = make(lib, name, (3, 2, 2, 3)), make(lib, name, (3, 2, 2, 3), seed=1)
    expected = grads_of(lib, mine)
    lines = 0

    def interrupt(frame, event, _):
        nonlocal lines
        if not frame.f_globals.get("__name__", "").startswith("lstmlib.numpy"):
            return None
        lines += event == "line"
        if event == "line" and lines % 13 == 0:
            thread = threading.Thread(target=grads_of, args=(lib, theirs))
            thread.start()
            thread.join()
        return interrupt

    before = sys.gettrace()
    sys.settrace(interrupt)
    try:
        found = grads_of(lib, mine)
    finally:
        sys.settrace(before)
    assert lines > 50
    assert_same(found, expected, atol=0)


def a_run_keeps_its_own_copies(lib, name):
    for way in ({"lengths": np.array(LENGTHS)}, {}):
        case = make(lib, name)
        run = run_of(lib, case, **way)
        expected = contents(run, lib.bptt(run, case.d_outputs))
        for array in (case.x, *way.values(), *case.params.values(), *case.state.values()):
            array[...] = 1
        assert_same(contents(run, lib.bptt(run, case.d_outputs)), expected, atol=0)
        held = dict(run.params)
        run.params.update({key: np.zeros_like(value) for key, value in held.items()})
        grads = lib.bptt(run, case.d_outputs)
        run.params.update(held)
        assert_same(contents(run, grads), expected, atol=0)


# ---- large numbers, and the other form

# h is not bounded in rnn_relu and noaf, nor the candidate g in niaf.
UNBOUNDED = ("rnn_relu", "niaf", "noaf")
# Beside x and b, these states are set huge; each is heard through a hundredth of itself, so that
# it never takes back what x and b have decided. (i, f and o are part of the state of FGR.)
HUGE = {
    **dict.fromkeys(("rnn", "gru", "gru_reset_before", "mgu", "mut1", "mut2", "mut3", "clockwork"),
                    ("h",)),
    **dict.fromkeys(("lstm", "lstm_1997", "peephole", "cifg", "nig", "nfg", "nog"), ("h", "c")),
    "fgr": ("h", "c", "i", "f", "o"),
    "depth_gated": ("0.h", "0.c", "1.h", "1.c"),
}


def huge_finite_numbers_give_no_warning_and_no_nan(lib, name):
    if name in UNBOUNDED:
        return
    for dtype, huge in ((np.float32, 1e37), (np.float64, 1e300)):
        for way in (ALL_WAYS["plain"], ALL_WAYS["lengths, reverse, start"]):
            case = make(lib, name, dtype=dtype)
            assert set(HUGE[name]) == set(case.state)
            sign = {key: np.sign(value) for key, value in case.params.items()}
            weight = {"W": 1, "b": huge / 2, "b_n": huge / 100}
            case.params = {key: sign[key] * dtype(weight.get(key.rpartition(".")[2], 0.01))
                           for key in sign}
            case.x = np.sign(case.x) * dtype(huge)
            case.state = {key: np.sign(value) * dtype(huge) for key, value in case.state.items()}
            case.d_outputs = np.sign(case.d_outputs)
            case.d_state = {key: np.sign(value) for key, value in case.d_state.items()}
            with np.errstate(all="raise", under="ignore"):
                run = run_of(lib, case, **way)
                held = contents(run, lib.bptt(run, case.d_outputs, case.d_state))
            assert all(np.isfinite(value).all() for value in held.values())
            assert all(part.outputs.dtype == dtype for part in cells_of(run).values())


def a_huge_memory_gives_no_warning_and_no_nan(lib, name):
    """c_0 alone is huge, and x moderate: peepholes of 1 shut or open the gates that have one."""
    if name in UNBOUNDED or "c" not in (key[-1] for key in HUGE[name]):
        return
    for dtype, huge in ((np.float32, 1e37), (np.float64, 1e300)):
        case = make(lib, name, dtype=dtype)
        case.params |= {key: np.sign(value) for key, value in case.params.items()
                        if key.rpartition(".")[2] in ("p", "p_d")}
        case.state |= {key: np.sign(value) * dtype(huge) for key, value in case.state.items()
                       if key[-1] == "c"}
        with np.errstate(all="raise", under="ignore"):
            run = run_of(lib, case, lengths=LENGTHS)
            held = contents(run, lib.bptt(run, case.d_outputs))
        assert all(np.isfinite(value).all() for value in held.values())
        assert np.abs(run.outputs).max() <= 1


def both_forms_agree(lib, name):
    """Outputs, states, gates and gradients are those of the clear form."""
    clear = lib.clear or lib
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 1e-4)):
        for way in ALL_WAYS.values():
            case = make(lib, name, dtype=dtype)
            assert_forms_agree(run_of(lib, case, **way), run_of(clear, case, **way), tolerance)
            assert_near(grads_of(lib, case, **way), grads_of(clear, case, **way), tolerance)


def assert_forms_agree(run, other, tolerance):
    assert run.outputs.dtype == other.outputs.dtype
    assert_near({"outputs": run.outputs, **run.state},
                {"outputs": other.outputs, **other.state}, tolerance)
    for part, twin in zip(cells_of(run).values(), cells_of(other).values(), strict=True):
        T = len(part.outputs)
        assert len(part.history) == len(twin.history) == T + 1
        assert_near(part.history[0], twin.history[0], tolerance)
        for t in range(T):
            alive = slice(None) if run.lengths is None else t < run.lengths
            assert_near({key: value[alive] for key, value in part.history[t + 1].items()},
                        {key: value[alive] for key, value in twin.history[t + 1].items()},
                        tolerance)
        assert_near({"inputs": part.inputs, **sequences_of(part)},
                    {"inputs": twin.inputs, **sequences_of(twin)}, tolerance)


PROMISES = [
    gradients_agree_with_complex_step, gradients_agree_with_autograd,
    a_padded_sequence_is_the_sequence_alone, what_lies_beyond_a_length_is_not_read,
    reverse_is_the_flipped_sequence, a_run_is_its_steps, a_sequence_may_be_cut_in_two,
    sequences_do_not_mix, gradients_add, nothing_is_overwritten, threads_do_not_meet,
    a_run_keeps_its_own_copies, both_forms_agree, huge_finite_numbers_give_no_warning_and_no_nan,
    a_huge_memory_gives_no_warning_and_no_nan,
]

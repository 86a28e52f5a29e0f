"""The choice of a backend, what each declares, and what is special to one of them."""

from types import SimpleNamespace

import pytest
import torch
from cases import SIZES, assert_near, by_reference, by_torch, make, smallest

import lstmlib.numpy as reference
from lstmlib.numpy import CELLS as TWINS
from lstmlib.torch import (BACKENDS, CELLS, GRU, LSTM, MGU, RNN, DepthGated, RNNReLU, Stack,
                           from_numpy, serves)
from lstmlib.torch.backends import Call, choose, eager, native, refusal
from lstmlib.torch.contract import DTYPES

T, B, M, D = SIZES
CPU, CUDA = torch.device("cpu"), torch.device("cuda")      # the latter is only asked about here


def chosen(cell, with_c=False):
    backend = choose(cell, Call(T, B, cell.W.dtype, CPU, with_c))
    return next(name for name in BACKENDS if BACKENDS[name] is backend)


def test_auto_takes_the_fastest():
    """As measured beside torch.nn: its LSTM in float32 is faster than ours, nothing else is."""
    for name, cls in CELLS.items():
        assert chosen(cls(2, 2)) == ("native" if name == "lstm" else "numpy")
        assert chosen(cls(2, 2, dtype=torch.float64)) == "numpy"
        assert chosen(cls(2, 2, dtype=torch.bfloat16)) in ("native", "eager")
    assert chosen(LSTM(2, 2), with_c=True) == "numpy"


def test_numpy_reads_memory_that_torch_watches():
    cell = MGU(3, 2, backend="numpy", dtype=torch.float64)
    x = torch.randn(7, 5, 3, dtype=torch.float64, requires_grad=True)
    outputs, _ = cell(x)
    expected = torch.autograd.grad(outputs.sum(), [x, cell.U], retain_graph=True)
    again = torch.autograd.grad(outputs.sum(), [x, cell.U], retain_graph=True)
    assert all(map(torch.equal, expected, again))
    outputs.data.fill_(7)                              # what a caller does to outputs is his own
    again = torch.autograd.grad(outputs.sum(), [x, cell.U], retain_graph=True)
    assert all(map(torch.equal, expected, again))
    with torch.no_grad():
        cell.U.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        outputs.sum().backward()


@pytest.mark.parametrize("backend", ["numpy", "native", "eager", "graph"], indirect=True)
@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("B", [5, 1])
def test_tensors_in_any_memory_order(name, B, backend):
    if backend == "native" and CELLS[name] not in native.CELLS:
        return
    case = make(smallest(TWINS[name], M, D), B=B)
    module = from_numpy(case.network, case.params, backend=backend)
    x = torch.tensor(case.x)
    state = {key: torch.tensor(value) for key, value in case.state.items()}

    def turned(value):
        return value.transpose(0, -1).contiguous().transpose(0, -1)

    weights = {key: turned(value) for key, value in module.state_dict().items()}
    outputs, last = torch.func.functional_call(
        module, weights, (turned(x), {key: turned(value) for key, value in state.items()}))
    expected = module(x, state)
    torch.testing.assert_close(outputs, expected[0], rtol=0, atol=1e-12)
    torch.testing.assert_close(last, expected[1], rtol=0, atol=1e-12)


def test_a_subclass_runs_its_own_step():
    class Louder(LSTM):
        def step(self, P, a, state):
            new = super().step(P, a, state)
            return {**new, "h": 2 * new["h"]}

    cell = Louder(3, 2)
    x = torch.ones(5, 2, 3)
    other = LSTM(3, 2)
    other.load_state_dict(cell.state_dict())
    assert not torch.allclose(cell(x)[0], other(x)[0])
    with pytest.raises(ValueError, match="'native' for .*Louder.*'auto' or 'eager'.*subclass"):
        Louder(3, 2, backend="native")(x)


def test_a_fallback_is_said_once(caplog):
    class Mine(MGU):
        pass

    with caplog.at_level("DEBUG", logger="lstmlib.torch"):
        for _ in range(2):
            Mine(3, 2)(torch.ones(5, 2, 3))
    said, = caplog.messages
    assert said.startswith("Mine in float32 on cpu runs with backend 'eager'. ")
    assert "numpy: It serves the cells" in said and "native: It serves the cells" in said


def test_native_does_not_serve_what_reads_c_of_every_step():
    stack = Stack([LSTM(3, 2, backend="native"), DepthGated(2, 2)])
    with pytest.raises(ValueError, match="native.*'auto' or .*'numpy' or 'eager'.*layer above"):
        stack(torch.ones(5, 2, 3))


# ---- the choice


@pytest.fixture
def first():
    """Puts a backend before all others, and what ran in it into a list."""
    kept = dict(BACKENDS)

    def put(name, **declared):
        ran = []

        def run(*arguments):
            ran.append(arguments)
            return eager.run(*arguments)

        whole = {"CELLS": None, "DTYPES": eager.DTYPES, "AUTO": ("cpu", "cuda"), "BEATEN": {},
                 "LIMITS": "", "refuses": lambda cell, call: None, "run": run, **declared}
        BACKENDS.clear()
        BACKENDS.update({name: SimpleNamespace(**whole), **kept})
        return ran

    yield put
    BACKENDS.clear()
    BACKENDS.update(kept)


def up_to_six_steps_of_four(cell, call):
    if call.T > 6:
        return f"It reads at most 6 steps, not {call.T}"
    return f"It reads at most 4 sequences, not {call.B}" if call.B > 4 else None


def test_a_backend_may_refuse_sizes(first):
    """auto goes on to the next; by name it is an error that says why, before anything runs."""
    ran = first("small", refuses=up_to_six_steps_of_four)
    automatic = Stack([RNN(3, 2), LSTM(2, 5)])
    named = Stack([RNN(3, 2), LSTM(2, 5, backend="small")])
    assert automatic(torch.ones(6, 4, 3))[0].shape == (6, 4, 5) and len(ran) == 2
    for T, B, reason in ((7, 4, "at most 6 steps, not 7"), (6, 5, "at most 4 sequences, not 5")):
        assert automatic(torch.ones(T, B, 3))[0].shape == (T, B, 5) and len(ran) == 2
        with pytest.raises(ValueError, match=rf"'small' for LSTM\(2, 5\) with T = {T}, B = {B} in "
                                             f"float32 on cpu.*'auto' or 'numpy'.*{reason}"):
            named(torch.ones(T, B, 3))
        assert len(ran) == 2


def test_a_backend_may_serve_by_name_only(first):
    ran = first("shy", AUTO=("cuda",))
    RNN(3, 2)(torch.ones(7, 5, 3))
    assert not ran
    RNN(3, 2, backend="shy")(torch.ones(7, 5, 3))
    assert ran


def test_auto_leaves_a_backend_for_one_that_beats_it(first):
    """Where that one serves: not for a cell it does not have."""
    ran = first("first", BEATEN={(LSTM, "cpu", torch.float32): "native",
                                 (MGU, "cpu", torch.float32): "native"})
    LSTM(3, 2)(torch.ones(7, 5, 3))
    assert not ran
    MGU(3, 2)(torch.ones(7, 5, 3))
    GRU(3, 2)(torch.ones(7, 5, 3))
    LSTM(3, 2, dtype=torch.float64)(torch.ones(7, 5, 3, dtype=torch.float64))
    assert len(ran) == 3


def test_what_auto_takes_on_cuda():
    """Asked about a GPU that need not be here: cuDNN up to its longest sequence, then the loop.

    Our kernels serve by name alone until a GPU has run them.
    """
    assert BACKENDS["triton"].AUTO == ()
    for cls, T, expected in ((LSTM, 65_535, "native"), (LSTM, 65_536, "eager"), (GRU, 7, "native"),
                             (MGU, 7, "eager")):
        assert choose(cls(3, 2), Call(T, 5, torch.float32, CUDA)) is BACKENDS[expected]
    assert "65,535" in refusal("native", LSTM(3, 2), Call(65_536, 5, torch.float32, CUDA))
    assert not refusal("native", LSTM(3, 2), Call(65_536, 5, torch.float32, CPU))


def test_what_serves_says_is_so():
    """A cell, a dtype and a device of the table are served, but for the limits it names."""
    table = serves()
    assert [row["backend"] for row in table] == list(BACKENDS)
    for row in table:
        for name, cls in CELLS.items():
            for dtype in DTYPES:
                listed = name in row["cells"] and str(dtype)[6:] in row["cpu"]
                reason = refusal(row["backend"], cls(2, 2), Call(T, B, dtype, CPU))
                assert listed or reason
                assert not (listed and reason) or row["limits"]
    text = str(table)
    assert max(map(len, text.splitlines())) <= 100
    assert "native   cells   rnn, rnn_relu, lstm, gru\n" in text
    unfolded = " ".join(text.split())
    assert all(f"limits {row['limits'] or '-'}" in unfolded for row in table)


def test_what_beats_another_is_taken_by_auto_and_asked_later():
    names = list(BACKENDS)
    for name, backend in BACKENDS.items():
        for (cls, kind, dtype), better in backend.BEATEN.items():
            assert cls in CELLS.values() and dtype in backend.DTYPES[kind]
            assert kind in BACKENDS[better].AUTO and names.index(better) > names.index(name)


def test_serves_shows_what_a_backend_declares(first):
    first("other", CELLS=tuple(cls for cls in CELLS.values() if cls is not MGU),
          DTYPES={"cuda": (torch.bfloat16,)}, AUTO=(), LIMITS="D up to 7")
    assert str(serves()).startswith(
        "other    cells   all 20 but mgu\n"
        "         cpu     -\n"
        "         cuda    bfloat16\n"
        "         auto    never: name it\n"
        "         limits  D up to 7\n")


# ---- torch's own


def test_what_native_serves():
    """The cells of torch.nn, and none else, whatever dtype of ours a CPU may have."""
    for name, cls in CELLS.items():
        for dtype in DTYPES:
            cell = cls(2, 2, dtype=dtype)
            assert (refusal("native", cell, Call(T, B, dtype, CPU)) is None) == (
                name in ("rnn", "rnn_relu", "lstm", "gru"))
            assert refusal("eager", cell, Call(T, B, dtype, CPU)) is None


@pytest.mark.parametrize("cls", native.CELLS)
def test_a_sequence_that_ends_early_is_as_if_alone(cls):
    """However long the others go on: c is held, and an h that would grow is not let."""
    case = make(cls.of(3, 2), T=2, B=3)
    case.params["U"] *= 10
    alone = by_torch(case, backend="native")
    longer = make(cls.of(3, 2), T=400, B=3)
    longer.params, longer.state, longer.d_state = case.params, case.state, case.d_state
    longer.x[:2], longer.d_outputs[:2] = case.x, case.d_outputs
    got = by_torch(longer, backend="native", lengths=[2, 2, 2])
    got = {key: value[:2] if key in ("outputs", "d x") else value for key, value in got.items()}
    assert_near(got, alone, 1e-12)
    assert_near(alone, by_reference(case), 1e-9)


def test_sequences_of_different_lengths_stay_on_the_fused_kernel():
    """oneDNN's LSTM; packed sequences would go the long way."""
    cell = LSTM(3, 2, backend="native")
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        cell(torch.ones(7, 5, 3), lengths=[7, 1, 2, 3, 4])
    called = [event.key for event in profile.key_averages()]
    assert any("mkldnn_rnn_layer" in name for name in called)


def test_torch_is_told_of_the_way_back(monkeypatch):
    """cuDNN keeps what it needs only if told that it trains: where gradients are wanted, also
    after .eval(), and nowhere else."""
    told, fused = [], native.FUSED[LSTM]

    def spy(x, state, weights, biases, layers, dropout, training, *others):
        told.append(training)
        return fused(x, state, weights, biases, layers, dropout, training, *others)

    monkeypatch.setitem(native.FUSED, LSTM, spy)
    cell = LSTM(3, 2, backend="native").eval()
    cell(torch.ones(7, 5, 3))
    with torch.no_grad():
        cell(torch.ones(7, 5, 3))
    cell.requires_grad_(False)
    cell(torch.ones(7, 5, 3))
    cell(torch.ones(7, 5, 3, requires_grad=True))
    state = {name: torch.ones(5, 2, requires_grad=True) for name in "hc"}
    cell(torch.ones(7, 5, 3), state)
    assert told == [True, False, False, True, True]


@pytest.mark.parametrize("cls", native.CELLS)
def test_the_weights_stand_one_after_the_other(cls):
    """As cuDNN reads them, and gradients go through to where they came from."""
    cell = cls(3, 2, dtype=torch.float64)
    apart = native.theirs(cell.prepare())
    block = native.one_block(apart)
    for value, same in zip(block, apart, strict=True):
        assert torch.equal(value, same) and value.is_contiguous()
    for value, after in zip(block, block[1:]):
        assert value.data_ptr() + value.nbytes == after.data_ptr()
    assert len({value.untyped_storage().data_ptr() for value in block}) == 1
    assert block[0].untyped_storage().nbytes() == sum(value.nbytes for value in apart)
    grads = torch.autograd.grad(sum((place + 1) * value.sum() for place, value in enumerate(block)),
                                list(cell.parameters()))
    for value, place in zip(grads, (1, 2, 3, 4)):                     # W, U, b and of a GRU b_n
        assert (value == place).all()


# ---- torch around it


def test_compiled_it_computes_the_same():
    """torch.compile breaks its graph where a backend has its own way back, and goes on."""
    network = Stack([LSTM(3, 4, backend="numpy"), GRU(4, 2, backend="numpy")])
    x = torch.randn(7, 5, 3)
    expected = network(x)[0]
    outputs = torch.compile(network, backend="eager")(x)[0]
    torch.testing.assert_close(outputs, expected)
    outputs.sum().backward()
    assert network.layers[0].W.grad.abs().max() > 0


@pytest.mark.parametrize("backend", ["numpy", "native", "eager", "graph"], indirect=True)
def test_inference_mode_computes_the_same(backend):
    cell = GRU(3, 2, backend=backend)
    x = torch.randn(7, 5, 3)
    with torch.inference_mode():
        inferred = cell(x, lengths=[7, 1, 2, 3, 4])[0]
    outputs = cell(x, lengths=[7, 1, 2, 3, 4])[0]
    assert torch.equal(outputs, inferred) and not inferred.requires_grad
    outputs.sum().backward()

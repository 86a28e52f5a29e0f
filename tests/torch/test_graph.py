"""The backend of CUDA graphs where there is no CUDA: all of it but the recording itself."""

import gc
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from cases import TOLERANCE, WAYS, assert_near, by_reference, by_torch, make, smallest

import lstmlib.numpy as reference
from lstmlib.numpy import CELLS as TWINS
from lstmlib.torch import BACKENDS, GRU, LSTM, Clockwork, from_numpy
from lstmlib.torch.backends import eager

pytestmark = pytest.mark.usefixtures("graph_on_cpu")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("name", TWINS)
def test_values_and_gradients(name, dtype, way):
    case = make(smallest(TWINS[name], 3, 2), dtype=dtype)
    assert_near(by_torch(case, backend="graph", **way), by_reference(case, **way),
                TOLERANCE[dtype])


def recorded(graph):
    return [(key[0].__name__, key[1].__name__, key[6][0]) for key in graph._recordings]


def test_what_is_recorded_serves_every_length(graph_on_cpu):
    """Chunks and remainders are recorded once; gradients only where somebody wants them."""
    cell = LSTM(3, 2, backend="graph")
    for T in (7, 3, 6, 4, 13, 7):
        with torch.no_grad():
            cell(torch.ones(T, 5, 3))
    assert recorded(graph_on_cpu) == [("_forth", "LSTM", 3), ("_forth", "LSTM", 1)]
    cell(torch.ones(7, 5, 3))
    assert set(recorded(graph_on_cpu)) == {
        (way, "LSTM", T) for way in ("_forth", "_back") for T in (3, 1)}
    LSTM(3, 2, backend="graph")(torch.ones(7, 5, 3))                  # another of the same kind
    assert len(recorded(graph_on_cpu)) == 4
    LSTM(3, 2, backend="graph")(torch.ones(7, 4, 3))                  # another B, dtype, lengths
    assert len(recorded(graph_on_cpu)) == 8
    LSTM(3, 2, backend="graph", dtype=torch.float64)(torch.ones(7, 5, 3, dtype=torch.float64))
    assert len(recorded(graph_on_cpu)) == 12
    LSTM(3, 2, backend="graph")(torch.ones(7, 5, 3), lengths=[7, 1, 2, 3, 4])
    assert len(recorded(graph_on_cpu)) == 16


def test_a_switch_of_precision_asks_for_another_recording(graph_on_cpu, monkeypatch):
    """What was recorded would go on as before."""
    with torch.no_grad():
        for precision in ("ieee", "tf32"):
            monkeypatch.setattr(torch.backends.cudnn.rnn, "fp32_precision", precision)
            LSTM(3, 2, backend="graph")(torch.ones(3, 5, 3))
    assert len(recorded(graph_on_cpu)) == 2


def test_the_least_recently_used_makes_room(graph_on_cpu, monkeypatch):
    monkeypatch.setattr(graph_on_cpu, "KEPT", 2)
    x = torch.ones(3, 5, 3)
    first, second, third = (cls(3, 2, backend="graph") for cls in (LSTM, GRU, Clockwork))
    with torch.no_grad():
        for cell in (first, second, first, third):
            cell(x)
    assert [name for _, name, _ in recorded(graph_on_cpu)] == ["LSTM", "Clockwork"]
    # What has been dropped is still there for the way back of a call that used it.
    x.requires_grad_()
    outputs, _ = first(x)
    expected, = torch.autograd.grad(outputs.sum(), x, retain_graph=True)
    with torch.no_grad():
        second(x), third(x)
    assert torch.equal(torch.autograd.grad(outputs.sum(), x)[0], expected)


@pytest.mark.parametrize("periods", [(1, 2), (2, 3), (1, 11)])
@pytest.mark.parametrize("start", [0, 1, 5])
def test_clocks_stand_right_in_every_chunk(periods, start):
    case = make(reference.Clockwork(3, 5, periods=periods, sizes=(2, 3)), T=17)
    for backend in ("eager", "graph"):
        assert_near(by_torch(case, backend=backend, start=start), by_reference(case, start=start),
                    1e-9)


def test_a_cell_with_clocks_is_recorded_once(graph_on_cpu):
    """A chunk holds whole cycles of its clocks, so that one serves for all of a sequence."""
    cell = Clockwork(3, 5, periods=(2, 5), sizes=(2, 3), backend="graph")
    with torch.no_grad():
        cell(torch.ones(57, 5, 3))
        cell(torch.ones(20, 5, 3), start=30)
        assert recorded(graph_on_cpu) == [("_forth", "Clockwork", 7), ("_forth", "Clockwork", 10)]
        cell(torch.ones(20, 5, 3), start=31)
    assert len(recorded(graph_on_cpu)) == 3


def test_parameters_are_those_of_the_call():
    """Not those of the recording: of another module, or changed since; but none too late."""
    x = torch.randn(7, 5, 3)
    one, two = LSTM(3, 2, backend="graph"), LSTM(3, 2, backend="graph")
    first = one(x)[0]
    clear = LSTM(3, 2, backend="eager")
    clear.load_state_dict(two.state_dict())
    torch.testing.assert_close(two(x)[0], clear(x)[0])
    with torch.no_grad():
        one.W.mul_(2)
    clear.load_state_dict(one.state_dict())
    torch.testing.assert_close(one(x)[0], clear(x)[0])
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        first.sum().backward()


def test_a_recording_keeps_no_network_alive(graph_on_cpu):
    cell = LSTM(3, 2, backend="graph")
    cell(torch.ones(7, 5, 3))
    weights = weakref.ref(cell.W)
    del cell
    gc.collect()
    assert recorded(graph_on_cpu) and weights() is None


def test_a_recording_made_in_inference_mode_serves_training():
    x = torch.randn(7, 5, 3)
    cell = LSTM(3, 2, backend="graph")
    with torch.inference_mode():
        expected = cell(x)[0]
    outputs = cell(x)[0]
    outputs.sum().backward()
    assert torch.equal(outputs, expected) and cell.W.grad.abs().max() > 0


def test_narrow_gradients_add_up_over_chunks():
    """In float32: 1 + 1 + … stops at 256 in bfloat16, and at 2,048 in float16."""
    T = 3 * 700
    cell = reference.RNN(1, 1)
    params = {"W": np.ones((1, 1)), "U": np.zeros((1, 1)), "b": np.zeros(1)}
    for dtype in (torch.bfloat16, torch.float16):
        module = from_numpy(cell, params, backend="graph", dtype=dtype)
        module(torch.zeros(T, 1, 1, dtype=dtype))[0].sum().backward()
        assert module.b.grad.item() == pytest.approx(T, rel=torch.finfo(dtype).eps)


def test_steps_that_triton_launches_one_by_one_are_recorded(monkeypatch):
    asked = []

    def run(*arguments):
        asked.append("triton")
        return eager.run(*arguments)

    stepwise = {LSTM: True, GRU: False}
    triton = SimpleNamespace(
        CELLS=tuple(stepwise), DTYPES=eager.DTYPES, AUTO=(), BEATEN={}, LIMITS="", run=run,
        refuses=lambda cell, call: None, stepwise=lambda cell, call: stepwise[type(cell)])
    monkeypatch.setitem(BACKENDS, "triton", triton)
    x = torch.ones(3, 5, 3)
    GRU(3, 2, backend="graph")(x)
    Clockwork(3, 2, backend="graph")(x)
    assert not asked
    LSTM(3, 2, backend="graph")(x)
    assert asked

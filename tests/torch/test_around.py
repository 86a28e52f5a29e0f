"""What stands around a call: second derivatives, autocast, hooks, transformations, compilation."""

import gc
import sys
import threading
import weakref

import numpy as np
import pytest
import torch
from cases import LENGTHS, SIZES
from torch import nn
from torch.autograd import forward_ad
from torch.nn.utils import parametrizations, prune
from torch.utils.checkpoint import checkpoint

from lstmlib.torch import (CELLS, GRU, LSTM, RNN, Bidirectional, RNNReLU, Stack, from_torch,
                           to_torch)
from lstmlib.torch.backends import numpy as numpy_backend

T, B, M, D = SIZES
DOUBLE = {"dtype": torch.float64}


def alike(cell, backend):
    """The same cell with another backend, and parameters of its own."""
    found = type(cell)(cell.input_size, cell.hidden_size, backend=backend, dtype=cell.W.dtype)
    found.load_state_dict(cell.state_dict())
    return found


# ---- derivatives


@pytest.mark.parametrize("name", ["lstm", "gru", "peephole", "clockwork", "lstm_1997"])
def test_second_derivatives_are_those_of_eager(name):
    """Also where the gradient that comes in does not depend on anything, as that of a sum."""
    cell = CELLS[name](M, D, **DOUBLE)
    found = {}
    for backend in ("auto", "eager"):
        cell.backend = backend
        x = torch.linspace(-1, 1, T * B * M, **DOUBLE).reshape(T, B, M).requires_grad_()
        first = torch.full((B, D), 0.1, **DOUBLE, requires_grad=True)
        state = dict.fromkeys(cell.state_names, first)             # one tensor for all of them
        outputs, last = cell(x, state, lengths=LENGTHS, reverse=True)
        loss = outputs.sum() + last["h"].square().sum()
        slopes = torch.autograd.grad(loss, [x, first], create_graph=True)
        bend = loss + sum(slope.square().sum() for slope in slopes)
        found[backend] = torch.autograd.grad(bend, [x, first, *cell.parameters()])
    for got, expected in zip(found["auto"], found["eager"]):
        torch.testing.assert_close(got, expected, rtol=1e-9, atol=1e-12)


def test_graph_has_no_second_derivative_and_says_so(graph_on_cpu):
    cell, x = GRU(3, 2, backend="graph"), torch.randn(7, 5, 3, requires_grad=True)
    with pytest.raises(RuntimeError, match="create_graph: got True.*'graph'.*'eager'"):
        torch.autograd.grad(cell(x)[0].sum(), x, create_graph=True)


def test_under_torch_func_auto_takes_what_can_be_transformed():
    """By name it is an error in our words where torch has no way through."""
    cell = LSTM(3, 2, **DOUBLE)
    x = torch.randn(4, 5, 3, **DOUBLE)
    clear = alike(cell, "eager")
    expected = torch.autograd.functional.jacobian(lambda x: clear(x)[0].sum(0), x)
    for jacobian in (torch.func.jacrev, torch.func.jacfwd):
        torch.testing.assert_close(jacobian(lambda x: cell(x)[0].sum(0))(x), expected)
    one_by_one = torch.func.vmap(lambda x: cell(x)[0], in_dims=1, out_dims=1)(x[:, :, None])
    torch.testing.assert_close(one_by_one[:, :, 0], cell(x)[0])
    with forward_ad.dual_level():
        slope = forward_ad.unpack_dual(cell(forward_ad.make_dual(x, torch.ones_like(x)))[0]).tangent
    torch.testing.assert_close(slope.sum(0), expected.sum((2, 3, 4)))
    cell.backend = "native"                            # sees the way back, but no batches
    torch.testing.assert_close(torch.func.jacrev(lambda x: cell(x)[0].sum(0))(x), expected)
    with pytest.raises(ValueError, match="'native' for LSTM.*'auto' or 'eager'.*Vmap"):
        torch.func.vmap(lambda x: cell(x)[0], in_dims=1, out_dims=1)(x[:, :, None])
    cell.backend = "numpy"
    with pytest.raises(ValueError, match="'numpy' for LSTM.*'auto' or .*'eager'.*Grad"):
        torch.func.jacrev(lambda x: cell(x)[0])(x)


def test_numpy_reads_tensors_whose_sign_is_put_off():
    cell, x = GRU(3, 2), torch.randn(7, 5, 3, requires_grad=True)
    late = torch.complex(torch.zeros(7, 5, 3), x).conj().imag
    assert late.is_neg()
    torch.testing.assert_close(cell(late)[0], cell(-x)[0])
    torch.complex(torch.zeros(7, 5, 2), cell(x)[0]).conj().imag.sum().backward()
    got, x.grad = x.grad, None
    (-cell(x)[0]).sum().backward()
    torch.testing.assert_close(got, x.grad)


def test_numpy_lets_go_of_a_run_after_its_way_back(monkeypatch):
    """As torch does with what its own operations save, whoever keeps the loss."""
    tapes = []
    made = numpy_backend.run_over

    def watched(*arguments):
        tape = made(*arguments)
        tapes.append(weakref.ref(tape))
        return tape

    monkeypatch.setattr(numpy_backend, "run_over", watched)
    cell, x = GRU(3, 2), torch.randn(7, 5, 3)
    loss = cell(x)[0].sum()
    loss.backward(retain_graph=True)
    assert tapes[0]() is not None
    loss.backward()
    gc.collect()
    assert len(tapes) == 1 and tapes[0]() is None
    with pytest.raises(RuntimeError, match="second time"):
        loss.backward()


@pytest.mark.parametrize("saved", [
    lambda cell, x: checkpoint(lambda x: cell(x)[0], x, use_reentrant=False),
    lambda cell, x: put_aside(cell, x)], ids=["checkpoint", "saved as numbers"])
def test_what_is_saved_may_be_put_aside(saved):
    cell, x = GRU(3, 2), torch.randn(7, 5, 3)
    saved(cell, x).square().sum().backward()
    got, cell.U.grad = cell.U.grad, None
    cell(x)[0].square().sum().backward()
    torch.testing.assert_close(got, cell.U.grad)


def put_aside(cell, x):
    with torch.autograd.graph.saved_tensors_hooks(lambda value: value.tolist(), torch.tensor):
        return cell(x)[0]


# ---- autocast


def under_autocast(network, x, **way):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return network(x, **way)[0]


@pytest.mark.parametrize("build", [lambda cell: Stack([cell, cell]),
                                   lambda cell: Bidirectional(cell, cell)])
def test_autocast_leaves_a_module_in_two_places_as_it_was(build):
    cell = LSTM(4, 4)
    network, x, before = build(cell), torch.randn(7, 5, 4), cell.W
    plain = network(x)[0]
    under_autocast(network, x).float().sum().backward()
    assert cell.W is before and before.dtype == torch.float32 and before.grad.abs().max() > 0
    torch.testing.assert_close(network(x)[0], plain)


def test_autocast_in_several_threads():
    network, x, failed = Stack([LSTM(4, 4), GRU(4, 4)]), torch.randn(5, 3, 4), []

    def work():
        try:
            for _ in range(20):
                with torch.no_grad():
                    under_autocast(network, x)
        except Exception as error:
            failed.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not failed and {value.dtype for value in network.parameters()} == {torch.float32}


class Louder(LSTM):
    """A subclass with a forward, a step and a layer of its own."""

    def __init__(self, *sizes, **options):
        super().__init__(*sizes, **options)
        self.mix = nn.Linear(sizes[1], sizes[1])

    def forward(self, x):
        return super().forward(2 * x)

    def step(self, P, a, state):
        new = super().step(P, a, state)
        return {**new, "h": self.mix(new["h"])}


def test_under_autocast_what_is_around_a_forward_happens_once():
    torch.manual_seed(0)
    cell, x = Louder(3, 2), torch.randn(7, 5, 3)
    calls = []
    cell.register_forward_pre_hook(lambda module, given: calls.append("pre") or (given[0] / 2,))
    expected = cell(x)[0]
    torch.testing.assert_close(under_autocast(cell, x).float(), expected, rtol=0, atol=0.05)
    assert calls == ["pre"] * 2


@pytest.mark.parametrize("change", [
    lambda cell: parametrizations.weight_norm(cell, "W"),
    lambda cell: parametrizations.orthogonal(cell, "U"),
    lambda cell: parametrizations.spectral_norm(cell, "U"),
    lambda cell: prune.l1_unstructured(cell, "W", 0.5),
], ids=["weight_norm", "orthogonal", "spectral_norm", "prune"])
def test_autocast_and_parameters_that_are_computed(change):
    torch.manual_seed(0)
    cell, x = LSTM(3, 2), torch.randn(7, 5, 3)
    change(cell)
    cell.eval()                                        # spectral_norm turns at each call
    expected = cell(x)[0]
    got = under_autocast(cell, x)
    assert got.dtype == torch.bfloat16
    torch.testing.assert_close(got.float(), expected, rtol=0, atol=0.03)
    got.float().sum().backward()
    assert all(value.grad is not None for value in cell.parameters())


def test_replicas_under_autocast():
    """As torch.nn.DataParallel makes them: parameters are plain attributes there."""
    cell, x = LSTM(3, 2), torch.randn(7, 5, 3)
    replica = cell._replicate_for_data_parallel()
    for name, value in cell.named_parameters():
        setattr(replica, name, value * 1)
    torch.testing.assert_close(replica(x)[0], cell(x)[0])
    torch.testing.assert_close(under_autocast(replica, x), under_autocast(cell, x))


# ---- parameters that are no plain ones


def test_load_numpy_goes_through_parametrizations():
    cell = LSTM(3, 4, **DOUBLE)
    params = cell.twin.init(np.random.default_rng(7))
    params["W"].flags.writeable = False
    parametrizations.weight_norm(cell, "W")
    cell.load_numpy(params)
    np.testing.assert_allclose(cell.to_numpy()["W"], params["W"], rtol=1e-12)
    Stack([cell]).load_numpy({f"0.{key}": 2 * value for key, value in params.items()})
    np.testing.assert_allclose(cell.to_numpy()["W"], 2 * params["W"], rtol=1e-12)


def test_pruned_parameters_are_refused_where_nobody_would_compute_them():
    cell, x = LSTM(3, 4), torch.randn(7, 5, 3)
    params = cell.to_numpy()
    prune.l1_unstructured(cell, "W", 0.5)
    assert (cell.W == 0).sum() == 24 and cell(x)[0].shape == (7, 5, 4)
    before = cell.to_numpy()
    with pytest.raises(ValueError, match="parameter W: got one that a hook.*prune.remove"):
        cell.load_numpy({key: value + 1 for key, value in params.items()})
    assert all(np.array_equal(before[key], value) for key, value in cell.to_numpy().items())
    for call in (lambda: Stack([cell])(x), lambda: under_autocast(Stack([cell]), x)):
        with pytest.raises(ValueError, match="parameter W: got one that a hook.*prune.remove"):
            call()
    prune.remove(cell, "W")
    torch.testing.assert_close(Stack([cell])(x)[0], cell(x)[0])


def test_to_torch_takes_what_is_computed_and_no_other_class():
    cell, x = LSTM(3, 4), torch.randn(7, 5, 3)
    parametrizations.weight_norm(cell, "W")
    torch.testing.assert_close(to_torch(cell)(x)[0], cell(x)[0])
    with pytest.raises(ValueError, match="^network: got .*Louder may compute something else"):
        to_torch(Louder(3, 4))


def test_the_mode_goes_along():
    ours = Stack([LSTM(3, 4), LSTM(4, 4)], dropout=0.5)
    assert to_torch(ours).training and not to_torch(ours.eval()).training
    theirs = nn.LSTM(3, 4, num_layers=2, dropout=0.5)
    assert from_torch(theirs).training and not from_torch(theirs.eval()).training
    assert from_torch(theirs.state_dict()).training


def test_the_backend_of_a_network_is_that_of_its_cells():
    network = Stack([Bidirectional(LSTM(3, 2), LSTM(3, 2)), RNN(4, 2, backend="eager")])
    assert network.backend == ("auto", "auto", "eager")
    network.backend = "native"
    assert network.backend == "native" == network.layers[1].backend
    with pytest.raises(ValueError, match="^backend: got 'cudnn', expected one of 'auto'"):
        network.backend = "cudnn"
    assert network.backend == "native"
    with pytest.raises(AttributeError):
        network.dropout = 0.5                          # it would change nothing


# ---- sizes and devices


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
def test_native_holds_a_rectified_state_however_large(dtype):
    """Beyond a length nothing may grow: 0 times infinity would be no gradient."""
    cell = RNNReLU(3, 8, backend="native", dtype=dtype)
    with torch.no_grad():
        cell.U.copy_(torch.full((8, 8), 0.5))
    x = torch.full((60, 2, 3), 1e6, dtype=dtype)
    outputs, last = cell(x, lengths=[1, 2])
    (outputs.sum() + last["h"].sum()).backward()
    assert all(value.grad.isfinite().all() for value in cell.parameters())
    torch.testing.assert_close(last["h"][1], cell(x[:2])[0][1, 1])


@pytest.mark.parametrize("backend", ["numpy", "native", "eager"])
def test_out_of_memory_on_a_cpu(backend):
    x = torch.zeros(1, 1, 1).expand(2 ** 22, 2 ** 22, 1)
    with pytest.raises(torch.OutOfMemoryError, match="^x: got Tensor.*4194304, 4194304, 1.* at once"):
        RNN(1, 1, backend=backend)(x)


def test_made_without_memory():
    with torch.device("meta"):
        cell = LSTM(3, 4)
    assert cell.W.is_meta
    cell = cell.to_empty(device="cpu")
    cell.reset_parameters()
    assert cell.W.abs().max() > 0


@pytest.mark.parametrize("cls", [LSTM, GRU])
def test_compiled_it_trains(cls):
    """With a compiler that traces the way back as well."""
    cell, x = cls(4, 8), torch.randn(6, 3, 4)
    torch.compiler.reset()
    torch.compile(cell, backend="aot_eager")(x)[0].sum().backward()
    got, cell.W.grad = cell.W.grad, None
    cell(x)[0].sum().backward()
    torch.testing.assert_close(got, cell.W.grad)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = torch.compile(cell, backend="aot_eager")(x)[0]
    assert outputs.dtype == torch.bfloat16

"""Every cell and every backend compute what lstmlib.numpy does, forwards and backwards."""

import numpy as np
import pytest
import torch
from cases import (LENGTHS, SERVED, SIZES, TOLERANCE, WAYS, assert_near, by_reference, by_torch,
                   make, smallest)

import lstmlib.numpy as reference
from lstmlib.numpy import CELLS as TWINS
from lstmlib.torch import BACKENDS, CELLS, RNNReLU, Stack, from_numpy
from lstmlib.torch.backends import Call, refusal

T, B, M, D = SIZES
CPU = torch.device("cpu")


def test_every_cell_of_the_reference_is_here():
    assert list(CELLS) == list(TWINS)
    for name, cls in CELLS.items():
        assert cls.of is TWINS[name] and cls.__name__ == TWINS[name].__name__


def served():
    """The backends that can run a registry's cell here, by name."""
    for name, cls in TWINS.items():
        network = smallest(cls, M, D)
        for backend in ("auto", *BACKENDS):
            for dtype in TOLERANCE:
                cells = from_numpy(network, dtype=dtype).cells()
                if backend == "auto" or not any(
                        refusal(backend, cell, Call(T, B, dtype, CPU, wants))
                        for cell, wants in cells):
                    yield pytest.param(name, backend, dtype,
                                       id=f"{name}, {backend}, {str(dtype)[6:]}")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("name, backend, dtype", list(served()))
def test_values_and_gradients(name, backend, dtype, way):
    case = make(smallest(TWINS[name], M, D), dtype=dtype)
    expected = by_reference(case, **way)
    assert all(np.abs(value).max() > 1e-3 for value in expected.values())
    assert_near(by_torch(case, backend=backend, **way), expected, TOLERANCE[dtype])


@pytest.mark.parametrize("name", TWINS)
def test_gradcheck(name):
    """Of eager, by torch's own central differences; it also has second derivatives."""
    case = make(smallest(TWINS[name], M, D), T=3, B=2)
    module = from_numpy(case.network, case.params, backend="eager")
    keys, states = list(case.params), list(case.state)

    def run(x, *values):
        params, state = dict(zip(keys, values)), dict(zip(states, values[len(keys):]))
        outputs, last = torch.func.functional_call(module, params, (x, state, [3, 2]))
        return outputs, *last.values()

    values = [torch.tensor(value, requires_grad=True)
              for value in (case.x, *case.params.values(), *case.state.values())]
    assert torch.autograd.gradcheck(run, values)
    if name in ("rnn", "peephole", "gru"):
        assert torch.autograd.gradgradcheck(run, values)


NETWORKS = {
    "stack": lambda N: N.Stack([N.LSTM(3, 2), N.GRU(2, 5)]),
    "both ways": lambda N: N.Bidirectional(N.Peephole(3, 2), N.RNN(3, 5)),
    "nested": lambda N: N.Stack([
        N.Bidirectional(N.LSTM(3, 2), N.Stack([N.MGU(3, 5), N.LSTM(5, 2)])), N.CIFG(4, 3)]),
    "depth-gated": lambda N: N.Stack([N.LSTM(3, 5), N.DepthGated(5, 5), N.DepthGated(5, 5)]),
    "depth-gated, both ways": lambda N: N.Bidirectional(
        N.RNN(3, 2), N.Stack([N.CIFG(3, 5), N.DepthGated(5, 5)])),
    "clocks": lambda N: N.Stack([N.Clockwork(3, 7, periods=[2, 3, 3], sizes=[4, 1, 2]),
                                 N.Clockwork(7, 5)]),
}


@pytest.mark.parametrize("backend", ["auto", "eager", "graph"], indirect=True)
@pytest.mark.parametrize("way", ["plain", "lengths", "lengths, reverse, start"])
@pytest.mark.parametrize("name", NETWORKS)
def test_networks(name, way, backend):
    network, options = NETWORKS[name](reference), dict(WAYS[way])
    if network.two_ways:
        options.pop("reverse", None)
    case = make(network)
    assert_near(by_torch(case, backend=backend, **options), by_reference(case, **options), 1e-9)


@pytest.mark.parametrize("name", NETWORKS)
def test_built_by_hand_it_has_the_keys_of_the_reference(name):
    import lstmlib.torch as library
    module, network = NETWORKS[name](library), NETWORKS[name](reference)
    assert {key: tuple(value.shape) for key, value in module.state_dict().items()} == \
        network.param_shapes
    assert list(module.state_dict()) == list(network.param_shapes)
    assert repr(module) == repr(network) and module.count() == network.count()


OPTIONS = {
    "no peepholes": lambda N: N.Peephole(3, 5, peepholes=""),
    "o alone": lambda N: N.Peephole(3, 5, peepholes="o"),
    "if": lambda N: N.Peephole(3, 5, peepholes="if"),
    "truncated": lambda N: N.LSTM1997(3, 5, truncated=True),
    "clocks that do not divide": lambda N: N.Clockwork(3, 7, periods=[2, 3, 3], sizes=[4, 1, 2]),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options(name):
    case = make(OPTIONS[name](reference))
    for way in WAYS.values():
        assert_near(by_torch(case, **way), by_reference(case, **way), 1e-9)


EVERY = pytest.mark.parametrize(
    "name, backend", SERVED + [(name, "auto") for name in CELLS], indirect=["backend"])


@EVERY
def test_without_a_state_it_is_zeros(name, backend):
    case = make(smallest(TWINS[name], M, D))
    module, x = from_numpy(case.network, case.params, backend=backend), torch.tensor(case.x)
    zeros = {key: torch.zeros(shape, dtype=torch.float64)
             for key, shape in case.network.state_shapes(B).items()}
    torch.testing.assert_close(module(x), module(x, zeros), rtol=0, atol=0)


@EVERY
def test_chunks_are_the_whole(name, backend):
    case = make(smallest(TWINS[name], M, D))
    module = from_numpy(case.network, case.params, backend=backend)
    x = torch.tensor(case.x)
    state = {key: torch.tensor(value) for key, value in case.state.items()}
    whole, last = module(x, state, start=3)
    parts, start = [], 3
    for chunk in x.split([3, 1, 3]):
        outputs, state = module(chunk, state, start=start)
        start += len(chunk)
        parts.append(outputs)
    torch.testing.assert_close(torch.cat(parts), whole, rtol=0, atol=1e-12)
    torch.testing.assert_close(state, last, rtol=0, atol=1e-12)


@EVERY
def test_what_lies_beyond_a_length_is_not_read(name, backend):
    case = make(smallest(TWINS[name], M, D))
    beyond = np.arange(T)[:, None] >= LENGTHS
    for reverse in (False, True):
        clean = by_torch(case, backend=backend, lengths=LENGTHS, reverse=reverse)
        for garbage in (np.nan, np.inf, 1e300):
            dirty = make(smallest(TWINS[name], M, D))
            dirty.x[beyond] = garbage
            dirty.d_outputs[beyond] = 3.0
            assert_near(by_torch(dirty, backend=backend, lengths=LENGTHS, reverse=reverse),
                        clean, 0)
        assert (clean["outputs"][beyond] == 0).all() and (clean["d x"][beyond] == 0).all()


def test_entries_that_are_not_read_do_not_matter_and_get_no_gradient():
    for cell, key, unread in (
            (reference.Peephole(3, 5, peepholes="o"), "p", np.s_[:2]),
            (reference.CIFG(3, 5), "p", np.s_[1]),
            (reference.Clockwork(3, 5), "U", ~reference.Clockwork(3, 5).mask)):
        case = make(cell)
        expected = by_torch(case)
        case.params[key][unread] = np.nan
        got = by_torch(case)
        assert_near(got, expected, 0)
        assert (got[f"d {key}"][unread] == 0).all()


@EVERY
def test_calls_do_not_disturb_each_other(name, backend):
    """Two at once, each taken back twice, and nothing that was handed in is written to."""
    case, other = (make(smallest(TWINS[name], M, D), seed=seed) for seed in (1, 2))
    module = from_numpy(case.network, case.params, backend=backend)
    params = list(module.parameters())

    def begin(case):
        given = [torch.tensor(value, requires_grad=True)
                 for value in (case.x, *case.state.values())]
        outputs, last = module(given[0], dict(zip(case.state, given[1:])), lengths=LENGTHS)
        return given, [outputs, *last.values()]

    def back(given, found):
        return torch.autograd.grad(sum(value.pow(2).sum() for value in found),
                                   [*given, *params], retain_graph=True)

    given, found = begin(case)
    before = [value.detach().clone() for value in (*given, *params, *found)]
    grads = back(given, found)
    alone = [value.clone() for value in grads]
    second = begin(other)
    theirs = [value.clone() for value in back(*second)]
    assert not torch.equal(alone[0], theirs[0])
    assert all(map(torch.equal, back(given, found), alone))
    assert all(map(torch.equal, back(*second), theirs))
    assert all(map(torch.equal, grads, alone))           # they too are the caller's own
    assert all(map(torch.equal, (*given, *params, *found), before))


def test_one_module_in_two_places():
    """Both places share their parameters, whose gradients add."""
    from lstmlib.torch import GRU, Bidirectional
    layer = GRU(3, 3, dtype=torch.float64)
    for network in (Stack([layer, layer]), Bidirectional(layer, layer)):
        case = make(network.twin)
        for key in case.params:
            case.params[key] = layer.to_numpy()[key.rpartition(".")[2]]
        got, expected = by_torch(case, network), by_reference(case)
        shared = [key for key in expected if key.startswith("d ") and key[2:] in case.params]
        for name in layer.param_shapes:
            total = sum(expected[key] for key in shared if key.endswith("." + name))
            for key in shared:
                if key.endswith("." + name):
                    expected[key] = total
        assert_near(got, expected, 1e-9)
        assert len(list(network.parameters())) == 4


# ---- dropout


def test_dropout():
    """Through layers that hand on what they get, the masks between them can be seen."""
    D = 89
    handing_on = {"W": np.eye(D), "U": np.zeros((D, D)), "b": np.zeros(D)}
    stack = Stack([RNNReLU(D, D).load_numpy(handing_on) for _ in range(3)], dropout=0.25)
    x = torch.ones(11, 7, D, requires_grad=True)

    def run(seed):
        return stack(x, generator=torch.Generator().manual_seed(seed))[0]

    once = run(2)
    assert torch.equal(once, run(2)) and not torch.equal(once, run(3))
    assert abs((once == 0).double().mean() - (1 - 0.75 ** 2)) < 0.02        # two masks, no third
    torch.testing.assert_close(once[once != 0], torch.full_like(once[once != 0], 16 / 9))
    d_x, = torch.autograd.grad(once.sum(), x)
    assert torch.equal(d_x, once)                                           # the same masks
    stack.eval()
    assert torch.equal(stack(x)[0], x) and torch.equal(run(2), x)

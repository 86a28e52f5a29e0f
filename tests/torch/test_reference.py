"""Every cell and every backend compute what lstmlib.numpy does, forwards and backwards."""

import copy
import gc
import pickle

import numpy as np
import pytest
import torch
from cases import (LENGTHS, SIZES, TOLERANCE, WAYS, assert_near, by_reference, by_torch, make,
                   smallest)

import lstmlib.numpy as reference
from lstmlib.numpy import CELLS as TWINS
from lstmlib.torch import (BACKENDS, CELLS, GRU, LSTM, MGU, RNN, Bidirectional, Clockwork,
                           DepthGated, Peephole, RNNReLU, Stack, from_numpy)
from lstmlib.torch.backends import Call, choose, refusal

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


def test_what_native_serves():
    """The cells of torch.nn, and none else, whatever dtype of ours a CPU may have."""
    for name, cls in CELLS.items():
        for dtype in (torch.float32, torch.float64, torch.bfloat16, torch.float16):
            cell = cls(2, 2, dtype=dtype)
            assert (refusal("native", cell, Call(T, B, dtype, CPU)) is None) == (
                name in ("rnn", "rnn_relu", "lstm", "gru"))
            assert refusal("eager", cell, Call(T, B, dtype, CPU)) is None


@pytest.mark.parametrize("name", TWINS)
def test_gradcheck(name):
    """Of eager, by torch's own central differences."""
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


@pytest.mark.parametrize("backend", ["auto", "eager"])
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


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("backend", ["auto", "eager"])
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


@pytest.mark.parametrize("backend", ["auto", "eager"])
@pytest.mark.parametrize("name", CELLS)
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


@pytest.mark.parametrize("backend", ["auto", "eager"])
@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("dtype, tolerance", [(torch.bfloat16, 0.2), (torch.float16, 0.02)])
def test_narrow_dtypes(name, backend, dtype, tolerance):
    """They run, stay in their dtype and are near: a bound on rounding over seven steps."""
    case = make(smallest(TWINS[name], M, D), dtype=dtype)
    module = from_numpy(case.network, case.params, backend=backend, dtype=dtype)
    outputs, last = module(torch.tensor(case.x, dtype=dtype), lengths=LENGTHS)
    assert outputs.dtype == dtype and {value.dtype for value in last.values()} == {dtype}
    assert_near(by_torch(case, backend=backend, lengths=LENGTHS),
                by_reference(case, lengths=LENGTHS), tolerance)


# ---- parameters


@pytest.mark.parametrize("name", CELLS)
def test_parameters_go_to_numpy_and_back(name, tmp_path):
    case = make(smallest(TWINS[name], M, D))
    module = from_numpy(case.network, case.params)
    assert_near(module.to_numpy(), case.params, 0)
    torch.save(module.state_dict(), tmp_path / "weights.pt")
    other = from_numpy(case.network, dtype=torch.float64)
    other.load_state_dict(torch.load(tmp_path / "weights.pt", weights_only=True))
    assert_near(other.to_numpy(), case.params, 0)
    before = module.to_numpy()
    next(iter(before.values()))[...] = 7               # an array of its own
    assert_near(module.to_numpy(), case.params, 0)


def test_a_copy_stands_alone():
    """Also of a Bidirectional, whose forward half has one name in torch and another in its keys."""
    module = Stack([Bidirectional(LSTM(3, 2), RNN(3, 5)), GRU(7, 3)])
    x, weights = torch.ones(7, 5, 3), module.state_dict()
    expected = module(x)[0]
    copies = [copy.deepcopy(module), pickle.loads(pickle.dumps(module))]
    swapped, _ = torch.func.functional_call(copies[0], dict(module.named_parameters()), x)
    del module
    gc.collect()
    for one in copies:
        for value in one.parameters():
            torch.nn.init.zeros_(value)
        one.load_state_dict(weights)
        assert torch.equal(one(x)[0], expected)
    assert torch.equal(swapped, expected)
    with pytest.raises(RuntimeError, match="Missing.*0.backward.U"):
        copies[0].load_state_dict({key: weights[key] for key in weights if key != "0.backward.U"})


def test_narrow_parameters_come_back_as_float32():
    for dtype in (torch.bfloat16, torch.float16):
        found = LSTM(3, 2, dtype=dtype).to_numpy()
        assert {value.dtype for value in found.values()} == {np.dtype(np.float32)}
    assert LSTM(3, 2, dtype=torch.float64).to_numpy()["W"].dtype == np.float64


@pytest.mark.parametrize("name", CELLS)
def test_first_parameters_follow_the_rule_of_the_reference(name):
    network = smallest(TWINS[name], 31, 31)
    module = from_numpy(network, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    again = from_numpy(network, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    theirs = network.init(np.random.default_rng(1))
    for key, value in module.to_numpy().items():
        assert (value == again.to_numpy()[key]).all()
        if value.ndim == 1:
            assert (value == theirs[key]).all()         # biases are no draws
        else:
            assert ((value == 0) == (theirs[key] == 0)).all()
            assert 0.9 < abs(value).max() * 31 ** 0.5 <= 1
            assert not (value == theirs[key]).all()


def test_options_of_the_twin_are_options_here():
    forget = LSTM(3, 5, forget_bias=2.5).to_numpy()["b"][5:10]
    assert (forget == 2.5).all()
    assert Clockwork(3, 5, periods=[1, 4], sizes=[2, 3]).twin.periods == (1, 4)
    assert Peephole(3, 5, "fo").twin.peepholes == "fo"
    assert LSTM(3, 5).W.dtype == torch.get_default_dtype()


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


# ---- backends


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


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("B", [5, 1])
def test_numpy_takes_tensors_in_any_memory_order(name, B):
    case = make(smallest(TWINS[name], M, D), B=B)
    module = from_numpy(case.network, case.params, backend="numpy")
    x = torch.tensor(case.x)
    weights = {key: value.T.contiguous().T if value.ndim == 2 else value
               for key, value in module.state_dict().items()}
    strided = torch.func.functional_call(module, weights, x.transpose(0, 2).contiguous()
                                         .transpose(0, 2))
    assert torch.equal(strided[0], module(x)[0])


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
    assert "Mine in float32 on cpu runs with backend 'eager'. numpy: It serves the cells" in said


def test_native_does_not_serve_what_reads_c_of_every_step():
    stack = Stack([LSTM(3, 2, backend="native"), DepthGated(2, 2)])
    with pytest.raises(ValueError, match="native.*'auto' or 'numpy' or 'eager'.*layer above"):
        stack(torch.ones(5, 2, 3))


# ---- bad input


X = torch.ones(7, 5, 3)
H = torch.zeros(5, 2)
BAD = {
    "no tensor": (lambda: LSTM(3, 2)(X.numpy()), TypeError, "x: got ndarray"),
    "dtype": (lambda: LSTM(3, 2)(X.double()), TypeError, "float64.*expected.*float32.*convert"),
    "integers": (lambda: LSTM(3, 2)(X.long()), TypeError, "int64"),
    "device": (lambda: LSTM(3, 2)(X.to("meta")), ValueError,
               "on meta, expected a tensor of float32 on cpu.*move it"),
    "two axes": (lambda: LSTM(3, 2)(X[0]), ValueError, r"x: got shape \(5, 3\)"),
    "another M": (lambda: LSTM(4, 2)(X), ValueError, r"shape \(T, B, 4\)"),
    "no steps": (lambda: LSTM(3, 2)(X[:0]), ValueError, r"shape \(0, 5, 3\)"),
    "no sequences": (lambda: LSTM(3, 2)(X[:, :0]), ValueError, r"shape \(7, 0, 3\)"),
    "state without c": (lambda: LSTM(3, 2)(X, {"h": H}), ValueError, "without 'c'"),
    "a pair as state": (lambda: LSTM(3, 2)(X, (H, H)), TypeError, "state: got tuple.*dict"),
    "state of one row": (lambda: RNN(3, 2)(X, {"h": H[:1]}), ValueError, "nothing is broadcast"),
    "state's dtype": (lambda: RNN(3, 2)(X, {"h": H.half()}), TypeError, r"state\['h'\].*float16"),
    "length 0": (lambda: RNN(3, 2)(X, lengths=[0, 1, 2, 3, 4]), ValueError, "the value 0"),
    "length 8": (lambda: RNN(3, 2)(X, lengths=torch.tensor([8] * 5)), ValueError, "the value 8"),
    "few lengths": (lambda: RNN(3, 2)(X, lengths=[1, 2]), ValueError, "lengths"),
    "lengths of float": (lambda: RNN(3, 2)(X, lengths=torch.ones(5)), TypeError, "lengths.*long"),
    "start": (lambda: RNN(3, 2)(X, start=-1), ValueError, "start"),
    "reverse": (lambda: RNN(3, 2)(X, reverse=1), TypeError, "reverse"),
    "reverse both": (lambda: Bidirectional(RNN(3, 2), RNN(3, 2))(X, reverse=True), ValueError,
                     "both directions already"),
    "generator": (lambda: RNN(3, 2)(X, generator=7), TypeError, "torch.Generator"),
    "unknown backend": (lambda: RNN(3, 2, backend="cudnn"), ValueError,
                        "'auto', 'numpy', 'native'"),
    "backend": (lambda: RNN(3, 2, backend=None), TypeError, "backend"),
    "refused": (lambda: MGU(3, 2, backend="native")(X), ValueError,
                r"'native' for MGU\(3, 2\) with T = 7, B = 5 in float32 on cpu, expected 'auto' or 'numpy'"),
    "alone": (lambda: DepthGated(3, 3)(X), ValueError, "put it above one, in a Stack"),
    "lowest": (lambda: Stack([DepthGated(3, 3)]), ValueError, r"layers\[0\]"),
    "layers do not fit": (lambda: Stack([RNN(3, 2), RNN(3, 2)]), ValueError, r"layers\[1\]"),
    "a numpy cell": (lambda: Stack([reference.RNN(3, 2)]), TypeError, "of lstmlib.torch"),
    "no layers": (lambda: Stack([]), TypeError, "at least one"),
    "no masks": (lambda: Stack([RNN(3, 2), RNN(2, 2)], dropout=0.5)(X), ValueError, "eval"),
    "masks inside": (lambda: Stack([Stack([RNN(3, 2), RNN(2, 2)], dropout=0.5)])(X), ValueError,
                     "eval"),
    "two dtypes": (lambda: Stack([RNN(3, 2), RNN(2, 2, dtype=torch.float64)])(X), ValueError,
                   "0.W in float32 on cpu, .*1.W in float64"),
    "complex": (lambda: RNN(3, 2, dtype=torch.complex128), TypeError, "dtype"),
    "size": (lambda: RNN(3, 0), ValueError, "hidden_size"),
    "no such option": (lambda: RNN(3, 2, forget_bias=1.0), TypeError, "forget_bias"),
    "missing key": (lambda: RNN(3, 2).load_numpy({"W": np.ones((2, 3))}), ValueError, "'U'"),
    "shape of W": (lambda: RNN(3, 2).load_numpy(
        {"W": np.ones((3, 3)), "U": np.ones((2, 2)), "b": np.ones(2)}), ValueError, "'W'"),
}


@pytest.mark.parametrize("call, error, words", BAD.values(), ids=BAD)
def test_bad_input(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_a_refused_load_changes_nothing():
    cell = RNN(3, 2)
    before = cell.to_numpy()
    with pytest.raises(ValueError):
        cell.load_numpy({"W": np.ones((2, 3)), "U": np.ones((2, 2)), "b": np.ones(3)})
    assert_near(cell.to_numpy(), before, 0)

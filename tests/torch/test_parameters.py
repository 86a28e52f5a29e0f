"""Parameters: their first values, to and from NumPy and torch.nn, saved, copied and moved."""

import copy
import gc
import pickle

import numpy as np
import pytest
import torch
from cases import LENGTHS, SIZES, assert_near, make, smallest
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import lstmlib.numpy as reference
from lstmlib.numpy import CELLS as TWINS
from lstmlib.torch import (CELLS, GRU, LSTM, MGU, RNN, Bidirectional, Clockwork, Peephole, Stack,
                           from_numpy, from_torch, to_torch)

T, B, M, D = SIZES


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


@pytest.mark.parametrize("name", CELLS)
def test_a_module_moves_to_another_dtype(name):
    """With .to, .double and .half, as one made there; its parameters are those of torch too."""
    case = make(smallest(TWINS[name], M, D), dtype=torch.float16)
    module = from_numpy(case.network, case.params, dtype=torch.float32)
    assert {key: tuple(value.shape) for key, value in module.state_dict().items()} == \
        case.network.param_shapes
    assert len(list(module.parameters())) == len(case.params)
    assert all(value.requires_grad for value in module.parameters())
    for dtype, move in ((torch.float64, lambda module: module.double()),
                        (torch.float16, lambda module: module.half()),
                        (torch.bfloat16, lambda module: module.to(torch.bfloat16)),
                        (torch.float64, lambda module: module.to("cpu", torch.float64))):
        x = torch.tensor(case.x, dtype=dtype)
        outputs, _ = move(copy.deepcopy(module))(x)
        there, _ = from_numpy(case.network, case.params, dtype=dtype)(x)
        assert outputs.dtype == dtype and torch.equal(outputs, there)


def test_lists_and_any_byte_order_become_parameters():
    cell = reference.RNN(1, 1)
    params = {"W": [[1]], "U": [[2]], "b": [3]}
    assert from_numpy(cell, params).W.dtype == torch.float64
    swapped = {key: np.array(value, ">f4") for key, value in params.items()}
    assert from_numpy(cell, swapped).W.dtype == torch.float32


def test_training_takes_the_usual_way():
    """An optimiser of torch lowers the loss of a network that torch.nn surrounds."""
    torch.manual_seed(0)
    model = nn.ModuleDict({"cell": Stack([Peephole(3, 5), GRU(5, 5)]), "read": nn.Linear(5, 1)})
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    x = torch.randn(7, 11, 3)
    targets = x.cumsum(0)[:, :, :1]

    def loss():
        return (model["read"](model["cell"](x)[0]) - targets).pow(2).mean()

    first = loss().item()
    for _ in range(20):
        optimiser.zero_grad()
        loss().backward()
        optimiser.step()
    assert loss().item() < 0.8 * first


# ---- torch.nn

KINDS = {"LSTM": (nn.LSTM, {}), "GRU": (nn.GRU, {}), "RNN": (nn.RNN, {}),
         "RNN with relu": (nn.RNN, {"nonlinearity": "relu"})}


def ours(theirs, layers, directions):
    """A state of torch.nn, (layers directions, B, D) or a pair of it, under our keys."""
    found = {}
    for name, value in zip("hc", theirs if isinstance(theirs, tuple) else (theirs,)):
        for place, part in enumerate(value):
            layer, way = divmod(place, directions)
            head = f"{layer}." if layers > 1 else ""
            middle = ("forward.", "backward.")[way] if directions == 2 else ""
            found[head + middle + name] = part
    return found


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_a_network_of_torch_nn(kind, layers, directions, bias):
    """Taken in it computes the same, from states of its own, on sequences of different lengths;
    and back it is torch's again."""
    torch.manual_seed(1)
    cls, options = KINDS[kind]
    module = cls(3, 2, layers, bias=bias, bidirectional=directions == 2, batch_first=True,
                 dtype=torch.float64, **options)
    x = torch.randn(T, B, 3, dtype=torch.float64)
    state = torch.randn(2, layers * directions, B, 2, dtype=torch.float64)
    state = tuple(state) if kind == "LSTM" else state[0]
    lengths = torch.tensor(LENGTHS)
    packed = pack_padded_sequence(x.transpose(0, 1), lengths, batch_first=True,
                                  enforce_sorted=False)
    outputs, last = module(packed, state)
    outputs, _ = pad_packed_sequence(outputs, total_length=T)

    network = from_torch(module)
    assert {value.dtype for value in network.parameters()} == {torch.float64}
    got, got_last = network(x, ours(state, layers, directions), lengths)
    torch.testing.assert_close(got, outputs, rtol=0, atol=1e-12)
    torch.testing.assert_close(got_last, ours(last, layers, directions), rtol=0, atol=1e-12)

    again = to_torch(network)
    assert (type(again), again.num_layers, again.bidirectional, again.mode) == (
        cls, layers, directions == 2, module.mode)
    got, got_last = again(pack_padded_sequence(x, lengths, enforce_sorted=False), state)
    torch.testing.assert_close(pad_packed_sequence(got, total_length=T)[0], outputs)
    torch.testing.assert_close(got_last, last)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_torch_nn_keeps_its_dtype_and_dropout(dtype):
    module = nn.LSTM(3, 2, 2, dropout=0.25, dtype=dtype)
    network = from_torch(module, backend="eager")
    assert {value.dtype for value in network.parameters()} == {dtype}
    assert {value.dtype for value in module.parameters()} == {dtype}
    assert {layer.backend for layer in network.layers} == {"eager"}
    again = to_torch(network)
    assert again.dropout == 0.25 and again.weight_hh_l0.dtype == dtype
    assert torch.equal(again.weight_hh_l1, module.weight_hh_l1)
    assert from_torch(module, dtype=torch.float64).layers[0].W.dtype == torch.float64
    assert from_torch(nn.GRU(3, 2).state_dict()).W.dtype == torch.float32


REFUSED = {
    "projection": (lambda: from_torch(nn.LSTM(3, 4, proj_size=2)), ValueError, "proj_size=0"),
    "one step": (lambda: from_torch(nn.LSTMCell(3, 4)), TypeError, "torch.nn.RNN, LSTM or GRU"),
    "a larger model": (lambda: from_torch(nn.Sequential(nn.LSTM(3, 4))), TypeError,
                       "recurrent module alone"),
    "one of ours": (lambda: from_torch(LSTM(3, 4)), TypeError, "torch.nn.RNN"),
    "no such cell there": (lambda: to_torch(MGU(3, 4)), ValueError, "minimal gated unit"),
    "unequal layers": (lambda: to_torch(Stack([GRU(3, 4), LSTM(4, 4)])), ValueError, "one kind"),
    "theirs": (lambda: to_torch(nn.LSTM(3, 4)), TypeError, "network of lstmlib.torch"),
    "from_numpy of torch": (lambda: from_numpy(LSTM(3, 4)), TypeError, "lstmlib.numpy.CELLS"),
    "no params": (lambda: from_numpy(reference.RNN(3, 4), {}), ValueError, "without 'W'"),
    "complex params": (lambda: from_numpy(reference.RNN(1, 1), {
        "W": np.ones((1, 1), complex), "U": np.ones((1, 1), complex), "b": np.ones(1, complex)}),
        TypeError, "complex128"),
}


@pytest.mark.parametrize("call, error, words", REFUSED.values(), ids=REFUSED)
def test_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()

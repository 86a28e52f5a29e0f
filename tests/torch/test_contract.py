"""What every call asks of its arguments, and says where it gets something else."""

import numpy as np
import pytest
import torch
from cases import assert_near

import lstmlib.numpy as reference
from lstmlib.torch import BACKENDS, LSTM, MGU, RNN, Bidirectional, DepthGated, Stack
from lstmlib.torch.backends import eager

X = torch.ones(7, 5, 3)
H = torch.zeros(5, 2)
BAD = {
    "no tensor": (lambda: LSTM(3, 2)(X.numpy()), TypeError, "x: got ndarray"),
    "dtype": (lambda: LSTM(3, 2)(X.double()), TypeError, "float64.*expected.*float32.*convert"),
    "integers": (lambda: LSTM(3, 2)(X.long()), TypeError, "int64"),
    "sparse": (lambda: LSTM(3, 2)(X.to_sparse()), TypeError, "layout torch.sparse_coo.*dense"),
    "a complex x": (lambda: LSTM(3, 2)(X.cfloat()), TypeError, "complex64"),
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
    "lengths of bool": (lambda: RNN(3, 2)(X, lengths=torch.ones(5).bool()), TypeError, "bool"),
    "lengths in a square": (lambda: RNN(3, 2)(X, lengths=torch.ones(5, 1).long()), ValueError,
                            r"lengths: got shape \(5, 1\)"),
    "state on another device": (lambda: RNN(3, 2)(X, {"h": H.to("meta")}), ValueError,
                                r"state\['h'\].*on meta.*move it"),
    "a network elsewhere": (lambda: RNN(3, 2).to("meta")(X.to("meta")), ValueError,
                            "float32 on meta.*It runs on cpu and cuda"),
    "parts on two devices": (lambda: Stack([RNN(3, 2), RNN(2, 2, device="meta")])(X), ValueError,
                             "0.W in float32 on cpu, .*1.W in float32 on meta"),
    "start": (lambda: RNN(3, 2)(X, start=-1), ValueError, "start"),
    "reverse": (lambda: RNN(3, 2)(X, reverse=1), TypeError, "reverse"),
    "reverse both": (lambda: Bidirectional(RNN(3, 2), RNN(3, 2))(X, reverse=True), ValueError,
                     "both directions already"),
    "generator": (lambda: RNN(3, 2)(X, generator=7), TypeError, "torch.Generator"),
    "unknown backend": (lambda: RNN(3, 2, backend="cudnn"), ValueError,
                        "'auto', .*'numpy', 'native'"),
    "backend": (lambda: RNN(3, 2, backend=None), TypeError, "backend"),
    "refused": (lambda: MGU(3, 2, backend="native")(X), ValueError,
                r"'native' for MGU\(3, 2\) with T = 7, B = 5 in float32 on cpu, "
                r"expected 'auto' or .*'numpy'"),
    "refused above": (lambda: Stack([RNN(3, 2), MGU(2, 2, backend="native")])(X), ValueError,
                      r"'native' for MGU\(2, 2\)"),
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
def test_bad_input(call, error, words, monkeypatch):
    """It is said before any backend runs."""
    def run(*_):
        pytest.fail("a backend has run")

    for backend in BACKENDS.values():
        monkeypatch.setattr(backend, "run", run)
    with pytest.raises(error, match=words):
        call()


def test_out_of_memory_says_what_was_asked_for(monkeypatch):
    def run(*_):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.25 GiB. GPU 0 has a "
                                     "total capacity of 139.81 GiB of which 3.02 GiB is free.")

    monkeypatch.setattr(eager, "run", run)
    with pytest.raises(torch.OutOfMemoryError, match=r"x: got Tensor of float32 with shape "
                       r"\(7, 5, 3\) on cpu, which asked for 20.25 GiB.*, expected .*\. Take"):
        MGU(3, 2, backend="eager")(X)
    with pytest.raises(RuntimeError, match="asked for"):              # a RuntimeError, as torch's
        Stack([RNN(3, 2), MGU(2, 2, backend="eager")])(X)


def test_a_refused_load_changes_nothing():
    cell = RNN(3, 2)
    before = cell.to_numpy()
    with pytest.raises(ValueError):
        cell.load_numpy({"W": np.ones((2, 3)), "U": np.ones((2, 2)), "b": np.ones(3)})
    assert_near(cell.to_numpy(), before, 0)

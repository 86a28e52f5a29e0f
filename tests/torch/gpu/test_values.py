"""On a GPU every backend computes what lstmlib.numpy does, forwards and backwards."""

import functools

import numpy as np
import pytest
import torch
from cases import assert_near, by_reference, by_torch, make, smallest

import lstmlib.numpy as reference
from lstmlib.numpy import CELLS as TWINS
from lstmlib.torch import BACKENDS, CELLS, from_numpy

#: The unit in the last place of what is multiplied.
EPS = {"bfloat16": 2.0 ** -7, "float16": 2.0 ** -10, "tf32": 2.0 ** -10, "float32": 2.0 ** -23,
       "float64": 2.0 ** -52}
T, B, M = 13, 5, 24
LENGTHS = [4, 13, 1, 6, 2]
WAYS = ({}, {"lengths": LENGTHS}, {"lengths": LENGTHS, "reverse": True, "start": 5})
PRIME, FITS, SHARED = 37, 64, 272      # D: no kernel of ours; on chip; among several programs
FAMILIES = ("rnn", "lstm", "peephole", "depth_gated", "gru", "gru_reset_before", "mut3",
            "clockwork")


def tensors(dtype):
    return torch.float32 if dtype == "tf32" else getattr(torch, dtype)


def served(name, dtype, D):
    """The backends that say they have the cell, on CUDA."""
    cells = [cell for cell, _ in from_numpy(smallest(TWINS[name], M, D)).cells()]
    for backend, module in BACKENDS.items():
        if backend == "triton" and D == PRIME:
            continue
        if tensors(dtype) in module.DTYPES.get("cuda", ()) and all(
                module.CELLS is None or type(cell) in module.CELLS for cell in cells):
            if not (backend == "native" and name == "depth_gated"):
                yield backend


def matrix():
    """Each cell in bfloat16; each dtype in two cells; each family where programs share U."""
    wanted = [(name, "bfloat16", FITS) for name in CELLS]
    wanted += [(name, "bfloat16", SHARED) for name in FAMILIES]
    wanted += [(name, dtype, FITS) for name in ("lstm", "gru_reset_before")
               for dtype in ("float32", "tf32", "float16", "float64")]
    wanted += [("lstm", dtype, SHARED) for dtype in ("tf32", "float16")]
    wanted += [(name, "float32", PRIME) for name in CELLS]
    for name, dtype, D in wanted:
        for backend in ("auto", *served(name, dtype, D)):
            yield pytest.param(name, backend, dtype, D, id=f"{name}, {backend}, {dtype}, {D}")


def case_of(name, dtype, D, seed=0):
    """Matrices of a gain near 1, or what is rounded would grow from step to step.

    A rounding that carries a ReLU across its kink changes a gradient by all of it: its units are
    set to be either on or off, whatever they hear.
    """
    case = make(smallest(TWINS[name], M, D), T, B, seed=seed)
    for key, value in case.params.items():
        if key.rpartition(".")[2] in ("W", "U", "R"):
            value /= np.sqrt(value.shape[1]) * (10 if name == "rnn_relu" else 1)
        elif name == "rnn_relu":
            value[:] = np.sign(value)
    case.dtype = tensors(dtype)
    for group in (case.params, case.state, case.d_state, vars(case)):
        for key, value in group.items():
            if isinstance(value, np.ndarray):
                group[key] = torch.from_numpy(value).to(case.dtype).double().numpy()
    return case


def error(got, expected):
    return max(np.abs(got[key] - expected[key]).max() / np.abs(expected[key]).max(initial=1)
               for key in expected)


@functools.cache
def factor(name, D):
    """How far the sequence carries a rounding: the error of the loop in float32, on the CPU, in
    units of the last place; the largest of three cases and all ways."""
    cases = [case_of(name, "float32", D, seed) for seed in range(3)]
    return max(error(by_torch(case, backend="eager", **way), by_reference(case, **way))
               for case in cases for way in WAYS) / EPS["float32"]


@pytest.mark.parametrize("name, backend, dtype, D", list(matrix()))
def test_values_and_gradients(name, backend, dtype, D, cuda):
    """All that a call gives errs by its rounding alone: by the factor of the sequence times the
    unit of the dtype. 2 is for chance, as no two dtypes round alike; float32 and float64 also sum
    in another order than the loop from which the factor is taken."""
    if dtype == "tf32":
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.rnn.fp32_precision = "tf32"
    case = case_of(name, dtype, D)
    chance = 4 if dtype in ("float32", "float64") else 2
    for way in WAYS:
        expected = by_reference(case, **way)
        got = by_torch(case, backend=backend, device=cuda, **way)
        assert all(np.isfinite(value).all() for value in got.values())
        assert error(got, expected) <= chance * factor(name, D) * EPS[dtype], way


NETWORKS = {
    "nested": lambda N: N.Stack([
        N.Bidirectional(N.LSTM(24, 32), N.Stack([N.MGU(24, 16), N.CIFG(16, 48)])), N.GRU(80, 64)]),
    "depth-gated": lambda N: N.Stack([N.LSTM(24, 64), N.DepthGated(64, 64), N.DepthGated(64, 64)]),
    "of odd sizes": lambda N: N.Stack([N.LSTM(24, 5), N.Peephole(5, 48), N.RNNReLU(48, 7)]),
}


@pytest.mark.parametrize("way", [{}, {"lengths": LENGTHS}])
@pytest.mark.parametrize("name", NETWORKS)
def test_networks(name, way, cuda):
    case = make(NETWORKS[name](reference), T, B)
    for key, value in case.params.items():
        if value.ndim == 2:
            value /= np.sqrt(value.shape[1])
    case.dtype = torch.float32
    assert_near(by_torch(case, backend="auto", device=cuda, **way), by_reference(case, **way), 1e-4)

"""bfloat16 and float16, and what torch.autocast makes of a call."""

import numpy as np
import pytest
import torch
from cases import LENGTHS, SIZES, by_reference, by_torch, make, smallest

from lstmlib.numpy import CELLS as TWINS
from lstmlib.torch import CELLS, GRU, LSTM, Bidirectional, Stack, from_numpy

T, B, M, D = SIZES
NARROW = (torch.bfloat16, torch.float16)


def units(case, dtype, backend):
    """The largest error of all values and gradients, in units of the last place of a dtype."""
    case.dtype = dtype
    expected = by_reference(case, lengths=LENGTHS)
    got = by_torch(case, backend=backend, lengths=LENGTHS)
    return max(np.abs(got[key] - expected[key]).max() / np.abs(expected[key]).max(initial=1)
               for key in expected) / torch.finfo(dtype).eps


@pytest.mark.parametrize("backend", ["auto", "eager", "graph"], indirect=True)
@pytest.mark.parametrize("dtype", NARROW, ids=str)
@pytest.mark.parametrize("name", CELLS)
def test_narrow_dtypes_err_by_their_rounding_alone(name, dtype, backend):
    """To first order an error grows with the unit in the last place, by a factor that belongs to
    the sequence and the cell: so it is taken from float32, the largest of three cases.

    What remains is chance, as the roundings of two dtypes differ: 4, for which nothing was tried.
    """
    factor = max(units(make(smallest(TWINS[name], M, D), dtype=dtype, seed=seed), torch.float32,
                       "eager") for seed in range(3))
    case = make(smallest(TWINS[name], M, D), dtype=dtype)
    assert units(case, dtype, backend) <= 4 * factor
    module = from_numpy(case.network, case.params, backend=backend, dtype=dtype)
    outputs, last = module(torch.tensor(case.x, dtype=dtype))
    assert {value.dtype for value in (outputs, *last.values())} == {dtype}


@pytest.mark.parametrize("dtype", NARROW, ids=str)
@pytest.mark.parametrize("backend", ["auto", "native", "eager", "graph"], indirect=True)
def test_under_autocast_all_of_a_network_runs_in_its_dtype(dtype, backend):
    """As if network, x and state had been converted; gradients go back to what they belong to."""
    torch.manual_seed(0)
    network = Stack([Bidirectional(LSTM(3, 2, backend=backend), GRU(3, 2, backend=backend)),
                     LSTM(4, 5, backend=backend)])
    state = {key: torch.randn(value)
             for key, value in network.twin.state_shapes(B).items()}
    x = torch.randn(T, B, 3, requires_grad=True)
    with torch.autocast("cpu", dtype=dtype):
        outputs, last = network(x, state, lengths=LENGTHS)
        also, _ = network(x.to(dtype), state, lengths=LENGTHS)
    outputs.float().sum().backward()
    assert x.grad.dtype == torch.float32 and x.grad.abs().max() > 0
    for value in network.parameters():
        assert value.dtype == torch.float32 and value.grad.dtype == torch.float32
        assert value.grad.abs().max() > 0
    narrow, _ = network.to(dtype)(x.detach().to(dtype),
                                  {key: value.to(dtype) for key, value in state.items()},
                                  lengths=LENGTHS)
    assert outputs.dtype == dtype and {value.dtype for value in last.values()} == {dtype}
    assert torch.equal(outputs, narrow) and torch.equal(also, narrow)


def test_autocast_leaves_float64_alone_and_refuses_as_ever():
    cell = LSTM(3, 2, dtype=torch.float64)
    x = torch.randn(T, B, 3, dtype=torch.float64)
    expected = cell(x)[0]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(cell(x)[0], expected)
        with pytest.raises(TypeError, match="float64.*expected a tensor of bfloat16"):
            LSTM(3, 2)(x)
        with pytest.raises(ValueError, match="'numpy' for .* in bfloat16.*computes in float32"):
            LSTM(3, 2, backend="numpy")(x.float())
        with pytest.raises(TypeError, match="x: got ndarray"):
            LSTM(3, 2)(x.numpy())

"""bfloat16 and float16, and what torch.autocast makes of a call."""

import functools

import numpy as np
import pytest
import torch
from cases import LENGTHS, SERVED, SIZES, by_reference, by_torch, make, smallest

from lstmlib.numpy import CELLS as TWINS
from lstmlib.torch import CELLS, GRU, LSTM, Bidirectional, Stack, from_numpy

T, B, M, D = SIZES
NARROW = (torch.bfloat16, torch.float16)


@functools.cache
def error(name, inputs, dtype, backend):
    """Of all values and gradients in twelve cases whose numbers `inputs` can hold: the root mean
    square, in units of the last place of a dtype."""
    squares = []
    for seed in range(12):
        case = make(smallest(TWINS[name], M, D), dtype=inputs, seed=seed)
        case.dtype = dtype
        expected = by_reference(case, lengths=LENGTHS)
        got = by_torch(case, backend=backend, lengths=LENGTHS)
        squares += [np.mean((got[key] - value) ** 2) / np.abs(value).max(initial=1) ** 2
                    for key, value in expected.items()]
    return np.mean(squares) ** 0.5 / torch.finfo(dtype).eps


@pytest.mark.parametrize("name, backend", SERVED, indirect=["backend"])
@pytest.mark.parametrize("dtype", NARROW, ids=str)
def test_narrow_dtypes_err_by_their_rounding_alone(name, dtype, backend):
    """To first order an error is the unit in the last place times a factor that belongs to the
    cell and to what it reads. So float32 tells what the others may have; as the roundings are
    others, so is the mean of their squares: twice as much is allowed, one bit."""
    assert error(name, dtype, dtype, backend) <= 2 * error(name, dtype, torch.float32, "eager")
    case = make(smallest(TWINS[name], M, D), dtype=dtype)
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

"""What the tests of lstmlib.torch share: one case, run by the reference and by torch."""

from types import SimpleNamespace

import numpy as np
import torch

from lstmlib.numpy import bptt, unroll
from lstmlib.torch import CELLS, from_numpy
from lstmlib.torch.backends import native

LENGTHS = [4, 7, 1, 6, 2]
WAYS = {
    "plain": {},
    "lengths": {"lengths": LENGTHS},
    "reverse": {"reverse": True},
    "lengths, reverse, start": {"lengths": LENGTHS, "reverse": True, "start": 5},
}
TOLERANCE = {torch.float64: 1e-9, torch.float32: 1e-4}
SIZES = (7, 5, 3, 2)                                   # T, B, M, D: different primes

#: Cells and the backends that run them on a CPU in all dtypes of ours; graph for a test's time.
SERVED = [(name, backend) for name, cls in CELLS.items() for backend in ("native", "eager", "graph")
          if backend != "native" or cls in native.CELLS]


def smallest(cls, M, D):
    return cls.smallest(D if cls.size_rule == "equal" else M, D)


def make(network, T=7, B=5, dtype=torch.float64, seed=0):
    """Parameters, inputs, a state and upstream gradients, nothing zero, as float64 of `dtype`."""
    rng = np.random.default_rng([seed, T, B])

    def normal(shape):
        return torch.from_numpy(0.7 * rng.standard_normal(shape)).to(dtype).double().numpy()

    states = network.state_shapes(B)
    return SimpleNamespace(
        network=network, dtype=dtype,
        params={key: normal(shape) for key, shape in network.param_shapes.items()},
        x=normal((T, B, network.input_size)),
        state={key: normal(shape) for key, shape in states.items()},
        d_outputs=normal((T, B, network.output_size)),
        d_state={key: normal(shape) for key, shape in states.items()})


def by_reference(case, **way):
    """Outputs, last state and all gradients by lstmlib.numpy in float64."""
    run = unroll(case.network, case.params, case.x, case.state, **way)
    grads = bptt(run, case.d_outputs, case.d_state)
    return named(run.outputs, run.state, grads.params, grads.inputs, grads.state)


def by_torch(case, module=None, backend="eager", device="cpu", **way):
    """The same by lstmlib.torch; a gradient that autograd does not give is zero."""
    module = module or from_numpy(case.network, case.params, dtype=case.dtype, device=device,
                                  backend=backend)

    def tensor(value, leaf=False):
        return torch.tensor(value, dtype=case.dtype, device=device, requires_grad=leaf)

    x = tensor(case.x, True)
    state = {key: tensor(value, True) for key, value in case.state.items()}
    outputs, last = module(x, state, **way)
    loss = (outputs * tensor(case.d_outputs)).sum()
    for key, value in last.items():
        loss = loss + (value * tensor(case.d_state[key])).sum()
    params = module.state_dict(keep_vars=True)
    leaves = [*params.values(), x, *state.values()]
    grads = torch.autograd.grad(loss, leaves, allow_unused=True, materialize_grads=True)
    grads = [value.double().cpu().numpy() for value in grads]
    return named(detached(outputs), detached(last), dict(zip(params, grads)), grads[len(params)],
                 dict(zip(state, grads[-len(state):])))


def rehearse(function, inputs):
    """In place of a recording what has the same traps: it runs a function again on the same memory
    and writes what comes out over that of the call before."""
    outputs = [value.clone() for value in function(*inputs)]

    def again():
        for held, value in zip(outputs, function(*inputs), strict=True):
            held.copy_(value)
    return again, outputs


def detached(value):
    if isinstance(value, dict):
        return {key: detached(one) for key, one in value.items()}
    return value.detach().double().cpu().numpy()


def named(outputs, state, params, x, first):
    return {"outputs": outputs, **{f"last {key}": value for key, value in state.items()},
            **{f"d {key}": value for key, value in params.items()}, "d x": x,
            **{f"d first {key}": value for key, value in first.items()}}


def assert_near(got, expected, tolerance):
    """Equal up to this share of the largest number expected, or of 1 if all are smaller."""
    assert set(got) == set(expected)
    for key in expected:
        size = np.abs(expected[key]).max(initial=1)
        np.testing.assert_allclose(got[key], expected[key], rtol=0, atol=tolerance * size,
                                   err_msg=key)

"""The plain recurrent cells: RNN, RNNReLU, Clockwork.

As in every family, of one tile of units and sequences at one step t:

a      what x alone decides, a tuple of blocks            u   U h_{t-1}, a tuple of blocks
old    the states before the step, new those after it     v   parameters that are vectors
kept   what the way back wants to know besides            d_  gradients
"""

import triton
import triton.language as tl

from lstmlib.torch.backends.triton.squash import tanh


@triton.jit
def step(a, u, old, v, t, HAS: tl.constexpr):
    a_h = a[0] + u[0]
    if HAS.rectifier:
        h = tl.maximum(a_h, 0, propagate_nan=tl.PropagateNan.ALL)
    else:
        h = tanh(a_h)
    if HAS.clock:
        h = tl.where(active(v, t), h, old[0])
    return (h,), ()


@triton.jit
def active(v, t):
    """Which units compute at step number t, by their periods."""
    return t % tl.maximum(v[0], 1).to(tl.int32) == 0


@triton.jit
def step_back(kept, old, new, d_new, d_heard, v, t, HAS: tl.constexpr):
    h, d_h = new[0], d_new[0]
    if HAS.rectifier:
        d_a = tl.where(h > 0, d_h, 0)
    else:
        d_a = d_h * (1 - h * h)
    nothing = tl.zeros_like(d_h)
    if HAS.clock:
        d_a = tl.where(active(v, t), d_a, 0)
        d_old = tl.where(active(v, t), 0, d_h)
        return (d_a,), (d_a,), (d_old,), (nothing,)
    else:
        return (d_a,), (d_a,), (nothing,), ()

"""The LSTM and its variants, which differ by what they have: a tuple of switches.

The blocks stand in the order i f g o, without those that are missing; see plain.py for the names.
A gate that is missing is 1.
"""

import triton
import triton.language as tl

from lstmlib.torch.backends.triton.squash import sigmoid, tanh


@triton.jit
def step(a, u, old, v, t, HAS: tl.constexpr):
    c_old = old[1]
    i = gate(a, u, 0, v, 0, c_old, HAS.i, HAS)
    f = gate(a, u, HAS.i, v, 1, c_old, HAS.f, HAS)
    if HAS.coupled:
        f = 1 - i
    g = a[HAS.i + HAS.f] + u[HAS.i + HAS.f]
    if HAS.old_squash:
        g = 4 * sigmoid(g) - 2
    elif HAS.squashed_input:
        g = tanh(g)
    c = f * c_old + i * g
    deep = ()
    if HAS.depth:
        a_d, c_below = a[4], a[5]
        d = sigmoid(a_d + v[3] * c_old + v[4] * c_below)
        c += d * c_below
        deep = (d, c_below)
    o = gate(a, u, HAS.i + HAS.f + 1, v, 2, c, HAS.o, HAS)
    h = o * squash(c, HAS)
    return (h, c), only(i, HAS.i) + only(f, HAS.f) + (g,) + only(o, HAS.o) + deep


@triton.jit
def step_back(kept, old, new, d_new, d_heard, v, t, HAS: tl.constexpr):
    c_old, c = old[1], new[1]
    d_h, d_c = d_new
    i, f, o = 1.0, 1.0, 1.0
    if HAS.i:
        i = kept[0]
    if HAS.f:
        f = kept[HAS.i]
    if HAS.coupled:
        f = 1 - i
    g = kept[HAS.i + HAS.f]
    if HAS.o:
        o = kept[HAS.i + HAS.f + 1]

    s = squash(c, HAS)
    d_o = d_h * s * o * (1 - o)
    d_c += d_h * o * slope(s, HAS)
    if HAS.peepholes:
        d_c += v[2] * d_o
    d_i = d_c * g * i * (1 - i)
    d_f = d_c * c_old * f * (1 - f)
    if HAS.coupled:
        d_i -= d_f                                     # f = 1 - i
    d_g = d_c * i
    if HAS.old_squash:
        d_g *= 1 - g * g / 4
    elif HAS.squashed_input:
        d_g *= 1 - g * g

    d_c_old = d_c * f
    d_v = ()
    if HAS.peepholes:                                  # zero where a gate has none
        d_c_old += v[0] * d_i + v[1] * d_f
        d_v = (d_i * c_old, d_f * c_old, d_o * c)
    d_u = only(d_i, HAS.i) + only(d_f, HAS.f) + (d_g,) + only(d_o, HAS.o)
    d_a = d_u
    if HAS.depth:
        d, c_below = kept[4], kept[5]
        d_d = d_c * c_below * d * (1 - d)
        d_c_old += v[3] * d_d
        d_v = d_v + (d_d * c_old, d_d * c_below)
        d_a = d_u + (d_d, d_c * d + v[4] * d_d)
    return d_a, d_u, (tl.zeros_like(d_h), d_c_old), d_v


@triton.jit
def gate(a, u, N: tl.constexpr, v, P: tl.constexpr, c, HERE: tl.constexpr, HAS: tl.constexpr):
    """σ(a + u + p ⊙ c) of block N with peephole P, or 1."""
    if HERE:
        total = a[N] + u[N]
        if HAS.peepholes:
            total += v[P] * c
        return sigmoid(total)
    else:
        return 1.0


@triton.jit
def only(x, HERE: tl.constexpr):
    """A tuple of x, if it is there."""
    if HERE:
        return (x,)
    else:
        return ()


@triton.jit
def squash(c, HAS: tl.constexpr):
    """What of c the output gate lets out."""
    if HAS.old_squash:
        return 2 * sigmoid(c) - 1
    elif HAS.squashed_output:
        return tanh(c)
    else:
        return c


@triton.jit
def slope(s, HAS: tl.constexpr):
    """The derivative of `squash` where it is s."""
    if HAS.old_squash:
        return (1 - s * s) / 2
    elif HAS.squashed_output:
        return 1 - s * s
    else:
        return 1.0

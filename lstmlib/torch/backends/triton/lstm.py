"""The LSTM and its variants, which differ by what they have: a tuple of switches.

The blocks stand in the order i f g o, without those that are missing; see plain.py for the names.
"""

import triton
import triton.language as tl

from lstmlib.torch.backends.triton.squash import sigmoid, tanh


@triton.jit
def step(a, u, old, v, t, HAS: tl.constexpr):
    c_old = old[1]
    kept = ()
    i, f, o = 1.0, 1.0, 1.0
    if HAS.i:
        a_i = a[0] + u[0]
        if HAS.peepholes:
            a_i += v[0] * c_old
        i = sigmoid(a_i)
        kept = kept + (i,)
    if HAS.f:
        a_f = a[HAS.i] + u[HAS.i]
        if HAS.peepholes:
            a_f += v[1] * c_old
        f = sigmoid(a_f)
        kept = kept + (f,)
    if HAS.coupled:
        f = 1 - i
    g = a[HAS.i + HAS.f] + u[HAS.i + HAS.f]
    if HAS.old_squash:
        g = 4 * sigmoid(g) - 2
    elif HAS.squashed_input:
        g = tanh(g)
    kept = kept + (g,)
    c = f * c_old + i * g
    if HAS.depth:
        d = sigmoid(a[4] + v[3] * c_old + v[4] * a[5])
        c += d * a[5]
        kept = kept + (d, a[5])
    if HAS.o:
        a_o = a[HAS.i + HAS.f + 1] + u[HAS.i + HAS.f + 1]
        if HAS.peepholes:
            a_o += v[2] * c
        o = sigmoid(a_o)
        kept = kept + (o,)
    h = o * squash(c, HAS)
    return (h, c), kept


@triton.jit
def squash(c, HAS: tl.constexpr):
    if HAS.old_squash:
        return 2 * sigmoid(c) - 1
    elif HAS.squashed_output:
        return tanh(c)
    else:
        return c


@triton.jit
def step_back(kept, old, new, d_new, d_heard, v, t, HAS: tl.constexpr):
    c_old, c = old[1], new[1]
    d_h, d_c = d_new
    i, f, o = 1.0, 1.0, 1.0
    if HAS.i:
        i = kept[0]
    if HAS.f:
        f = kept[HAS.i]
    g = kept[HAS.i + HAS.f]
    if HAS.o:
        o = kept[HAS.i + HAS.f + 2 * HAS.depth + 1]

    s = squash(c, HAS)
    slope = 1.0
    if HAS.old_squash:
        slope = (1 - s * s) / 2
    elif HAS.squashed_output:
        slope = 1 - s * s
    d_c += d_h * o * slope
    d_o = d_h * s * o * (1 - o)
    if HAS.peepholes:
        if HAS.o:
            d_c += v[2] * d_o

    d_g = d_c * i
    if HAS.old_squash:
        d_g *= 1 - g * g / 4
    elif HAS.squashed_input:
        d_g *= 1 - g * g
    d_c_old = d_c * f
    written = g
    if HAS.coupled:
        written = g - c_old
        d_c_old = d_c * (1 - i)
    d_i = d_c * written * i * (1 - i)
    d_f = d_c * c_old * f * (1 - f)

    d_a = ()
    d_v = ()
    if HAS.i:
        d_a = d_a + (d_i,)
        if HAS.peepholes:
            d_c_old += v[0] * d_i
    if HAS.f:
        d_a = d_a + (d_f,)
        if HAS.peepholes:
            d_c_old += v[1] * d_f
    d_a = d_a + (d_g,)
    if HAS.o:
        d_a = d_a + (d_o,)
    d_u = d_a
    if HAS.peepholes:
        d_v = (d_i * c_old, d_f * c_old, d_o * c)
    if HAS.depth:
        d, c_below = kept[3], kept[4]
        d_d = d_c * c_below * d * (1 - d)
        d_a = d_a + (d_d, d_c * d + v[4] * d_d)
        d_c_old += v[3] * d_d
        d_v = d_v + (d_d * c_old, d_d * c_below)
    return d_a, d_u, (tl.zeros_like(d_h), d_c_old), d_v

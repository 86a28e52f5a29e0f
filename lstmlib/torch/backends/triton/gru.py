"""The GRU and its kin; see plain.py for the names.

Of some the candidate hears not h but r ⊙ h: a second product. `heard` says of what, `heard_back`
what comes back to it.
"""

import triton
import triton.language as tl

from lstmlib.torch.backends.triton.squash import sigmoid, tanh


@triton.jit
def step(a, u, old, v, t, HAS: tl.constexpr):
    """GRU, whose reset comes after the product."""
    h = old[0]
    r = sigmoid(a[0] + u[0])
    z = sigmoid(a[1] + u[1])
    w = u[2] + v[0]
    n = tanh(a[2] + r * w)
    return (z * h + (1 - z) * n,), (r, z, n, w)


@triton.jit
def step_back(kept, old, new, d_new, d_heard, v, t, HAS: tl.constexpr):
    r, z, n, w = kept
    h, d_h = old[0], d_new[0]
    d_n = d_h * (1 - z) * (1 - n * n)
    d_z = d_h * (h - n) * z * (1 - z)
    d_r = d_n * w * r * (1 - r)
    d_w = r * d_n
    return (d_r, d_z, d_n), (d_r, d_z, d_w), (d_h * z,), (d_w,)


@triton.jit
def heard(a, u, old, HAS: tl.constexpr):
    """r ⊙ h, which the candidate hears; before it tanh h, which z of MUT3 hears."""
    reset = sigmoid(a[0] + u[0]) * old[0]
    if HAS.z_of_tanh:
        return tanh(old[0]), reset
    else:
        return (reset,)


@triton.jit
def step_reset_before(a, u, old, v, t, HAS: tl.constexpr):
    """GRUResetBefore, MUT1, MUT2 and MUT3; MGU, whose one gate resets and takes the new."""
    h = old[0]
    r = sigmoid(a[0] + u[0])
    if HAS.one_gate:
        n = tanh(a[1] + u[1])
        return ((1 - r) * h + r * n,), (r, n)
    else:
        if HAS.z_of_x:
            z, n = a[1], tanh(a[2] + u[1])
        else:
            z, n = sigmoid(a[1] + u[1]), tanh(a[2] + u[2])
        if HAS.z_keeps:
            return (z * h + (1 - z) * n,), (r, z, n)
        else:
            return (z * n + (1 - z) * h,), (r, z, n)


@triton.jit
def new_share(kept, HAS: tl.constexpr):
    """How much of the new state is the candidate."""
    if HAS.one_gate:
        return kept[0]
    elif HAS.z_keeps:
        return 1 - kept[1]
    else:
        return kept[1]


@triton.jit
def heard_back(kept, old, d_new, HAS: tl.constexpr):
    """The gradients of the products of what `heard` gives."""
    n = kept[2 - HAS.one_gate]
    d_n = d_new[0] * new_share(kept, HAS) * (1 - n * n)
    if HAS.z_of_tanh:
        z = kept[1]
        return d_new[0] * (n - old[0]) * z * (1 - z), d_n
    else:
        return (d_n,)


@triton.jit
def step_back_reset_before(kept, old, new, d_new, d_heard, v, t, HAS: tl.constexpr):
    r, n = kept[0], kept[2 - HAS.one_gate]
    share = new_share(kept, HAS)
    h, d_h = old[0], d_new[0]
    d_n = d_h * share * (1 - n * n)
    d_share = d_h * (n - h)
    d_reset = d_heard[HAS.z_of_tanh]
    d_old = d_h * (1 - share) + d_reset * r
    d_r = d_reset * h
    if HAS.one_gate:
        d_r = (d_r + d_share) * r * (1 - r)
        return (d_r, d_n), (d_r,), (d_old,), ()
    else:
        z = kept[1]
        d_r = d_r * r * (1 - r)
        if HAS.z_of_x:
            return (d_r, d_share, d_n), (d_r,), (d_old,), ()
        else:
            d_z = d_share * z * (1 - z)
            if HAS.z_keeps:
                d_z = -d_z
            if HAS.z_of_tanh:
                s = tanh(h)
                d_old += d_heard[0] * (1 - s * s)
                return (d_r, d_z, d_n), (d_r,), (d_old,), ()
            else:
                return (d_r, d_z, d_n), (d_r, d_z), (d_old,), ()

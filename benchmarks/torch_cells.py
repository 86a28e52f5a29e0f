"""Every cell of lstmlib.numpy written again in torch, as somebody who has only autograd would.

These are the rivals of the variants, for which torch.nn has no module, and they are written to be
fair ones: W x + b of all steps is one product, made before the loop; the steps are taken apart
with `unbind(0)` (indexing x[t] instead makes the way back quadratic in T); U is transposed once.

A function of RIVALS takes the parameters P of one layer as a dict of tensors with the names and
shapes of lstmlib.numpy, its inputs x (T, B, M), the cell it doubles, and the states of the layer
below. It returns the states after every step, a list of tuples of which the first is h.
"""

import numpy as np
import torch
from torch import sigmoid, tanh
from torch.nn.functional import linear

from lstmlib.numpy import CELLS


def outputs(network, params, x):
    """h of the topmost layer at every step, (T, B, D)."""
    layers = getattr(network, "layers", None)
    if layers is None:
        return torch.stack([state[0] for state in _layer(network, params, x, None)])
    states = None
    for number, cell in enumerate(layers):
        head = f"{number}."
        own = {key.removeprefix(head): value for key, value in params.items()
               if key.startswith(head)}
        states = _layer(cell, own, x, states)
        x = torch.stack([state[0] for state in states])
    return x


def _layer(cell, P, x, below):
    name = next(name for name, kind in CELLS.items() if kind is type(cell))
    return RIVALS[name](P, x, cell, below)


def _inputs(P, x, *sizes):
    """W x + b of every step, as a tuple of T tensors; one such tuple for each block of `sizes`."""
    a = linear(x, P["W"], P["b"])
    return [block.unbind(0) for block in a.split(sizes, dim=2)] if sizes else a.unbind(0)


def _zeros(P, x):
    return x.new_zeros(x.shape[1], P["U"].shape[1])


def _loop(step, inputs, *state):
    states = []
    for a in inputs:
        state = step(a, *state)
        states.append(state)
    return states


# ---- plain


def rnn(P, x, *_):
    U_T = P["U"].T

    def step(a, h):
        return (tanh(torch.addmm(a, h, U_T)),)

    return _loop(step, _inputs(P, x), _zeros(P, x))


def rnn_relu(P, x, *_):
    U_T = P["U"].T

    def step(a, h):
        return (torch.relu(torch.addmm(a, h, U_T)),)

    return _loop(step, _inputs(P, x), _zeros(P, x))


def clockwork(P, x, cell, _):
    period = np.repeat(cell.periods, cell.sizes)                         # of each unit
    hears = torch.from_numpy(period[None, :] >= period[:, None]).to(x.device)
    U_T, ends = (P["U"] * hears).T, np.cumsum(cell.sizes).tolist()
    U_T_up_to = {end: U_T[:, :end] for end in ends}
    h = _zeros(P, x)
    states = []
    for t, a in enumerate(_inputs(P, x)):
        # Each of the default periods divides the next: those that tick now are the first ones.
        end = max(end for end, p in zip(ends, cell.periods) if t % p == 0)
        new = tanh(torch.addmm(a[:, :end], h, U_T_up_to[end]))
        h = torch.cat([new, h[:, end:]], dim=1)
        states.append((h,))
    return states


# ---- the LSTM and its variants


def lstm(P, x, *_):
    U_T = P["U"].T

    def step(a, h, c):
        i, f, g, o = torch.addmm(a, h, U_T).chunk(4, dim=1)
        c = sigmoid(f) * c + sigmoid(i) * tanh(g)
        h = sigmoid(o) * tanh(c)
        return h, c

    return _loop(step, _inputs(P, x), _zeros(P, x), _zeros(P, x))


def lstm_1997(P, x, *_):
    U_T = P["U"].T

    def step(a, h, c):
        i, g, o = torch.addmm(a, h, U_T).chunk(3, dim=1)
        c = c + sigmoid(i) * (4 * sigmoid(g) - 2)
        h = sigmoid(o) * (2 * sigmoid(c) - 1)
        return h, c

    return _loop(step, _inputs(P, x), _zeros(P, x), _zeros(P, x))


def peephole(P, x, *_):
    U_T, (p_i, p_f, p_o) = P["U"].T, P["p"]

    def step(a, h, c):
        i, f, g, o = torch.addmm(a, h, U_T).chunk(4, dim=1)
        i, f = sigmoid(i + p_i * c), sigmoid(f + p_f * c)
        c = f * c + i * tanh(g)
        h = sigmoid(o + p_o * c) * tanh(c)
        return h, c

    return _loop(step, _inputs(P, x), _zeros(P, x), _zeros(P, x))


def cifg(P, x, *_):
    U_T, (p_i, _, p_o) = P["U"].T, P["p"]

    def step(a, h, c):
        i, g, o = torch.addmm(a, h, U_T).chunk(3, dim=1)
        i = sigmoid(i + p_i * c)
        c = (1 - i) * c + i * tanh(g)
        h = sigmoid(o + p_o * c) * tanh(c)
        return h, c

    return _loop(step, _inputs(P, x), _zeros(P, x), _zeros(P, x))


def nig(P, x, *_):
    U_T, (_, p_f, p_o) = P["U"].T, P["p"]

    def step(a, h, c):
        f, g, o = torch.addmm(a, h, U_T).chunk(3, dim=1)
        c = sigmoid(f + p_f * c) * c + tanh(g)
        h = sigmoid(o + p_o * c) * tanh(c)
        return h, c

    return _loop(step, _inputs(P, x), _zeros(P, x), _zeros(P, x))


def nfg(P, x, *_):
    U_T, (p_i, _, p_o) = P["U"].T, P["p"]

    def step(a, h, c):
        i, g, o = torch.addmm(a, h, U_T).chunk(3, dim=1)
        c = c + sigmoid(i + p_i * c) * tanh(g)
        h = sigmoid(o + p_o * c) * tanh(c)
        return h, c

    return _loop(step, _inputs(P, x), _zeros(P, x), _zeros(P, x))


def nog(P, x, *_):
    U_T, (p_i, p_f, _) = P["U"].T, P["p"]

    def step(a, h, c):
        i, f, g = torch.addmm(a, h, U_T).chunk(3, dim=1)
        i, f = sigmoid(i + p_i * c), sigmoid(f + p_f * c)
        c = f * c + i * tanh(g)
        return tanh(c), c

    return _loop(step, _inputs(P, x), _zeros(P, x), _zeros(P, x))


def niaf(P, x, *_):
    U_T, (p_i, p_f, p_o) = P["U"].T, P["p"]

    def step(a, h, c):
        i, f, g, o = torch.addmm(a, h, U_T).chunk(4, dim=1)
        i, f = sigmoid(i + p_i * c), sigmoid(f + p_f * c)
        c = f * c + i * g
        h = sigmoid(o + p_o * c) * tanh(c)
        return h, c

    return _loop(step, _inputs(P, x), _zeros(P, x), _zeros(P, x))


def noaf(P, x, *_):
    U_T, (p_i, p_f, p_o) = P["U"].T, P["p"]

    def step(a, h, c):
        i, f, g, o = torch.addmm(a, h, U_T).chunk(4, dim=1)
        i, f = sigmoid(i + p_i * c), sigmoid(f + p_f * c)
        c = f * c + i * tanh(g)
        h = sigmoid(o + p_o * c) * c
        return h, c

    return _loop(step, _inputs(P, x), _zeros(P, x), _zeros(P, x))


def fgr(P, x, *_):
    U_T, R_T, (p_i, p_f, p_o) = P["U"].T, P["R"].T, P["p"]

    def step(a, h, c, gates):
        i, f, g, o = torch.addmm(a, h, U_T).chunk(4, dim=1)
        heard_i, heard_f, heard_o = (gates @ R_T).chunk(3, dim=1)
        i, f = sigmoid(i + p_i * c + heard_i), sigmoid(f + p_f * c + heard_f)
        c = f * c + i * tanh(g)
        o = sigmoid(o + p_o * c + heard_o)
        return o * tanh(c), c, torch.cat([i, f, o], dim=1)

    zeros = _zeros(P, x)
    return _loop(step, _inputs(P, x), zeros, zeros, zeros.repeat(1, 3))


def depth_gated(P, x, _, below):
    D = P["U"].shape[1]
    U_T, (p_i, p_f, p_o), (p_old, p_below) = P["U"].T, P["p"], P["p_d"]
    a_ifgo, a_d = _inputs(P, x, 4 * D, D)

    def step(inputs, h, c):
        a, a_d, c_below = inputs
        i, f, g, o = torch.addmm(a, h, U_T).chunk(4, dim=1)
        i, f = sigmoid(i + p_i * c), sigmoid(f + p_f * c)
        d = sigmoid(a_d + p_old * c + p_below * c_below)
        c = f * c + i * tanh(g) + d * c_below
        h = sigmoid(o + p_o * c) * tanh(c)
        return h, c

    inputs = zip(a_ifgo, a_d, (state[1] for state in below))
    return _loop(step, inputs, _zeros(P, x), _zeros(P, x))


# ---- the GRU and its cousins


def gru(P, x, *_):
    D = P["U"].shape[1]
    U_T, b_n = P["U"].T, P["b_n"]

    def step(inputs, h):
        a_rz, a_n = inputs
        u_rz, u_n = (h @ U_T).split([2 * D, D], dim=1)
        r, z = sigmoid(a_rz + u_rz).chunk(2, dim=1)
        n = tanh(a_n + r * (u_n + b_n))
        return (z * h + (1 - z) * n,)

    return _loop(step, zip(*_inputs(P, x, 2 * D, D)), _zeros(P, x))


def gru_reset_before(P, x, *_):
    D = P["U"].shape[1]
    U_rz_T, U_n_T = P["U"].T.split([2 * D, D], dim=1)

    def step(inputs, h):
        a_rz, a_n = inputs
        r, z = sigmoid(torch.addmm(a_rz, h, U_rz_T)).chunk(2, dim=1)
        n = tanh(torch.addmm(a_n, r * h, U_n_T))
        return (z * h + (1 - z) * n,)

    return _loop(step, zip(*_inputs(P, x, 2 * D, D)), _zeros(P, x))


def mgu(P, x, *_):
    D = P["U"].shape[1]
    U_f_T, U_n_T = P["U"].T.chunk(2, dim=1)

    def step(inputs, h):
        a_f, a_n = inputs
        f = sigmoid(torch.addmm(a_f, h, U_f_T))
        n = tanh(torch.addmm(a_n, f * h, U_n_T))
        return ((1 - f) * h + f * n,)

    return _loop(step, zip(*_inputs(P, x, D, D)), _zeros(P, x))


def mut1(P, x, *_):
    U_r_T, U_n_T = P["U"].T.chunk(2, dim=1)
    (W_r, W_z), (b_r, b_z, b_n) = P["W"].chunk(2), P["b"].chunk(3)
    a_r = linear(x, W_r, b_r)
    z = sigmoid(linear(x, W_z, b_z))                       # hears no h: all steps in one go
    a_n = tanh(x) + b_n

    def step(inputs, h):
        a_r, z, a_n = inputs
        r = sigmoid(torch.addmm(a_r, h, U_r_T))
        n = tanh(torch.addmm(a_n, r * h, U_n_T))
        return (z * n + (1 - z) * h,)

    return _loop(step, zip(a_r.unbind(0), z.unbind(0), a_n.unbind(0)), _zeros(P, x))


def mut2(P, x, *_):
    D = P["U"].shape[1]
    U_rz_T, U_n_T = P["U"].T.split([2 * D, D], dim=1)
    b_r, b_zn = P["b"].split([D, 2 * D])
    a_z, a_n = linear(x, P["W"], b_zn).chunk(2, dim=2)
    a_rz = torch.cat([x + b_r, a_z], dim=2)

    def step(inputs, h):
        a_rz, a_n = inputs
        r, z = sigmoid(torch.addmm(a_rz, h, U_rz_T)).chunk(2, dim=1)
        n = tanh(torch.addmm(a_n, r * h, U_n_T))
        return (z * n + (1 - z) * h,)

    return _loop(step, zip(a_rz.unbind(0), a_n.unbind(0)), _zeros(P, x))


def mut3(P, x, *_):
    D = P["U"].shape[1]
    U_r_T, U_z_T, U_n_T = P["U"].T.chunk(3, dim=1)

    def step(inputs, h):
        a_r, a_z, a_n = inputs
        r = sigmoid(torch.addmm(a_r, h, U_r_T))
        z = sigmoid(torch.addmm(a_z, tanh(h), U_z_T))
        n = tanh(torch.addmm(a_n, r * h, U_n_T))
        return (z * n + (1 - z) * h,)

    return _loop(step, zip(*_inputs(P, x, D, D, D)), _zeros(P, x))


RIVALS = {cell.__name__: cell for cell in (
    rnn, rnn_relu, lstm, lstm_1997, peephole, cifg, nig, nfg, nog, niaf, noaf, fgr, depth_gated,
    gru, gru_reset_before, mgu, mut1, mut2, mut3, clockwork)}

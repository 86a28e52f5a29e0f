"""Lengths and direction: what surrounds the loop over time, whichever backend runs it.

A backend reads forwards only. `unroll` hands it each sequence in the order in which it is read,
puts its outputs back to their inputs' positions, and makes them zero beyond a length.
"""

import torch

from lstmlib.torch import backends


def unroll(cell, x, state, lengths, start, reverse, with_c):
    """Run one cell over (T, B, M) with arguments that have been checked.

    Gives h of every step, {"h": (T, B, D)}, and c of every step if it is wanted, and each
    sequence's own last state, {"h": (B, D), ...}.
    """
    T, B, _ = x.shape
    backend = backends.choose(cell, backends.Call(T, B, x.dtype, x.device, with_c))
    if lengths is None and not reverse:
        return backend.run(cell, x, state, None, start, with_c)
    sequences, last = backend.run(cell, reading_order(x, lengths, reverse), state, lengths, start,
                                  with_c)
    return {name: reading_order(value, lengths, reverse)
            for name, value in sequences.items()}, last


def alive(T, lengths):
    """(T, B, 1), True where a step lies within its sequence."""
    return (torch.arange(T, device=lengths.device)[:, None] < lengths)[:, :, None]


def reading_order(x, lengths, reverse):
    """x in the order in which it is read, with lengths or in reverse; zero beyond the lengths.

    In reverse, step t of a sequence of length L changes places with step L - 1 - t, so that doing
    it twice restores the order.
    """
    if lengths is None:
        return x.flip(0)
    within = alive(len(x), lengths)
    if reverse:
        t = torch.arange(len(x), device=x.device)[:, None, None]
        order = torch.where(within, lengths[:, None] - 1 - t, t)
        x = torch.take_along_dim(x, order, dim=0)
    return torch.where(within, x, 0)

"""Put other numbers behind t, and see whether output t moves. All else is care: everything behind
t has to change, entry by entry to something else, by little and by much; and every sequence and
every unit of output t has to be looked at, to the last bit.

A move that is seen proves that the net peeks. No move, in two tries, proves nothing: there may
be a net that wakes up at the number 7 only. Black boxes can be convicted and never acquitted.
"""

import numpy as np


def peeks(net, x):
    """For each t: does output t depend on inputs after t? Shape (T,), booleans."""
    rng = np.random.default_rng(0)
    T = len(x)
    before = net(x)
    ahead = np.zeros(T, dtype=bool)
    for size in (1, 1000):
        for t in range(T):
            other = x.copy()
            other[t + 1:] = size * rng.normal(size=x[t + 1:].shape)
            moved = net(other) != before
            ahead[t] |= moved[t].any()
    return ahead

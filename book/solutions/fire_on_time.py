"""The cell rests low and counts high. A spike shuts the forget gate and writes 1, whatever was there.
From there each silent step writes a little, delta, so that after k steps c = 1 + k delta. At rest c
is below a half, and nothing must be written. So the input gate looks: it is open above 0.75 and
shut below.

The output gate looks too: open above 1 + (k - 1/2) delta, half a step before the end, and shut
below. It sees the new c, so it opens in the very step in which the count is full. And one step
later the forget gate, which sees the old c, finds it above the same mark and shuts: what is left is
the one delta that this step writes, which is below 0.75, and the cell is at rest again.

Three looks at one number, two of them at the same mark. All marks are as sharp as the p are large:
delta is the distance between one step and the next, and 60 over it makes the gates 0 and 1 on the
two sides.
"""

import numpy as np


def timer(k):
    """W, b and p of a unit that fires k steps after a spike."""
    delta = 0.5 / k
    mark = 1 + (k - 0.5) * delta
    sharp = 60 / delta
    spike = 5 * sharp
    W = np.array([spike, -spike, 20.0, 0.0])
    p = np.array([100.0, -sharp, sharp])
    b_i = -p[0] * 0.75
    b_f = -p[1] * mark
    b_o = -p[2] * mark
    b = np.array([b_i, b_f, np.arctanh(delta), b_o])
    return W, b, p

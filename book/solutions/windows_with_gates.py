"""The step reads h_{t-1} and c_{t-1}, and neither can be had from the other: h = o ⊙ tanh(c), and
the gate o is made anew at each step and not kept. So both are carried.

Carried as numbers. The gradient is cut at the border for the reason it was cut with the plain cell:
one update a window. What is protected in c reaches the next window all the same; only the blame for
it does not travel back.

The lines below cut a sequence in two. With both halves of the state it goes on as if it had not
been cut; with h alone it goes on as another.
"""

import numpy as np

from lstmlib.numpy import LSTM, unroll

rng = np.random.default_rng(0)
cell = LSTM(3, 5)
params = cell.init(rng)
x = rng.normal(size=(80, 2, 3))
whole, first = unroll(cell, params, x), unroll(cell, params, x[:40])

broken = unroll(cell, params, x[40:], {"h": first.state["h"], "c": np.zeros((2, 5))})      # h alone
right = unroll(cell, params, x[40:], first.state)                                          # h and c

assert np.allclose(right.outputs, whole.outputs[40:])
assert not np.allclose(broken.outputs[0], whole.outputs[40], atol=0.01)

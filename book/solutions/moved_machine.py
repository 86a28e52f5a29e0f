"""Input gate and output gate are as at home, so neither their rows nor the columns of W nor the
biases as a whole were touched. The forget gate goes up with positive values and down with negative
ones; that was the candidate's habit. The candidate is near 1 at every step but clear, where it is
near -1; at home the forget gate was open at every step but clear.

So the two have each other's rows. With a sigmoid the candidate's row makes a gate that is never
really open or shut, and with a tanh the forget gate's row makes a candidate that always writes 1.
"""

import numpy as np

file = np.repeat(["i", "g", "f", "o"], 3)              # blocks of three rows each, as they are stored

i, f, g, o = np.split(file, 4)                         # broken
assert (f == "g").all() and (g == "f").all()           # the shapes fit, and two blocks are exchanged

i, g, f, o = np.split(file, 4)                         # right
assert all((block == name).all() for name, block in zip("ifgo", (i, f, g, o)))

"""The gradient check clears the way back, but only as the way back of *this* step: a step that is
wrong has a right gradient, too. So look at the numbers.

o is never outside 0 and 1: the peephole stands inside the σ. p has moved and stays moved: it isn't
reset. In the trace take any step, and undo the σ: ln(o / (1 - o)) is -6 where c was 0 one step
before, and 6 where it was 1 one step before. So o = σ(-6 + 12 c_{t-1}). 1 is written at step 3 and
shown from step 4 on; it is cleared at step 7, and the gate stands open once more, with nothing
behind it. The output gate is made before the new c is there.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


a_o, p_o, c_old, c = -6.0, 12.0, 0.0, 1.0         # step 3: 1 has just been written
wrong = sigmoid(a_o + p_o * c_old)                # the broken line
right = sigmoid(a_o + p_o * c)                    # the right line
assert wrong < 0.01 and right > 0.99

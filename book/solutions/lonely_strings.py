"""Alone, and among strings of its own length, a string ends where the batch ends: the last row is its last step. In mixed
company it is not. Behind the end of a short one the network reads zeros, its biases and its own h move the state on,
and the scores of the last row are those of a network that has gone on for so many steps.

That is why the damage grows with the number of empty steps, and why a long string added to the batch does harm to
all the others, though none of its symbols matters. The mask of the loss has no part in it: nothing was wrong in training.

The broken line takes the last row, the right one each string's own.
"""

import numpy as np

lengths = np.array([3, 5, 2])
T, B = 5, 3
scores = np.arange(T)[:, None] * np.ones(B)             # stands for the network's: the number of the step

broken = scores[-1]                                     # the last row of the batch
right = scores[lengths - 1, np.arange(B)]               # each string at its own end

assert broken.tolist() == [4, 4, 4]
assert right.tolist() == [2, 4, 1]                      # only the longest string agrees

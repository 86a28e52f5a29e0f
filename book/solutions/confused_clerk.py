"""Nothing is wrong with the network. The program keeps the state in a variable that outlives the
request, and hands it to the next:

the letter `b` after the word `cb` is read as `cbb`, which is no walk at all, and one of the two
letters in the answer cannot follow `b`. After `b` alone it is read as `bb`, no walk either. After
`abcdedc` it is read as `abcdedcb`, which is a walk, and so the clerk is sure and, by luck, not
wrong. From the second letter on two letters in a row tell the direction, and this network goes by
them: that is why longer words do not suffer.

Weights stay, states move. A state belongs to a sequence, and a new sequence has its own first
state. Where a long text is read in pieces, the state must be carried; where the pieces are
strangers to each other, it must not.
"""

import numpy as np

from lstmlib.numpy import RNN, one_hot, unroll

cell = RNN(5, 5)
params = cell.init(np.random.default_rng(0))
b = one_hot([[1]], 5)                                          # one step of one sequence

left = unroll(cell, params, one_hot([[2], [1]], 5)).state      # what the request before left: c, b
broken = unroll(cell, params, b, left).outputs                 # the next request goes on from it
right = unroll(cell, params, b).outputs                        # each request starts from zero

assert np.abs(broken - right).max() > 0.01
assert np.array_equal(right, unroll(cell, params, b).outputs)  # one request, one answer

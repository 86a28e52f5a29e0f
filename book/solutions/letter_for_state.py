"""Without U h the step is tanh(W x + b): the same letter gives the same h, hence the same
probabilities, wherever it stands. Read with a state, the second t of "text" may be followed by
something else than the first; read without one, it may not. That is a bigram table, and at best
as good as the best one. (Weights that were trained with a state at hand will not even be that
good, since they never practised without.)

The code feeds "text" to a small random network, once with the state and once without.
"""

import numpy as np

rng = np.random.default_rng(0)
W, U, b = rng.normal(size=(5, 3)), rng.normal(size=(5, 5)), rng.normal(size=5)
letters = np.eye(3)[[0, 1, 2, 0]]  # t e x t


def last_and_first(carried):
    """The states after the first t and after the second."""
    h, states = np.zeros(5), []
    for x in letters:
        h = np.tanh(W @ x + U @ (carried * h) + b)
        states.append(h)
    return states[0], states[-1]


first, second = last_and_first(carried=0)  # the friend's line: h = 0 before every step
assert np.array_equal(first, second)
first, second = last_and_first(carried=1)  # the state handed on
assert abs(first - second).max() > 0.1

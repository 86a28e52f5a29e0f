"""Go from the end of the reading to its beginning, and keep the product of all Jacobians that lie
behind. What x_t puts into its state is A_t; all later steps multiply it, and J_t itself does not:
it stands between x_t's state and the one before.

The backward half is the same with time turned round: its last state is the one at the first
position, so that the product grows from there to the right.

The length is taken at the end, of the product. A product of lengths would be larger: it is only a
bound.
"""

import numpy as np


def influence(J, A, J_back, A_back):
    """How far each input moves the last state of either half: two arrays, (T,)."""
    T = len(A)
    forward, backward = np.zeros(T), np.zeros(T)
    behind = np.eye(J.shape[1])
    for t in reversed(range(T)):
        forward[t] = np.linalg.norm(behind @ A[t])
        behind = behind @ J[t]
    ahead = np.eye(J_back.shape[1])
    for t in range(T):
        backward[t] = np.linalg.norm(ahead @ A_back[t])
        ahead = ahead @ J_back[t]
    return forward, backward

"""A queue. The hidden units form lag + 1 blocks of K units. Block 0 listens to the letter that is
read; block j listens to what block j - 1 held one step before. So at step t block j holds the
letter of step t - j, and the readout listens to the last block, number lag.

U is therefore the identity, shifted down by one block: its rows are the units that listen and its
columns those that are listened to. A letter shrinks on its way, since each step puts a tanh on
it, but its unit stays the only one of its block above zero, and the readout needs no more than
that.

Nothing here is trained, and lag 16 is as sure as lag 1. What a trained network lacks at lag 16 is
not the ability; training did not find the way.
"""

import numpy as np


def echo(K, lag):
    """A recurrent network that names the letter `lag` steps before."""
    D = (lag + 1) * K
    W = np.zeros((D, K))
    W[:K] = np.eye(K)
    U = np.eye(D, k=-K)
    b = np.zeros(D)
    V = np.zeros((K, D))
    V[:, lag * K:] = np.eye(K)
    b_y = np.zeros(K)
    return W, U, b, V, b_y

"""
The bag has one pre-activation, a = W(x₁ + … + x₈) + b. Each letter enters it in the same way, so
each gets the same vector back, Wᵀδa, whatever letter it is and wherever it stands. No change of W
that training could make treats two places differently.

The window net has one as well, but each of its four places has a matrix of its own: four
different vectors, and zeros for the four letters it never saw.

The recurrent net has a pre-activation at each step, and δx_t = Wᵀδa_t. Between δa_{t+1} and δa_t
lie U and a tanh, so all eight differ. It alone is told where it went wrong *when*.
"""

import numpy as np

rng = np.random.default_rng(0)
T, M, D = 8, 5, 4
x = np.eye(M)[[0, 1, 2, 0, 3, 4, 2, 1]]
W, U, b, v = rng.normal(size=(D, M)), rng.normal(size=(D, D)), rng.normal(size=D), rng.normal(size=D)
places = rng.normal(size=(4, D, M))


def bag(x):
    return v @ np.tanh(W @ x.sum(axis=0) + b)


def window(x):
    return v @ np.tanh(sum(own @ letter for own, letter in zip(places, x[-4:])) + b)


def recurrent(x):
    h = np.zeros(D)
    for letter in x:
        h = np.tanh(W @ letter + U @ h + b)
    return v @ h


def blame(net):
    """The gradient of the loss, here the answer itself, at each letter; by complex step."""
    found = np.zeros((T, M))
    for place in np.ndindex(T, M):
        pushed = x.astype(complex)
        pushed[place] += 1e-20j
        found[place] = net(pushed).imag / 1e-20
    return found


assert np.allclose(blame(bag), blame(bag)[0]) and np.abs(blame(bag)).max() > 0.01
assert not blame(window)[:4].any() and np.abs(blame(window)[4:]).max(axis=1).min() > 0.01
apart = blame(recurrent)[:, None] - blame(recurrent)
assert np.abs(apart).max(axis=2)[~np.eye(T, dtype=bool)].min() > 1e-6

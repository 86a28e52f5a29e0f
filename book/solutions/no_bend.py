"""Put the first equation into the second: s = V(Wx + b) + b_y = (VW)x + (Vb + b_y). V acts on the
bias b as on everything else in the bracket. A has N rows and M columns; D is gone. So the hidden
units, be there ever so many, add nothing that one layer could not do. With a tanh between the
layers the two no longer collapse: the network below differs from every single layer, since a
layer would take the mean of two inputs to the mean of their scores.
"""

import numpy as np

rng = np.random.default_rng(0)
M, D, N = 3, 7, 2
W, b = rng.normal(size=(D, M)), rng.normal(size=D)
V, b_y = rng.normal(size=(N, D)), rng.normal(size=N)
x, other = rng.normal(size=(2, M))

A, a = V @ W, V @ b + b_y
assert np.allclose(V @ (W @ x + b) + b_y, A @ x + a)


def bent(x):
    return V @ np.tanh(W @ x + b) + b_y


assert not np.allclose(bent((x + other) / 2), (bent(x) + bent(other)) / 2)

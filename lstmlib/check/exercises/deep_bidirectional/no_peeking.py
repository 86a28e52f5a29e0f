"""Open: from outside, does an output depend on what comes later?"""

import cloudpickle
import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

B, M, D, BLOCK = 3, 3, 4, 3


class Net:
    """A function that travels by value: whoever receives it gets the function itself."""

    def __init__(self, function):
        self.function = function

    def __reduce__(self):
        return cloudpickle.loads, (cloudpickle.dumps(self.function),)


def nets(rng):
    """Functions of x alone, by name; all they need is in them."""
    W, U, b, V = rng.normal(size=(D, M)), rng.normal(size=(D, D)) / 2, rng.normal(size=D), rng.normal(size=(D, D))
    heard = rng.normal(size=(20, 20))

    def forwards(x):
        h, seen = np.zeros((x.shape[1], D)), []
        for x_t in x:
            h = np.tanh(x_t @ W.T + h @ U.T + b)
            seen.append(h)
        return np.array(seen)

    def two_layers(x):
        return np.cumsum(forwards(x) @ V.T, axis=0)

    def present_batch(x):
        return forwards(x - x.mean(axis=1, keepdims=True))

    def zero_weights(x):
        weights = np.tril(heard[:len(x), :len(x)])
        return np.array([sum(w * x_s for w, x_s in zip(row, x)) for row in weights])

    def constant(x):
        return np.zeros((*x.shape[:2], D)) + b

    def late(x):
        return forwards(np.concatenate([np.zeros((2, *x.shape[1:])), x])[:len(x)])

    def both_ways(x):
        return np.concatenate([forwards(x), forwards(x[::-1])[::-1]], axis=-1)

    def shifted(x, k, of=lambda x: x):
        return np.concatenate([of(x[k:]), np.zeros((min(k, len(x)), *x.shape[1:]))])

    def next_one(x):
        return forwards(x + shifted(x, 1)) * 0 + shifted(x, 1) @ W.T + forwards(x)

    def two_on(x):
        return forwards(x) + shifted(x, 2) @ W.T

    def the_last(x):
        return forwards(x) + x[-1] @ W.T

    def at_first(x):
        seen = forwards(x)
        seen[0] += x[1:2].sum(axis=0) @ W.T
        return seen

    def over_time(x):
        return forwards(x - x.mean(axis=0))

    def by_largest(x):
        return forwards(x / (1 + x.max(axis=0)  ** 2))

    def by_sign(x):
        return forwards(x) + shifted(x, 1, np.sign) @ W.T

    def levelled(x):
        return forwards(x) + shifted(x, 1, lambda x: x - x.mean(axis=-1, keepdims=True)) @ W.T

    def faint(x):
        return forwards(x) + 1e-9 * shifted(x, 1) @ W.T

    def awake(x):
        return forwards(x) + shifted(x, 1, lambda x: np.maximum(x - 6, 0)) @ W.T

    def one_wire(x):
        seen = forwards(x)
        seen[:, -1, -1] += shifted(x, 1)[:, -1, -1]
        return seen

    def blocks(x):
        return np.concatenate([both_ways(x[k:k + BLOCK]) for k in range(0, len(x), BLOCK)])

    return {name: each for name, each in locals().items()
            if callable(each) and name not in ("shifted", "rng")}

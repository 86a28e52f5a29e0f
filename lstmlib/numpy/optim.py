"""Gradient descent in three forms, and clipping.

An optimiser's `step(params, grads)` returns a new dict: neither argument is written to. Moments
live in the optimiser, which therefore serves one network.
"""

import math

import numpy as np

from lstmlib.numpy import contract


class Optimiser:
    """What the three share: the check that gradients, parameters and moments belong together.

    `learning_rate` may be set anew between steps, as a schedule does.
    """

    def __init__(self, learning_rate):
        self.learning_rate = learning_rate

    @property
    def learning_rate(self):
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        self._learning_rate = contract.take_number(value, "learning_rate", above=0)

    def step(self, params, grads):
        """New parameters, a step downhill."""
        params = contract.take_flat(params)
        grads = contract.take_like(grads, params, "grads")
        for name, value in params.items():
            contract.refuse_complex(value.dtype, f"params[{name!r}]")
        return {name: np.asarray(self.update(name, params[name], grads[name]))
                for name in params}

    def moment(self, moments, name, p):
        """The moment kept for a parameter, zeros at first."""
        found = moments.setdefault(name, np.zeros_like(p))
        if found.shape != p.shape or found.dtype != p.dtype:
            raise ValueError(contract.problem(
                f"params[{name!r}]", contract.describe(p), contract.describe(found),
                "This optimiser holds moments of another network; make a new one"))
        return found


class SGD(Optimiser):
    """Gradient descent: p ← p - η g.

    >>> SGD(learning_rate=0.5).step({"W": np.array([1.0])}, {"W": np.array([1.0])})
    {'W': array([0.5])}
    """

    def update(self, name, p, g):
        return p - self.learning_rate * g


class Momentum(Optimiser):
    """Gradient descent with momentum (Polyak 1964), in PyTorch's form.

        v ← μ v + g        p ← p - η v

    A change of the learning rate η acts at once on all of v. Sutskever et al. 2013 keep η inside
    v; at a constant rate the two are the same.

    >>> momentum = Momentum(learning_rate=1.0, momentum=0.5)
    >>> params = momentum.step({"W": np.array([0.0])}, {"W": np.array([-1.0])})
    >>> momentum.step(params, {"W": np.array([-1.0])})
    {'W': array([2.5])}
    """

    def __init__(self, learning_rate, momentum=0.9):
        super().__init__(learning_rate)
        self.momentum = contract.take_number(momentum, "momentum", least=0, below=1)
        self.v = {}

    def update(self, name, p, g):
        v = self.momentum * self.moment(self.v, name, p) + g
        self.v[name] = v
        return p - self.learning_rate * v


class Adam(Optimiser):
    """Adam (Kingma and Ba 2015, algorithm 1), k counting a parameter's steps from 1.

        m ← β₁ m + (1 - β₁) g              m̂ = m / (1 - β₁^k)
        v ← β₂ v + (1 - β₂) g ⊙ g          v̂ = v / (1 - β₂^k)
        p ← p - η m̂ / (√v̂ + ε)

    >>> adam = Adam(learning_rate=0.1)
    >>> adam.step({"W": np.array([1.0])}, {"W": np.array([7.0])})["W"].round(6)
    array([0.9])
    """

    def __init__(self, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
        super().__init__(learning_rate)
        self.beta1 = contract.take_number(beta1, "beta1", least=0, below=1)
        self.beta2 = contract.take_number(beta2, "beta2", least=0, below=1)
        self.epsilon = contract.take_number(epsilon, "epsilon", above=0)
        self.m, self.v, self.k = {}, {}, {}

    def update(self, name, p, g):
        k = self.k.get(name, 0) + 1
        m = self.beta1 * self.moment(self.m, name, p) + (1 - self.beta1) * g
        v = self.beta2 * self.moment(self.v, name, p) + (1 - self.beta2) * g * g
        self.m[name], self.v[name], self.k[name] = m, v, k
        m_hat = m / (1 - self.beta1 ** k)
        v_hat = v / (1 - self.beta2 ** k)
        return p - self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


OPTIMISERS = contract.Registry("optimiser", {
    "sgd": SGD,
    "momentum": Momentum,
    "adam": Adam,
})


def global_norm(grads):
    """The Euclidean length of all gradients taken together as one vector.

    Safe against overflow of the squares. NaN where a gradient is NaN, else inf where one is.

    >>> global_norm({"W": np.array([3.0]), "b": np.array([4.0])})
    5.0
    """
    grads = contract.take_flat(grads, "grads")
    largest = float(np.max([np.abs(g).max(initial=0) for g in grads.values()]))
    if largest == 0 or not math.isfinite(largest):
        return largest
    squares = [np.square(np.abs(g) / largest, dtype=np.float64).sum() for g in grads.values()]
    return largest * math.sqrt(sum(squares))


def clip(grads, threshold):
    """Shorten the gradient to the threshold where it is longer (Pascanu et al. 2013).

        g ← θ g / ‖g‖   if ‖g‖ > θ,   with ‖g‖ over all parameters together

    Returns (gradients, the norm before): the direction is kept. Where the norm is NaN or infinite
    no length is right: the gradients come back unchanged, and the norm tells.

    >>> clip({"W": np.array([3.0]), "b": np.array([4.0])}, threshold=1.0)
    ({'W': array([0.6]), 'b': array([0.8])}, 5.0)
    """
    threshold = contract.take_number(threshold, "threshold", above=0)
    norm = global_norm(grads)
    grads = contract.take_flat(grads, "grads")
    scale = threshold / norm if threshold < norm < math.inf else 1.0
    return {name: np.asarray(g * scale) for name, g in grads.items()}, norm

"""Three units found by mutating the GRU and keeping what learned best, MUT1, MUT2 and MUT3."""

from torch import sigmoid, tanh
from torch.nn.functional import linear

import lstmlib.numpy as reference
from lstmlib.torch.cells.base import Cell


class MUT1(Cell):
    """The first mutated unit: `lstmlib.numpy.MUT1` in torch."""

    of = reference.MUT1

    def prepare(self):
        return {"W": self.W.chunk(2), "U": self.U.chunk(2), "b": self.b.chunk(3)}

    def inputs(self, P, x):
        (W_r, W_z), (b_r, b_z, b_n) = P["W"], P["b"]
        return linear(x, W_r, b_r), sigmoid(linear(x, W_z, b_z)), tanh(x) + b_n

    def step(self, P, x_r, z, x_n, state):
        h, (U_r, U_n) = state["h"], P["U"]
        r = sigmoid(x_r + h @ U_r.T)
        n = tanh(x_n + (r * h) @ U_n.T)
        return {"h": z * n + (1 - z) * h}


class MUT2(Cell):
    """The second mutated unit: `lstmlib.numpy.MUT2` in torch."""

    of = reference.MUT2

    def prepare(self):
        return {"W": self.W.chunk(2), "U": self.U.chunk(3), "b": self.b.chunk(3)}

    def inputs(self, P, x):
        (W_z, W_n), (b_r, b_z, b_n) = P["W"], P["b"]
        return x + b_r, linear(x, W_z, b_z), linear(x, W_n, b_n)

    def step(self, P, x_r, x_z, x_n, state):
        h, (U_r, U_z, U_n) = state["h"], P["U"]
        r = sigmoid(x_r + h @ U_r.T)
        z = sigmoid(x_z + h @ U_z.T)
        n = tanh(x_n + (r * h) @ U_n.T)
        return {"h": z * n + (1 - z) * h}


class MUT3(Cell):
    """The third mutated unit: `lstmlib.numpy.MUT3` in torch."""

    of = reference.MUT3

    def prepare(self):
        return {**super().prepare(), "U": self.U.chunk(3)}

    def step(self, P, a, state):
        h, (U_r, U_z, U_n) = state["h"], P["U"]
        x_r, x_z, x_n = a.chunk(3, dim=-1)
        r = sigmoid(x_r + h @ U_r.T)
        z = sigmoid(x_z + tanh(h) @ U_z.T)
        n = tanh(x_n + (r * h) @ U_n.T)
        return {"h": z * n + (1 - z) * h}

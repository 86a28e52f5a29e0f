"""The minimal gated unit: one gate that forgets and resets at once."""

from torch import sigmoid, tanh

import lstmlib.numpy as reference
from lstmlib.torch.cells.base import Cell


class MGU(Cell):
    """The minimal gated unit: `lstmlib.numpy.MGU` in torch."""

    of = reference.MGU

    def prepare(self):
        return {**super().prepare(), "U": self.U.chunk(2)}

    def step(self, P, a, state):
        h, (U_f, U_n) = state["h"], P["U"]
        x_f, x_n = a.chunk(2, dim=-1)
        f = sigmoid(x_f + h @ U_f.T)
        n = tanh(x_n + (f * h) @ U_n.T)
        return {"h": (1 - f) * h + f * n}

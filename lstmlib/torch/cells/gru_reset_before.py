"""The gated recurrent unit whose reset gate acts before the recurrent product."""

from torch import sigmoid, tanh

import lstmlib.numpy as reference
from lstmlib.torch.cells.base import Cell


class GRUResetBefore(Cell):
    """The gated recurrent unit, reset before: `lstmlib.numpy.GRUResetBefore` in torch."""

    of = reference.GRUResetBefore

    def prepare(self):
        return {**super().prepare(), "U": self.U.chunk(3)}

    def step(self, P, a, state):
        h, (U_r, U_z, U_n) = state["h"], P["U"]
        x_r, x_z, x_n = a.chunk(3, dim=-1)
        r = sigmoid(x_r + h @ U_r.T)
        z = sigmoid(x_z + h @ U_z.T)
        n = tanh(x_n + (r * h) @ U_n.T)
        return {"h": z * h + (1 - z) * n}

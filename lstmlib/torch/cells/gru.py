"""The gated recurrent unit whose reset gate acts after the recurrent product."""

from torch import sigmoid, tanh

import lstmlib.numpy as reference
from lstmlib.torch.cells.base import Cell


class GRU(Cell):
    """The gated recurrent unit, reset after the product: `lstmlib.numpy.GRU` in torch."""

    of = reference.GRU

    def step(self, P, a, state):
        h = state["h"]
        x_r, x_z, x_n = a.chunk(3, dim=-1)
        h_r, h_z, h_n = (h @ P["U"].T).chunk(3, dim=-1)
        r = sigmoid(x_r + h_r)
        z = sigmoid(x_z + h_z)
        n = tanh(x_n + r * (h_n + P["b_n"]))
        return {"h": z * h + (1 - z) * n}

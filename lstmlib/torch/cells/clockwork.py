"""The clockwork network: a plain recurrent cell whose modules run at clocks of their own."""

from torch import cat, tanh

import lstmlib.numpy as reference
from lstmlib.torch.cells.base import Cell


class Clockwork(Cell):
    """The clockwork cell: `lstmlib.numpy.Clockwork` in torch; t is the number of the step."""

    of = reference.Clockwork

    def prepare(self):
        heard = {rows.start: self.U[rows, heard].T for _, rows, heard in self.twin.modules}
        return {**super().prepare(), "U": heard}

    def step(self, P, a, state, t):
        h = state["h"]
        new = [tanh(a[:, rows] + h[:, heard] @ P["U"][rows.start]) if t % period == 0
               else h[:, rows] for period, rows, heard in self.twin.modules]
        return {"h": cat(new, dim=-1)}

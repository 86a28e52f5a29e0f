"""Peepholes: gates that see the cell state itself."""

from torch import sigmoid, tanh, zeros_like

import lstmlib.numpy as reference
from lstmlib.torch.cells.base import Cell


class Peephole(Cell):
    """LSTM whose gates see the cell state: `lstmlib.numpy.Peephole` in torch."""

    of = reference.Peephole

    def prepare(self):
        return {**super().prepare(), "p": self.rows()}

    def rows(self):
        """p_i, p_f, p_o, those of gates without a peephole zero."""
        return [row if gate in self.twin.peepholes else zeros_like(row)
                for gate, row in zip("ifo", self.p.unbind(0))]

    def step(self, P, a, state):
        p_i, p_f, p_o = P["p"]
        a_i, a_f, a_g, a_o = (a + state["h"] @ P["U"].T).chunk(4, dim=-1)
        i = sigmoid(a_i + p_i * state["c"])
        f = sigmoid(a_f + p_f * state["c"])
        g = tanh(a_g)
        c = f * state["c"] + i * g
        o = sigmoid(a_o + p_o * c)
        h = o * tanh(c)
        return {"h": h, "c": c}

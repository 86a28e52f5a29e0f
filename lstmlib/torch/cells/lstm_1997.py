"""The long short-term memory of 1997: two gates, and a memory that never forgets."""

from torch import sigmoid

import lstmlib.numpy as reference
from lstmlib.torch.cells.base import Cell


class LSTM1997(Cell):
    """Long short-term memory without forget gate: `lstmlib.numpy.LSTM1997` in torch.

    truncated=True gives the paper's gradient: c alone carries errors back in time.
    """

    of = reference.LSTM1997

    def step(self, P, a, state):
        heard = state["h"].detach() if self.twin.truncated else state["h"]
        a_i, a_g, a_o = (a + heard @ P["U"].T).chunk(3, dim=-1)
        i = sigmoid(a_i)
        g = 4 * sigmoid(a_g) - 2
        o = sigmoid(a_o)
        c = state["c"] + i * g
        h = o * (2 * sigmoid(c) - 1)
        return {"h": h, "c": c}

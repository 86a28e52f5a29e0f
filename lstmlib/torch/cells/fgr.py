"""Full gate recurrence: every gate hears every gate of the step before."""

from torch import cat, sigmoid, tanh

import lstmlib.numpy as reference
from lstmlib.torch.cells.peephole import Peephole


class FGR(Peephole):
    """Peephole LSTM with full gate recurrence: `lstmlib.numpy.FGR` in torch."""

    of = reference.FGR

    def step(self, P, a, state):
        p_i, p_f, p_o = P["p"]
        gates = cat([state["i"], state["f"], state["o"]], dim=-1)
        a_i, a_f, a_g, a_o = (a + state["h"] @ P["U"].T).chunk(4, dim=-1)
        r_i, r_f, r_o = (gates @ P["R"].T).chunk(3, dim=-1)
        i = sigmoid(a_i + r_i + p_i * state["c"])
        f = sigmoid(a_f + r_f + p_f * state["c"])
        g = tanh(a_g)
        c = f * state["c"] + i * g
        o = sigmoid(a_o + r_o + p_o * c)
        h = o * tanh(c)
        return {"h": h, "c": c, "i": i, "f": f, "o": o}

"""The depth-gated LSTM: a gate between the memories of two layers."""

from torch import sigmoid, tanh
from torch.nn.functional import linear

import lstmlib.numpy as reference
from lstmlib.torch.cells.peephole import Peephole


class DepthGated(Peephole):
    """A layer whose cells draw on those of the layer below: `lstmlib.numpy.DepthGated` in torch.

    Alone it cannot be run: Stack hands it [x_t ; c'_t], where c' is c of the layer below.
    """

    of = reference.DepthGated

    def inputs(self, P, x):
        D = self.hidden_size
        x, c_below = x.split([self.input_size, D], dim=-1)
        a, a_d = linear(x, P["W"], P["b"]).split([4 * D, D], dim=-1)
        return a, a_d, c_below

    def step(self, P, a, a_d, c_below, state):
        p_i, p_f, p_o = P["p"]
        p_own, p_below = P["p_d"]
        a_i, a_f, a_g, a_o = (a + state["h"] @ P["U"].T).chunk(4, dim=-1)
        i = sigmoid(a_i + p_i * state["c"])
        f = sigmoid(a_f + p_f * state["c"])
        g = tanh(a_g)
        d = sigmoid(a_d + p_own * state["c"] + p_below * c_below)
        c = f * state["c"] + i * g + d * c_below
        o = sigmoid(a_o + p_o * c)
        h = o * tanh(c)
        return {"h": h, "c": c}

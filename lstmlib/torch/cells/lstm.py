"""The long short-term memory as it is used today: three gates and a candidate."""

from torch import sigmoid, tanh

import lstmlib.numpy as reference
from lstmlib.torch.cells.base import Cell


class LSTM(Cell):
    """Long short-term memory with a forget gate: `lstmlib.numpy.LSTM` in torch.

    >>> import torch
    >>> outputs, state = LSTM(input_size=3, hidden_size=2)(torch.ones(5, 4, 3))
    >>> outputs.shape, state["c"].shape
    (torch.Size([5, 4, 2]), torch.Size([4, 2]))
    """

    of = reference.LSTM

    def step(self, P, a, state):
        a_i, a_f, a_g, a_o = (a + state["h"] @ P["U"].T).chunk(4, dim=-1)
        i = sigmoid(a_i)
        f = sigmoid(a_f)
        g = tanh(a_g)
        o = sigmoid(a_o)
        c = f * state["c"] + i * g
        h = o * tanh(c)
        return {"h": h, "c": c}

"""The plain recurrent cell, with a tanh or with a rectifier."""

from torch import relu, tanh

import lstmlib.numpy as reference
from lstmlib.torch.cells.base import Cell


class RNN(Cell):
    """The plain recurrent cell: `lstmlib.numpy.RNN` in torch.

    >>> import torch
    >>> outputs, state = RNN(input_size=3, hidden_size=2)(torch.ones(5, 4, 3))
    >>> outputs.shape, state["h"].shape
    (torch.Size([5, 4, 2]), torch.Size([4, 2]))
    """

    of = reference.RNN

    def step(self, P, a, state):
        h = tanh(a + state["h"] @ P["U"].T)
        return {"h": h}


class RNNReLU(Cell):
    """The plain recurrent cell with a rectifier: `lstmlib.numpy.RNNReLU` in torch."""

    of = reference.RNNReLU

    def step(self, P, a, state):
        h = relu(a + state["h"] @ P["U"].T)
        return {"h": h}

"""The networks of lstmlib.numpy as modules of torch, on CPU and GPU.

    from lstmlib.torch import LSTM, Stack, from_torch, serves

    net = Stack([LSTM(3, 64), LSTM(64, 64)]).to("cuda")
    outputs, state = net(x)                                  # x: (T, B, 3)
    net = from_torch(torch.nn.LSTM(3, 64))                   # trained weights come in
    serves()                                                 # which backend serves what

cells/      one time step each, in plain operations of torch
stack       Stack of layers, Bidirectional
network     what a call does: checks, then reads the sequence; parameters from and to NumPy
unroll      lengths and direction
backends/   the ways to run a cell over time, and the choice between them
serves      what each of them serves, as a table
convert     from networks of lstmlib.numpy and torch.nn, and back
contract    what is asked of every argument
"""

from lstmlib.torch.cells import (CELLS, CIFG, FGR, GRU, LSTM, LSTM1997, MGU, MUT1, MUT2, MUT3, NFG,
                                 NIAF, NIG, NOAF, NOG, RNN, Cell, Clockwork, DepthGated,
                                 GRUResetBefore, Peephole, RNNReLU)
from lstmlib.torch.backends import BACKENDS
from lstmlib.torch.backends import eager, graph, native, numpy, triton
from lstmlib.torch.serves import serves
from lstmlib.torch.stack import Bidirectional, Stack
from lstmlib.torch.convert import from_numpy, from_torch, to_torch

# In the order in which "auto" asks; "triton" and "graph" serve by name only.
BACKENDS.update(triton=triton, numpy=numpy, native=native, eager=eager, graph=graph)

__all__ = [
    "CELLS", "Cell", "RNN", "RNNReLU", "LSTM", "LSTM1997", "Peephole", "CIFG", "NIG", "NFG", "NOG",
    "NIAF", "NOAF", "FGR", "DepthGated", "GRU", "GRUResetBefore", "MGU", "MUT1", "MUT2", "MUT3",
    "Clockwork", "Stack", "Bidirectional", "BACKENDS", "serves", "from_numpy", "from_torch",
    "to_torch",
]

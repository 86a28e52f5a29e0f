"""The cells, one file each (a family may share one), and the registry that names them."""

from lstmlib.numpy.cells.base import Cell
from lstmlib.numpy.cells.rnn import RNN, RNNReLU
from lstmlib.numpy.contract import Registry

CELLS = Registry("cell", {
    "rnn": RNN,
    "rnn_relu": RNNReLU,
})

__all__ = ["CELLS", "Cell", "RNN", "RNNReLU"]

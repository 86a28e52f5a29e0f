"""The cells, one file each as in lstmlib.numpy, and the registry that names them."""

from lstmlib.numpy.contract import Registry
from lstmlib.torch.cells.base import Cell
from lstmlib.torch.cells.clockwork import Clockwork
from lstmlib.torch.cells.depth_gated import DepthGated
from lstmlib.torch.cells.fgr import FGR
from lstmlib.torch.cells.greff import CIFG, NFG, NIAF, NIG, NOAF, NOG
from lstmlib.torch.cells.gru import GRU
from lstmlib.torch.cells.gru_reset_before import GRUResetBefore
from lstmlib.torch.cells.lstm import LSTM
from lstmlib.torch.cells.lstm_1997 import LSTM1997
from lstmlib.torch.cells.mgu import MGU
from lstmlib.torch.cells.mut import MUT1, MUT2, MUT3
from lstmlib.torch.cells.peephole import Peephole
from lstmlib.torch.cells.rnn import RNN, RNNReLU

CELLS = Registry("cell", {
    "rnn": RNN,
    "rnn_relu": RNNReLU,
    "lstm": LSTM,
    "lstm_1997": LSTM1997,
    "peephole": Peephole,
    "cifg": CIFG,
    "nig": NIG,
    "nfg": NFG,
    "nog": NOG,
    "niaf": NIAF,
    "noaf": NOAF,
    "fgr": FGR,
    "depth_gated": DepthGated,
    "gru": GRU,
    "gru_reset_before": GRUResetBefore,
    "mgu": MGU,
    "mut1": MUT1,
    "mut2": MUT2,
    "mut3": MUT3,
    "clockwork": Clockwork,
})

"""torch's own fused RNN, LSTM and GRU: cuDNN on CUDA, oneDNN or torch's loop in C++ on CPU.

The blocks of W, U and b stand in torch's order already. torch adds two biases where we have one:
the second is zero, except that b_n of a GRU is the n block of the second.
"""

import torch
from torch import _VF

from lstmlib.torch.cells.gru import GRU
from lstmlib.torch.cells.lstm import LSTM
from lstmlib.torch.cells.rnn import RNN, RNNReLU
from lstmlib.torch.contract import DTYPES as ALL

FUSED = {RNN: _VF.rnn_tanh, RNNReLU: _VF.rnn_relu, LSTM: _VF.lstm, GRU: _VF.gru}
CELLS = tuple(FUSED)
DTYPES = {"cpu": ALL, "cuda": ALL}
BEATEN = {}


def refuses(cell, dtype, device, with_c):
    if with_c and cell.state_names != ("h",):
        return "It keeps h of every step, not c, which the layer above reads"
    return None


def run(cell, x, state, lengths, start, with_c):
    fused, weights = FUSED[type(cell)], _weights(cell)
    # (biases, layers, dropout, training, both directions); cuDNN goes back in training only.
    options = (True, 1, 0.0, torch.is_grad_enabled(), False)
    first = [value[None] for value in state.values()]
    if lengths is None:
        h, *last = fused(x, _one_or_all(first), weights, *options, False)
        return {"h": h}, {name: value[0] for name, value in zip(state, last)}

    # Sequences of different lengths are packed, the longest first.
    order = lengths.argsort(descending=True, stable=True)
    back = order.argsort()
    packed = torch.nn.utils.rnn.pack_padded_sequence(x[:, order], lengths[order].cpu())
    first = [value[:, order].contiguous() for value in first]
    h, *last = fused(packed.data, packed.batch_sizes, _one_or_all(first), weights, *options)
    packed = torch.nn.utils.rnn.PackedSequence(h, packed.batch_sizes)
    h, _ = torch.nn.utils.rnn.pad_packed_sequence(packed, total_length=len(x))
    return {"h": h[:, back]}, {name: value[0, back] for name, value in zip(state, last)}


def _weights(cell):
    P = cell.prepare()
    second = torch.zeros_like(P["b"])
    if "b_n" in P:
        second = torch.cat([second[:2 * cell.hidden_size], P["b_n"]])
    return [P["W"], P["U"], P["b"], second]


def _one_or_all(states):
    return states if len(states) > 1 else states[0]

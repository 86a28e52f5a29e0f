"""Networks from lstmlib.numpy and from torch.nn, and back to torch.nn."""

import copy
import inspect

import torch
from torch import nn
from torch.nn.utils import parametrize

import lstmlib.numpy as reference
from lstmlib import convert
from lstmlib.numpy import contract as words
from lstmlib.numpy.contract import describe, problem
from lstmlib.torch.cells import CELLS, GRU, LSTM, RNN, RNNReLU
from lstmlib.torch.network import Network
from lstmlib.torch.stack import Bidirectional, Stack

THEIRS = {RNN: nn.RNN, RNNReLU: nn.RNN, LSTM: nn.LSTM, GRU: nn.GRU}


def from_numpy(network, params=None, **options):
    """The network of lstmlib.numpy in torch, with these parameters or with fresh ones.

    options  of every cell: backend, device, dtype, generator. Without a dtype it is that of params

    >>> from lstmlib.numpy import GRU
    >>> from_numpy(GRU(3, 2), backend="eager")
    GRU(3, 2)
    """
    if not isinstance(network, (reference.Cell, reference.Stack, reference.Bidirectional)):
        raise TypeError(_not_a_network(network))
    if params is not None:
        params = words.take_params(params, network.param_shapes)
        dtype = next(iter(params.values())).dtype
        options = {"dtype": getattr(torch, str(dtype)), **options}
    found = _build(network, options)
    return found if params is None else found.load_numpy(params)


def from_torch(module, **options):
    """A torch.nn.RNN, LSTM or GRU as a network of ours that computes the same.

    options  of every cell: backend, device, dtype, generator; as a rule dtype and device are those
             of the module

    One layer is a cell or a Bidirectional of two, more are a Stack of these, with the module's
    dropout. Its two biases become their sum. `batch_first` concerns the data alone: ours is always
    (T, B, M), so hand over x.transpose(0, 1). ValueError for projections (proj_size).

    >>> from_torch(nn.LSTM(3, 2, num_layers=2, dropout=0.1))
    Stack([LSTM(3, 2), LSTM(2, 2)], dropout=0.1)
    """
    weights = module.state_dict() if isinstance(module, nn.Module) else {}
    for value in weights.values():
        options = {"dtype": value.dtype, "device": value.device, **options}
    if any(value.dtype in (torch.bfloat16, torch.float16) for value in weights.values()):
        module = copy.deepcopy(module).float()
    found = from_numpy(*convert.from_torch(module), **options)
    return found.train(getattr(module, "training", True))      # it may be a state_dict


def to_torch(network):
    """The torch.nn.RNN, LSTM or GRU that computes the same, with dtype and device of ours.

    ValueError for cells that torch.nn lacks, and for layers or directions of unequal kind or size.
    To save weights for others without torch, see lstmlib.convert.

    >>> to_torch(Bidirectional(GRU(3, 2), GRU(3, 2)))
    GRU(3, 2, bidirectional=True)
    """
    if not isinstance(network, Network):
        raise TypeError(problem("network", describe(network), "a network of lstmlib.torch"))
    weights = convert.to_torch(network.twin, network.to_numpy())
    cell, _ = next(network.cells())
    directions = sum(key.startswith("weight_ih_l0") for key in weights)
    num_layers = sum(key.startswith("weight_ih") for key in weights) // directions
    options = {"nonlinearity": "relu"} if isinstance(cell, RNNReLU) else {}
    kind = type(cell).__mro__[1] if parametrize.is_parametrized(cell) else type(cell)
    if kind not in THEIRS:
        raise ValueError(problem("network", repr(network), "cells of torch.nn",
                                 f"{kind.__name__} may compute something else than they do"))
    module = THEIRS[kind](
        network.input_size, cell.hidden_size, num_layers, bidirectional=directions == 2,
        dropout=getattr(network.twin, "dropout", 0.0), dtype=cell.W.dtype, device=cell.W.device,
        **options)
    module.load_state_dict({key: torch.from_numpy(value) for key, value in weights.items()})
    return module.train(network.training)


def _build(network, options):
    if isinstance(network, reference.Stack):
        return Stack([_build(layer, options) for layer in network.layers], network.dropout)
    if isinstance(network, reference.Bidirectional):
        return Bidirectional(_build(network.forward, options), _build(network.backward, options))
    cls = next((cls for cls in CELLS.values() if cls.of is type(network)), None)
    if cls is None:
        raise TypeError(_not_a_network(network))
    named = {name: getattr(network, name) for name in inspect.signature(cls.of).parameters}
    return cls(**named, **options)


def _not_a_network(network):
    return problem("network", describe(network), "a cell of lstmlib.numpy.CELLS, or a Stack or "
                   "Bidirectional of these")

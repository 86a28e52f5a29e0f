"""From a network of lstmlib.numpy to the same network in torch."""

import inspect

import numpy as np
import torch

import lstmlib.numpy as reference
from lstmlib.numpy.contract import describe, problem
from lstmlib.torch.cells import CELLS
from lstmlib.torch.stack import Bidirectional, Stack


def from_numpy(network, params=None, **options):
    """The network of lstmlib.numpy in torch, with these parameters or with fresh ones.

    options  of every cell: backend, device, dtype, generator. Without a dtype it is that of params

    Together with lstmlib.convert it takes in what torch.nn has trained:

    >>> import torch
    >>> from lstmlib.convert import from_torch
    >>> from_numpy(*from_torch(torch.nn.LSTM(3, 2)))
    LSTM(3, 2)
    """
    if params is not None:
        dtype = np.asarray(next(iter(params.values()))).dtype
        options = {"dtype": getattr(torch, str(dtype)), **options}
    found = _build(network, options)
    return found if params is None else found.load_numpy(params)


def _build(network, options):
    if isinstance(network, reference.Stack):
        return Stack([_build(layer, options) for layer in network.layers], network.dropout)
    if isinstance(network, reference.Bidirectional):
        return Bidirectional(_build(network.forward, options), _build(network.backward, options))
    cls = next((cls for cls in CELLS.values() if cls.of is type(network)), None)
    if cls is None:
        raise TypeError(problem("network", describe(network), "a cell of lstmlib.numpy.CELLS, or "
                                "a Stack or Bidirectional of these"))
    named = {name: getattr(network, name) for name in inspect.signature(cls.of).parameters}
    return cls(**named, **options)

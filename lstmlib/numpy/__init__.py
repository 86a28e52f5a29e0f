"""Recurrent networks in NumPy, forwards and backwards, each file its equations.

    from lstmlib.numpy import RNN, unroll, bptt

cells/      one time step: step, step_back, gather
unroll      a cell over time, and back through it
readout     Dense, Embedding, one_hot
loss        softmax_cross_entropy, binary_cross_entropy, mean_squared_error, bits, perplexity
optim       SGD, Momentum, Adam, clip, global_norm
gradcheck   is this gradient right?
init        uniform, glorot, orthogonal, identity
network     Network: embedding, cell, read-out and loss together
fit         the training loop
contract    what is asked of every argument
"""

from lstmlib.numpy.cells import CELLS, RNN, Cell, RNNReLU
from lstmlib.numpy.fit import Record, Training, fit
from lstmlib.numpy.gradcheck import Verdict, complex_step, gradcheck, numerical_gradient
from lstmlib.numpy.init import glorot, identity, orthogonal, uniform
from lstmlib.numpy.loss import (binary_cross_entropy, bits, log_softmax, mean_squared_error,
                                perplexity, softmax, softmax_cross_entropy)
from lstmlib.numpy.network import Network, Result
from lstmlib.numpy.optim import OPTIMISERS, SGD, Adam, Momentum, clip, global_norm
from lstmlib.numpy.readout import Dense, Embedding, one_hot
from lstmlib.numpy.unroll import Grads, Run, bptt, unroll

__all__ = [
    "CELLS", "Cell", "RNN", "RNNReLU",
    "unroll", "bptt", "Run", "Grads",
    "Dense", "Embedding", "one_hot",
    "softmax", "log_softmax", "softmax_cross_entropy", "binary_cross_entropy", "mean_squared_error",
    "bits", "perplexity",
    "SGD", "Momentum", "Adam", "OPTIMISERS", "global_norm", "clip",
    "gradcheck", "numerical_gradient", "complex_step", "Verdict",
    "uniform", "glorot", "orthogonal", "identity",
    "Network", "Result", "fit", "Training", "Record",
]

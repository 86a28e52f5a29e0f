"""A whole network: symbols or vectors in, a cell over time, a read-out, a loss."""

import math
from dataclasses import dataclass

import numpy as np

from lstmlib.numpy import contract
from lstmlib.numpy.cells.base import Cell
from lstmlib.numpy.loss import TARGETS, softmax_cross_entropy
from lstmlib.numpy.readout import Dense, Embedding
from lstmlib.numpy.stack import Composite
from lstmlib.numpy.unroll import bptt, unroll


@dataclass(frozen=True, eq=False)
class Result:
    """The loss of a batch, the gradients of the parameters (None if not asked), the last state.

    stop is the number of the step after the last, the `start` of a batch that goes on from here.
    """

    loss: float
    grads: dict | None
    state: dict
    stop: int


class Network:
    """embedding (if any) → cell, Stack or Bidirectional over time → read-out → loss.

    Its parameters are one flat dict with dotted keys: "embed.E", "cell.W", "read.V" and so on.

    inputs   with an embedding integers (T, B), else vectors (T, B, M)
    logits   (T, B, N), one answer at every step
    targets  what the loss takes: (T, B) integers for softmax_cross_entropy
    mask     (T, B), the positions that count; those beyond the lengths never do
    start    number of the first step, for cells with a clock

    >>> from lstmlib.numpy import RNN, Dense, Embedding
    >>> network = Network(RNN(4, 8), Dense(8, 5), Embedding(5, 4))
    >>> params = network.init(np.random.default_rng(0))
    >>> sorted(params)
    ['cell.U', 'cell.W', 'cell.b', 'embed.E', 'read.V', 'read.b_y']
    >>> logits, run = network.forward(params, [[0], [1], [2]])
    >>> logits.shape
    (3, 1, 5)
    """

    def __init__(self, cell, readout, embedding=None, loss=softmax_cross_entropy):
        for argument, part, kind, name in (
                ("cell", cell, (Cell, Composite), "a Cell, a Stack or a Bidirectional"),
                ("readout", readout, Dense, "a Dense"),
                ("embedding", embedding, (Embedding, type(None)), "an Embedding")):
            if not isinstance(part, kind):
                raise TypeError(contract.problem(argument, contract.describe(part), name))
        self.cell, self.readout, self.embedding, self.loss = cell, readout, embedding, loss
        self.parts = {"cell": cell, "read": readout}
        if embedding is not None:
            self.parts = {"embed": embedding, **self.parts}
            _check_size("embedding", "size", embedding.size, "cell.input_size", cell.input_size)
        _check_size("readout", "input_size", readout.input_size,
                    "cell.output_size", cell.output_size)
        if not callable(loss):
            raise TypeError(contract.problem("loss", contract.describe(loss),
                                             "a function (outputs, targets, mask)"))

    def __repr__(self):
        return f"Network({', '.join(repr(part) for part in self.parts.values())})"

    @property
    def param_shapes(self):
        return _join({path: part.param_shapes for path, part in self.parts.items()})

    def init(self, rng, dtype=np.float64):
        """Fresh parameters, each part by its own rule."""
        return _join({path: part.init(rng, dtype) for path, part in self.parts.items()})

    def count(self):
        """The number of parameters, of the cell those that it reads."""
        others = (part for part in self.parts.values() if part is not self.cell)
        return self.cell.count() + sum(math.prod(shape) for part in others
                                       for shape in part.param_shapes.values())

    def forward(self, params, inputs, state=None, lengths=None, start=0):
        """(logits, run): the answers at every step, and the cell's run."""
        parts = self._split(params)
        return self._forward(parts, self._take_inputs(parts, inputs), state, lengths, start)

    def evaluate(self, params, inputs, targets, state=None, mask=None, lengths=None, start=0):
        """A Result without gradients."""
        parts = self._split(params)
        inputs = self._take_inputs(parts, inputs)
        mask = self._take_targets(parts, inputs, targets, mask, lengths)
        logits, run = self._forward(parts, inputs, state, lengths, start)
        loss, _ = self.loss(logits, targets, mask)
        return Result(loss, None, run.state, run.stop)

    def loss_and_grads(self, params, inputs, targets, state=None, mask=None, lengths=None,
                       rng=None, start=0):
        """A Result: the loss, its gradient for every parameter, and the last state.

        rng is a generator for the masks of dropout in a Stack; None drops nothing.
        """
        parts = self._split(params)
        inputs = self._take_inputs(parts, inputs)
        mask = self._take_targets(parts, inputs, targets, mask, lengths)
        logits, run = self._forward(parts, inputs, state, lengths, start, rng)
        loss, d_logits = self.loss(logits, targets, mask)
        read, d_outputs = self.readout.back(parts["read"], run.outputs, d_logits)
        grads = self._back(run, d_outputs)
        found = {"cell": grads.params, "read": read}
        if self.embedding is not None:
            found["embed"] = self.embedding.back(parts["embed"], inputs, grads.inputs)
        return Result(loss, _join(found), run.state, run.stop)

    def _forward(self, parts, inputs, state, lengths, start, rng=None):
        x = inputs if self.embedding is None else self.embedding.forward(parts["embed"], inputs)
        run = unroll(self.cell, parts["cell"], x, state, lengths, start=start, rng=rng)
        return self.readout.forward(parts["read"], run.outputs), run

    def _back(self, run, d_outputs):
        return bptt(run, d_outputs)

    # ---- the contract

    def _take_inputs(self, parts, inputs):
        if self.embedding is None:
            inputs = contract.take_array(inputs, "inputs", _dtype(parts))
            contract.check_shape(inputs, "inputs", ("T", "B", self.cell.input_size))
        else:
            inputs = contract.take_ids(inputs, "inputs", self.embedding.num_symbols)
            contract.check_shape(inputs, "inputs", ("T", "B"))
        return inputs

    def _take_targets(self, parts, inputs, targets, mask, lengths):
        """The mask that is meant; a known loss's targets are checked before all arithmetic."""
        T, B = inputs.shape[:2]
        if mask is not None:
            mask = contract.take_mask(mask, "mask", [(T, B)])
        if lengths is not None:
            within = np.arange(T)[:, None] < contract.take_lengths(lengths, T, B)
            mask = within if mask is None else mask & within
        if self.loss in TARGETS:
            TARGETS[self.loss]((T, B, self.readout.output_size), _dtype(parts), targets, mask)
        return mask

    def _split(self, params):
        params = contract.take_params(params, self.param_shapes)
        return {path: {name: params[f"{path}.{name}"] for name in part.param_shapes}
                for path, part in self.parts.items()}


def _join(found):
    return {f"{path}.{name}": value for path, part in found.items()
            for name, value in part.items()}


def _dtype(parts):
    return next(iter(parts["cell"].values())).dtype


def _check_size(argument, name, got, other, expected):
    if got != expected:
        raise ValueError(contract.problem(argument, f"{name} = {got}", f"{other} = {expected}"))

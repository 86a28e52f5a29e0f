"""Several cells as one network: layers above each other, and two directions side by side."""

from types import MappingProxyType

import numpy as np

from lstmlib.numpy import contract
from lstmlib.numpy.cells.base import Cell


class Composite:
    """A network made of parts, each a cell or again a Composite; `unroll` runs it like a cell.

    Parameters, states and gradients of the parts stand in one flat dict under dotted keys: "0.W"
    is W of the layer 0, "1.backward.h" the state h of the backward direction of layer 1.
    """

    reads_below = False
    two_ways = True           # does some part of it read backwards?

    def __init__(self, parts):
        self._parts = parts

    @property
    def parts(self):
        """The parts by name, for reading only."""
        return MappingProxyType(self._parts)

    @staticmethod
    def part(values, name):
        """The entries of one part, under its own keys."""
        head = name + "."
        return type(values)({key[len(head):]: value for key, value in values.items()
                             if key.startswith(head)})

    def _join(self, found):
        return {f"{name}.{key}": value for name, part in found for key, value in part.items()}

    @property
    def param_shapes(self):
        return self._join((name, part.param_shapes) for name, part in self.parts.items())

    @property
    def state_names(self):
        return tuple(self.state_shapes(1))

    def state_shapes(self, batch_size):
        return self._join((name, part.state_shapes(batch_size))
                          for name, part in self.parts.items())

    def init(self, rng, dtype=np.float64):
        """Fresh parameters, each part by its own rule, one after the other."""
        return self._join((name, part.init(rng, dtype)) for name, part in self.parts.items())

    def count(self):
        """The number of parameters."""
        return sum(part.count() for part in self.parts.values())

    zero_state = Cell.zero_state


class Stack(Composite):
    """Layers above each other: the outputs of one are the inputs of the next.

        x_t^{l+1} = m_t^l ⊙ h_t^l        m = 1, or in training with dropout p:
                                         0 with probability p, else 1 / (1 - p)

    Dropout stands between layers only, neither before the first nor after the last, with a mask of
    its own for each number of each step (Zaremba, Sutskever and Vinyals 2014). It acts where
    `unroll` is given a generator, rng; without one nothing is dropped, as when a network is used.
    A layer that also reads the cell state of the layer below (DepthGated) gets it unmasked.

    layers   cells, Stacks or Bidirectionals, as many as you like
    Keys     layer and name: "0.W", "1.U"; states likewise, "0.h"

    >>> from lstmlib.numpy import RNN, unroll
    >>> stack = Stack([RNN(3, 4), RNN(4, 2)], dropout=0.5)
    >>> list(stack.param_shapes)
    ['0.W', '0.U', '0.b', '1.W', '1.U', '1.b']
    >>> params = stack.init(np.random.default_rng(0))
    >>> unroll(stack, params, np.ones((5, 1, 3)), rng=np.random.default_rng(1)).outputs.shape
    (5, 1, 2)
    """

    def __init__(self, layers, dropout=0.0):
        if not isinstance(layers, (list, tuple)) or not layers:
            raise TypeError(contract.problem("layers", contract.describe(layers),
                                             "a list of at least one cell"))
        for number, layer in enumerate(layers):
            _check_part(layer, f"layers[{number}]")
        if layers[0].reads_below:
            raise ValueError(contract.problem(
                "layers[0]", repr(layers[0]), "a cell that reads only x and its own state",
                "It also reads the cell state of the layer below: put one below it"))
        for number, layer in enumerate(layers):
            below = layers[number - 1] if number else None
            if below is not None and layer.input_size != below.output_size:
                raise ValueError(contract.problem(
                    f"layers[{number}]", f"input_size = {layer.input_size}",
                    f"{below.output_size}, the output_size of layers[{number - 1}]"))
            if layer.reads_below and not (isinstance(below, Cell) and "c" in below.state_names
                                          and below.hidden_size == layer.hidden_size):
                raise ValueError(contract.problem(
                    f"layers[{number}]", f"{layer!r} above {below!r}",
                    f"a cell below it with a cell state c and hidden_size {layer.hidden_size}",
                    "It reads c of the layer below, such as an LSTM of the same hidden_size"))
        super().__init__({str(number): layer for number, layer in enumerate(layers)})
        self.dropout = contract.take_number(dropout, "dropout", least=0, below=1)
        self.layers = tuple(layers)
        self.input_size, self.output_size = layers[0].input_size, layers[-1].output_size

    def __repr__(self):
        dropout = f", dropout={self.dropout}" if self.dropout else ""
        return f"Stack([{', '.join(repr(layer) for layer in self.layers)}]{dropout})"

    @property
    def two_ways(self):
        return any(layer.two_ways for layer in self.layers)

    def hand_on(self, through, x, reverse, rng, masks):
        """Hand x through all layers; `through(name, x, reverse)` runs one. Fills `masks`."""
        run = None                                            # of the layer below
        for number, layer in enumerate(self.layers):
            if number and self.dropout and rng is not None:
                kept = rng.random(x.shape) >= self.dropout
                mask = (kept / (1 - self.dropout)).astype(x.real.dtype)
                masks[number] = contract.freeze(mask)
                x = mask * x
            if layer.reads_below:
                x = np.concatenate([x, run.sequence("c")], axis=-1)
            run = through(str(number), x, reverse)
            x = run.outputs
        return x

    def hand_back(self, through, d_outputs, masks):
        """Hand the gradient back through all layers, from the last to the first."""
        d_cells = None
        for number in reversed(range(len(self.layers))):
            layer = self.layers[number]
            d_x = through(str(number), d_outputs, d_cells)
            d_outputs, d_cells = d_x, None
            if layer.reads_below:
                d_outputs, d_cells = np.split(d_x, [layer.input_size], axis=-1)
            if number in masks:
                d_outputs = masks[number] * d_outputs
        return d_outputs


class Bidirectional(Composite):
    """Two networks side by side over the same inputs, one of which reads each sequence backwards.

        h_t = [forward h_t ; backward h_t]        (Schuster and Paliwal 1997)

    Both halves stand at the position of x_t: the forward one has read x_1 … x_t, the backward one
    x_T … x_t, from each sequence's own last step. run.state holds the state of each after the last
    step *it* has read: forwards after x_T, backwards after x_1.

    An initial state may be given. Carrying run.state from one chunk of a sequence to the next is
    wrong: the backward half would need the chunk after, not the one before. `reverse=True` is a
    ValueError, as both directions are there.

    Keys    "forward.W", "backward.W", … ; states likewise
    Shapes  outputs (T, B, D of forward + D of backward)

    >>> from lstmlib.numpy import RNN, unroll
    >>> both = Bidirectional(RNN(3, 4), RNN(3, 4))
    >>> params = both.init(np.random.default_rng(0))
    >>> unroll(both, params, np.ones((5, 1, 3))).outputs.shape
    (5, 1, 8)
    """

    def __init__(self, forward, backward):
        _check_part(forward, "forward")
        _check_part(backward, "backward")
        for argument, part in (("forward", forward), ("backward", backward)):
            if part.reads_below:
                raise ValueError(contract.problem(
                    argument, repr(part), "a cell that reads only x and its own state",
                    "It also reads the cell state of the layer below: put both in a Stack first"))
        if backward.two_ways:
            raise ValueError(contract.problem(
                "backward", repr(backward), "a network that reads in one direction",
                "Stack whole Bidirectionals instead"))
        if forward.input_size != backward.input_size:
            raise ValueError(contract.problem("backward", f"input_size = {backward.input_size}",
                                              f"{forward.input_size}, that of forward"))
        super().__init__({"forward": forward, "backward": backward})
        self.forward, self.backward = forward, backward
        self.input_size = forward.input_size
        self.output_size = forward.output_size + backward.output_size

    def __repr__(self):
        return f"Bidirectional({self.forward!r}, {self.backward!r})"

    def hand_on(self, through, x, reverse, rng, masks):
        """The outputs of both directions side by side."""
        runs = [through("forward", x, False), through("backward", x, True)]
        return np.concatenate([run.outputs for run in runs], axis=-1)

    def hand_back(self, through, d_outputs, masks):
        """Each direction's share of the gradient through it; both reach x."""
        d_forward, d_backward = np.split(d_outputs, [self.forward.output_size], axis=-1)
        return through("forward", d_forward, None) + through("backward", d_backward, None)


def _check_part(part, argument):
    if not isinstance(part, (Cell, Composite)):
        raise TypeError(contract.problem(argument, contract.describe(part),
                                         "a cell, a Stack or a Bidirectional"))

"""Causal convolutions over time, and a network that has them where others have a cell.

A network without a recurrence, to set beside those that have one: see lstmlib.experiments.stability.
"""

import math
from types import SimpleNamespace

import numpy as np

from lstmlib.numpy import Network, softmax_cross_entropy
from lstmlib.numpy.init import glorot
from lstmlib.numpy.unroll import Grads


class Convolution:
    """Layers of causal convolutions of two weights, which stand further and further apart.

        a_t = W x_t + U x_{t-d} + b
        h_t = max(a_t, 0) + x_t            in the lowest layer h_t = max(a_t, 0)

    x is what the layer below says, in the lowest layer the input, and zero before step 0. The
    distance d doubles from layer to layer, 1, 2, 4 ..., so that with L layers h_t depends on the
    last 2^L inputs and no other (after Bai, Kolter and Koltun 2018, whose blocks have two
    convolutions and a way past both). `plain` leaves the way past out and takes tanh, h_t =
    tanh(a_t): the plain cell's equation with x_{t-d} for h_{t-1}.

    No step waits for another: `forward` takes all steps of a layer at once. Backwards

        δa_t = δh_t ⊙ (a_t > 0), or ⊙ (1 - h_t ⊙ h_t)
        δx_t = Wᵀ δa_t + Uᵀ δa_{t+d} + δh_t            (the last term where there is a way past)

    Shapes: x (T, B, M), W and U (D, M) in layer 0 and (D, D) above, b (D,), outputs (T, B, D).
    """

    two_ways = False

    def __init__(self, input_size, hidden_size, layers, plain=False):
        self.input_size, self.output_size, self.plain = input_size, hidden_size, plain
        self.distances = [2 ** layer for layer in range(layers)]

    @property
    def param_shapes(self):
        D, shapes = self.output_size, {}
        for layer in range(len(self.distances)):
            M = D if layer else self.input_size
            shapes |= {f"{layer}.W": (D, M), f"{layer}.U": (D, M), f"{layer}.b": (D,)}
        return shapes

    def init(self, rng, dtype=np.float64):
        """W and U of a layer are drawn as one matrix (Glorot and Bengio 2010); b is zero."""
        params = {}
        for layer in range(len(self.distances)):
            D, M = self.param_shapes[f"{layer}.W"]
            W, U = np.split(glorot(rng, (D, 2 * M), dtype), 2, axis=1)
            params |= {f"{layer}.W": W, f"{layer}.U": U, f"{layer}.b": np.zeros(D, dtype)}
        return params

    def count(self):
        """The number of parameters."""
        return sum(math.prod(shape) for shape in self.param_shapes.values())

    def forward(self, params, x):
        """(outputs, tape): the tape holds each layer's input and what its bend gave."""
        h, tape = x, []
        for layer, d in enumerate(self.distances):
            W, U, b = (params[f"{layer}.{name}"] for name in "WUb")
            a = h @ W.T + later(h, d) @ U.T + b
            bent = np.tanh(a) if self.plain else np.maximum(a, 0)
            tape.append((h, bent))
            h = bent if self.plain or layer == 0 else bent + h
        return h, tape

    def back(self, params, tape, d_h):
        """(d_params, d_x) from the gradient of the outputs."""
        d_params = {}
        for layer, d in reversed(list(enumerate(self.distances))):
            x, bent = tape[layer]
            d_a = d_h * (1 - bent * bent if self.plain else bent > 0)
            rows = d_a.reshape(-1, self.output_size)
            d_params[f"{layer}.W"] = rows.T @ x.reshape(len(rows), -1)
            d_params[f"{layer}.U"] = rows.T @ later(x, d).reshape(len(rows), -1)
            d_params[f"{layer}.b"] = rows.sum(axis=0)
            d_x = d_a @ params[f"{layer}.W"] + earlier(d_a, d) @ params[f"{layer}.U"]
            d_h = d_x if self.plain or layer == 0 else d_x + d_h
        return d_params, d_h


def later(h, d):
    """h moved by d steps: entry t is h[t - d], and zero for t < d."""
    moved = np.zeros_like(h)
    moved[d:] = h[:-d]
    return moved


def earlier(h, d):
    """h moved back by d steps: entry t is h[t + d], and zero at the last d steps."""
    moved = np.zeros_like(h)
    moved[:-d] = h[d:]
    return moved


class ConvolutionNetwork(Network):
    """convolutions → read-out → loss: a Network with a Convolution in the place of a cell.

    It has no state to hand on.

    >>> from lstmlib.numpy import Dense
    >>> network = ConvolutionNetwork(Convolution(3, 4, layers=2), Dense(4, 5))
    >>> params = network.init(np.random.default_rng(0))
    >>> network.forward(params, np.ones((6, 1, 3)))[0].shape
    (6, 1, 5)
    """

    def __init__(self, convolution, readout, loss=softmax_cross_entropy):
        self.cell, self.readout, self.embedding, self.loss = convolution, readout, None, loss
        self.parts = {"cell": convolution, "read": readout}

    def _forward(self, parts, inputs, state, lengths, start, rng=None):
        outputs, tape = self.cell.forward(parts["cell"], inputs)
        run = SimpleNamespace(params=parts["cell"], tape=tape, outputs=outputs, state={},
                              stop=start + len(inputs))
        return self.readout.forward(parts["read"], outputs), run

    def _back(self, run, d_outputs):
        return Grads(*self.cell.back(run.params, run.tape, d_outputs), {})

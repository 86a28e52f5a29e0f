"""Gradient descent beside a cliff of the loss, with and without clipping, computed in the page."""

import base64
from pathlib import Path

import numpy as np
import traitlets

from lstmlib.numpy import RNN, SGD, bptt, unroll
from lstmlib.numpy.optim import clip
from lstmlib.widgets.control import Control

#: What the plane shows: u to the right, b upwards.
U_RANGE, B_RANGE = (0.5, 2.5), (-1.0, 0.8)
#: The settings of the two sliders.
THRESHOLDS = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
RATES = [0.02, 0.05, 0.1, 0.25, 0.5]
_COLUMNS, _ROWS = 120, 108


class Cliff(Control):
    """The loss of one unit over its two parameters, and a descent on it from a movable start.

    The unit is h_t = tanh(u h_{t-1} + b) without input, h_0 = ``first``; its loss is
    (h_T - ``target``)^2 after T = ``horizon`` steps. The page draws the loss as a map over (u, b)
    and computes two descents of ``steps`` updates at the learning rate ``rate`` from ``start``:
    one with the gradient clipped to the length ``threshold``, one without (Pascanu, Mikolov and
    Bengio 2013, figure 6, with a unit of their kind). The start can be dragged or moved by the
    arrow keys. In a running notebook all of these can be read and set.

    >>> cliff = Cliff(start=(1.8, 0.3), threshold=1.0)
    >>> cliff.descent().shape, cliff.descent(clipped=False).shape
    ((101, 2), (101, 2))
    """

    _esm = Path(__file__).parent / "cliff.js"
    _css = Path(__file__).parent / "cliff.css"

    start = traitlets.List().tag(sync=True)
    threshold = traitlets.Float().tag(sync=True)
    rate = traitlets.Float().tag(sync=True)
    steps = traitlets.Int().tag(sync=True)
    horizon = traitlets.Int().tag(sync=True)
    first = traitlets.Float().tag(sync=True)
    target = traitlets.Float().tag(sync=True)
    surface = traitlets.Dict().tag(sync=True)

    def __init__(self, start=(2.0, 0.5), threshold=1.0, rate=0.25, steps=100, horizon=50,
                 first=0.5, target=-0.3):
        super().__init__(start=_point(start), threshold=threshold, rate=rate, steps=steps,
                         horizon=horizon, first=first, target=target)
        self.surface = self._map()

    @traitlets.validate("start")
    def _check_start(self, proposal):
        return _point(proposal["value"])

    @traitlets.validate("threshold", "rate")
    def _check_positive(self, proposal):
        if not 0 < proposal["value"] < np.inf:
            raise ValueError(f"Cliff: {proposal['trait'].name} must be a finite number above 0, "
                             f"got {proposal['value']!r}")
        return proposal["value"]

    @traitlets.validate("steps", "horizon")
    def _check_count(self, proposal):
        if not 1 <= proposal["value"] <= 1000:
            raise ValueError(f"Cliff: {proposal['trait'].name} must be from 1 to 1000, "
                             f"got {proposal['value']!r}")
        return proposal["value"]

    @traitlets.validate("first", "target")
    def _check_state(self, proposal):
        if not -1 <= proposal["value"] <= 1:
            raise ValueError(f"Cliff: {proposal['trait'].name} must lie between -1 and 1, "
                             f"got {proposal['value']!r}")
        return proposal["value"]

    def loss(self, u, b):
        """The loss at each u and b, arrays of one shape."""
        h = np.full(np.broadcast_shapes(np.shape(u), np.shape(b)), self.first)
        for _ in range(self.horizon):
            h = np.tanh(u * h + b)
        return (h - self.target) ** 2

    def loss_and_gradient(self, u, b):
        """The loss at one point, and {"U", "b"}, its gradient by back-propagation through time."""
        params = {"W": [[0.0]], "U": [[float(u)]], "b": [float(b)]}
        run = unroll(RNN(1, 1), params, np.zeros((self.horizon, 1, 1)), {"h": [[self.first]]})
        error = run.outputs[-1, 0, 0] - self.target
        d_outputs = np.zeros_like(run.outputs)
        d_outputs[-1] = 2 * error
        grads = bptt(run, d_outputs).params
        return error**2, {"U": grads["U"], "b": grads["b"]}

    def descent(self, clipped=True):
        """The points (u, b) of the descent as lstmlib.numpy computes it, (steps + 1, 2)."""
        params = {"U": np.array([[self.start[0]]]), "b": np.array([self.start[1]])}
        points, optimiser = [list(self.start)], SGD(self.rate)
        for _ in range(self.steps):
            _, grads = self.loss_and_gradient(*points[-1])
            if clipped:
                grads, _ = clip(grads, self.threshold)
            params = optimiser.step(params, grads)
            points.append([params["U"][0, 0], params["b"][0]])
        return np.array(points)

    def _map(self):
        """The loss on a grid, one byte a cell, the rows from the top down."""
        u = _middles(U_RANGE, _COLUMNS)
        b = _middles(B_RANGE, _ROWS)[::-1, None]
        loss = self.loss(u, b)
        highest = float(loss.max()) or 1.0
        levels = np.rint(255 * loss / highest).astype(np.uint8)
        return {"columns": _COLUMNS, "rows": _ROWS, "u": list(U_RANGE), "b": list(B_RANGE),
                "highest": highest, "levels": base64.b64encode(levels.tobytes()).decode("ascii"),
                "thresholds": THRESHOLDS, "rates": RATES}

    def __repr__(self):
        return "A loss with a cliff, and a descent with and without clipping to play with"


def _middles(ends, count):
    low, high = ends
    return low + (high - low) * (np.arange(count) + 0.5) / count


def _point(start):
    try:
        point = [float(value) for value in start]
    except (TypeError, ValueError):
        raise TypeError(f"Cliff: start must be two numbers (u, b), got {start!r}") from None
    if len(point) != 2:
        raise ValueError(f"Cliff: start must be two numbers (u, b), got {point}")
    for name, value, (low, high) in zip("ub", point, (U_RANGE, B_RANGE)):
        if not low <= value <= high:
            raise ValueError(f"Cliff: {name} of start must lie between {low} and {high}, "
                             f"got {value}")
    return point

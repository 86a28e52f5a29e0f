"""The two-unit recurrent network as a control that computes in the page."""

from pathlib import Path

import numpy as np
import traitlets

from lstmlib.numpy import RNN, unroll
from lstmlib.widgets.control import Control

#: Networks worth looking at: U, b and W, a start, and the height of the input's pulse.
PRESETS = {
    "spiral in": {
        "U": [[0.78, -0.45], [0.45, 0.78]], "b": [0.0, 0.0], "W": [0.6, 0.0],
        "start": [0.9, 0.0], "pulse": 0.0,
    },
    "a latch": {
        "U": [[2.0, 0.0], [0.0, 0.5]], "b": [0.0, 0.0], "W": [1.5, 0.8],
        "start": [-0.6, 0.7], "pulse": 2.0,
    },
    "four attractors": {
        "U": [[1.8, 0.0], [0.0, 1.8]], "b": [0.0, 0.0], "W": [1.0, 1.0],
        "start": [0.3, -0.1], "pulse": 0.0,
    },
    "limit cycle": {
        "U": [[1.2, -0.9], [0.9, 1.2]], "b": [0.0, 0.0], "W": [0.5, 0.0],
        "start": [0.1, 0.05], "pulse": 0.0,
    },
    "two-step flip": {
        "U": [[-1.6, 0.0], [0.3, 0.4]], "b": [0.0, 0.0], "W": [0.5, 0.5],
        "start": [0.2, 0.6], "pulse": 0.0,
    },
    "forgets": {
        "U": [[0.5, 0.1], [-0.1, 0.4]], "b": [0.2, -0.1], "W": [1.0, -1.0],
        "start": [-0.9, 0.9], "pulse": 1.5,
    },
}


class Portrait(Control):
    """The phase portrait of h_t = tanh(U h_{t-1} + W x_t + b) with two units and one input.

    The state is a point of the square; arrows show where one step without input takes it. A start
    can be dragged or moved by the arrow keys, U is set as scale and rotation or by its entries,
    and the input is a pulse: x_t is ``pulse`` at t = ``pulse_at`` and 0 at every other step.
    The page marks the fixed points it finds and says what becomes of the state.

    ``preset`` names one of PRESETS; further arguments replace its values: ``U`` 2x2, ``b`` and
    ``W`` two numbers each, ``start`` two numbers between -1 and 1, ``pulse``, ``pulse_at``,
    ``steps``. In a running notebook they can be read and set.

    >>> portrait = Portrait(preset="a latch", pulse=0.0)
    >>> portrait.trajectory().shape
    (41, 2)
    """

    _esm = Path(__file__).parent / "portrait.js"
    _css = Path(__file__).parent / "portrait.css"

    U = traitlets.List().tag(sync=True)
    b = traitlets.List().tag(sync=True)
    W = traitlets.List().tag(sync=True)
    start = traitlets.List().tag(sync=True)
    pulse = traitlets.Float().tag(sync=True)
    pulse_at = traitlets.Int(5).tag(sync=True)
    steps = traitlets.Int(40).tag(sync=True)
    preset = traitlets.Unicode().tag(sync=True)
    presets = traitlets.Dict(PRESETS).tag(sync=True)

    def __init__(self, U=None, b=None, W=None, start=None, pulse=None, pulse_at=5, steps=40,
                 preset="spiral in"):
        if preset not in PRESETS:
            raise ValueError(
                f"Portrait: preset must be one of {', '.join(PRESETS)}, got {preset!r}"
            )
        given = {"U": U, "b": b, "W": W, "start": start, "pulse": pulse}
        changed = {name: value for name, value in given.items() if value is not None}
        values = {**PRESETS[preset], **changed}
        for name, shape in (("U", (2, 2)), ("b", (2,)), ("W", (2,)), ("start", (2,))):
            values[name] = _numbers(name, values[name], shape)
        values["pulse"] = _numbers("pulse", values["pulse"], ())
        for name, count in (("steps", steps), ("pulse_at", pulse_at)):
            if isinstance(count, bool) or not isinstance(count, (int, np.integer)):
                raise TypeError(f"Portrait: {name} must be a whole number, got {count!r}")
            values[name] = int(count)
        super().__init__(**values, preset="" if changed else preset)

    @traitlets.validate("U")
    def _check_matrix(self, proposal):
        return _numbers("U", proposal["value"], (2, 2))

    @traitlets.validate("b", "W")
    def _check_vector(self, proposal):
        return _numbers(proposal["trait"].name, proposal["value"], (2,))

    @traitlets.validate("start")
    def _check_start(self, proposal):
        start = _numbers("start", proposal["value"], (2,))
        if max(map(abs, start)) > 1:
            raise ValueError(f"Portrait: start must lie between -1 and 1, got {start}")
        return start

    @traitlets.validate("pulse")
    def _check_pulse(self, proposal):
        return _numbers("pulse", proposal["value"], ())

    @traitlets.validate("steps", "pulse_at")
    def _check_count(self, proposal):
        name = proposal["trait"].name
        if not 1 <= proposal["value"] <= 1000:
            raise ValueError(
                f"Portrait: {name} must be from 1 to 1000, got {proposal['value']!r}"
            )
        return proposal["value"]

    def trajectory(self):
        """The states h_0, h_1, ... as lstmlib.numpy computes them, (steps + 1, 2)."""
        params = {
            "U": np.array(self.U),
            "W": np.array(self.W).reshape(2, 1),
            "b": np.array(self.b),
        }
        x = np.zeros((self.steps, 1, 1))
        if self.pulse_at <= self.steps:
            x[self.pulse_at - 1] = self.pulse
        start = np.array([self.start])
        run = unroll(RNN(1, 2), params, x, state={"h": start})
        return np.concatenate([start, run.outputs[:, 0]])

    def __repr__(self):
        return "A two-unit recurrent network to play with: its states in the plane"


def _numbers(name, value, shape):
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"Portrait: {name} must hold numbers, got {value!r}") from None
    if name == "W" and array.shape == (2, 1):
        array = array[:, 0]
    if array.shape != shape:
        raise ValueError(f"Portrait: {name} must have shape {shape}, got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"Portrait: {name} must hold finite numbers, got {array.tolist()}")
    return array.tolist()

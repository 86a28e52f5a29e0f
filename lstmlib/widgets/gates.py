"""One LSTM unit over a few steps whose gates the reader holds, computed in the page."""

import numpy as np
import traitlets

from lstmlib.numpy import LSTM, contract, unroll
from lstmlib.widgets.control import Control, with_elements

#: What comes in at each of twelve steps of the story that the control begins with.
STORY = [0.4, 0.9, -0.6, 0.8, -0.9, 0.3, -0.4, 0.7, -0.5, 0.2, -0.7, 0.5]
#: Its three deeds: (step, gate, push). Written at step 2, shown at 9, cleared at 11.
DEEDS = [(2, "i", 8.0), (9, "o", 8.0), (11, "f", -8.0)]
#: The least and the greatest number of steps that it takes.
STEPS = (2, 24)


class GatePlayground(Control):
    """One LSTM unit over a sequence, with the pre-activations of its gates in the reader's hand.

    At each step the reader sets the input x_t and pushes the pre-activations of the four blocks:

        a_t = W x_t + U h_{t-1} + b + push_t        blocks i f g o, from the top

    and i, f, g, o, c and h follow as in any LSTM. It is one: LSTM(5, 1) whose inputs are x_t and
    the four pushes, with [W | identity] before them; :meth:`run` unrolls it.

    ``x`` holds T numbers, T from 2 to 24, and ``pushes`` is (T, 4), zero if left out; without
    ``x`` comes a story of twelve steps. ``W``, ``U`` and ``b`` hold four numbers each, in the
    order i f g o; ``hears=False`` puts zeros in the place of U; ``step``, from 1, is the step in
    hand. In a running notebook ``x``, ``pushes``, ``hears`` and ``step`` can be read and set.

    >>> play = GatePlayground()
    >>> play.run().sequence("c")[:, 0, 0].round(1)[:9].tolist()
    [0.0, 0.9, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8]
    """

    _esm = with_elements("gates.js")
    _css = with_elements("gates.css")

    x = traitlets.List().tag(sync=True)
    pushes = traitlets.List().tag(sync=True)
    W = traitlets.List(read_only=True).tag(sync=True)
    U = traitlets.List(read_only=True).tag(sync=True)
    b = traitlets.List(read_only=True).tag(sync=True)
    hears = traitlets.Bool(True).tag(sync=True)
    step = traitlets.Int(2).tag(sync=True)
    first = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(self, x=None, pushes=None, W=(0, 0, 1.5, 0), U=(0.5, 0.5, 1, 0.5),
                 b=(-4, 4, 0, -4), hears=True, step=2):
        if x is None:
            x = STORY
            if pushes is None:
                pushes = _story_pushes()
        x = _numbers(x, "x", ("T",))
        fewest, most = STEPS
        if not fewest <= len(x) <= most:
            raise ValueError(contract.problem("x", f"{len(x)} steps", f"{fewest} to {most} steps"))
        if pushes is None:
            pushes = [[0.0] * 4 for _ in x]
        self._steps = len(x)
        pushes = _numbers(pushes, "pushes", (len(x), 4))
        hears = contract.take_flag(hears, "hears")
        super().__init__(x=x, pushes=pushes, hears=hears, step=_step(step, len(x)))
        for name, value in (("W", W), ("U", U), ("b", b)):
            self.set_trait(name, _numbers(value, name, (4,)))
        self.set_trait("first", {"x": x, "pushes": pushes, "hears": hears})

    @traitlets.validate("x")
    def _check_x(self, proposal):
        return _numbers(proposal["value"], "x", (self._steps,))

    @traitlets.validate("pushes")
    def _check_pushes(self, proposal):
        return _numbers(proposal["value"], "pushes", (self._steps, 4))

    @traitlets.validate("step")
    def _check_step(self, proposal):
        return _step(proposal["value"], self._steps)

    def run(self):
        """The Run of lstmlib.numpy.unroll on what the control holds now."""
        params = {
            "W": np.column_stack([self.W, np.eye(4)]),
            "U": np.reshape(self.U if self.hears else [0.0] * 4, (4, 1)),
            "b": np.array(self.b),
        }
        x = np.column_stack([self.x, self.pushes])
        return unroll(LSTM(input_size=5, hidden_size=1), params, x[:, None])

    def __repr__(self):
        return f"One LSTM unit over {len(self.x)} steps, its gates to play with"


def _story_pushes():
    pushes = [[0.0] * 4 for _ in STORY]
    for step, gate, push in DEEDS:
        pushes[step - 1]["ifgo".index(gate)] = push
    return pushes


def _step(value, steps):
    value = contract.take_integer(value, "step", least=1)
    if value > steps:
        raise ValueError(contract.problem("step", value, f"an integer from 1 to {steps}"))
    return value


def _numbers(value, name, shape):
    array = contract.take_array(value, name, np.dtype(np.float64))
    contract.check_shape(array, name, shape)
    if not np.isfinite(array).all():
        raise ValueError(contract.problem(name, "a number that is not finite", "finite numbers"))
    return array.tolist()

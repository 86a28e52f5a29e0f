"""What is left of a cell state after so many steps, against the bias of the forget gate."""

import numpy as np
import traitlets

from lstmlib.numpy import LSTM, contract, unroll
from lstmlib.widgets.control import Control, with_elements

#: The least and the greatest forget bias of the slider.
BIASES = (-2.0, 8.0)


class HalfLife(Control):
    """What is left of c after k steps of an LSTM whose forget gate knows its bias alone.

    With all weights zero and nothing written, f = σ(``bias``) at every step and c_k = f^k c_0;
    half of it is left after ln 2 / -ln f steps. In a fresh network the weights are not zero: f
    differs from unit to unit and from step to step, about this value. In a running notebook
    ``bias``, from -2 to 8, can be read and set.

    >>> HalfLife(bias=3.0).left([0, 1, 14]).round(3).tolist()
    [1.0, 0.953, 0.507]
    >>> round(HalfLife(bias=3.0).half_life(), 2)
    14.27
    """

    _esm = with_elements("half_life.js")
    _css = with_elements("half_life.css")

    bias = traitlets.Float().tag(sync=True)

    def __init__(self, bias=1.0):
        super().__init__(bias=_bias(bias))

    @traitlets.validate("bias")
    def _check_bias(self, proposal):
        return _bias(proposal["value"])

    def left(self, steps):
        """The share of c left after `steps` steps, a number or an array of them, by unroll."""
        steps = np.asarray(contract.take_integer(steps, "steps", least=0)
                           if np.ndim(steps) == 0 else steps)
        if steps.dtype.kind not in "iu" or steps.size == 0 or steps.min() < 0:
            raise ValueError(contract.problem("steps", contract.describe(steps),
                                              "integers of at least 0"))
        c = np.concatenate([[1.0], self._run(max(1, steps.max())).sequence("c")[:, 0, 0]])
        return c[steps] if steps.ndim else float(c[steps])

    def half_life(self):
        """The number of steps, not in general whole, after which half of c is left."""
        return float(np.log(2) / -np.log(self._run(1).sequence("f")[0, 0, 0]))

    def _run(self, steps):
        params = {"W": np.zeros((4, 1)), "U": np.zeros((4, 1)),
                  "b": np.array([-np.inf, self.bias, 0.0, 0.0])}
        return unroll(LSTM(1, 1), params, np.zeros((steps, 1, 1)), {"h": [[0.0]], "c": [[1.0]]})

    def __repr__(self):
        return "What is left of a cell state after so many steps, by the forget bias"


def _bias(value):
    value = contract.take_number(value, "bias")
    low, high = BIASES
    if not low <= value <= high:
        raise ValueError(contract.problem("bias", value, f"a number from {low:g} to {high:g}"))
    return value

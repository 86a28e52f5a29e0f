"""What all cells share: sizes, initial parameters, and the check of a call by hand."""

import functools
import math
from collections.abc import Mapping

import numpy as np

from lstmlib.numpy import contract
from lstmlib.numpy.init import uniform


class Checked(dict):
    """Parameters from `unroll`, which has checked everything: `checked` looks no further."""


class Cell:
    """One time step of a recurrent network, without any idea of time.

    A cell declares `state_names` (the first is the output h), `param_shapes` and `size_rule`
    ("any", or "equal" where M = D is demanded), and writes three methods:

    step(params, x, state)
        everything the step computes, by name: the new state, and what step_back wants to see again
    step_back(params, x, state, new, d_new)
        from the gradient of the new state that of the pre-activation a and that of the old state
    gather(params, x, state, d_a)
        from d_a, for any number of rows at once, the gradients of the parameters and of x
    """

    state_names = ("h",)
    size_rule = "any"

    def __init__(self, input_size, hidden_size):
        self.input_size = contract.take_size(input_size, "input_size")
        self.hidden_size = contract.take_size(hidden_size, "hidden_size")

    def __repr__(self):
        return f"{type(self).__name__}({self.input_size}, {self.hidden_size})"

    @property
    def param_shapes(self):
        raise NotImplementedError

    def init(self, rng, dtype=np.float64):
        """Fresh parameters: weights uniform between -1/sqrt(D) and 1/sqrt(D), biases 0.

        float32 holds the rounded float64 draw, so that one seed means one network.
        """
        contract.take_generator(rng)
        dtype = contract.take_real_dtype(dtype)
        bound = 1 / math.sqrt(self.hidden_size)
        return {name: uniform(rng, shape, bound, dtype) if len(shape) == 2 else
                np.zeros(shape, dtype)
                for name, shape in self.param_shapes.items()}

    def count(self):
        """The number of parameters."""
        return sum(math.prod(shape) for shape in self.param_shapes.values())

    def zero_state(self, batch_size, dtype=np.float64):
        """The state of a network that has seen nothing: {name: zeros (B, D)}."""
        batch_size = contract.take_size(batch_size, "batch_size")
        return {name: np.zeros((batch_size, self.hidden_size), dtype)
                for name in self.state_names}


def checked(step):
    """Check a `step` called by hand; `unroll` has checked before.

    x is (B, M) with states of (B, D), or, for a single sequence, (M,) with states of (D,).
    """

    @functools.wraps(step)
    def checked_step(cell, params, x, state):
        if not isinstance(params, Checked):
            params, x, state = _take(cell, params, x, state)
        return step(cell, params, x, state)

    return checked_step


def checked_back(step_back):
    """Check a `step_back` called by hand, as `checked` does a step."""

    @functools.wraps(step_back)
    def checked_step_back(cell, params, x, state, new, d_new):
        if not isinstance(params, Checked):
            params, x, state = _take(cell, params, x, state)
            new, d_new = _take_state(cell, new, "new", x), _take_state(cell, d_new, "d_new", x)
        return step_back(cell, params, x, state, new, d_new)

    return checked_step_back


def checked_rows(gather):
    """Check a `gather` called by hand: x (B, M), state (B, D), d_a (B, ...) for any B rows."""

    @functools.wraps(gather)
    def checked_gather(cell, params, x, state, d_a):
        if not isinstance(params, Checked):
            params, x, state = _take(cell, params, x, state, rows=True)
            d_a = contract.take_array(d_a, "d_a", x.dtype)
            contract.check_shape(d_a, "d_a", (len(x), len(params["b"])))
        return gather(cell, params, x, state, d_a)

    return checked_gather


def _take(cell, params, x, state, rows=False):
    params = contract.take_params(params, cell.param_shapes)
    x = contract.take_array(x, "x", next(iter(params.values())).dtype)
    single = x.ndim == 1 and not rows
    contract.check_shape(x, "x", (cell.input_size,) if single else ("B", cell.input_size))
    return params, x, _take_state(cell, state, "state", x)


def _take_state(cell, state, argument, x):
    """The state of as many sequences as x has; what a step adds to it is handed through."""
    if argument == "new" and isinstance(state, Mapping):
        contract.check_keys({name: state[name] for name in state if name in cell.state_names},
                            argument, cell.state_names)
    else:
        contract.check_keys(state, argument, cell.state_names)
    taken = dict(state)
    for name in cell.state_names:
        label = f"{argument}[{name!r}]"
        taken[name] = contract.take_array(state[name], label, x.dtype)
        contract.check_shape(taken[name], label, x.shape[:-1] + (cell.hidden_size,),
                             "States have the batch axis of x, or none if x has none")
    return taken

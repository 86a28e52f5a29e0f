"""Running a cell over a sequence, and back: the only place that knows time."""

from dataclasses import dataclass

import numpy as np

from lstmlib.numpy import contract
from lstmlib.numpy.cells.base import Cell, Checked


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """One pass over a batch of sequences: what came out, and what `bptt` needs to come back.

    outputs   h at every step, (T, B, D), each at its input's position, zero beyond a length
    state     {"h": (B, D), ...}: each sequence's own last state
    stop      the number of the step after the last: the `start` of a next chunk
    history   the initial state and then what each step computed, in the order of reading

    A run owns copies of all it keeps and they are read-only: what you do to your arrays later
    changes no run, and a change to a run by accident is an error.
    """

    outputs: np.ndarray
    state: dict
    stop: int
    cell: Cell
    params: dict
    inputs: np.ndarray
    lengths: np.ndarray | None
    reverse: bool
    history: tuple

    def __repr__(self):
        T, B, _ = self.inputs.shape
        return f"<Run of {self.cell!r} over {T} steps of {B} sequences>"


@dataclass(frozen=True, eq=False, repr=False)
class Grads:
    """The gradients of a loss: `params`, `inputs` and `state`, shaped as what they belong to."""

    params: dict
    inputs: np.ndarray
    state: dict


def unroll(cell, params, x, state=None, lengths=None, reverse=False, start=0):
    """Run a cell over a batch of sequences, one step after the other.

    x        (T, B, M): time, sequence, input
    state    the state before the first step, {"h": (B, D)}; None is zeros
    lengths  (B,) integers from 1 to T where sequences are padded; what lies beyond is not read
    reverse  read each sequence from its own last step to its first; outputs stay at their inputs
    start    number of the first step, for cells with a clock

    All arrays share the dtype of the parameters: float32, float64, or complex128 for derivatives
    by complex step. Lists of numbers take it. NaN and infinities propagate. ValueError (shapes,
    keys, lengths) and TypeError (dtypes, kinds) come before any arithmetic.

    >>> from lstmlib.numpy import RNN
    >>> cell = RNN(input_size=3, hidden_size=2)
    >>> params = cell.init(np.random.default_rng(0))
    >>> run = unroll(cell, params, np.ones((5, 4, 3)), lengths=[5, 2, 1, 3])
    >>> run.outputs.shape, run.state["h"].shape, run.stop
    ((5, 4, 2), (4, 2), 5)
    """
    params, x, state, lengths = _take(cell, params, x, state, lengths)
    reverse = contract.take_flag(reverse, "reverse")
    start = contract.take_integer(start, "start", least=0)

    T = len(x)
    alive = _alive(T, lengths)
    x_read = _reading_order(x, lengths, reverse)
    history = [state]
    for t in range(T):
        new = cell.step(params, x_read[t], history[t])
        if alive is not None:
            new = _choose(alive[t], new, history[t], cell.state_names)
        history.append({name: contract.freeze(value) for name, value in new.items()})

    outputs = np.stack([new["h"] for new in history[1:]])
    outputs = contract.freeze(_reading_order(outputs, lengths, reverse))
    last = {name: history[T][name] for name in cell.state_names}
    return Run(outputs, last, start + T, cell, params, x, lengths, reverse, tuple(history))


def bptt(run, d_outputs, d_state=None):
    """Back-propagation through time: the gradients of a loss from those of a run's outputs.

    d_outputs  (T, B, D), gradient of the loss with respect to run.outputs; ignored beyond a length
    d_state    that with respect to run.state, {"h": (B, D)}; None is zeros

    Two paths lead into the state after step t, and their gradients add:

        δh_t = d_outputs_t + (gradient through step t + 1)        (Werbos 1990)

    Returns Grads: params, inputs, state, with the keys and shapes of the parameters, of x and of
    the initial state. The run is left as it is; call as often as you like. NaN and infinities
    propagate. A run in complex128 is a TypeError.

    >>> from lstmlib.numpy import RNN
    >>> cell = RNN(input_size=3, hidden_size=2)
    >>> run = unroll(cell, cell.init(np.random.default_rng(0)), np.ones((5, 4, 3)))
    >>> grads = bptt(run, d_outputs=np.ones((5, 4, 2)))
    >>> grads.params["U"].shape, grads.inputs.shape, grads.state["h"].shape
    ((2, 2), (5, 4, 3), (4, 2))
    """
    d_outputs, d_state = _take_gradients(run, d_outputs, d_state)
    cell, params, history = run.cell, run.params, run.history

    T, B, M = run.inputs.shape
    alive = _alive(T, run.lengths)
    x_read = _reading_order(run.inputs, run.lengths, run.reverse)
    d_read = _reading_order(d_outputs, run.lengths, run.reverse)
    d_a = [None] * T
    for t in reversed(range(T)):
        d_new = {**d_state, "h": d_state["h"] + d_read[t]}
        d_a[t], d_state = cell.step_back(params, x_read[t], history[t], history[t + 1], d_new)
        if alive is not None:
            d_a[t] = np.where(alive[t], d_a[t], 0)
            d_state = _choose(alive[t], d_state, d_new, cell.state_names)

    # The weights are the same at every step: their gradients are one product over all T B rows.
    before = {name: np.concatenate([old[name] for old in history[:-1]])
              for name in cell.state_names}
    d_params, d_x = cell.gather(params, x_read.reshape(T * B, M), before, np.concatenate(d_a))
    d_x = _reading_order(d_x.reshape(T, B, M), run.lengths, run.reverse)
    return Grads(d_params, d_x, d_state)


# ---- lengths and direction


def _alive(T, lengths):
    """(T, B, 1), True where a step lies within its sequence; None if all do."""
    if lengths is None:
        return None
    return (np.arange(T)[:, None] < lengths)[:, :, None]


def _reading_order(x, lengths, reverse):
    """x in the order in which it is read, zero beyond the lengths.

    In reverse, step t of a sequence of length L changes places with step L - 1 - t, so that doing
    it twice restores the order.
    """
    if lengths is None:
        return x[::-1] if reverse else x
    T, B = x.shape[:2]
    t = np.arange(T)[:, None]
    within = t < lengths
    if reverse:
        x = x[np.where(within, lengths - 1 - t, t), np.arange(B)]
    return np.where(within[:, :, None], x, 0)


def _choose(alive, new, old, names):
    """The new value where the sequence is alive and the old one where it has ended."""
    return {**new, **{name: np.where(alive, new[name], old[name]) for name in names}}


# ---- the contract


def _take(cell, params, x, state, lengths):
    if not isinstance(cell, Cell):
        raise TypeError(contract.problem("cell", contract.describe(cell), "a cell",
                                         "Make one, such as RNN(input_size, hidden_size)"))
    params = contract.take_params(params, cell.param_shapes, copy=True)
    dtype = next(iter(params.values())).dtype
    x = contract.take_array(x, "x", dtype, copy=True)
    contract.check_shape(x, "x", ("T", "B", cell.input_size),
                         "The axes are time, sequence, input")
    T, B, _ = x.shape
    if state is None:
        state = cell.zero_state(B, dtype)
    else:
        state = _take_state(state, "state", cell, B, dtype)
    if lengths is not None:
        lengths = contract.freeze(contract.take_lengths(lengths, T, B))
    for array in (x, *params.values(), *state.values()):
        contract.freeze(array)
    return Checked(params), x, state, lengths


def _take_state(state, argument, cell, B, dtype):
    contract.check_keys(state, argument, cell.state_names)
    taken = {}
    for name in cell.state_names:
        label = f"{argument}[{name!r}]"
        taken[name] = contract.take_array(state[name], label, dtype, copy=True)
        contract.check_shape(taken[name], label, (B, cell.hidden_size),
                             "One row for each of the sequences of x; nothing is broadcast")
    return taken


def _take_gradients(run, d_outputs, d_state):
    if not isinstance(run, Run):
        raise TypeError(contract.problem("run", contract.describe(run), "what unroll returned"))
    dtype = run.outputs.dtype
    contract.refuse_complex(dtype, "run", "Complex numbers serve unroll alone; "
                            "run bptt on the real parameters and inputs")
    d_outputs = contract.take_array(d_outputs, "d_outputs", dtype)
    contract.check_shape(d_outputs, "d_outputs", run.outputs.shape,
                         "It has the shape of run.outputs")
    B = run.outputs.shape[1]
    if d_state is None:
        return d_outputs, run.cell.zero_state(B, dtype)
    return d_outputs, _take_state(d_state, "d_state", run.cell, B, dtype)

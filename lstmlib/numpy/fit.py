"""The training loop, as something to iterate over."""

from collections.abc import Iterable
from dataclasses import dataclass

from lstmlib.numpy import contract
from lstmlib.numpy.network import Network
from lstmlib.numpy.optim import Optimiser, clip as clip_gradients, global_norm


@dataclass(frozen=True, eq=False)
class Record:
    """One update: its number from 1, the loss before it, the gradient's norm before clipping."""

    step: int
    loss: float
    norm: float
    params: dict          # after the update
    state: dict           # after the batch


class Training:
    """What `fit` returns: iterate for one Record an update, stop when you like, go on later.

    params   the newest parameters
    state    the last state, which starts the next batch if `carry`
    history  {"step": [...], "loss": [...], "norm": [...]}, an entry an update
    """

    def __init__(self, network, params, batches, optimiser, clip, carry, state, callback, rng):
        self.params, self.state = params, state
        self.history = {"step": [], "loss": [], "norm": []}
        self._network, self._optimiser, self._batches = network, optimiser, iter(batches)
        self._clip, self._carry, self._callback = clip, carry, callback
        self._first, self._rng, self._stop = state, rng, 0

    def __iter__(self):
        return self

    def __next__(self):
        inputs, targets, mask = self._next_batch()
        state, start = (self.state, self._stop) if self._carry else (self._first, 0)
        result = self._network.loss_and_grads(self.params, inputs, targets, state, mask,
                                              rng=self._rng, start=start)
        if self._clip is None:
            grads, norm = result.grads, global_norm(result.grads)
        else:
            grads, norm = clip_gradients(result.grads, self._clip)
        self.params = self._optimiser.step(self.params, grads)
        self.state, self._stop = result.state, result.stop
        record = Record(len(self.history["step"]) + 1, result.loss, norm, self.params, self.state)
        for name, values in self.history.items():
            values.append(getattr(record, name))
        if self._callback is not None:
            self._callback(record)
        return record

    def run(self):
        """Go through all batches that are left; returns this object."""
        for _ in self:
            pass
        return self

    def _next_batch(self):
        try:
            batch = next(self._batches)
        except StopIteration:
            if not self.history["step"]:
                raise ValueError(contract.problem(
                    "batches", "no batch", "at least one",
                    "A generator is used up after one pass")) from None
            raise
        if not isinstance(batch, (tuple, list)) or len(batch) not in (2, 3):
            got = (f"a batch of {len(batch)} parts" if isinstance(batch, (tuple, list))
                   else contract.describe(batch))
            raise ValueError(contract.problem("batches", got,
                                              "(inputs, targets) or (inputs, targets, mask)"))
        return (*batch, None)[:3]


def fit(network, params, batches, optimiser, clip=None, carry=False, state=None, callback=None,
        rng=None):
    """Train: for each batch the gradient, clipped if asked, and one step of the optimiser.

    batches   iterable of (inputs, targets) or (inputs, targets, mask), taken one at a time
    clip      longest gradient allowed, over all parameters together; None for no clipping
    carry     begin each batch in the state the last one ended in, and a cell's clock where it
              stood then (truncated back-propagation: the state is carried on, the gradient is
              not); else each begins in `state`, at step 0
    state     the first state; None is zeros
    callback  called with each Record as it is made
    rng       a generator for the masks of dropout in a Stack; None drops nothing

    Returns a Training, whose parameters are new dicts: `params` is never written to. To stop
    early, leave the loop. A loss of NaN or infinity is recorded like any other.

    >>> import numpy as np
    >>> from lstmlib.numpy import RNN, Dense, Network, SGD, mean_squared_error
    >>> network = Network(RNN(1, 2), Dense(2, 1), loss=mean_squared_error)
    >>> x, y = np.ones((3, 1, 1)), np.zeros((3, 1, 1))
    >>> training = fit(network, network.init(np.random.default_rng(0)), [(x, y)] * 9, SGD(0.1))
    >>> losses = [record.loss for record in training]
    >>> losses[-1] < losses[0] and losses == training.history["loss"]
    True
    """
    if not isinstance(network, Network):
        raise TypeError(contract.problem("network", contract.describe(network), "a Network"))
    params = contract.take_params(params, network.param_shapes, copy=True)
    if not isinstance(batches, Iterable):
        raise TypeError(contract.problem("batches", contract.describe(batches),
                                         "an iterable of (inputs, targets) or with a mask"))
    if not isinstance(optimiser, Optimiser):
        raise TypeError(contract.problem("optimiser", contract.describe(optimiser),
                                         "an optimiser", "Make one, such as Adam(1e-3)"))
    if clip is not None:
        clip = contract.take_number(clip, "clip", above=0)
    carry = contract.take_flag(carry, "carry")
    if carry and network.cell.two_ways:
        raise ValueError(contract.problem(
            "carry", True, f"False for {network.cell!r}",
            "The backward direction would need the chunk that comes after, not the one before"))
    if rng is not None:
        contract.take_generator(rng)
    if callback is not None and not callable(callback):
        raise TypeError(contract.problem("callback", contract.describe(callback), "a function"))
    return Training(network, params, batches, optimiser, clip, carry, state, callback, rng)

"""Do peepholes help to measure time? Two tasks of spikes, with and without them.

    measure   a stream of six spikes; the interval before each is 20 steps or 21, at random, and at
              each spike after the first the answer is wanted: which of the two?
    repeat    two spikes, 5 to 15 steps apart, the first at one of the steps 0 to 4; as many steps
              after the second as it came after the first the output has to fire, and nowhere else

The first is the task MSD of Gers, Schraudolph and Schmidhuber (2002) for F = 20, in pieces of six
spikes and with the state zero before each; the second is ours, with the interval told by spikes.
A cell of 8 units has peepholes at the gates its name says: "none" (the LSTM), "if", "o" or "ifo",
the forget bias being 1 in all. There are 2,000 updates in the first and 3,000 in the second (see
lstmlib.experiments.protocol). Right is in the first an answer on the right side of 1/2 (a coin has
1/2), in the second a sequence whose largest output of all is at the right step. A rate for each
cell and task.
"""

from dataclasses import dataclass

import numpy as np

from lstmlib.experiments.experiment import AtChosenRate, Experiment
from lstmlib.experiments.protocol import MEASURES, SEEDS, SEEDS_OF_RATES, learn
from lstmlib.numpy import LSTM, Peephole, binary_cross_entropy


@dataclass(frozen=True)
class Measure:
    """Say at each spike whether it came `interval` steps after the last one, or one later."""

    interval: int
    spikes: int

    input_size, output_size, loss = 1, 1, staticmethod(binary_cross_entropy)

    def batch(self, rng, batch, dtype):
        """(inputs, targets, mask): (T, B, 1), (T, B, 1), (T, B)."""
        later = rng.integers(2, size=(self.spikes - 1, batch))
        at = np.cumsum(self.interval + later, axis=0)
        T, columns = (self.spikes - 1) * (self.interval + 1) + 1, np.arange(batch)
        mask = np.zeros((T, batch), dtype=bool)
        mask[at, columns] = True
        inputs, targets = mask[..., None].astype(dtype), np.zeros((T, batch, 1), dtype)
        inputs[0] = 1
        targets[at, columns, 0] = later
        return inputs, targets, mask

    def score(self, outputs, targets, mask):
        """The share of answers right."""
        return float(((outputs > 0) == (targets > 0))[mask].mean())


@dataclass(frozen=True)
class Repeat:
    """Fire as many steps after the second spike as it came after the first."""

    least: int
    most: int
    begin: int

    input_size, output_size, loss = 1, 1, staticmethod(binary_cross_entropy)

    def batch(self, rng, batch, dtype):
        """(inputs, targets, mask): (T, B, 1), (T, B, 1), (T, B)."""
        first = rng.integers(self.begin, size=batch)
        apart = rng.integers(self.least, self.most + 1, size=batch)
        T, columns = self.begin + 2 * self.most, np.arange(batch)
        inputs, targets = np.zeros((2, T, batch, 1), dtype)
        inputs[first, columns] = inputs[first + apart, columns] = 1
        targets[first + 2 * apart, columns] = 1
        return inputs, targets, np.ones((T, batch), dtype=bool)

    def score(self, outputs, targets, mask):
        """The share of sequences that fire most at the right step."""
        return float((outputs[..., 0].argmax(axis=0) == targets[..., 0].argmax(axis=0)).mean())


TASKS = {"measure": Measure(interval=20, spikes=6), "repeat": Repeat(least=5, most=15, begin=5)}
PEEPHOLES = ("none", "if", "o", "ifo")


def cell_of(peepholes, hidden_size):
    """The cell with these peepholes."""
    return LSTM(1, hidden_size) if peepholes == "none" else Peephole(1, hidden_size, peepholes)


def timing(seed, task, peepholes, learning_rate, hidden_size, updates, **training):
    """One cell and one task."""
    return learn(seed, cell_of(peepholes, hidden_size), TASKS[task], learning_rate, updates[task],
                 **training)


RATES = (0.003, 0.01, 0.03, 0.1)
GRID = {"task": tuple(TASKS), "peepholes": PEEPHOLES}
FIXED = {"hidden_size": 8, "updates": {"measure": 2000, "repeat": 3000}, "batch": 20,
         "tested": 1000}
QUICK = {"seeds": (0,), "fixed": {"updates": dict.fromkeys(TASKS, 40), "tested": 50}}

CHOSEN = {
    "measure": {"none": 0.01, "if": 0.003, "o": 0.01, "ifo": 0.01},
    "repeat": {"none": 0.01, "if": 0.01, "o": 0.01, "ifo": 0.01},
}

TIMING = Experiment(
    about="measuring and repeating an interval, with peepholes at all gates, at some, at none",
    run=AtChosenRate(timing, by=("task", "peepholes")), grid=GRID, seeds=SEEDS, measures=MEASURES,
    fixed={"learning_rates": CHOSEN, **FIXED},
    quick=QUICK,
)

TIMING_RATES = Experiment(
    about="the same at several learning rates, on other seeds, to choose one",
    run=timing, grid={**GRID, "learning_rate": RATES}, seeds=SEEDS_OF_RATES,
    measures=MEASURES, fixed=FIXED, quick={**QUICK, "grid": {"learning_rate": RATES[:1]}},
)

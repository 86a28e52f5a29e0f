"""Does the future help? Two tasks that one direction can do, and one that needs both.

A sequence is a mark (one of two), 20 letters of 4, and another mark. Each letter, a number from 0
to 3, has to be named shifted:

    past     by the first mark: y_t = x_t + 2 first, modulo 4
    future   by the last one:   y_t = x_t + 2 last
    both     y_t = x_t + first + 2 last

Who knows all but the mark that is to come is right once in two. An LSTM of 32 units reads forwards,
or backwards, or two LSTMs of at most as many parameters, read-out included, do both; each learns
by 500 updates (see lstmlib.experiments.protocol).
"""

from dataclasses import dataclass

import numpy as np

from lstmlib.experiments.experiment import AtChosenRate, Experiment
from lstmlib.experiments.protocol import MEASURES, SEEDS, SEEDS_OF_RATES, count, learn, widest
from lstmlib.numpy import LSTM, Bidirectional, one_hot, softmax_cross_entropy

SHIFTS = {"past": (2, 0), "future": (0, 2), "both": (1, 2)}    # what a first and a last mark add
READING = ("forwards", "backwards", "both ways")
LETTERS = 4


@dataclass(frozen=True)
class Shifted:
    """Letters to be named, shifted by what the marks say; read from the end if `reverse`."""

    shift: tuple
    steps: int
    reverse: bool = False

    input_size, output_size, loss = LETTERS + 2, LETTERS, staticmethod(softmax_cross_entropy)

    def batch(self, rng, batch, dtype):
        """(inputs, targets, mask): (steps + 2, B, 6), (steps + 2, B), (steps + 2, B)."""
        ids = rng.integers(LETTERS, size=(self.steps + 2, batch))
        marks = rng.integers(2, size=(2, batch))
        targets = (ids + self.shift[0] * marks[0] + self.shift[1] * marks[1]) % LETTERS
        ids[0], ids[-1] = LETTERS + marks
        mask = np.ones(ids.shape, dtype=bool)
        mask[0] = mask[-1] = False
        found = one_hot(ids, self.input_size, dtype), targets, mask
        return tuple(part[::-1].copy() for part in found) if self.reverse else found

    def score(self, outputs, targets, mask):
        """The share of letters named right."""
        return float((outputs.argmax(axis=-1) == targets)[mask].mean())


def cell_of(reading, hidden_size):
    """The cell that reads so; two halves have at most the parameters of the one, with read-out."""
    M, one = Shifted.input_size, LSTM(Shifted.input_size, hidden_size)
    if reading != "both ways":
        return one
    return widest(lambda D: Bidirectional(LSTM(M, D), LSTM(M, D)), LETTERS, count(one, LETTERS))


def direction(seed, task, reading, learning_rate, hidden_size, steps, **training):
    """One network that reads in one way."""
    asked = Shifted(SHIFTS[task], steps, reverse=reading == "backwards")
    return learn(seed, cell_of(reading, hidden_size), asked, learning_rate, **training)


RATES = (0.001, 0.003, 0.01, 0.03)
GRID = {"task": tuple(SHIFTS), "reading": READING}
FIXED = {"hidden_size": 32, "steps": 20, "updates": 500, "batch": 20, "tested": 1000}
QUICK = {"grid": {"task": ("past", "both")}, "seeds": (0,),
         "fixed": {"updates": 40, "tested": 100}}

CHOSEN = {
    "past": {"forwards": 0.03, "backwards": 0.03, "both ways": 0.03},
    "future": {"forwards": 0.003, "backwards": 0.03, "both ways": 0.03},
    "both": {"forwards": 0.001, "backwards": 0.003, "both ways": 0.03},
}

DIRECTION = Experiment(
    about="reading forwards, backwards and both ways, where a first or a last mark decides",
    run=AtChosenRate(direction, by=("task", "reading")), grid=GRID, seeds=SEEDS[:5],
    measures=MEASURES, fixed={"learning_rates": CHOSEN, **FIXED},
    quick=QUICK,
)

DIRECTION_RATES = Experiment(
    about="the same at several learning rates, on another seed, to choose one",
    run=direction, grid={**GRID, "learning_rate": RATES}, seeds=SEEDS_OF_RATES[:1],
    measures=MEASURES, fixed=FIXED, quick={**QUICK, "grid": {"reading": ("both ways",)}},
)

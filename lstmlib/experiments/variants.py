"""Each variant of the peephole LSTM against the whole one, on a task where it should matter.

    nig    adding           without an input gate: what is not marked gets in too
    nfg    continual_reber  without a forget gate: string after string, nothing may be left of the
                            last (streams of 60 symbols, asked over 400)
    nog    embedded_reber   without an output gate: the letter that is kept shows all the while
    niaf   adding_1997      the candidate without its tanh: signs stay, nothing bounds a write
    noaf   counting_on      h without its tanh: a count may grow (asked over four times the length)
    cifg   counting         f = 1 - i: c is a mean of candidates, and can't be their sum
    fgr    parity           gates that hear the gates: what was done a step ago

Counting: a bit comes at each step, and the answer at each is the number of ones so far, a tenth of
it; right is what is off by less than half a one. Parity, of 16 bits, is asked at each step. Right
in adding is an error below 0.1, in adding_1997 below 0.04, in the stream a symbol at which all that
may come have larger outputs than all that may not, in single strings the whole string.

Each change comes with "whole", the peephole LSTM on the same task and with as many units, 16. The
forget bias is 1, where there is one; 1,000 updates (see lstmlib.experiments.protocol), and a rate
for each of the fourteen.
"""

from dataclasses import dataclass

import numpy as np

from lstmlib.experiments.experiment import AtChosenRate, Experiment
from lstmlib.experiments.protocol import MEASURES, SEEDS, SEEDS_OF_RATES, learn
from lstmlib.numpy import CELLS, Peephole, mean_squared_error, one_hot, softmax_cross_entropy
from lstmlib.tasks import Adding, Adding1997, ContinualReber, EmbeddedReber
from lstmlib.tasks.letters import parity


class Close(Adding):
    """Adding with a score: the share of sums that are off by less than 0.1."""

    def score(self, outputs, targets, mask):
        """That share."""
        return float((np.abs(outputs - targets)[mask] < 0.1).mean())


class Symbols(ContinualReber):
    """The stream with the share of symbols as its score."""

    def score(self, outputs, targets, mask):
        """The share of symbols predicted right."""
        return float(self.right(outputs, targets, mask)[mask].mean())


@dataclass(frozen=True)
class Counting:
    """Say at each step how many ones there were, in tens."""

    steps: int

    input_size, output_size, loss = 1, 1, staticmethod(mean_squared_error)

    def batch(self, rng, batch, dtype):
        """(inputs, targets, mask): (T, B, 1), (T, B, 1), (T, B)."""
        bits = rng.integers(2, size=(self.steps, batch, 1)).astype(dtype)
        return bits, bits.cumsum(axis=0) / dtype(10), np.ones(bits.shape[:2], dtype=bool)

    def score(self, outputs, targets, mask):
        """The share of counts that are off by less than half a one."""
        return float((np.abs(outputs - targets)[mask] < 0.05).mean())


@dataclass(frozen=True)
class Parity:
    """Say at each step whether the ones so far are odd in number."""

    steps: int

    input_size, output_size, loss = 2, 2, staticmethod(softmax_cross_entropy)

    def batch(self, rng, batch, dtype):
        """(inputs, targets, mask): (T, B, 2), (T, B), (T, B)."""
        bits, targets, _ = parity(rng, batch, self.steps)
        return one_hot(bits, 2, dtype), targets, np.ones(bits.shape, dtype=bool)

    def score(self, outputs, targets, mask):
        """The share of answers right."""
        return float((outputs.argmax(axis=-1) == targets)[mask].mean())


# The task that is learned, and the one that is asked.
TASKS = {
    "nig": (Close(40), None),
    "nfg": (Symbols(60), Symbols(400)),
    "nog": (EmbeddedReber(), None),
    "niaf": (Adding1997(40), None),
    "noaf": (Counting(20), Counting(80)),
    "cifg": (Counting(40), None),
    "fgr": (Parity(16), None),
}


def variant(seed, change, cell, learning_rate, hidden_size, **training):
    """One network: "whole", or with the change made, on the task of this change."""
    task, asked = TASKS[change]
    kind = Peephole if cell == "whole" else CELLS[change]
    return learn(seed, kind(task.input_size, hidden_size), task, learning_rate, asked=asked,
                 **training)


RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
GRID = {"change": tuple(TASKS), "cell": ("whole", "changed")}
FIXED = {"hidden_size": 16, "updates": 1000, "batch": 20, "tested": 500}
QUICK = {"grid": {"cell": ("changed",)}, "seeds": (0,), "fixed": {"updates": 40, "tested": 50}}

CHOSEN = {
    "nig": {"whole": 0.03, "changed": 0.03},
    "nfg": {"whole": 0.03, "changed": 0.01},
    "nog": {"whole": 0.01, "changed": 0.01},
    "niaf": {"whole": 0.003, "changed": 0.003},
    "noaf": {"whole": 0.01, "changed": 0.03},
    "cifg": {"whole": 0.001, "changed": 0.01},
    "fgr": {"whole": 0.1, "changed": 0.1},
}

VARIANTS = Experiment(
    about="seven variants of the peephole LSTM, each on a task where it should matter",
    run=AtChosenRate(variant, by=("change", "cell")), grid=GRID, seeds=SEEDS, measures=MEASURES,
    fixed={"learning_rates": CHOSEN, **FIXED},
    quick=QUICK,
)

VARIANTS_RATES = Experiment(
    about="the same at several learning rates, on other seeds, to choose one",
    run=variant, grid={**GRID, "learning_rate": RATES}, seeds=SEEDS_OF_RATES, measures=MEASURES,
    fixed=FIXED, quick={**QUICK, "grid": {**QUICK["grid"], "learning_rate": RATES[:1]}},
)

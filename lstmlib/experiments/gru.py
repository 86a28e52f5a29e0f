"""Can two gates do? LSTM against the GRU and its kin, at equal width and at equal parameter count.

The task is adding, of 50 and of 150 numbers. As MUT1 and MUT2 add x_t itself to numbers of the
state, x must be as long as h: the pair (value, mark) is spread over D numbers by a matrix (D, 2) of
standard normal draws, which is never trained. Models are named by cell and units:

    "lstm 16"                      4 blocks
    "gru 16", "gru_before 16" ...  as many units
    "gru 18", "mgu 22" ...         as many as fit into as many parameters, read-out included

The LSTM's forget bias is 1, all other biases begin at 0. Each learns by 600 updates (see
lstmlib.experiments.protocol); right is an answer that is off by less than 0.1, what the constant 1
is in 0.19 of all cases. A rate is chosen for each model, over both lengths.
"""

import numpy as np

from lstmlib.experiments.experiment import AtChosenRate, Experiment
from lstmlib.experiments.protocol import MEASURES, SEEDS, SEEDS_OF_RATES, count, learn, widest
from lstmlib.experiments.variants import Close
from lstmlib.numpy import (GRU, LSTM, MGU, MUT1, MUT2, MUT3, GRUResetBefore,
                           mean_squared_error)

CELLS = {"lstm": LSTM, "gru": GRU, "gru_before": GRUResetBefore, "mgu": MGU, "mut1": MUT1,
         "mut2": MUT2, "mut3": MUT3}
UNITS = 16


class Spread:
    """Adding, its pairs spread over D numbers; the matrix depends on D alone."""

    output_size, loss = 1, staticmethod(mean_squared_error)

    def __init__(self, steps, D):
        self.adding = Close(steps)
        self.matrix = np.random.default_rng(D).normal(size=(2, D))

    def batch(self, rng, batch, dtype):
        """(inputs, targets, mask): (T, B, D), (T, B, 1), (T, B)."""
        inputs, targets, mask = self.adding.batch(rng, batch, dtype)
        return inputs @ self.matrix.astype(dtype), targets, mask

    def score(self, outputs, targets, mask):
        """The share of sums that are off by less than 0.1."""
        return self.adding.score(outputs, targets, mask)


def cell_of(model):
    """The cell of a model's name, "gru 18"."""
    name, units = model.split()
    return CELLS[name](int(units), int(units))


def _models():
    """Names: the LSTM, then each other cell with as many units and with as many parameters."""
    budget = count(LSTM(UNITS, UNITS), 1)
    names = []
    for name, kind in CELLS.items():
        fits = widest(lambda D, kind=kind: kind(D, D), 1, budget).hidden_size
        names += dict.fromkeys((f"{name} {UNITS}", f"{name} {fits}"))
    return tuple(names)


def gru(seed, model, steps, learning_rate, **training):
    """One model, trained on sequences of `steps` numbers."""
    cell = cell_of(model)
    return learn(seed, cell, Spread(steps, cell.hidden_size), learning_rate, **training)


MODELS = _models()
RATES = (0.003, 0.01, 0.03, 0.1)
GRID = {"model": MODELS, "steps": (50, 150)}
FIXED = {"updates": 600, "batch": 20, "tested": 1000}
QUICK = {"grid": {"model": MODELS[:2], "steps": (50,)}, "seeds": (0,),
         "fixed": {"updates": 40, "tested": 100}}

CHOSEN = {"lstm 16": 0.03, "gru 16": 0.01, "gru 18": 0.01, "gru_before 16": 0.01, "gru_before 18":
          0.03, "mgu 16": 0.01, "mgu 22": 0.03, "mut1 16": 0.03, "mut1 22": 0.03, "mut2 16": 0.01,
          "mut2 20": 0.01, "mut3 16": 0.03, "mut3 18": 0.03}

GRU_ADDING = Experiment(
    about="adding with LSTM, both GRUs, MGU and MUT1 to 3, at equal width and equal parameters",
    run=AtChosenRate(gru, by=("model",)), grid=GRID, seeds=SEEDS, measures=MEASURES,
    fixed={"learning_rates": CHOSEN, **FIXED}, quick=QUICK,
)

GRU_RATES = Experiment(
    about="the same at several learning rates, on other seeds, to choose one",
    run=gru, grid={**GRID, "learning_rate": RATES}, seeds=SEEDS_OF_RATES, measures=MEASURES,
    fixed=FIXED, quick=QUICK,
)

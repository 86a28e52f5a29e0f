"""Which of a GRU's differences from the LSTM helps it to add? Each that can be had alone, alone.

    lstm        the LSTM
    peephole    the same with peepholes, of which the next two are made
    cifg        its input and forget gates coupled, f = 1 - i
    nog         its output gate left out

The task is that of `gru`, adding 150 numbers spread over 16 inputs, and the networks have 16 units
and the same training. All forget biases are 0, so that all gates begin at one half, as a GRU's do.
The rate of each was chosen by `gru_pieces_rates`, on other seeds.
"""

from lstmlib.experiments.experiment import AtChosenRate, Experiment
from lstmlib.experiments.gru import FIXED, RATES, UNITS, Spread
from lstmlib.experiments.protocol import MEASURES, SEEDS, SEEDS_OF_RATES, learn
from lstmlib.numpy import CIFG, LSTM, NOG, Peephole

CELLS = {"lstm": LSTM(UNITS, UNITS, forget_bias=0),
         "peephole": Peephole(UNITS, UNITS, forget_bias=0),
         "cifg": CIFG(UNITS, UNITS), "nog": NOG(UNITS, UNITS, forget_bias=0)}
STEPS = 150


def pieces(seed, cell, learning_rate, **training):
    """One network, trained on sequences of STEPS numbers."""
    return learn(seed, CELLS[cell], Spread(STEPS, UNITS), learning_rate, **training)


GRID = {"cell": tuple(CELLS)}
CHOSEN = {"lstm": 0.01, "peephole": 0.01, "cifg": 0.03, "nog": 0.01}
QUICK = {"grid": {"cell": ("lstm",)}, "seeds": (0,), "fixed": {"updates": 40, "tested": 100}}

GRU_PIECES = Experiment(
    about="adding with an LSTM that has one piece of a GRU: coupled gates, or no output gate",
    run=AtChosenRate(pieces, by=("cell",)), grid=GRID, seeds=SEEDS, measures=MEASURES,
    fixed={"learning_rates": CHOSEN, **FIXED}, quick=QUICK,
)

GRU_PIECES_RATES = Experiment(
    about="the same at several learning rates, on other seeds, to choose one",
    run=pieces, grid={**GRID, "learning_rate": RATES}, seeds=SEEDS_OF_RATES, measures=MEASURES,
    fixed=FIXED, quick=QUICK,
)

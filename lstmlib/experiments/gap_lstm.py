"""How far back an LSTM can reach: the experiment `gap`, with gates and three forget biases.

Task, updates, batches, seeds and measures are those of lstmlib.experiments.gap, and so are the
sequences: seed for seed both kinds of network learn from the same ones. The cell is an LSTM whose
forget gate begins with the bias 0, 1 or 3, and all else as the default has it. It comes in two
sizes, as one plain cell of 32 units has two equals:

    32 units    as many units; 5,376 parameters in the cell, four times those of the plain one
    14 units    as many parameters in the cell, 1,344

The gradient that reaches the first state is that of h and c side by side.

The learning rate was chosen for each size and bias by `gap_lstm_rates`, two other seeds on the same
gaps (the plain network had five): the one with the best mean accuracy over all gaps. Neighbours are
nearly as good at the biases 0 and 1. `gap_lstm_high_rates` tries two more on the same seeds, 0.1
and 0.3, which the GRU of `gap_cells` does best with.
"""

from dataclasses import replace

import numpy as np

from lstmlib.experiments.experiment import AtChosenRate, Experiment
from lstmlib.experiments.gap import GAP, GAP_RATES, GAPS, MEASURES, QUICK, TRAINING, learn
from lstmlib.numpy import LSTM
from lstmlib.tasks import Recall


def start(network, rng):
    """The network's own first parameters, in float32."""
    return network.init(rng, np.float32)


def recall(seed, hidden_size, forget_bias, gap, learning_rate, **training):
    """An LSTM whose forget gate begins with the bias `forget_bias`."""
    cell = LSTM(Recall(gap).input_size, hidden_size, forget_bias)
    return learn(seed, gap, cell, start, learning_rate, **training)


UNITS = (32, 14)
BIASES = (0, 1, 3)
RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03)

GAP_LSTM = Experiment(
    about="`gap` with an LSTM, for two sizes and three forget biases",
    run=AtChosenRate(recall, by=("hidden_size", "forget_bias")),
    grid={"hidden_size": UNITS, "forget_bias": BIASES, "gap": GAPS},
    seeds=GAP.seeds,
    measures=MEASURES,
    fixed={"learning_rates": {"32": {"0": 0.001, "1": 0.001, "3": 0.001},
                              "14": {"0": 0.003, "1": 0.003, "3": 0.001}}, **TRAINING},
    quick=QUICK,
)

GAP_LSTM_RATES = Experiment(
    about="the same at several learning rates, on other seeds, to choose one",
    run=recall,
    grid={"hidden_size": UNITS, "forget_bias": BIASES, "learning_rate": RATES, "gap": GAPS},
    seeds=GAP_RATES.seeds[:2],
    measures=MEASURES,
    fixed=TRAINING,
    quick=QUICK,
)

GAP_LSTM_HIGH_RATES = replace(GAP_LSTM_RATES, about="the same at two higher rates",
                              grid={**GAP_LSTM_RATES.grid, "learning_rate": (0.1, 0.3)})

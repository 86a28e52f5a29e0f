"""Bits per character of a GRU, of two layers of LSTM and of a clockwork network.

Text, windows, number of updates and measures are those of lstmlib.experiments.characters. Each
model has at most as many parameters as the network of chapter 4, 26,334, and makes as many updates,
2,500:

    GRU 60           one layer of 60 units, 25,914
    LSTM 35 + 35     two layers of 35 units, 26,124
    clockwork 117    modules of 15 or 14 units with the periods 1, 2, 4 ... 128, 26,262; the clock
                     goes on from window to window, as the state does

The learning rate was chosen for each model by `characters_cells_rates`, two other seeds: the one
with the best mean on the validation part.
"""

from lstmlib.experiments.characters import CHARACTERS, EMBEDDING, MEASURES, encoded, measured
from lstmlib.experiments.experiment import AtChosenRate, Experiment
from lstmlib.numpy import GRU, LSTM, Clockwork, Dense, Embedding, Network, Stack

MODELS = {
    "GRU 60": lambda M: GRU(M, 60),
    "LSTM 35 + 35": lambda M: Stack([LSTM(M, 35), LSTM(35, 35)]),
    "clockwork 117": lambda M: Clockwork(M, 117),
}
UPDATES = 2500


def network(model):
    """The untrained network of a model."""
    if model not in MODELS:
        raise ValueError(f"model: got {model!r}, expected one of {'; '.join(MODELS)}")
    cell, K = MODELS[model](EMBEDDING), encoded()[-1]
    return Network(cell, Dense(cell.output_size, K), Embedding(K, EMBEDDING))


def characters(seed, model, learning_rate, looked, updates):
    """One model from its first to its last update, and what the held-out parts cost it."""
    return measured(seed, network(model), learning_rate, updates, looked)


RATES = (0.004, 0.008, 0.016, 0.032, 0.064)
FIXED = {"looked": 200, "updates": UPDATES}
QUICK = {"grid": {"model": ("clockwork 117",)}, "seeds": (4,),
         "fixed": {"looked": 20, "updates": 60}}

CHARACTERS_CELLS = Experiment(
    about="bits per character of a GRU, two layers of LSTM and a clockwork network",
    run=AtChosenRate(characters, by=("model",)),
    grid={"model": tuple(MODELS)},
    seeds=CHARACTERS.seeds,
    measures=MEASURES,
    fixed={"learning_rates": {"GRU 60": 0.016, "LSTM 35 + 35": 0.032,
                              "clockwork 117": 0.008}, **FIXED},
    quick=QUICK,
)

CHARACTERS_CELLS_RATES = Experiment(
    about="the same at several learning rates, on other seeds, to choose one",
    run=characters,
    grid={"model": tuple(MODELS), "learning_rate": RATES},
    seeds=(1004, 1005),
    measures=MEASURES,
    fixed=FIXED,
    quick={**QUICK, "grid": {**QUICK["grid"], "learning_rate": (0.032,)}},
)

"""How far back a GRU and a clockwork network can reach: the experiment `gap` with these cells.

Task, updates, batches and measures are those of lstmlib.experiments.gap, the seeds its first ten,
and so are the sequences. The default initialisation throughout; a model is a cell and its units:

    gru 32, clockwork 32    as many units as the plain network has
    gru 16, clockwork 40    as many parameters in the cell, at most 1,344

Periods of the clockwork network are 1, 2, 4 ... 128, in modules of 4 or of 5 units.

The learning rate was chosen for each model by `gap_cells_rates`, two other seeds on the same gaps:
the one with the best mean accuracy over all gaps, and of equal ones that with the smallest mean
loss.
"""

from lstmlib.experiments.experiment import AtChosenRate, Experiment
from lstmlib.experiments.gap import GAP, GAP_RATES, GAPS, MEASURES, QUICK, TRAINING, learn
from lstmlib.experiments.gap_lstm import start
from lstmlib.numpy import GRU, Clockwork
from lstmlib.tasks import Recall

CELLS = {"gru": GRU, "clockwork": Clockwork}
MODELS = ("gru 32", "gru 16", "clockwork 32", "clockwork 40")


def cell_of(model):
    """The cell that a model's name, "gru 32", says."""
    name, units = model.split()
    return CELLS[name](Recall(1).input_size, int(units))


def recall(seed, model, gap, learning_rate, **training):
    """One model, trained over one gap."""
    return learn(seed, gap, cell_of(model), start, learning_rate, **training)


RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)

GAP_CELLS = Experiment(
    about="`gap` with a GRU and a clockwork network, at equal width and at equal parameters",
    run=AtChosenRate(recall, by=("model",)),
    grid={"model": MODELS, "gap": GAPS},
    seeds=GAP.seeds[:10],
    measures=MEASURES,
    fixed={"learning_rates": {"gru 32": 0.3, "gru 16": 0.3, "clockwork 32": 0.1,
                              "clockwork 40": 1.0}, **TRAINING},
    quick=QUICK,
)

GAP_CELLS_RATES = Experiment(
    about="the same at several learning rates, on other seeds, to choose one",
    run=recall,
    grid={"model": MODELS, "learning_rate": RATES, "gap": GAPS},
    seeds=GAP_RATES.seeds[:2],
    measures=MEASURES,
    fixed=TRAINING,
    quick=QUICK,
)

"""Does depth help? One, two and three layers at equal parameters, and the depth-gated LSTM.

Layers are peephole LSTMs, the lowest one of a depth-gated stack too; so "2 gated" differs from "2"
by its gate between the memories, and by its width. All layers of a net are equally wide, as wide as
fits, read-out included, into the parameters of one layer of 24 units. The tasks are

    adding          two marked values of 40; right is an error below 0.1
    embedded_reber  the next symbol of embedded Reber strings; right is a whole string

and the budget is small, 1,000 updates (see lstmlib.experiments.protocol). A rate for each net and
task; of three plain layers on adding no rate gets off chance on the seeds that choose.
"""

from lstmlib.experiments.experiment import AtChosenRate, Experiment
from lstmlib.experiments.protocol import MEASURES, SEEDS, SEEDS_OF_RATES, count, learn, widest
from lstmlib.experiments.variants import Close
from lstmlib.numpy import DepthGated, Peephole, Stack
from lstmlib.tasks import EmbeddedReber

TASKS = {"adding": Close(40), "embedded_reber": EmbeddedReber()}
NETS = ("1", "2", "3", "2 gated", "3 gated")


def stack_of(net, input_size, D):
    """The layers of a net, each of D units."""
    above = DepthGated if "gated" in net else Peephole
    return Stack([Peephole(input_size, D), *(above(D, D) for _ in range(int(net[0]) - 1))])


def cell_of(net, task, units):
    """The net as wide as fits into the parameters of one layer of `units`."""
    M, N = TASKS[task].input_size, TASKS[task].output_size
    return widest(lambda D: stack_of(net, M, D), N, count(Peephole(M, units), N))


def depth(seed, task, net, learning_rate, units, **training):
    """One net and one task."""
    return learn(seed, cell_of(net, task, units), TASKS[task], learning_rate, **training)


RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
GRID = {"task": tuple(TASKS), "net": NETS}
FIXED = {"units": 24, "updates": 1000, "batch": 20, "tested": 500}
QUICK = {"seeds": (0,), "fixed": {"updates": 40, "tested": 50}}

CHOSEN = {
    "adding": {"1": 0.03, "2": 0.01, "3": 0.001, "2 gated": 0.03, "3 gated": 0.01},
    "embedded_reber": {"1": 0.03, "2": 0.03, "3": 0.1, "2 gated": 0.01, "3 gated": 0.03},
}

DEPTH = Experiment(
    about="one, two and three layers at equal parameters, and the depth-gated LSTM",
    run=AtChosenRate(depth, by=("task", "net")), grid=GRID, seeds=SEEDS, measures=MEASURES,
    fixed={"learning_rates": CHOSEN, **FIXED},
    quick=QUICK,
)

DEPTH_RATES = Experiment(
    about="the same at several learning rates, on other seeds, to choose one",
    run=depth, grid={**GRID, "learning_rate": RATES}, seeds=SEEDS_OF_RATES,
    measures=MEASURES, fixed=FIXED, quick={**QUICK, "grid": {"learning_rate": RATES[:1]}},
)

"""Who trains at which rate? Plain cell, LSTM and causal convolutions, over seeds and rates.

All nets of a task have at most the parameters of an LSTM of 16 units, read-out included:

    rnn           plain tanh units
    lstm          forget bias 1
    convolution   six layers of causal convolutions, rectified and each with a way past it
    plain         the same without the way past and with tanh (lstmlib.experiments.convolution)

Six layers look back over 64 steps, and hardly one sequence in ten thousand is longer. The tasks are

    adding          two marked values of 50; right is an error below 0.1, the constant 1 is in 0.19
    embedded_reber  the next symbol of embedded Reber strings; right is a whole string

Every net learns by 1,000 updates at every rate (see lstmlib.experiments.protocol): here the rates
are not chosen but looked at. The column `seconds` is a whole run's time in NumPy, on one thread.
"""

from lstmlib.experiments.convolution import Convolution, ConvolutionNetwork
from lstmlib.experiments.experiment import Experiment
from lstmlib.experiments.protocol import MEASURES, count, learn, widest
from lstmlib.experiments.variants import Close
from lstmlib.numpy import LSTM, RNN, Network
from lstmlib.tasks import EmbeddedReber

TASKS = {"adding": Close(50), "embedded_reber": EmbeddedReber()}
LAYERS = 6
NETS = {
    "rnn": RNN,
    "lstm": LSTM,
    "convolution": lambda M, D: Convolution(M, D, LAYERS),
    "plain": lambda M, D: Convolution(M, D, LAYERS, plain=True),
}
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)


def cell_of(net, task, units):
    """The net as wide as fits into the parameters of an LSTM of `units`."""
    M, N = TASKS[task].input_size, TASKS[task].output_size
    return widest(lambda D: NETS[net](M, D), N, count(LSTM(M, units), N))


def stability(seed, task, net, learning_rate, units, **training):
    """One net and one task, at one rate."""
    cell = cell_of(net, task, units)
    kind = ConvolutionNetwork if isinstance(cell, Convolution) else Network
    return learn(seed, cell, TASKS[task], learning_rate, kind=kind, **training)


STABILITY = Experiment(
    about="plain cell, LSTM and causal convolutions at six rates, equal parameters",
    run=stability, grid={"task": tuple(TASKS), "net": tuple(NETS), "learning_rate": RATES},
    seeds=tuple(range(6)), measures=MEASURES,
    fixed={"units": 16, "updates": 1000, "batch": 20, "tested": 500},
    quick={"grid": {"learning_rate": RATES[2:3]}, "seeds": (0,),
           "fixed": {"updates": 40, "tested": 50}},
)

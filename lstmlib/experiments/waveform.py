"""The clockwork paper's task: to say a wave of 320 samples from nothing, the weights holding it.

A network without input, its state zero at first, has a wave for its target, scaled to [-1, 1]. That
of Koutník and his co-authors (2014) was music; ours are formulas over the time u from 0 to 1:

    chord     three tones that don't fit into each other, of 4.3, 13.1 and 31.7 turns
    chirp     a tone that rises, from 2 to 26 turns a unit of time
    plucked   five harmonics of 8.6 turns, the higher the weaker and the faster to die away

The nets have at most as many parameters as the clockwork one, 460, read-out included (W, which
hears nothing, is not counted):

    rnn         tanh, 20 units
    lstm        10 units, forget bias 5
    clockwork   27 units in 9 modules with the periods 1, 2, 4 ... 256

Each wave is learned alone, by 2,000 updates of Adam in float32 with the gradient clipped at the
norm 1. The error is the mean squared one as a share of the wave's variance: the best constant has
1. The learning rate was chosen for each kind of net by `waveform_rates`, on other seeds: the one
with the smallest mean error over all waves.
"""

import itertools
import math

import numpy as np

from lstmlib.experiments.experiment import AtChosenRate, Experiment
from lstmlib.experiments.protocol import PERCENT, SEEDS_OF_RATES, count
from lstmlib.numpy import LSTM, RNN, Adam, Clockwork, Dense, Network, fit, mean_squared_error

SAMPLES = 320
CELLS = {"rnn": RNN(1, 20), "lstm": LSTM(1, 10, forget_bias=5.0),
         "clockwork": Clockwork(1, 27, periods=[2 ** m for m in range(9)])}


def used(cell):
    """The parameters of a net that hears nothing: W is not counted."""
    return count(cell, 1) - math.prod(cell.param_shapes["W"])


def tone(turns, u):
    """A sine that turns so often in a unit of time."""
    return np.sin(2 * np.pi * turns * u)


WAVES = {
    "chord": lambda u: tone(4.3, u) + 0.7 * tone(13.1, u) + 0.5 * tone(31.7, u),
    "chirp": lambda u: tone(2 + 12 * u, u),
    "plucked": lambda u: sum(np.exp(-k * u) / k * tone(8.6 * k, u) for k in range(1, 6)),
}


def wave(name):
    """The wave of this name, (320,), scaled to [-1, 1]."""
    y = WAVES[name](np.arange(SAMPLES) / SAMPLES)
    return 2 * (y - y.min()) / (y.max() - y.min()) - 1


def said(network, params):
    """What a network says from nothing, (320,)."""
    return network.forward(params, np.zeros((SAMPLES, 1, 1), np.float32))[0][:, 0, 0]


def learn(seed, cell, wave_name, learning_rate, updates):
    """(network, params, errors): a trained net, and its normalised error before each update."""
    target = wave(wave_name).astype(np.float32)[:, None, None]
    network = Network(CELLS[cell], Dense(CELLS[cell].hidden_size, 1), loss=mean_squared_error)
    first = network.init(np.random.default_rng(seed), np.float32)
    same = itertools.repeat((np.zeros_like(target), target), updates)
    done = fit(network, first, same, Adam(learning_rate), clip=1.0).run()
    return network, done.params, np.array(done.history["loss"]) / target.var()


def measured(y, target, errors):
    """{measure: number} from what a net says, what it should, and its errors on the way."""
    updates, some = len(errors), max(len(errors) // 20, 1)
    return {"nmse": ((y - target) ** 2).mean() / target.var(), "least": errors.min(),
            **{f"nmse_{percent}": np.mean(errors[end - some:end])
               for percent in PERCENT for end in [max(updates * percent // 100, some)]}}


def waveform(seed, cell, wave_name, learning_rate, updates):
    """One net and one wave."""
    network, params, errors = learn(seed, cell, wave_name, learning_rate, updates)
    return measured(said(network, params), wave(wave_name), errors)


RATES = (0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
GRID = {"cell": tuple(CELLS), "wave_name": tuple(WAVES)}
MEASURES = {
    "nmse": "squared error after the last update, as a share of the wave's variance",
    "least": "the smallest before any update",
    **{f"nmse_{n}": f"its mean over the updates from {n - 5} to {n} % of all" for n in PERCENT},
}
QUICK = {"grid": {"wave_name": ("chirp",)}, "seeds": (0,), "fixed": {"updates": 40}}

CHOSEN = {"rnn": 0.0001, "lstm": 0.003, "clockwork": 0.03}

WAVEFORM = Experiment(
    about="a wave from nothing: tanh net, LSTM and clockwork net at equal parameters",
    run=AtChosenRate(waveform, by=("cell",)), grid=GRID, seeds=tuple(range(5)), measures=MEASURES,
    fixed={"learning_rates": CHOSEN, "updates": 2000}, quick=QUICK,
)

WAVEFORM_RATES = Experiment(
    about="the same at several learning rates, on other seeds, to choose one",
    run=waveform, grid={**GRID, "learning_rate": RATES}, seeds=SEEDS_OF_RATES[:2],
    measures=MEASURES, fixed={"updates": 2000}, quick=QUICK,
)

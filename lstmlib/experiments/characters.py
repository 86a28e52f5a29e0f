"""Bits per character of tanh networks and of LSTMs: equal parameters, equal time, equal width.

All read the training part of the frozen text as the network of chapter 4 does: 24 streams, windows
of 40 characters in order, the state carried, Adam with a rate that falls in a straight line to
nothing at the last update, the gradient clipped to length 1, float64. The seed draws the initial
parameters; the text comes in the same order in all runs. A model is a cell, its units and a number
of updates:

    tanh 100               the network of chapter 4, 26,334 parameters
    LSTM 52                about as many parameters, 26,010, and as many updates
    LSTM 52, equal time    the same, stopped when the tanh network's time is over
    LSTM 100, equal time   as many units, 66,234 parameters, and the tanh network's time
    LSTM 100               as many units and as many updates
    tanh 193               about as many parameters as LSTM 100, 65,766, and as many updates

Equal time means the updates that fitted into the CPU time of the tanh network's 2,500 when both ran
by turns on one thread of the machine that the table names; `train_seconds` says what they took.

The learning rate was chosen for each model by `characters_rates`, two other seeds at five rates: the
one with the best mean on the validation part.
"""

import functools
import time

import numpy as np

from lstmlib.experiments.experiment import AtChosenRate, Experiment
from lstmlib.numpy import LSTM, RNN, Adam, Dense, Embedding, Network, fit
from lstmlib.tasks import text

MODELS = {
    "tanh 100": {"cell": RNN, "units": 100, "updates": 2500},
    "LSTM 52": {"cell": LSTM, "units": 52, "updates": 2500},
    "LSTM 52, equal time": {"cell": LSTM, "units": 52, "updates": 2000},
    "LSTM 100, equal time": {"cell": LSTM, "units": 100, "updates": 950},
    "LSTM 100": {"cell": LSTM, "units": 100, "updates": 2500},
    "tanh 193": {"cell": RNN, "units": 193, "updates": 2500},
}
STEPS, BATCH, CLIP, EMBEDDING = 40, 24, 1.0, 32


@functools.cache
def encoded():
    """(training, validation, test) part of the frozen text as ids, and the number of symbols."""
    parts = text.split(text.frozen(), validation=0.1, test=0.1)
    alphabet = text.Alphabet.of(parts.train.text)
    return *(alphabet.encode(part.text) for part in parts), len(alphabet)


def network(model):
    """The untrained network of a model."""
    if model not in MODELS:
        raise ValueError(f"model: got {model!r}, expected one of {'; '.join(MODELS)}")
    cell, units, K = MODELS[model]["cell"], MODELS[model]["units"], encoded()[-1]
    return Network(cell(EMBEDDING, units), Dense(units, K), Embedding(K, EMBEDDING))


def training(seed, model, learning_rate):
    """Train a model; yields one Record an update, the whole of its updates or as far as you go."""
    return trained(seed, network(model), learning_rate, MODELS[model]["updates"])


def trained(seed, net, learning_rate, updates):
    """Train a network on the text; yields one Record an update."""
    ids = encoded()[0]
    passes = 1 + updates * STEPS * BATCH // (len(ids) - 2 * STEPS * BATCH)
    adam = Adam(learning_rate)
    batches = text.windows(ids, STEPS, BATCH, passes)
    params = net.init(np.random.default_rng(seed))
    for record in fit(net, params, batches, adam, clip=CLIP, carry=True):
        yield record
        if record.step == updates:
            return
        adam.learning_rate = learning_rate * (1 - record.step / updates)


def bits_of(model, params, ids):
    """Bits per character of all but the first, read in one go with the state carried."""
    return _bits(network(model), params, ids)


def _bits(net, params, ids):
    return float(text.surprise(net, params, ids)[1:].mean())


def measured(seed, net, learning_rate, updates, looked):
    """One network from its first to its last update, and what the held-out parts cost it."""
    _, validation, test, _ = encoded()
    seconds, early, began = 0.0, None, time.process_time()
    for record in trained(seed, net, learning_rate, updates):
        if record.step == looked:
            seconds += time.process_time() - began
            early = _bits(net, record.params, validation)
            began = time.process_time()
    seconds += time.process_time() - began
    return {"test": _bits(net, record.params, test),
            "validation": _bits(net, record.params, validation),
            "early": early, "train_seconds": seconds, "numbers": net.count(),
            "characters": record.step * STEPS * BATCH}


def characters(seed, model, learning_rate, looked):
    """One model, trained and measured."""
    return measured(seed, network(model), learning_rate, MODELS[model]["updates"], looked)


RATES = (0.004, 0.008, 0.016, 0.032, 0.064)
MEASURES = {
    "test": "bits per character of the test part, all but its first, after the last update",
    "validation": "the same of the validation part",
    "early": "the same of the validation part, after the first `looked` updates",
    "train_seconds": "CPU time of all updates, one thread",
    "numbers": "parameters of the network",
    "characters": "training characters read, repeats included",
}
QUICK = {"grid": {"model": ("LSTM 52, equal time",)}, "seeds": (4,)}

CHARACTERS = Experiment(
    about="bits per character of LSTMs and tanh networks at equal parameters, time, width",
    run=AtChosenRate(characters, by=("model",)),
    grid={"model": tuple(MODELS)},
    seeds=(4, 5, 6, 7, 8, 9),
    measures=MEASURES,
    fixed={"learning_rates": {"tanh 100": 0.008, "LSTM 52": 0.032, "LSTM 52, equal time": 0.032,
                              "LSTM 100, equal time": 0.016, "LSTM 100": 0.016,
                              "tanh 193": 0.008},
           "looked": 200},
    quick=QUICK,
)

CHARACTERS_RATES = Experiment(
    about="the same at several learning rates, on other seeds, to choose one",
    run=characters,
    grid={"model": tuple(MODELS), "learning_rate": RATES},
    seeds=(1004, 1005),
    measures=MEASURES,
    fixed={"looked": 200},
    quick={**QUICK, "grid": {**QUICK["grid"], "learning_rate": (0.032,)}},
)

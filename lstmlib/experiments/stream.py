"""Who forgets in time on an endless stream: the gate, or whoever was trained on it?

Networks of 16 units learn to predict the next symbol of Reber's embedded grammar from

    strings   batches of 32 single strings, the state zero before each
    stream    batches of 8 streams of 440 symbols, in 10 windows of 44 with the state carried on

by 5,000 updates of Adam at a rate of 0.01 in float32, without clipping: about 352 symbols an update
in both, 1.76 million in all. Their cells are

    lstm_1997             no forget gate
    lstm_1997_truncated   the same with the gradient of its paper, which goes back through c alone
    lstm_open             today's cell with the forget bias 100: the forget gate is 1, in float32
                          exactly so, and nothing trains it
    lstm                  today's cell, forget bias 1

so that `lstm_open` differs from `lstm` by the gate alone. After the last update each network is
asked about fresh single strings, and about fresh streams of 10,000 symbols in which its state is
never reset. Right is what the papers call so: every symbol that may come has a larger output than
each that may not. One symbol in twelve repeats the letter at the beginning of its string: who has
forgotten it, but knows all else, is right at half of those and so at 23/24 of all symbols.
"""

import functools
import itertools

import numpy as np

from lstmlib.experiments.experiment import Experiment
from lstmlib.numpy import LSTM, LSTM1997, Adam, Dense, Network, fit
from lstmlib.tasks import ContinualReber, EmbeddedReber

CELLS = {
    "lstm_1997": LSTM1997,
    "lstm_1997_truncated": functools.partial(LSTM1997, truncated=True),
    "lstm_open": functools.partial(LSTM, forget_bias=100.0),
    "lstm": LSTM,
}
STEPS = (30, 100, 300, 1000, 3000, 10000)           # of a stream: where its stretches end
PERCENT = (10, 20, 40, 100)                         # of the updates: where the loss is told


def train(network, params, task, rng, batch, learning_rate, updates, windows, carry):
    """(params, losses): parameters in float32 after some updates of Adam, the loss before each.

    Training goes in pieces of `windows` updates. With `carry` a piece is one batch of streams that
    begin in the state zero and have it carried on; else every batch begins with zeros.
    """
    losses, optimiser = [], Adam(learning_rate)
    while len(losses) < updates:
        batches = (task.stream(rng, batch, np.float32) if carry
                   else (task.batch(rng, batch, np.float32) for _ in itertools.count()))
        done = fit(network, params, itertools.islice(batches, windows), optimiser,
                   carry=carry).run()
        params = done.params
        losses += done.history["loss"]
    return params, losses


def learn(seed, cell, trained_on, hidden_size, learning_rate, updates, strings_in_batch,
          streams_in_batch, steps, windows):
    """(network, params, losses): a trained network, and its loss before each update."""
    beginning, training = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(2))
    carry = trained_on == "stream"
    task = ContinualReber(steps) if carry else EmbeddedReber()
    network = Network(CELLS[cell](task.input_size, hidden_size),
                      Dense(hidden_size, task.output_size), loss=task.loss)
    batch = streams_in_batch if carry else strings_in_batch
    params, losses = train(network, network.init(beginning, np.float32), task, training, batch,
                           learning_rate, updates, windows, carry)
    return network, params, losses


def asked(network, params, rng, strings_tested, streams_tested):
    """What a network knows: {measure: number}."""
    task = EmbeddedReber()
    inputs, targets, mask = task.batch(rng, strings_tested, np.float32)
    found = {"strings": task.score(network.forward(params, inputs)[0], targets, mask)}

    task = ContinualReber(STEPS[-1])
    inputs, targets, mask = task.batch(rng, streams_tested, np.float32)
    outputs, run = network.forward(params, inputs)
    right, letters = task.right(outputs, targets, mask), task.repeated(targets, mask)
    found["first"] = task.score(outputs, targets, mask)
    size = np.abs(run.sequence("c")).mean(axis=(1, 2))
    for begin, end in zip((0, *STEPS), STEPS):
        found[f"symbols_{end}"] = right[begin:end].mean()
        found[f"letters_{end}"] = right[begin:end][letters[begin:end]].mean()
        found[f"c_{end}"] = size[end - 1]
    shown = run.outputs[-1] / run.sequence("o")[-1]
    return {**found, "saturated": (np.abs(shown) > 0.99).mean()}


def stream(seed, cell, trained_on, strings_tested, streams_tested, **training):
    """One network, trained and asked."""
    network, params, losses = learn(seed, cell, trained_on, **training)
    testing = np.random.default_rng(np.random.SeedSequence(seed).spawn(3)[2])
    found = asked(network, params, testing, strings_tested, streams_tested)
    some = len(losses) // 50
    for percent in PERCENT:
        end = len(losses) * percent // 100
        found[f"loss_{percent}"] = np.mean(losses[end - some:end])
    return found


STREAM = Experiment(
    about="embedded Reber, single strings and a stream: cells with and without a forget gate",
    run=stream,
    grid={"cell": tuple(CELLS), "trained_on": ("strings", "stream")},
    seeds=tuple(range(10)),
    measures={
        "strings": "share of single strings in which every symbol is predicted right",
        "first": "symbols of a stream predicted before the first mistake, at most 10,000",
        **{f"symbols_{n}": f"share of symbols predicted right in a stream, from step {m} to {n}"
           for m, n in zip((0, *STEPS), STEPS)},
        **{f"letters_{n}": "the same of those symbols that repeat a letter" for n in STEPS},
        **{f"c_{n}": f"mean of |c| after {n} steps of a stream" for n in STEPS},
        "saturated": "share of cells that show h = o or h = -o, to one per cent, in the end",
        **{f"loss_{n}": f"training loss after {n} % of the updates, mean of the last 2 %, in nats"
           for n in PERCENT},
    },
    fixed={"hidden_size": 16, "learning_rate": 0.01, "updates": 5000, "strings_in_batch": 32,
           "streams_in_batch": 8, "steps": 44, "windows": 10, "strings_tested": 1000,
           "streams_tested": 20},
    quick={"seeds": (0,), "fixed": {"updates": 60, "strings_tested": 50, "streams_tested": 2}},
)

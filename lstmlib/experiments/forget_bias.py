"""What the forget gate's first bias does to training, on tasks that want different things of it.

An LSTM of 32 units whose forget gate begins with the bias 0, 1, 2 or 5, and all else as the default
has it, learns

    recall           one symbol over a gap of 40: only the first step counts
    temporal_order   which of X and Y came, twice, in 60 steps: two things to keep
    adding           two marked values of 40
    continual_reber  the stream of embedded Reber strings: to forget, each 12 symbols or so

by Adam at three rates in float32, without clipping, on fresh batches of 32 sequences (1,000
updates, 1,500 for adding). Those of continual_reber are batches of 8 streams of 400 symbols, in 10
windows of 40 with the state carried on. Seed for seed all biases and rates see the same sequences.

All sequences are fresh, so that the loss before an update is that on data not seen before.
"""

import numpy as np

from lstmlib.experiments.experiment import Experiment
from lstmlib.experiments.stream import train
from lstmlib.numpy import LSTM, Dense, Network
from lstmlib.tasks import Adding, ContinualReber, Recall, TemporalOrder

TASKS = {"recall": Recall(40), "temporal_order": TemporalOrder(relevant=2, steps=60),
         "adding": Adding(40), "continual_reber": ContinualReber(40)}
BIASES = (0, 1, 2, 5)
PERCENT = (5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)    # of the updates: where the loss is told


def learn(seed, task, forget_bias, learning_rate, hidden_size, updates, batch, streams, windows):
    """The losses of one network, from its first to its last update."""
    beginning, training = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(2))
    asked, carry = TASKS[task], task == "continual_reber"
    network = Network(LSTM(asked.input_size, hidden_size, forget_bias),
                      Dense(hidden_size, asked.output_size), loss=asked.loss)
    _, losses = train(network, network.init(beginning, np.float32), asked, training,
                      streams if carry else batch, learning_rate, updates[task], windows, carry)
    some = len(losses) // 20
    ends = {percent: len(losses) * percent // 100 for percent in PERCENT}
    return {f"loss_{percent}": np.mean(losses[end - some:end]) for percent, end in ends.items()}


FORGET_BIAS = Experiment(
    about="training curves of an LSTM for four forget biases, on four tasks",
    run=learn,
    grid={"task": tuple(TASKS), "learning_rate": (0.001, 0.003, 0.01), "forget_bias": BIASES},
    seeds=tuple(range(5)),
    measures={f"loss_{n}": f"mean loss of the updates from {n - 5} to {n} % of all"
              for n in PERCENT},
    fixed={"hidden_size": 32, "batch": 32, "streams": 8, "windows": 10,
           "updates": {"recall": 1000, "temporal_order": 1000, "adding": 1500,
                       "continual_reber": 1000}},
    quick={"grid": {"learning_rate": (0.01,), "forget_bias": (0, 5)}, "seeds": (0,),
           "fixed": {"updates": dict.fromkeys(TASKS, 40)}},
)

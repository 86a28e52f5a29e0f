"""How far back a plain network can reach: recall against the gap, by initialisation.

A tanh network of 32 units learns the task `recall` (4 symbols, 4 distractors) by 500 updates of
Adam on fresh batches of 32 sequences, in float32 and without clipping. Its matrix U begins

    default      uniform between -1/sqrt(32) and 1/sqrt(32), as all of the network
    identity     as the identity matrix
    orthogonal   as a random orthogonal matrix

and all else as the default has it. Accuracy is that on 1,000 fresh sequences after the last update;
chance is 1/4. Before the first update the same sequences give the gradient, in float64, that
reaches the state after the first step, and that at the last step, where it begins: for each
sequence the norm of the gradient of its own loss, and of these the mean.

The learning rate was chosen for each initialisation by `gap_rates`, five other seeds on the same
gaps and eight rates from 0.00003 to 0.1: the one with the best mean accuracy over all gaps, which
is 0.03, 0.0001 and 0.001. Neighbours are nearly as good for the first two (0.01; 0.0003).
"""

import functools

import numpy as np

from lstmlib.experiments.experiment import AtChosenRate, Experiment
from lstmlib.numpy import (RNN, Adam, Dense, Network, bptt, fit, softmax_cross_entropy, unroll)
from lstmlib.numpy.init import identity, orthogonal
from lstmlib.tasks import Recall

INITS = ("default", "identity", "orthogonal")


def initialise(init, network, rng):
    """Parameters in float32 with U as `init` says; all else is the same for all three."""
    params = network.init(rng, np.float32)
    shape = params["cell.U"].shape
    if init == "identity":
        params["cell.U"] = identity(shape, dtype=np.float32)
    elif init == "orthogonal":
        params["cell.U"] = orthogonal(rng, shape, dtype=np.float32)
    elif init != "default":
        raise ValueError(f"init: got {init!r}, expected one of {', '.join(INITS)}")
    return params


def gradient_norms(network, params, inputs, targets, mask):
    """Norms of the gradients of the first state and of the last h, a sequence each, (B,) both.

    The first step is run alone and the others from its state, so that the gradient of that state
    is the whole gradient of h_1; of a cell that keeps more than h, of all its parts side by side.
    """
    cell, read = ({name.split(".")[1]: value.astype(np.float64)
                   for name, value in params.items() if name.startswith(part)}
                  for part in ("cell.", "read."))
    inputs = inputs.astype(np.float64)
    first = unroll(network.cell, cell, inputs[:1])
    rest = unroll(network.cell, cell, inputs[1:], first.state, start=first.stop)
    logits = network.readout.forward(read, rest.outputs)
    _, d_logits = softmax_cross_entropy(logits, targets[1:], mask[1:])
    _, d_outputs = network.readout.back(read, rest.outputs, d_logits)
    d_first = np.concatenate(list(bptt(rest, d_outputs).state.values()), axis=1)
    B = inputs.shape[1]                                    # the loss is a mean over B sequences
    return B * np.linalg.norm(d_first, axis=1), B * np.linalg.norm(d_outputs[-1], axis=1)


def learn(seed, gap, cell, start, learning_rate, updates, batch, tested):
    """One network around `cell` from its first to its last update, and what it can do then.

    start(network, rng) gives the first parameters, in float32.
    """
    task = Recall(gap)
    beginning, training, testing = (np.random.default_rng(s)
                                    for s in np.random.SeedSequence(seed).spawn(3))
    network = Network(cell, Dense(cell.hidden_size, task.output_size), loss=task.loss)
    params = start(network, beginning)
    inputs, targets, mask = task.batch(testing, tested, np.float32)
    first, last = gradient_norms(network, params, inputs, targets, mask)
    batches = (task.batch(training, batch, np.float32) for _ in range(updates))
    params = fit(network, params, batches, Adam(learning_rate)).run().params
    outputs, _ = network.forward(params, inputs)
    loss, _ = task.loss(outputs, targets, mask)
    return {"accuracy": task.score(outputs, targets, mask), "loss": loss,
            "gradient_first": first.mean(), "gradient_last": last.mean()}


def recall(seed, init, gap, learning_rate, hidden_size, **sizes):
    """A plain network whose U begins as `init` says."""
    cell = RNN(Recall(gap).input_size, hidden_size)
    return learn(seed, gap, cell, functools.partial(initialise, init), learning_rate, **sizes)


GAPS = (5, 10, 20, 40, 80, 160)
RATES = (0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
MEASURES = {
    "accuracy": "share of fresh sequences whose symbol is recalled after the last update",
    "loss": "their mean cross-entropy, in nats",
    "gradient_first": "before the first update: norm of the gradient of h after the first step",
    "gradient_last": "before the first update: norm of the gradient of h at the last step",
}
TRAINING = {"updates": 500, "batch": 32, "tested": 1000}
SIZES = {"hidden_size": 32, **TRAINING}
QUICK = {"grid": {"gap": (5, 20)}, "seeds": (0,), "fixed": {"updates": 60, "tested": 100}}

GAP = Experiment(
    about="accuracy of recall, and the gradient that arrives, against the gap, for three U",
    run=AtChosenRate(recall, by=("init",)),
    grid={"init": INITS, "gap": GAPS},
    seeds=tuple(range(20)),
    measures=MEASURES,
    fixed={"learning_rates": {"default": 0.03, "identity": 0.0001, "orthogonal": 0.001}, **SIZES},
    quick=QUICK,
)

GAP_RATES = Experiment(
    about="the same at several learning rates, on other seeds, to choose one",
    run=recall,
    grid={"init": INITS, "learning_rate": RATES, "gap": GAPS},
    seeds=(1000, 1001, 1002, 1003, 1004),
    measures=MEASURES,
    fixed=SIZES,
    quick=QUICK,
)

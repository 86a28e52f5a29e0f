"""One network from its first to its last update, and what it can do then: shared by experiments.

Adam in float32 on fresh batches, the gradient clipped at the norm 1 (some cells here are not
bounded). Seed for seed all networks of a task see the same sequences. The rate of each is chosen by
another table, NAME_rates, on other seeds: the one with the best mean score, and of equal ones that
with the smallest mean loss.
"""

import numpy as np

from lstmlib.numpy import Adam, Dense, Network, fit

PERCENT = (10, 20, 50, 100)                         # of the updates: where the loss is told
MEASURES = {
    "score": "share of answers right on fresh sequences, after the last update",
    "loss": "their mean loss: nats, or squared error",
    **{f"loss_{n}": f"mean loss of the updates from {n - 5} to {n} % of all" for n in PERCENT},
}
SEEDS = tuple(range(10))
SEEDS_OF_RATES = (1000, 1001, 1002)


def learn(seed, cell, task, learning_rate, updates, batch, tested, asked=None, kind=Network):
    """{measure: number} of a network that learns `task`, and is asked `asked` if that is another.

    Both have batch(rng, batch, dtype), loss, output_size and score(outputs, targets, mask); `kind`
    puts cell, read-out and loss together.
    """
    beginning, training, testing = (np.random.default_rng(s)
                                    for s in np.random.SeedSequence(seed).spawn(3))
    network = kind(cell, Dense(cell.output_size, task.output_size), loss=task.loss)
    batches = (task.batch(training, batch, np.float32) for _ in range(updates))
    done = fit(network, network.init(beginning, np.float32), batches, Adam(learning_rate),
               clip=1.0).run()
    asked = asked or task
    inputs, targets, mask = asked.batch(testing, tested, np.float32)
    outputs, _ = network.forward(done.params, inputs)
    losses, some = done.history["loss"], max(updates // 20, 1)
    return {"score": asked.score(outputs, targets, mask),
            "loss": asked.loss(outputs, targets, mask)[0],
            **{f"loss_{percent}": np.mean(losses[end - some:end])
               for percent in PERCENT for end in [max(updates * percent // 100, some)]}}


def count(cell, outputs):
    """The parameters of a cell and of the read-out above it."""
    return cell.count() + outputs * (cell.output_size + 1)


def widest(make, outputs, budget):
    """make(D) for the largest D at which cell and read-out have at most `budget` parameters.

    >>> from lstmlib.numpy import LSTM
    >>> widest(lambda D: LSTM(3, D), outputs=2, budget=500)
    LSTM(3, 9)
    """
    D = 1
    while count(make(D + 1), outputs) <= budget:
        D += 1
    return make(D)


def best(table, names, quality=None):
    """{values of names: rate}: of a table of rates, the best for each value of some parameters.

    quality(rows) is the larger the better they are; by default their mean score, and of equal
    scores the smaller mean loss counts.
    """
    found = {}
    for row in table:
        key = tuple(row[name] for name in names)
        found.setdefault(key, {}).setdefault(row["learning_rate"], []).append(row)
    quality = quality or (lambda rows: (np.mean([row["score"] for row in rows]),
                                        -np.mean([row["loss"] for row in rows])))
    return {key: max(rates, key=lambda rate: quality(rates[rate]))
            for key, rates in found.items()}

"""A mixture of tables, each with one letter more of context, as in the chapter's counting models
(Witten and Bell).

Begin with 1/K for every symbol. Then, for contexts of 0, 1, 2 and 3 letters, mix in what the
training text has seen after that context. The number of different symbols that followed it says
how much to doubt it: a context that was seen often and always went on in one way is believed, one
that was never seen leaves the mixture as it was.

Each mixture of probabilities that sum to 1 sums to 1 again, no symbol ever gets 0, and the
context of a place is cut out of the letters before it, so there is nothing to peek with. The
whole predictor needs under 2.8 bits: a bigram table is at 3.5, and what a small recurrent network
reaches within the time of a check lies between.
"""

import numpy as np


def contexts(ids, n, K):
    """The n symbols before each place as one number, (..., length - n): the first n have none."""
    numbers = np.zeros((*ids.shape[:-1], ids.shape[-1] - n), dtype=int)
    for k in range(n):
        numbers = numbers * K + ids[..., k:k + numbers.shape[-1]]
    return numbers


def predict(train, texts, K):
    """p, (B, T, K): what to expect at texts[b, t] after texts[b, :t]."""
    p = np.full((*texts.shape, K), 1 / K)
    for n in range(4):
        table = np.zeros((K ** n, K))
        np.add.at(table, (contexts(train, n, K), train[n:]), 1)
        seen = table[contexts(texts, n, K)]
        doubt = np.maximum((seen > 0).sum(axis=-1, keepdims=True), 1)
        p[:, n:] = (seen + doubt * p[:, n:]) / (seen.sum(axis=-1, keepdims=True) + doubt)
    return p

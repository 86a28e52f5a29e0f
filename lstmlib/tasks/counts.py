"""Models of text that only count: the baselines that a trained network has to beat.

An n-gram model of order n predicts a symbol from the n-1 before it: order 1 is the unigram,
2 the bigram, 3 the trigram, and order 0 gives every symbol the same probability. Which context
to believe is the whole art: a long one says more but has been seen less often. Witten and Bell's
answer (1991, their method C; interpolated as in Chen and Goodman 1999) trusts a context the
more, the more often it was seen and the fewer different symbols followed it.
"""

import numpy as np

from lstmlib.numpy import contract
from lstmlib.tasks.text import take_text

NAMES = ("uniform", "unigram", "bigram", "trigram")


def name(order):
    """What a model of this order is called.

    >>> name(0), name(3), name(5)
    ('uniform', 'trigram', '5-gram')
    """
    return NAMES[order] if order < len(NAMES) else f"{order}-gram"


class NGram:
    """Interpolated Witten-Bell n-gram model over symbols 0 ... K-1, counted from `ids`.

        P(s | h) = (N(h s) + D(h) P(s | h')) / (N(h) + D(h)),      P(s | nothing) = 1/K,

    h: the order-1 symbols before s; h': h without its oldest symbol; N: occurrences in the
    training text; D(h): how many different symbols followed h. A context that never occurred
    leaves P(s | h'). For any h the K probabilities are positive and sum to 1. Below the unigram
    lies the uniform distribution. Source: Witten and Bell (1991); Chen and Goodman (1999).

    >>> model = NGram(np.array([0, 1, 0, 1, 0]), order=2, num_symbols=3)
    >>> model.probabilities([0]).round(4).tolist()
    [0.1746, 0.7937, 0.0317]
    """

    def __init__(self, ids, order, num_symbols):
        self.order = contract.take_integer(order, "order", least=0)
        self.num_symbols = contract.take_size(num_symbols, "num_symbols")
        ids = take_text(ids, num_symbols).astype(np.int64)
        if len(ids) < order:
            raise ValueError(contract.problem("ids", f"{len(ids)} symbols",
                                              f"at least order = {order}"))
        # One level for each context length m = 0 ... order-1. A string of m+1 symbols is the
        # pair of its first m symbols, which have a number from the level before, and its last.
        self._levels = []
        contexts = np.zeros(len(ids), dtype=np.int64)      # the number of the m symbols before
        known = 1                                          # how many strings of m symbols
        for _ in range(self.order):
            strings, numbers, counts = np.unique(contexts * num_symbols + ids[-len(contexts):],
                                                 return_inverse=True, return_counts=True)
            owner = strings // num_symbols
            seen = np.bincount(owner, weights=counts, minlength=known)              # N(h)
            different = np.bincount(owner, minlength=known).astype(float)           # D(h)
            self._levels.append((strings, counts.astype(float), seen, different))
            contexts, known = numbers[:-1], len(strings)

    def log2(self, ids):
        """log2 P of every symbol of `ids` given those before it in `ids`, (length,).

        The first symbols have shorter contexts: nothing is known of what stood before.
        """
        ids = take_text(ids, self.num_symbols).astype(np.int64)
        probability = np.full(len(ids), 1.0 / self.num_symbols)
        contexts = np.zeros(len(ids), dtype=np.int64)      # -1: never seen, or not long enough
        for strings, counts, seen, different in self._levels:
            known = (contexts >= 0) & (seen[contexts] > 0)
            wanted = np.where(known, contexts * self.num_symbols + ids, -1)
            numbers = np.minimum(np.searchsorted(strings, wanted), len(strings) - 1)
            found = strings[numbers] == wanted
            here = contexts[known]
            probability[known] = ((np.where(found, counts[numbers], 0.0)[known]
                                   + different[here] * probability[known])
                                  / (seen[here] + different[here]))
            contexts = np.concatenate(([-1], np.where(found, numbers, -1)[:-1]))
        return np.log2(probability)

    def probabilities(self, context=()):
        """P of each of the K symbols after `context`, of which the last order-1 symbols count."""
        context = list(context)[-(self.order - 1):] if self.order > 1 else []
        return np.array([2.0 ** self.log2(np.array(context + [symbol], dtype=np.int64))[-1]
                         for symbol in range(self.num_symbols)])


def bits(model, ids):
    """Bits per symbol that a model needs for `ids`: the mean of -log2 P.

    >>> bits(NGram(np.arange(8), order=0, num_symbols=8), np.array([3, 1, 4]))
    3.0
    """
    return float(-model.log2(ids).mean())

"""Reber's grammar, embedded in itself, as single strings and as one endless stream.

    Reber string:           B, a walk through the six nodes below, E
    embedded Reber string:  B, T or P, a Reber string, the same T or P, E

The second symbol decides the last but one, however long the walk between them was: that letter
has to be remembered, and nothing on the way says anything about it. Where two symbols may
follow, each does so with probability 1/2.
"""

import math
from dataclasses import dataclass

import numpy as np

from lstmlib.numpy import contract, softmax_cross_entropy
from lstmlib.tasks.benchmark import Benchmark, take_batch

SYMBOLS = "BTPSXVE"
# The walk inside a Reber string: node -> (symbol, next node), and E leads out of node 5.
WALK = {0: (("T", 1), ("P", 2)), 1: (("S", 1), ("X", 3)), 2: (("T", 2), ("V", 4)),
        3: (("X", 2), ("S", 5)), 4: (("P", 3), ("V", 5))}


def _embedded(over):
    """{state: {symbol: next state}} of the embedded grammar, `over` being what follows the end."""
    arcs = {"start": {"B": "letter"}, "letter": {"T": ("T", "inner"), "P": ("P", "inner")}}
    for letter in "TP":
        arcs[letter, "inner"] = {"B": (letter, 0)}
        for node, ways in WALK.items():
            arcs[letter, node] = {symbol: (letter, to) for symbol, to in ways}
        arcs[letter, 5] = {"E": (letter, "close")}
        arcs[letter, "close"] = {letter: (letter, "end")}
        arcs[letter, "end"] = {"E": over}
    return arcs


class Grammar:
    """The embedded grammar as tables over numbered states.

    follow  (states, 7) integers: the state after a symbol, -1 where the symbol is not legal
    legal   (states, 7) bool: which symbols may come
    ways    (states, 2): the two symbols that may come, the same twice where there is but one
    """

    def __init__(self, over):
        arcs = _embedded(over)
        self.number = {state: i for i, state in enumerate([*arcs, "over"])}
        self.follow = np.full((len(self.number), len(SYMBOLS)), -1)
        for state, ways in arcs.items():
            for symbol, to in ways.items():
                self.follow[self.number[state], SYMBOLS.index(symbol)] = self.number[to]
        self.legal = self.follow >= 0
        self.ways = np.array([np.resize(np.flatnonzero(row), 2) if row.any() else (-1, -1)
                              for row in self.legal])

    def step(self, rng, state):
        """One random symbol a sequence and the states after it; -1 and no move when it is over."""
        symbols = self.ways[state, rng.integers(2, size=len(state))]
        return symbols, np.where(symbols < 0, state, self.follow[state, symbols])

    def path(self, targets, mask):
        """The states (T, B) before each target, from that after the first B on."""
        states = np.empty(targets.shape, dtype=np.int64)
        state = np.full(targets.shape[1], self.number["letter"])
        for t, (symbols, counts) in enumerate(zip(targets, mask)):
            states[t] = state
            state = np.where(counts, self.follow[state, symbols], state)
            if (state < 0).any():
                wrong = SYMBOLS[symbols[state < 0][0]]
                raise ValueError(contract.problem(
                    "targets", f"{wrong!r} at step {t}, where the grammar forbids it",
                    "symbols that continue a B by the grammar",
                    "A score needs the targets of a batch from its first step on"))
        return states


ONCE, FOREVER = Grammar("over"), Grammar("start")


def word(ids):
    """Ids as symbols, -1 (padding) left out.

    >>> word([0, 1, 0, 1, 4, 3, 6, 1, 6, -1])
    'BTBTXSETE'
    """
    return "".join(SYMBOLS[i] for i in np.asarray(ids) if i >= 0)


@dataclass(frozen=True)
class EmbeddedReber(Benchmark):
    """Predict the next symbol of an embedded Reber string.

    A batch holds strings of 9 symbols or more, 12 in the mean. Inputs are one-hot in the order of
    SYMBOLS, all symbols but the last; the target at each step is the next symbol. Score: the share
    of strings that are predicted without a mistake: at every step each legal next symbol has a
    larger output than each that is not legal. The baseline has three losses, in nats a symbol:

        "best"       7 ln 2 / 11   who knows the grammar and remembers: of the 11 symbols to be
                                   predicted in a string, 7 in the mean have two ways to be
        "forgetful"  8 ln 2 / 11   who knows all but the letter to be repeated
        "loss"                     one and the same answer: the entropy of the targets' frequencies,
                                   which follow from the expected visits to each state; score 0

    Source: Hochreiter and Schmidhuber (1997), experiment 1, after Cleeremans, Servan-Schreiber and
    McClelland (1989). The graph was looked up; the paper's criterion is given as it is commonly
    told. It trains 7 logistic outputs on squared errors; we train a softmax on the next symbol,
    which has the same most active outputs in the end.

    >>> inputs, targets, mask = EmbeddedReber().batch(np.random.default_rng(2), batch=1)
    >>> "B" + word(targets[mask])
    'BTBTSXSETE'
    """

    input_size = output_size = len(SYMBOLS)
    loss = staticmethod(softmax_cross_entropy)

    def batch(self, rng, batch=20, dtype=np.float64):
        """(inputs, targets, mask): (T, B, 7), (T, B), (T, B), T by the longest string."""
        batch, dtype = take_batch(rng, batch, dtype)
        state = np.full(batch, ONCE.number["start"])
        columns = []
        while (state != ONCE.number["over"]).any():
            symbols, state = ONCE.step(rng, state)
            columns.append(symbols)
        ids = np.array(columns)
        mask = ids[1:] >= 0
        return (self._inputs(np.where(mask, ids[:-1], -1), dtype), np.where(mask, ids[1:], 0),
                mask)

    def baseline(self):
        """{"loss", "score", "forgetful", "best"}, losses in nats a symbol."""
        return {"loss": _entropy(once=True), "score": 0.0,
                "forgetful": 8 * math.log(2) / 11, "best": 7 * math.log(2) / 11}

    def score(self, outputs, targets, mask):
        """The share of strings in which every prediction is right."""
        return float(_right(ONCE, *self._take_answers(outputs, targets, mask)).all(axis=0).mean())


@dataclass(frozen=True)
class ContinualReber(Benchmark):
    """The continual embedded Reber grammar: string after string in one stream, never a reset.

    The last E of a string is followed by the B of the next, which is to be predicted as well. A
    batch holds the first `steps` inputs of streams that begin with a fresh string; `stream` goes on
    where the last window ended, for training with `fit(..., carry=True)`.

    Score: how many symbols are predicted before the first mistake, in the mean over streams, with
    mistakes as in EmbeddedReber; give it outputs and targets from the very beginning. The losses of
    the baseline are those of a long stream:

        "best" 7 ln 2 / 12        "forgetful" 8 ln 2 / 12        "loss" as in EmbeddedReber

    One and the same answer predicts at most one symbol, T or P after the first B: score 1.

    Source: Gers, Schmidhuber and Cummins (2000). That symbols are counted up to the first mistake
    is given from memory; what the paper calls a mistake, and how long a stream may be at most,
    could not be looked up, so the rule used here is that of the single strings.

    >>> inputs, targets, mask = ContinualReber(steps=26).batch(np.random.default_rng(6), batch=1)
    >>> "B" + word(targets[:, 0])
    'BPBTXSEPEBTBTXXTVVETEBPBPTV'
    """

    steps: int = 100

    input_size = output_size = len(SYMBOLS)
    loss = staticmethod(softmax_cross_entropy)

    def __post_init__(self):
        contract.take_size(self.steps, "steps")

    def batch(self, rng, batch=20, dtype=np.float64):
        """(inputs, targets, mask): (steps, B, 7), (steps, B), (steps, B)."""
        return next(self.stream(rng, batch, dtype))

    def stream(self, rng, batch=20, dtype=np.float64):
        """Windows (inputs, targets, mask) without end, each the continuation of the one before."""
        return self._windows(rng, *take_batch(rng, batch, dtype))

    def _windows(self, rng, batch, dtype):
        last, state = FOREVER.step(rng, np.full(batch, FOREVER.number["start"]))
        while True:
            ids = [last]
            for _ in range(self.steps):
                last, state = FOREVER.step(rng, state)
                ids.append(last)
            ids = np.array(ids)
            yield self._inputs(ids[:-1], dtype), ids[1:], np.ones(ids[1:].shape, dtype=bool)

    def baseline(self):
        """{"loss", "score", "forgetful", "best"}, losses in nats a symbol."""
        return {"loss": _entropy(once=False), "score": 1.0,
                "forgetful": 8 * math.log(2) / 12, "best": 7 * math.log(2) / 12}

    def score(self, outputs, targets, mask):
        """The mean number of symbols predicted before the first mistake of a stream."""
        right = self.right(outputs, targets, mask)
        return float(np.logical_and.accumulate(right, axis=0).sum(axis=0).mean())

    def right(self, outputs, targets, mask):
        """(T, B) bool: which symbols are predicted without a mistake."""
        return _right(FOREVER, *self._take_answers(outputs, targets, mask))

    def repeated(self, targets, mask):
        """(T, B) bool: where the letter from a string's beginning is to be repeated."""
        return np.isin(FOREVER.path(targets, mask), [FOREVER.number[c, "close"] for c in "TP"])


def _right(grammar, outputs, targets, mask):
    """(T, B): are all legal symbols above all others? True where nothing is asked."""
    legal = grammar.legal[grammar.path(targets, mask)]
    lowest = np.where(legal, outputs, np.inf).min(axis=-1)
    highest = np.where(legal, -np.inf, outputs).max(axis=-1)
    return (lowest > highest) | ~mask


def _entropy(once):
    """The entropy, in nats, of the symbols to be predicted, their order forgotten.

    With Q the probabilities of going from state to state, the expected visits in a string that
    begins at `start` are v = v Q + start, and a symbol comes as often as states lead to it.
    """
    chance = ONCE.legal / np.maximum(ONCE.legal.sum(axis=1, keepdims=True), 1)
    Q = np.zeros((len(chance), len(chance)))
    state, symbol = np.nonzero(ONCE.legal)
    np.add.at(Q, (state, ONCE.follow[state, symbol]), chance[state, symbol])
    start = np.arange(len(Q)) == ONCE.number["start"]
    visits = np.linalg.solve(np.eye(len(Q)) - Q.T, start.astype(float))
    if once:
        visits = visits - start                            # the first B is given
    often = visits @ chance
    share = often / often.sum()
    return float(-(share * np.log(share)).sum())

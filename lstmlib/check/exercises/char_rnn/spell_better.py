"""Open: predict the next letter of a small text as cheaply as you can, and honestly."""

import itertools

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.check.exercises.char_rnn import READ, read

TARGET, HELD, NOISE = 3.1, 14, 3
ROUNDING = 1e-4        # a network in float32 gives two rows of a batch not quite the same


def trap(rng, texts, K):
    """Texts with a copy of the first behind them, the same up to its middle and then different."""
    middle = texts.shape[1] // 2
    copy = texts[0].copy()
    copy[middle:] = (copy[middle:] + rng.integers(1, K, size=len(copy) - middle)) % K
    return np.concatenate([texts, copy[None]])


def probes(rng):
    K, train = 5, np.array([0, 1, 2, 3] * 20)
    texts = (np.arange(6) + np.array([[0], [1], [2]])) % 4
    texts[2, 3] = 4
    yield Probe(
        "a small text of 5 symbols",
        (train, trap(rng, texts, K), K),
        "A text that goes 0 1 2 3 round and round, and four short texts to predict. Symbol 4 "
        "never occurs in training, and does in them.",
        {"B": 4, "T": 6, "K": 5},
    )
    ids = read()
    held = ids[-100 * HELD:].reshape(HELD, 100)
    texts = np.concatenate([trap(rng, held, 27), rng.integers(27, size=(NOISE, 100))])
    yield Probe(
        "the documentation of fft",
        (ids[:-100 * HELD], texts, 27),
        "The text itself, with 14 texts that were kept apart, and four rows that test your "
        "honesty.",
        {"B": 18, "T": 100, "K": 27},
    )
    name = rng.permutation(27)
    other = held.copy()
    for row, start in zip(other, rng.integers(30, 70, size=HELD)):
        row[start:] = (row[start:] + rng.integers(1, 27, size=100 - start)) % 27
    yield Probe(
        "the letters numbered otherwise",
        (name[ids[:-100 * HELD]], name[np.concatenate([held, other])], 27),
        "The same text, in which every letter has got another number, in `train` and `texts` alike.",
        {"B": 28, "T": 100, "K": 27},
    )


def price(p, texts):
    """Bits of each symbol, (B, T)."""
    with np.errstate(divide="ignore"):
        return -np.log2(np.take_along_axis(p, texts[..., None], axis=-1)[..., 0])


def verify(args, p):
    train, texts, K = args
    if p.shape != (*texts.shape, K):
        return (f"`p` has shape {p.shape}, expected {(*texts.shape, K)}: for each text and each "
                "place the probabilities of all K symbols.")
    if not np.isfinite(p).all() or p.min() < 0:
        return NO_PROBABILITY.name
    if abs(p.sum(axis=-1) - 1).max() > 1e-5:
        return SUM.name
    for one, two in itertools.combinations(range(len(texts)), 2):
        same = np.cumprod(texts[one] == texts[two]).sum()    # how many symbols they begin alike
        if not same:
            continue
        apart = (abs(p[one] - p[two]) > ROUNDING * np.maximum(p[one], p[two])).any(axis=-1)
        if apart[:same].any():
            return FUTURE.name
        if apart[same:same + 1].any():
            late = price(p[:, :-1], texts[:, 1:]).mean() < price(p, texts).mean()
            return LATE.name if late else ITSELF.name
    honest = price(p, texts)
    if K == 5:
        return None if np.isfinite(honest).all() else IMPOSSIBLE.name
    if len(texts) == HELD + 1 + NOISE and honest[-NOISE:].mean() < np.log2(K) - 0.5:
        return TRAINED.name
    if not np.isfinite(honest).all():
        return IMPOSSIBLE.name
    bits = honest[:HELD].mean()
    if len(texts) == 2 * HELD:
        return None if bits <= TARGET + 0.1 else RENUMBERED.name
    if bits <= TARGET:
        return None
    said = f"Honest, and {bits:.2f} bits per character; {TARGET} are asked for. "
    if bits > 3.9:
        return said + ("To know how common each letter is costs 4.19 bits. What came just before "
                       "must come in.")
    if bits > 3.38:
        return said + ("One letter of context, with one added to each count, gives 3.47: a second "
                       "letter of context is worth having.")
    return said + ("Two letters of context, with one added to each count, give 3.29, and three "
                   "give 3.49, because most of those contexts were never seen. Do not trust one "
                   "table alone: mix it with that of a shorter context.")


NO_PROBABILITY = Mistake(
    "no probabilities",
    "Some of the numbers are negative, infinite or NaN. A probability lies between 0 and 1; NaN "
    "often comes from 0/0, in a context that was never seen.",
    swap=[
        (
            "doubt = np.maximum((seen > 0).sum(axis=-1, keepdims=True), 1)",
            "doubt = (seen > 0).sum(axis=-1, keepdims=True)",
        ),
    ],
)
SUM = Mistake(
    "they do not sum to 1",
    "The K probabilities of a place do not sum to 1. Whoever gives more than there is makes every "
    "letter look cheap.",
    swap=[("(seen + doubt * p[:, n:])", "(seen + 1 + doubt * p[:, n:])")],
)
FUTURE = Mistake(
    "it looks ahead",
    "Two of the texts are alike at first and differ later, and your probabilities differ before "
    "they do (or copies of one text are told apart). So something of what comes later has got "
    "into them (`np.roll`, for one, brings the last letter to the front): p[b, t] may depend on "
    "texts[b, :t] alone.",
    source='''
def predict(train, texts, K):
    p = np.full((*texts.shape, K), 1 / K)
    for b, text in enumerate(texts):
        p[b] = (np.bincount(text, minlength=K) + 1) / (len(text) + K)
    return p''',
)
ITSELF = Mistake(
    "it reads the letter it is to predict",
    "Two of the texts are alike up to a place t, and your probabilities for place t differ "
    "already. So the letter at t itself goes into them: its context is texts[b, :t], which ends "
    "one place before it.",
    source='''
def predict(train, texts, K):
    return 0.9 * np.eye(K)[texts] + 0.1 / K''',
)
LATE = Mistake(
    "one place late",
    "Your p[b, t] is the answer after texts[b, t] has been read, which predicts the letter at t + "
    "1. Asked is the letter at t: move it on by one place, and begin without a context.",
    source='''
def predict(train, texts, K):
    table = np.ones((K, K))
    np.add.at(table, (train[:-1], train[1:]), 1)
    return (table / table.sum(axis=1, keepdims=True))[texts]''',
)
TRAINED = Mistake(
    "trained on the texts it is judged by",
    "Some of the texts are letters drawn by lot, for which nobody can need fewer than 4.75 bits; "
    "you need far fewer. So the texts themselves were counted or trained on: learn from `train` "
    "alone.",
    swap=[
        (
            "table = np.zeros((K ** n, K))",
            "table = np.zeros((K ** n, K))\n        np.add.at(table, (contexts(texts, n, K), "
            "texts[:, n:]), 1)",
        ),
    ],
)
RENUMBERED = Mistake(
    "something else than `train`",
    "With the letters numbered otherwise, in `train` and `texts` alike, the same text costs you far "
    "more. So something besides `train` goes in that knows the letters by their old numbers: the "
    "documentation itself, say, or what you have worked out in the notebook.",
    swap=[
        (
            "p = np.full((*texts.shape, K), 1 / K)",
            "p = np.full((*texts.shape, K), 1 / K)\n    if K == 27:\n        "
            "text = ''.join(c if c.isalpha() else ' ' for c in np.fft.__doc__.lower()).split()\n"
            "        train = np.array([max(0, ord(c) - 96) % 27 for c in ' '.join(text)])",
        ),
    ],
)
IMPOSSIBLE = Mistake(
    "declared impossible",
    "A letter came to which you had given the probability 0: that costs infinitely much. What the "
    "training text never showed may still happen; leave something for every symbol.",
    swap=[
        (
            "p = np.full((*texts.shape, K), 1 / K)",
            "p = np.full((*texts.shape, K), np.bincount(train, minlength=K) / len(train))",
        ),
    ],
)

EXERCISE = Code(
    title="Spell better",
    level="open",
    statement="""
Predict the next character, by whatever means you like: count, train a network, invent something.
The cell below makes the text, what NumPy's module `fft` says of itself, in small letters and
blanks, $K = 27$ symbols. You learn from its first 5,300 letters; what is judged is 14 texts of
100 letters from its end.

Write `predict(train, texts, K)`. `train` is a row of integers to learn from; `texts`, shape
$(B, T)$, are texts to be predicted. Return

- `p`, shape $(B, T, K)$: `p[b, t]` holds the probabilities of all $K$ symbols for the place
  `texts[b, t]`. It may depend on `train` and on `texts[b, :t]`, the letters before that place,
  and on nothing else.

The price is the mean of $-\\log_2 p$ over the letters that came, and **3.1 bits** or less pass.
For comparison: knowing nothing costs 4.75, knowing how common each letter is 4.19, a bigram table
3.47. Among the texts are some that test your honesty; a first case has only five symbols, and in a
last one the letters are numbered otherwise. All cases together may take ten seconds.""",
    example=READ + '''
train, held, K = ids[:-1400], ids[-1400:].reshape(14, 100), 27
start = text.index("fourier analysis is")
print(text[start:start + 70])


def common(train, texts, K):
    """How common each letter is, whatever stood before it."""
    times = np.bincount(train, minlength=K) + 1
    return np.broadcast_to(times / times.sum(), (*texts.shape, K))


def bits_of(p, texts):
    return -np.log2(np.take_along_axis(p, texts[..., None], axis=-1)).mean()


print(f"{bits_of(common(train, held, K), held):.2f} bits per character")''',
    task="""
Try your own on `held` with `bits_of` before you ask the check, and beware of choosing by `held`
for too long: a part of `train` can serve as validation.""",
    starter='''def predict(train, texts, K):
    """p, (B, T, K): what to expect at texts[b, t] after texts[b, :t]."""
    ...
    return p''',
    returns="p",
    probes=probes,
    verify=verify,
    mistakes=[NO_PROBABILITY, SUM, FUTURE, ITSELF, LATE, TRAINED, RENUMBERED, IMPOSSIBLE],
    hints=(
        "Start with the table of pairs, (K, K), one added to each count: row texts[b, t-1] holds "
        "the probabilities for place t, and place 0 gets 1/K throughout.",
        "A table with two letters of context has K * K rows; the row of a context is its two "
        "symbols written as one number, first * K + second.",
        "Mix: for contexts of 0, 1, 2, ... letters let p be (counts + doubt * p_shorter) / (sum "
        "of counts + doubt), where doubt is, say, the number of different symbols that followed. "
        "Each step keeps the sum at 1.",
    ),
    passed=(
        "Honest, and cheaper than 3.1 bits: you have a predictor that makes more of a small text "
        "than any single table does."
    ),
)

"""Tasks on five letters: what a network reads, what it must say, and when.

The letters a b c d e stand in a circle, so that each is followed by the next and e by a. The
tasks read them in the three ways in which a recurrent network is used: many-to-one, many-to-many
and one-to-many. In `there_and_back` they lie on a line and are walked up and down, so that b is
followed by c on the way up and by a on the way down: the last letter alone does not suffice.
`parity` is its counterpart, where the last output is all one needs to know.

Every function returns (inputs, targets, mask): inputs are integers (T, B), or (T, B, K) if
`one_hot`; targets are integers (T, B); mask (T, B) is True where an answer is asked for. Start
letters are drawn by `rng`, a NumPy Generator.
"""

import numpy as np

from lstmlib.numpy import contract, one_hot as encode

LETTERS = "abcde"
BLANK = len(LETTERS)                    # the id of "nothing is shown", used by one_to_many
THERE_AND_BACK = "abcdedcb"             # one round
BITS_FROM_LAST_LETTER = 0.75            # per letter of THERE_AND_BACK: 1 bit at b, c, d of 8


def ids(word):
    """Letters to ids 0 ... 4. ValueError: another letter.

    >>> ids("bad").tolist()
    [1, 0, 3]
    """
    strange = "".join(sorted(set(word) - set(LETTERS)))
    if strange:
        raise ValueError(contract.problem("word", f"the letters {strange!r}",
                                          f"letters of {LETTERS!r}"))
    return np.array([LETTERS.index(letter) for letter in word], dtype=np.int64)


def word(ids):
    """Ids to letters, BLANK to a dot.

    >>> word([1, 0, 3, BLANK])
    'bad.'
    """
    return "".join((LETTERS + ".")[i] for i in np.asarray(ids))


def many_to_one(rng, batch=20, steps=4, one_hot=False):
    """Read `steps` letters of the circle, then say the next one: only the last answer counts.

    >>> inputs, targets, mask = many_to_one(np.random.default_rng(0), batch=1)
    >>> word(inputs[:, 0]), word(targets[mask])
    ('eabc', 'd')
    """
    inputs, targets, mask = many_to_many(rng, batch, steps, one_hot)
    mask[:-1] = False
    return inputs, targets, mask


def many_to_many(rng, batch=20, steps=4, one_hot=False):
    """Read letters of the circle and say at every step which comes next.

    >>> inputs, targets, mask = many_to_many(np.random.default_rng(0), batch=1)
    >>> word(inputs[:, 0]), word(targets[mask])
    ('eabc', 'abcd')
    """
    walk = _walk(rng, LETTERS, batch, steps)
    return _task(walk[:-1], walk[1:], len(LETTERS), one_hot)


def one_to_many(rng, batch=20, steps=4, one_hot=False):
    """See one letter, then nothing (BLANK, a sixth symbol), and say the next `steps` letters.

    >>> inputs, targets, mask = one_to_many(np.random.default_rng(0), batch=1)
    >>> word(inputs[:, 0]), word(targets[mask])
    ('e...', 'abcd')
    """
    walk = _walk(rng, LETTERS, batch, steps)
    inputs = walk[:-1].copy()
    inputs[1:] = BLANK
    return _task(inputs, walk[1:], len(LETTERS) + 1, one_hot)


def there_and_back(rng, batch=20, steps=16, one_hot=False):
    """Walk a b c d e d c b a b ... from a random place and say at every step which comes next.

    From the last letter alone nobody needs less than BITS_FROM_LAST_LETTER = 0.75 bits a letter
    (b, c and d are followed by either neighbour, equally often) or is right more often than in
    5 of 8 cases; two letters, or a state that knows the way it is going, suffice for 0 bits. So
    a network that is fed back its last output (Jordan) can't always be right, one that is fed back
    its state (Elman) can. The first answer is not asked for: the direction is not known yet.

    >>> inputs, targets, mask = there_and_back(np.random.default_rng(3), batch=1, steps=8)
    >>> word(inputs[:, 0]), word(targets[mask])
    ('cbabcded', 'abcdedc')
    """
    walk = _walk(rng, THERE_AND_BACK, batch, steps)
    inputs, targets, mask = _task(walk[:-1], walk[1:], len(LETTERS), one_hot)
    mask[0] = False
    return inputs, targets, mask


def parity(rng, batch=20, steps=16, one_hot=False):
    """Read random bits and say at every step whether the ones so far are odd in number.

    The answer is the last answer, turned over if the bit is 1: feeding back the output is
    enough. Without any feedback it can't be told from a coin once a second bit has been read.

    >>> inputs, targets, mask = parity(np.random.default_rng(1), batch=1, steps=6)
    >>> inputs[:, 0].tolist(), targets[:, 0].tolist()
    ([0, 1, 1, 1, 0, 0], [0, 1, 0, 1, 1, 1])
    """
    check_sizes(rng, batch, steps)
    bits = rng.integers(2, size=(steps, batch))
    return _task(bits, np.cumsum(bits, axis=0) % 2, 2, one_hot)


def _walk(rng, round_, batch, steps):
    """Letters (T + 1, B): each column walks along `round_`, over and over, from a random place."""
    check_sizes(rng, batch, steps)
    start = rng.integers(len(round_), size=batch)
    return ids(round_)[(np.arange(steps + 1)[:, None] + start) % len(round_)]


def _task(inputs, targets, num_symbols, one_hot):
    mask = np.ones(targets.shape, dtype=bool)
    return (encode(inputs, num_symbols) if one_hot else inputs), targets, mask


def check_sizes(rng, batch, steps):
    """What every task asks of its arguments."""
    contract.take_generator(rng)
    contract.take_size(batch, "batch")
    contract.take_size(steps, "steps")

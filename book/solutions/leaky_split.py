"""The validation curve follows the training curve to the end. After some eighty passes over 5,000 letters that cannot be: a
network that has learned a text by heart must be worse on letters it has not seen, as the test shows. So they had been
seen.

The broken line cuts first and divides afterwards. A window that begins three letters after another shares 18 of its 21
letters with it, and when windows are dealt by lot, most of these neighbours fall into the training part. The right
line divides the text first, and cuts windows within each part.

Nothing warns of this, neither a shape nor an error, and the number it spoils is the one by which one would notice.
"""

import numpy as np

ids, rng = np.arange(5000), np.random.default_rng(0)  # each letter is its own place


def cut(ids, steps=20, apart=3):
    return np.stack([ids[k:k + steps + 1] for k in range(0, len(ids) - steps, apart)])


windows = rng.permutation(cut(ids))
broken = windows[166:], windows[:166]         # cut, then divide
right = cut(ids[:4500]), cut(ids[4500:])      # divide, then cut


def seen(train, valid):
    """The share of the validation letters that stand in training windows."""
    return np.isin(valid, train).mean()


assert seen(*broken) > 0.99 and seen(*right) == 0

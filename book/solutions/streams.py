"""Each stream is a row; the transpose puts time first; and cutting the first axis into N pieces
of T leaves the columns alone. That is why the order of the two operations matters: a reshape
fills in reading order and knows nothing of time.

The targets are cut in the same way from the text one place later. So the last target of stream 0
is the first input of stream 1, where its text goes on, and only the last stream needs a symbol
that is no input: one symbol in all, which is the -1 in the first line.

A test worth keeping beside any loader: targets[n, -1] equals inputs[n + 1, 0].
"""

import numpy as np


def windows(ids, T, B):
    """inputs and targets, (N, T, B) each."""
    N = (len(ids) - 1) // (T * B)
    length = N * T
    inputs = ids[:B * length].reshape(B, length)
    targets = ids[1:B * length + 1].reshape(B, length)
    inputs = inputs.T.reshape(N, T, B)
    targets = targets.T.reshape(N, T, B)
    return inputs, targets

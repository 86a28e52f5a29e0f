"""Three lines: count, divide, price.

Counting is where arrays deceive. pairs[rows, columns] += 1 looks right and counts every pair
once, because NumPy reads all the old values, adds 1 to each, and writes them back: the same place
is written three times with the same number. np.add.at does what the line seems to say. (The
gradient of an embedding has the same trap.)

Dividing is where shapes deceive. Without keepdims the sums have shape (K,) and divide column by
column, and since the table is square nothing complains. One test finds most slips of this
exercise at once: each row of P sums to 1.
"""

import numpy as np


def bigram(train, test, K):
    """The smoothed table P, (K, K), and its bits per character on `test`."""
    pairs = np.zeros((K, K))
    np.add.at(pairs, (train[:-1], train[1:]), 1)
    P = (pairs + 1) / (pairs.sum(axis=1, keepdims=True) + K)
    bits = -np.log2(P[test[:-1], test[1:]]).mean()
    return P, bits

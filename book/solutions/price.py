"""The logarithm is taken on paper: ln p = s - ln(sum of exponentials). So p itself, which may be
too small for a float64, never appears. Each row's largest score is taken off first, which changes
no probability; the sum then lies between 1 and N.

From each row one entry is picked, that of the right answer: row numbers and column numbers go in
together. The change from nats to bits is a division by ln 2 = 0.693.
"""

import numpy as np


def price(scores, answers):
    """The mean price of the right answers, in bits."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = log_p[np.arange(len(answers)), answers]
    nats = -picked
    bits = nats / np.log(2)
    mean_bits = bits.mean()
    return mean_bits

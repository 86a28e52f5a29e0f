"""The mask picks the characters that count, in one row; after that nothing knows of texts or
padding any more.

The order of the three lines is the exercise. The logarithm turns each probability into a price.
The mean is taken over prices, because prices add up: what two characters cost together is the sum
of what they cost. And the power comes last, once. Taken earlier, inside a mean, it would let a
single great surprise outweigh a thousand good guesses.

With natural logarithms it would be e to the power of the mean price in nats, which is the same
number: a perplexity has no unit, bits and nats have.
"""

import numpy as np


def bits_and_perplexity(p, mask):
    """Bits per character, and the perplexity, of a padded batch."""
    price = -np.log2(p[mask])
    bits = price.mean()
    perplexity = 2 ** bits
    return bits, perplexity

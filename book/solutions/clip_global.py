"""One length and one factor for all arrays. The square of the length is a sum over all entries of
all arrays, so it can be added up array by array; the root is taken once. All arrays are multiplied
by the same number, and so the vector gets shorter and does not turn.

Where the gradient is short enough the factor is 1, and nothing is changed. That is why clipping
does nothing for gradients that vanish.

The library's clip does the same and a little more: it measures without overflow where entries are
huge, and where an entry is NaN or infinite it changes nothing, so that whoever looks at the length
sees it.
"""

import numpy as np


def clip(grads, threshold):
    squares = [np.sum(g ** 2) for g in grads.values()]
    norm = np.sqrt(np.sum(squares))
    scale = 1.0
    if norm > threshold:
        scale = threshold / norm
    return {name: scale * g for name, g in grads.items()}

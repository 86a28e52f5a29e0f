"""Each lag is the one before it times one gate more, and the first gate that an error meets is the
last one that was used: f_T.

With k gates at lag k there is one row more than there are gates. The whole errors stand in the
order of time, so they have to be turned round before they are compared. With U = 0 the ratio
is 1 at every lag: then, and only then for sure, the product of the gates is the gradient.
"""

import numpy as np


def gate_product(f, d_c):
    """By lag: the cell's own error, and how many times as long the whole is."""
    T = len(f)
    alone = [d_c[T]]
    for k in range(1, T + 1):
        alone.append(alone[-1] * f[T - k])
    alone = np.stack(alone)
    whole = d_c[::-1]
    ratio = np.linalg.norm(whole, axis=(1, 2)) / np.linalg.norm(alone, axis=(1, 2))
    return alone, ratio

"""From module k to module m leads the block U^{mk}. After the product, what m hears of k is
r^m (U^{mk} h^k): the gate of the one who hears. Before it, U^{mk} (r^k h^k): of the one who speaks.
Each r is one number for its module, so it may be pulled out of the product, and the difference is
(r^m - r^k) U^{mk} h^k.

For m = k that is zero, whatever the block holds. For m ≠ k the two gates may differ, and the block
must be gone. What is left are the blocks on the diagonal.
"""

import numpy as np

rng = np.random.default_rng(0)
module = np.repeat([0, 1, 2], 2)                          # six units in three modules
r, h, U = rng.uniform(size=3)[module], rng.normal(size=6), rng.normal(size=(6, 6))


def agree(U):
    return np.allclose(r * (U @ h), U @ (r * h))


alone = module[:, None] == module
assert agree(U * alone)
assert not agree(U) and not agree(U * (module[:, None] <= module))
assert agree(np.diag(np.diag(U)))                         # enough, and not needed

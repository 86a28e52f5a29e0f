"""First the period of each unit: each module's period as often as it has units. Then every unit's
period, upright, is compared with every unit's period, lying. Row i is the unit that hears, so its
period must be the smaller one, or the same.
"""

import numpy as np


def clockwork_mask(periods, sizes):
    """Who hears whom: row i, column j is True if unit i hears unit j."""
    clock = np.repeat(periods, sizes)
    mask = clock[:, None] <= clock[None, :]
    return mask

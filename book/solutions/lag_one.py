"""Shift along time first, so that no pair crosses from one sequence into another. Then each of the two has its mean taken
off, unit by unit, and what is left is multiplied.

The mean is what is most easily forgotten, and it matters most: a unit that flickers around 10 has products near 100 all
along, and would look as slow as a stone.
"""

import numpy as np


def lag_one(z):
    """The correlation of each unit's value with its next one, (D,)."""
    now, then = z[:-1], z[1:]
    now = now - now.mean(axis=(0, 1))
    then = then - then.mean(axis=(0, 1))
    together = (now * then).mean(axis=(0, 1))
    sizes = np.sqrt((now**2).mean(axis=(0, 1)) * (then**2).mean(axis=(0, 1)))
    return together / sizes

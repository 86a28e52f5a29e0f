"""The exercises of chapter 13, in the order of the page, and the numbers that they are tried on."""

import numpy as np

ORDER = ["saved-by-hand", "clockwork-mask", "two-resets-recall", "clockwork-step", "sick-clock",
         "clockwork-step-back", "slow-module"]


def drawn(rng, B, M, D):
    """Parameters, a batch of inputs and old states: all random, none of them small.

    U has numbers outside the mask as well: nobody may read them.
    """
    draw = lambda *shape: np.round(rng.uniform(0.3, 0.9, shape) * rng.choice([-1, 1], shape), 2)
    return {"W": draw(D, M), "U": draw(D, D), "b": draw(D)}, draw(B, M), draw(B, D)


def mask_of(clock):
    """Who hears whom, from the period of each unit."""
    return np.array([[own <= other for other in clock] for own in clock])

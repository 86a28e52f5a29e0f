"""The exercises of chapter 11, in the order of the page, and the numbers that they are tried on."""

import numpy as np

ORDER = ["gru-by-hand", "gru-budget", "padded-average", "other-meaning", "gru-step",
         "gru-reset-before", "mgu-step", "sick-gru", "gru-step-back",
         "set-and-turn"]


def drawn(rng, B, M, D, blocks="rzn", **more):
    """Parameters, a batch of inputs and old states: all random, none of them small.

    ``more`` names further parameters by their shapes.
    """
    draw = lambda *shape: np.round(rng.uniform(0.3, 1.2, shape) * rng.choice([-1, 1], shape), 2)
    rows = len(blocks) * D
    params = {"W": draw(rows, M), "U": draw(rows, D), "b": draw(rows)}
    params |= {name: draw(*shape) for name, shape in more.items()}
    return params, draw(B, M), draw(B, D)


def pushed(D, blocks="rzn", **values):
    """A bias with the given value in each block; unnamed blocks get 0."""
    return np.concatenate([np.full(D, float(values.get(name, 0))) for name in blocks])

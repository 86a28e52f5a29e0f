"""The exercises of chapter 8, in the order of the page, and the forward pass that they are given."""

import numpy as np

from lstmlib.numpy import LSTM, unroll

ORDER = ["saturated-forget-gate", "roads-into-c", "error-by-hand", "lstm-step-back", "sick-way-back",
         "lstm-bptt", "gate-product", "pair-jacobian", "two-layers-back", "grows-below-one"]


def forward(rng, T, B, M, D, scale=0.9, **fixed):
    """Random parameters, inputs and the history of an LSTM: what each step computed, as dicts.

    The initial state, history[0], is not zero. ``fixed`` puts arrays in the place of drawn ones.
    """
    cell = LSTM(M, D)
    params = {name: fixed.get(name, scale * rng.normal(size=shape))
              for name, shape in cell.param_shapes.items()}
    x = rng.normal(size=(T, B, M))
    state = {"h": rng.uniform(-0.8, 0.8, (B, D)), "c": rng.normal(size=(B, D))}
    run = unroll(cell, params, x, state)
    return params, x, [{name: value.copy() for name, value in entry.items()}
                       for entry in run.history]

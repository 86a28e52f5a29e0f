"""The upper layer goes first, because nothing comes to it from the lower one on the way back.

What it owes to its inputs is an error at the lower layer's outputs, step for step. There it
meets what the loss says about those outputs itself, and the two add, as roads do wherever
something is used twice. Nothing goes down from state to state.
"""

import numpy as np

from lstmlib.numpy import LSTM, bptt, unroll


def two_layers_back(params, x, states, d_outputs, d_last):
    """Gradients of the lower layer, of the upper one, and of x."""
    cells = [LSTM(one["W"].shape[1], one["U"].shape[1]) for one in params]
    lower = unroll(cells[0], params[0], x, states[0])
    upper = unroll(cells[1], params[1], lower.outputs, states[1])
    back_2 = bptt(upper, d_outputs[1], d_last[1])
    from_above = back_2.inputs
    d_h_1 = d_outputs[0] + from_above
    back_1 = bptt(lower, d_h_1, d_last[0])
    return (*(back_1.params[name] for name in "WUb"),
            *(back_2.params[name] for name in "WUb"), back_1.inputs)

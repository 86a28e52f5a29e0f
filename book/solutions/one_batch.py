"""A string of n + 1 symbols has n steps. Its first n symbols are read, its last n are asked for.

The tables are filled string by string, so they have a row for each string, and are turned at the end. Turned, not
reshaped: `.T` takes each row and stands it upright.

The mask comes from the lengths and from nothing else. A column of step numbers, (T, 1), is held against a row of
lengths, (B,); what is not there on one side is repeated, and the result is (T, B).
"""

import numpy as np


def one_batch(strings):
    """inputs, targets and mask, (T, B) each."""
    lengths = np.array([len(string) - 1 for string in strings])
    T, B = max(lengths), len(strings)
    inputs, targets = np.zeros((2, B, T), dtype=int)
    for b, string in enumerate(strings):
        n = lengths[b]
        inputs[b, :n] = string[:-1]
        targets[b, :n] = string[1:]
    mask = np.arange(T)[:, None] < lengths
    return inputs.T, targets.T, mask

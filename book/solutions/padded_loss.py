"""One mask, used three times: in the sum, in the number by which it is divided, and in the gradient. Whoever forgets one
of the three has a loss that depends on how the batch was packed.

Chosen, not multiplied. A network may well produce infinities on padding, and 0 · ∞ is NaN.

The divisor is the same in both lines, because d_logits is the gradient of just this loss.
"""

import numpy as np


def padded_loss(log_p, targets, lengths):
    """The mean over the real steps, and its gradient at the logits."""
    T, B, K = log_p.shape
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    real = np.arange(T)[:, None] < lengths
    n = real.sum()
    loss = -np.where(real, picked, 0).sum() / n
    d = np.exp(log_p) - np.eye(K)[targets]
    d_logits = np.where(real[..., None], d, 0) / n
    return loss, d_logits

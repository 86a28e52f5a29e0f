"""Losses with their gradients, each a mean over the positions that count.

All work in complex128 too, for derivatives by complex step: selections look at real parts.
"""

import math

import numpy as np

from lstmlib.numpy import contract


def softmax(logits):
    """Probabilities that are proportional to exp(logits), along the last axis.

    The largest logit is subtracted first, which changes nothing in exact arithmetic and keeps exp
    from overflowing. NaN gives NaN, and so does a logit of +inf; one of -inf has probability 0.

    >>> softmax([0.0, 0.0, 1000.0])
    array([0., 0., 1.])
    """
    return np.exp(log_softmax(logits))


def log_softmax(logits):
    """The logarithm of the softmax, in nats, right where the probability itself rounds to 0.

    >>> log_softmax([0.0, 1000.0])
    array([-1000.,     0.])
    """
    logits = contract.take_array(logits, "logits")
    _check_positions(logits, "logits")
    # The largest by real part: a complex step must not turn the maximum into a branch.
    shifted = logits - logits.real.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_cross_entropy(logits, targets, mask=None):
    """The mean surprise at the targets, in nats, and its gradient.

        loss = mean of -log p(target),   p = softmax(logits)
        d_logits = (p - one_hot(target)) / (number of positions that count)

    logits   (..., K), float32 or float64 (complex128 for derivatives by complex step)
    targets  (...) integers from 0 to K - 1; what stands at a masked position is not looked at
    mask     (...) bool or 0 and 1: where it is 0 the position neither counts nor has a gradient

    Returns (loss, d_logits). Exact for logits as far apart as 1e300. NaN and infinities propagate.

    >>> loss, d_logits = softmax_cross_entropy([[0.0, 0.0]], [1])
    >>> round(bits(loss), 12), d_logits
    (1.0, array([[ 0.5, -0.5]]))
    """
    logits = contract.take_array(logits, "logits")
    _check_positions(logits, "logits")
    targets, counts = take_classes(logits.shape, logits.dtype, targets, mask)

    log_p = log_softmax(np.where(counts[..., None], logits, 0))
    n = int(counts.sum())
    nats = -np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    d_logits = np.exp(log_p)
    hit = np.take_along_axis(d_logits, targets[..., None], axis=-1)
    np.put_along_axis(d_logits, targets[..., None], hit - 1, axis=-1)
    return _mean(nats, counts, n), np.where(counts[..., None], d_logits / n, 0)


def binary_cross_entropy(logits, targets, mask=None):
    """The mean surprise at yes-or-no targets, in nats, and its gradient.

        loss = mean of -y log p - (1 - y) log(1 - p),   p = 1 / (1 + exp(-logit))
        d_logits = (p - y) / (number of entries that count)

    logits   any shape; p is never formed on the way to the loss, so that ±1e300 is safe
    targets  the same shape, numbers from 0 to 1, or bool
    mask     the same shape, or that without the last axis: bool, or 0 and 1

    Returns (loss, d_logits). NaN and infinities propagate.

    >>> loss, d_logits = binary_cross_entropy([0.0], [1])
    >>> round(bits(loss), 12), d_logits
    (1.0, array([-0.5]))
    """
    logits = contract.take_array(logits, "logits")
    _check_positions(logits, "logits")
    y, counts = take_labels(logits.shape, logits.dtype, targets, mask)

    a = np.where(counts, logits, 0)
    positive = a.real > 0
    small = np.exp(np.where(positive, -a, a))              # exp(-|a|), at most 1
    nats = np.where(positive, a, 0) - a * y + np.log1p(small)
    p = np.where(positive, 1, small) / (1 + small)
    n = int(counts.sum())
    return _mean(nats, counts, n), np.where(counts, (p - y) / n, 0)


def mean_squared_error(y, targets, mask=None):
    """The mean of the squared differences, and its gradient.

        loss = mean of (y - target)²,   d_y = 2 (y - target) / (number of entries that count)

    y        any shape
    targets  the same shape and dtype
    mask     the same shape, or that without the last axis: bool, or 0 and 1

    Returns (loss, d_y). A difference beyond 1e154 (1e19 in float32) has an infinite square. NaN
    and infinities propagate.

    >>> mean_squared_error([1.0, 3.0], [1.0, 1.0])
    (2.0, array([0., 2.]))
    """
    y = contract.take_array(y, "y")
    _check_positions(y, "y")
    targets, counts = take_values(y.shape, y.dtype, targets, mask)
    difference = np.where(counts, y, 0) - targets
    n = int(counts.sum())
    return _mean(difference * difference, counts, n), 2 * difference / n


def bits(nats):
    """Nats as bits: divided by log 2.

    >>> round(bits(math.log(8)), 12)
    3.0
    """
    return nats / math.log(2)


def perplexity(nats):
    """The number of equally likely choices that would surprise as much: exp(nats), or 2^bits.

    >>> round(perplexity(math.log(8)), 12)
    8.0
    """
    return np.exp(nats) if isinstance(nats, np.ndarray) else float(np.exp(nats))


def _mean(values, counts, n):
    """The mean over the positions that count, as a Python number; no sum of them overflows."""
    return np.where(counts, values / n, 0).sum().item()


def _check_positions(array, argument):
    if array.ndim == 0 or array.size == 0:
        raise ValueError(contract.problem(argument, f"shape {array.shape}",
                                          "at least one axis, and none of them empty"))


# ---- the contract: targets and mask for outputs of a shape and dtype


def take_classes(shape, dtype, targets, mask):
    """Integer targets, one a position, and where they count; 0 where they do not."""
    counts = _take_counts(mask, [shape[:-1]], shape[:-1])
    return contract.take_ids(targets, "targets", shape[-1], shape[:-1], counts), counts


def take_labels(shape, dtype, targets, mask):
    """Numbers from 0 to 1, and where they count; integers and bool will do."""
    if isinstance(targets, np.ndarray) and targets.dtype.kind in "biu":
        targets = targets.astype(_width(dtype))
    y, counts = take_values(shape, dtype, targets, mask)
    wrong = (y < 0) | (y > 1)
    if wrong.any():
        raise ValueError(contract.problem("targets", f"the value {y[wrong][0]}",
                                          "numbers from 0 to 1"))
    return y, counts


def take_values(shape, dtype, targets, mask):
    """Real targets, as wide as the outputs, and where they count; 0 where they do not."""
    counts = _take_counts(mask, [shape, shape[:-1]], shape)
    targets = contract.take_array(targets, "targets", _width(dtype))
    contract.check_shape(targets, "targets", shape, "Nothing is broadcast")
    return np.where(counts, targets, 0), counts


# What a network asks of a batch before it computes anything.
TARGETS = {
    softmax_cross_entropy: take_classes,
    binary_cross_entropy: take_labels,
    mean_squared_error: take_values,
}


def _width(dtype):
    return np.dtype(np.float32 if dtype == np.float32 else np.float64)


def _take_counts(mask, shapes, full):
    """The mask as bool of the full shape; no mask counts everything."""
    if mask is None:
        return np.ones(full, bool)
    mask = contract.take_mask(mask, "mask", shapes)
    return mask if mask.shape == full else np.broadcast_to(mask[..., None], full)

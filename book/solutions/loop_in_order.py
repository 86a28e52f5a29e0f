"""Each line needs what the line before has made. `backward` adds, so `grad` is zero before it. The length is noted before
anything is shortened, or the notes say nothing. The step comes last, with the shortened gradient.

The state is a second thread, with one question: does this window go on? Its value crosses the border; the gradient does
not, because `backward` is called for each window by itself.

`w = w - ...` makes a new array, `w -= ...` would write into the one that was handed in.
"""

import numpy as np


def backward(w, grad, x, y, h):
    """The loss of one window and its last state; ADDS the gradient to `grad`."""
    loss, d_h = 0.0, np.zeros(3)
    for x_t, y_t in zip(x, y):
        heard = np.array([x_t, h, 1.0])
        h = np.tanh(w @ heard)
        d_h = (1 - h * h) * (heard + w[1] * d_h)
        loss += (h - y_t) ** 2 / len(x)
        grad += 2 * (h - y_t) * d_h / len(x)
    return loss, h


def train(w, x, y, fresh, rate, limit):
    """The weights, and the loss and the gradient's length of every window."""
    losses, norms = [], []
    h = 0.0
    for n in range(len(x)):
        if fresh[n]:
            h = 0.0
        grad = np.zeros(3)
        loss, h = backward(w, grad, x[n], y[n], h)
        norm = np.sqrt((grad ** 2).sum())
        if norm > limit:
            grad = grad * (limit / norm)
        w = w - rate * grad
        losses.append(loss)
        norms.append(norm)
    return w, losses, norms

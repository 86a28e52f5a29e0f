"""One number is remembered, the best epoch so far. How long we have been waiting needs no counter
of its own: it is epoch - best, and it falls back to 0 by itself when a new best comes.

The comparison is with the best of all epochs, not with the epoch before: a curve that has shot up
and creeps down again is better every time and still good for nothing. And equal is not better, or
a network that has died, and costs the same for ever, would never be stopped.

What is kept is a memory of the best, so a training loop must copy the parameters at that moment.
It cannot go back for them later.
"""


def stop_early(valid, patience):
    """The epoch to keep, and the number of epochs run."""
    best = 0
    for epoch in range(len(valid)):
        if valid[epoch] < valid[best]:
            best = epoch
        if epoch - best == patience:
            break
    return best, epoch + 1

"""Data to learn from: five letters, a dynamical system, real text, and what counting makes of it.

    letters    five letters to predict, in the three ways to use a recurrent network
    dynamics   van der Pol's oscillator, to be imitated
    text       the frozen text or any file; split, alphabet, windows
    counts     n-gram models        compress   zlib and lzma as models of text

`task(name)` finds a synthetic task by name: a function of a NumPy Generator that returns
(inputs, targets, mask). Needs NumPy and lstmlib.numpy, nothing else.
"""

from lstmlib.numpy import contract
from lstmlib.tasks import compress, counts, dynamics, letters, text

TASKS = contract.Registry("task", {
    "many_to_one": letters.many_to_one,
    "many_to_many": letters.many_to_many,
    "one_to_many": letters.one_to_many,
    "there_and_back": letters.there_and_back,
    "parity": letters.parity,
    "oscillator": dynamics.oscillator,
})


def task(name):
    """The task called `name`. ValueError, with the list of names: there is none.

    >>> from numpy.random import default_rng
    >>> inputs, targets, mask = task("parity")(default_rng(0), batch=2, steps=5)
    >>> inputs.shape
    (5, 2)
    """
    return TASKS[name]


__all__ = ["TASKS", "task", "compress", "counts", "dynamics", "letters", "text"]

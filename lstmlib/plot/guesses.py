"""The reader's own predictions, kept in ``guesses.json`` (see :mod:`lstmlib.kept`)."""

import math

from lstmlib.kept import read, update, write

_in_memory = {}


def stored(name):
    """The value kept under this name, or None."""
    return _read().get(name, _in_memory.get(name))


def keep(name, value):
    """Keep a value; returns whether it will outlive this process."""
    _in_memory[name] = value
    return update("guesses", {name: value})


def forget(name):
    """Drop the value kept under this name, if there is one."""
    _in_memory.pop(name, None)
    kept = _read()
    if kept.pop(name, None) is not None:
        write("guesses", kept)


def _read():
    return {
        name: value
        for name, value in read("guesses").items()
        if type(value) in (int, float) and math.isfinite(value)
    }

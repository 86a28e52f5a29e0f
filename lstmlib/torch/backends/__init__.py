"""The ways to run a cell over time, and the choice between them.

A backend is a module with

CELLS      the classes of cells it serves, or None for all; a subclass is not served by its parent
DTYPES     {"cpu": (dtypes), "cuda": (dtypes)}: what it computes in on these kinds of devices
BEATEN     {(class, "cpu" or "cuda", dtype): the backend that is faster there}
refuses    a function (cell, dtype, device, with_c) of what these lists can't say: the reason
           why not, or None
run        a function (cell, x, state, lengths, start, with_c): x (T, B, M) in reading order,
           the checked initial state, lengths (B,) or None, the number of the first step, and
           whether c of every step is wanted as well as h. It gives the sequences, {"h": (T, B, D)}
           and perhaps "c", whose values beyond a length do not matter, and each sequence's own
           last state, {"h": (B, D), ...}
"""

import functools
import logging

from lstmlib.numpy.contract import Registry, describe, problem
from lstmlib.torch import contract

#: By name; "auto" takes the first that serves and is not beaten by another that does. lstmlib.torch
#: fills it, as backends import the cells they serve, and these import this module.
BACKENDS = Registry("backend", {})

log = logging.getLogger("lstmlib.torch")


def take_name(backend):
    """The name of a backend, or "auto"."""
    names = ("auto", *BACKENDS)
    expected = "one of " + ", ".join(map(repr, names))
    if not isinstance(backend, str):
        raise TypeError(problem("backend", describe(backend), expected))
    if backend not in names:
        raise ValueError(problem("backend", repr(backend), expected))
    return backend


def choose(cell, dtype, device, with_c=False):
    """The backend that runs this cell: the one it names, or the fastest that serves it."""
    reasons = {name: refusal(name, cell, dtype, device, with_c) for name in BACKENDS}
    able = [name for name, reason in reasons.items() if not reason]
    if not able:
        raise ValueError(problem("x", f"{contract.name(dtype)} on {device}",
                                 "a dtype and a device that some backend serves",
                                 reasons["eager"]))
    if cell.backend == "auto":
        case = (type(cell), device.type, dtype)
        chosen = next(name for name in able if BACKENDS[name].BEATEN.get(case) not in able)
        _say_once(type(cell).__name__, contract.name(dtype), device.type, chosen,
                  "; ".join(f"{name}: {reason}" for name, reason in reasons.items() if reason))
        return BACKENDS[chosen]
    if cell.backend not in able:
        raise ValueError(problem(
            "backend", f"{cell.backend!r} for {cell!r} in {contract.name(dtype)} on {device}",
            " or ".join(map(repr, ["auto", *able])), reasons[cell.backend]))
    return BACKENDS[cell.backend]


def refusal(name, cell, dtype, device, with_c=False):
    """Why this backend can't run this cell; None if it can."""
    backend = BACKENDS[name]
    if backend.CELLS is not None and type(cell) not in backend.CELLS:
        served = ", ".join(one.__name__ for one in backend.CELLS)
        return f"It serves the cells {served} and no other, nor subclasses of these"
    if device.type not in backend.DTYPES:
        return f"It runs on {' and '.join(backend.DTYPES)}"
    if dtype not in backend.DTYPES[device.type]:
        served = ", ".join(map(contract.name, backend.DTYPES[device.type]))
        return f"On {device.type} it computes in {served}"
    return backend.refuses(cell, dtype, device, with_c)


@functools.cache
def _say_once(cell, dtype, device, chosen, reasons):
    log.debug("%s in %s on %s runs with backend %r. %s", cell, dtype, device, chosen, reasons)

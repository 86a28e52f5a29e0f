"""The ways to run a cell over time, and the choice between them.

A backend is a module with

CELLS      the classes of cells it serves; None is all. A subclass is not served by its parent
DTYPES     {"cpu": (dtypes), "cuda": (dtypes)}: what it computes in on these kinds of devices
AUTO       the kinds of devices on which "auto" may take it; elsewhere it serves by name only
BEATEN     {(class, "cpu" or "cuda", dtype): the backend that is faster there}
LIMITS     in a few words, for whoever asks `serves`, what `refuses` refuses
refuses    a function (cell, call) of what these lists can't say: the reason why not, or None
run        a function (cell, x, state, lengths, start, with_c): x (T, B, M) in reading order,
           the checked initial state, lengths (B,) or None, the number of the first step, and
           whether c of every step is wanted as well as h. It gives the sequences, {"h": (T, B, D)}
           and perhaps "c", whose values beyond a length do not matter, and each sequence's own
           last state, {"h": (B, D), ...}
"""

import functools
import logging
from typing import NamedTuple

import torch
from torch.autograd import forward_ad

from lstmlib.numpy.contract import Registry, describe, problem
from lstmlib.torch import contract

#: By name; "auto" takes the first that serves and is not beaten by another that does. lstmlib.torch
#: fills it, as backends import the cells they serve, and these import this module.
BACKENDS = Registry("backend", {})

log = logging.getLogger("lstmlib.torch")
_said = set()


class Call(NamedTuple):
    """What is asked of a backend beside the cell: T steps of B sequences, in what and where.

    with_c  whether c of every step is wanted as well as h, because the layer above reads it
    """

    T: int
    B: int
    dtype: torch.dtype
    device: torch.device
    with_c: bool = False


def take_name(backend):
    """The name of a backend, or "auto"."""
    names = ("auto", *BACKENDS)
    expected = "one of " + ", ".join(map(repr, names))
    if not isinstance(backend, str):
        raise TypeError(problem("backend", describe(backend), expected))
    if backend not in names:
        raise ValueError(problem("backend", repr(backend), expected))
    return backend


def choose(cell, call):
    """The backend that runs this cell: the one it names, or the fastest that serves it."""
    if cell.backend != "auto":
        reason = refusal(cell.backend, cell, call)
        if reason:
            raise ValueError(problem(
                "backend", f"{cell.backend!r} for {cell!r} with T = {call.T}, B = {call.B} in "
                f"{contract.name(call.dtype)} on {call.device}",
                " or ".join(map(repr, ["auto", *_able(cell, call)])), reason))
        return BACKENDS[cell.backend]

    kind = call.device.type
    case = (type(cell), kind, call.dtype)
    for name, backend in BACKENDS.items():
        if kind not in backend.AUTO:
            continue
        better = backend.BEATEN.get(case)
        if better and not refusal(better, cell, call):
            name = better
        elif refusal(name, cell, call):
            continue
        if log.isEnabledFor(logging.DEBUG):
            _say_once(cell, call, name)
        return BACKENDS[name]
    raise ValueError(problem("x", f"{contract.name(call.dtype)} on {call.device}",
                             "a dtype and a device that some backend serves",
                             refusal("eager", cell, call)))


def refusal(name, cell, call):
    """Why this backend can't run this cell in this call; None if it can."""
    backend, kind = BACKENDS[name], call.device.type
    if backend.CELLS is not None and type(cell) not in backend.CELLS:
        served = ", ".join(one.__name__ for one in backend.CELLS)
        return f"It serves the cells {served} and no other, nor subclasses of these"
    if kind not in backend.DTYPES:
        return f"It runs on {' and '.join(backend.DTYPES)}"
    if call.dtype not in backend.DTYPES[kind]:
        served = ", ".join(map(contract.name, backend.DTYPES[kind]))
        return f"On {kind} it computes in {served}"
    return backend.refuses(cell, call)


def transformed(*kinds):
    """Why a backend refuses what torch.func, or forward mode, transforms so; None if nothing does.

    kinds  "Grad", "Vmap", "Jvp", as torch calls them, "Jvp" being forward mode; without, all
    """
    forward, inside = forward_ad._current_level >= 0, torch._C._are_functorch_transforms_active()
    if not forward and not inside:
        return None
    found = {"Jvp"} if forward else set()
    if inside:
        found |= {one.key().name for one in torch._C._functorch.get_interpreter_stack()}
    found = ", ".join(sorted(found.intersection(kinds) if kinds else found))
    return f"It can't be transformed by torch.func or forward mode ({found})" if found else None


def untraced(run):
    """A backend's `run` that torch.compile does not look into: it breaks its graph there."""
    @functools.wraps(run)
    def called(*arguments):
        if torch.compiler.is_compiling():
            return torch.compiler.disable(run)(*arguments)
        return run(*arguments)
    return called


def refuse_second_derivative(name):
    """An error in a way back that has none: a part of it would be missing without a word."""
    if torch.is_grad_enabled():
        raise RuntimeError(problem(
            "create_graph", True, f"False with backend {name!r}, which has no second derivative",
            "Name the backend 'eager' for one"))


def _able(cell, call):
    return [name for name in BACKENDS if not refusal(name, cell, call)]


def _say_once(cell, call, chosen):
    """What auto took and why not those before it: once for a cell, a dtype, a kind of device."""
    names = list(BACKENDS)
    said = (type(cell), call.dtype, call.device.type, chosen)
    if said in _said:
        return
    _said.add(said)
    before = names[:names.index(chosen)]
    reasons = {name: refusal(name, cell, call) or (
        "It is slower here" if call.device.type in BACKENDS[name].AUTO else
        "It serves here, by name only") for name in before}
    log.debug("%s in %s on %s runs with backend %r. %s", type(cell).__name__,
              contract.name(call.dtype), call.device.type, chosen,
              "; ".join(f"{name}: {reason}" for name, reason in reasons.items()))

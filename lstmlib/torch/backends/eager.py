"""The clear way: what x alone decides, for all steps at once; then the loop over time.

It runs every cell, and is the reference for the other backends.
"""

import torch

from lstmlib.torch.contract import DTYPES as ALL

CELLS = None
DTYPES = {"cpu": ALL, "cuda": ALL}
AUTO = ("cpu", "cuda")
BEATEN = {}
LIMITS = ""


def refuses(cell, call):
    return None


def run(cell, x, state, lengths, start, with_c):
    P = cell.prepare()
    alive = None if lengths is None else [t < lengths[:, None] for t in range(len(x))]
    history = []
    # Taken apart once by unbind: x[t] in the loop would make the way back quadratic in T.
    for t, a in enumerate(zip(*(part.unbind(0) for part in cell.inputs(P, x)))):
        clock = {"t": start + t} if cell.clocked else {}
        new = cell.step(P, *a, state, **clock)
        if alive is not None:                          # a sequence that has ended stays as it is
            new = {name: torch.where(alive[t], new[name], state[name]) for name in new}
        history.append(new)
        state = new
    names = ("h", "c") if with_c else ("h",)
    return {name: torch.stack([new[name] for new in history]) for name in names}, state

"""What each backend serves, as the backends themselves declare it."""

from textwrap import fill

from lstmlib.torch import contract
from lstmlib.torch.backends import BACKENDS
from lstmlib.torch.cells import CELLS


class Served(list):
    """One dict a backend; it prints as a table."""

    def __repr__(self):
        return "\n".join(line for row in self for line in _lines(row))


def serves():
    """What each backend serves, in the order in which "auto" asks them.

    A list with one dict a backend: its name, `backend`; the names of its `cells`; the dtypes it
    computes in on `cpu` and on `cuda`; the kinds of devices where `auto` may take it (elsewhere
    name it); and its `limits` in words. Whether one very call is served says the error that it
    raises, or the logger "lstmlib.torch" at level DEBUG.

    >>> print("first:", serves())                                         # doctest: +ELLIPSIS
    first: ...
    native   cells   rnn, rnn_relu, lstm, gru
             cpu     float32, float64, bfloat16, float16
             cuda    float32, float64, bfloat16, float16
    ...
    """
    return Served(_row(name, backend) for name, backend in BACKENDS.items())


def _row(name, backend):
    cells = [key for key, cls in CELLS.items() if backend.CELLS is None or cls in backend.CELLS]
    dtypes = {kind: [contract.name(dtype) for dtype in backend.DTYPES.get(kind, ())]
              for kind in ("cpu", "cuda")}
    return {"backend": name, "cells": cells, **dtypes, "auto": list(backend.AUTO),
            "limits": backend.LIMITS}


def _lines(row):
    missing = [name for name in CELLS if name not in row["cells"]]
    cells = (f"all {len(CELLS)}" if not missing else
             ", ".join(row["cells"]) if len(row["cells"]) <= len(missing) else
             f"all {len(CELLS)} but {', '.join(missing)}")
    parts = {"cells": cells, **{kind: ", ".join(row[kind]) or "-" for kind in ("cpu", "cuda")},
             "auto": "on " + " and ".join(row["auto"]) if row["auto"] else "never: name it",
             "limits": row["limits"] or "-"}
    heads = [f"{row['backend']:8} ", *[" " * 9] * (len(parts) - 1)]
    for head, (name, text) in zip(heads, parts.items()):
        yield fill(f"{head}{name:7} {text}", 100, subsequent_indent=" " * 17)

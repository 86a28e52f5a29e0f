"""A progress bar that leaves nothing behind."""

import os
import sys
from collections.abc import Iterable


def progress(iterable, total=None, description=None):
    """The iterable, with a bar while it is gone through, where someone is there to watch.

    Someone is there if standard error is a terminal, or if the code runs in a notebook whose front
    end can be asked for input: JupyterLab can, the programs that execute notebooks unattended
    (nbclient, nbconvert, nbval) cannot. The environment variable LSTMLIB_PROGRESS overrules this: 0
    never, 1 always. The bar goes to standard error (in a notebook: to a widget) and is removed at
    the end. Without the package tqdm there is no bar.

    >>> list(progress([1, 2, 3], description="counting"))
    [1, 2, 3]
    """
    if not isinstance(iterable, Iterable):
        raise TypeError(f"iterable: got {type(iterable).__name__}, expected an iterable")
    if not wanted():
        return iterable
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return iterable
    return tqdm(iterable, total=total, desc=description, leave=False)


def wanted():
    """Whether to show a bar: the variable LSTMLIB_PROGRESS, else whether someone is watching."""
    setting = os.environ.get("LSTMLIB_PROGRESS", "")
    if setting not in ("", "0", "1"):
        raise ValueError(f"LSTMLIB_PROGRESS: got {setting!r}, expected 0 (never) or 1 (always). "
                         "Unset it to show a bar only where someone is watching")
    if setting:
        return setting == "1"
    return sys.stderr.isatty() or _live_notebook()


def _live_notebook():
    """Whether the cell that runs now came from a front end that allows questions to its user."""
    if "ipykernel" not in sys.modules:
        return False
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return False
    return bool(kernel.get_parent().get("content", {}).get("allow_stdin", False))

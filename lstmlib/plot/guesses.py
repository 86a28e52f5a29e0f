"""The reader's own predictions, kept in a small file of the reader's.

The file is ``guesses.json`` in the folder that the environment variable LSTMLIB_HOME names, or in
``.lstmlib`` in the reader's home folder. Where that folder cannot be read or written, guesses
last as long as the Python process.
"""

import json
import math
import os
from pathlib import Path

_in_memory = {}


def folder():
    """Where the reader's own files are kept."""
    chosen = os.environ.get("LSTMLIB_HOME")
    return Path(chosen) if chosen else Path.home() / ".lstmlib"


def stored(name):
    """The value kept under this name, or None."""
    return _read().get(name, _in_memory.get(name))


def keep(name, value):
    """Keep a value; returns whether it will outlive this process."""
    _in_memory[name] = value
    return _write(_read() | {name: value})


def forget(name):
    """Drop the value kept under this name, if there is one."""
    _in_memory.pop(name, None)
    kept = _read()
    if kept.pop(name, None) is not None:
        _write(kept)


def _read():
    try:
        kept = json.loads((folder() / "guesses.json").read_text(encoding="utf-8"))
    except (OSError, RuntimeError, ValueError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {
        name: value
        for name, value in kept.items()
        if type(value) in (int, float) and math.isfinite(value)
    }


def _write(kept):
    try:
        folder().mkdir(parents=True, exist_ok=True)
        whole = folder() / f"guesses.{os.getpid()}.part"
        whole.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(whole, folder() / "guesses.json")
    except (OSError, RuntimeError):
        return False
    return True

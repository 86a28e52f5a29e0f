"""The reader's own small files: guesses and progress.

They stand in the folder that the environment variable LSTMLIB_HOME names, or in ``.lstmlib`` in
the reader's home folder, and can be deleted at any time. Where that folder cannot be read or
written, what is kept lasts as long as the Python process.
"""

import json
import os
from pathlib import Path


def folder():
    """Where the reader's own files are kept."""
    chosen = os.environ.get("LSTMLIB_HOME")
    return Path(chosen) if chosen else Path.home() / ".lstmlib"


def read(name):
    """The dict kept in ``name.json``; empty where there is none that can be read."""
    try:
        kept = json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, RuntimeError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def write(name, kept):
    """Keep a dict in ``name.json``, whole or not at all; returns whether that was possible."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        whole = folder() / f"{name}.{os.getpid()}.part"
        whole.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(whole, folder() / f"{name}.json")
    except (OSError, RuntimeError):
        return False
    return True

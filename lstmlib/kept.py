"""The reader's own small files: guesses and progress.

They stand in the folder that the environment variable LSTMLIB_HOME names, or in ``.lstmlib`` in
the reader's home folder, and can be deleted at any time. Where that folder cannot be read or
written, what is kept lasts as long as the Python process.
"""

import json
import os
import time
from contextlib import contextmanager
from pathlib import Path

WAIT = 2  # seconds for another process to write; a lock that is older was left behind


def folder():
    """Where the reader's own files are kept."""
    chosen = os.environ.get("LSTMLIB_HOME")
    return Path(chosen) if chosen else Path.home() / ".lstmlib"


def place(name):
    """Where ``name.json`` stands, as a text."""
    try:
        return str(folder() / f"{name}.json")
    except RuntimeError:
        return "this process alone (there is no home folder)"


def _load(name):
    kept = json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
    if not isinstance(kept, dict):
        raise ValueError(f"{name}.json holds a {type(kept).__name__}, expected an object")
    return kept


def read(name):
    """The dict kept in ``name.json``; empty where there is none that can be read."""
    try:
        return _load(name)
    except (OSError, RuntimeError, ValueError):
        return {}


def write(name, kept):
    """Keep a dict in ``name.json``, whole or not at all; returns whether that was possible."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        whole = folder() / f"{name}.{os.getpid()}.part"
        try:
            whole.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            os.replace(whole, folder() / f"{name}.json")
        finally:
            whole.unlink(missing_ok=True)
    except (OSError, RuntimeError, ValueError):
        return False
    return True


def update(name, more):
    """Write these keys into ``name.json``, beside those that other processes write there.

    A file that is no JSON is set aside, as ``name.unreadable.json``. Returns whether that was
    possible.
    """
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with _alone(folder() / f"{name}.lock"):
            try:
                kept = _load(name)
            except FileNotFoundError:
                kept = {}
            except (RecursionError, ValueError):
                os.replace(folder() / f"{name}.json", folder() / f"{name}.unreadable.json")
                kept = {}
            return write(name, kept | more)
    except (OSError, RuntimeError, ValueError):
        return False


@contextmanager
def _alone(lock):
    """One process at a time. Who waits too long goes on: a lost entry is better than a stop."""
    for _ in range(100 * WAIT):
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            time.sleep(0.01)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)

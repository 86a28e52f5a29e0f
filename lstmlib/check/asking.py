"""From the reader's kernel to the process that judges, and back."""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = float(os.environ.get("LSTMLIB_CHECK_SECONDS", 10))
PATIENCE = 60  # seconds that imports and the judge may take beside those of the answer
# What the reader's environment says to Python about anything else (to stop at warnings, to leave
# out asserts, to profile) is not meant for these processes.
HANDED_ON = ("PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONPLATLIBDIR",
             "PYTHONHASHSEED", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "PYTHONUTF8")


class Unjudged(Exception):
    """The judge gave no finding; the message says why."""


def ask(request):
    """The judge's finding on one answer. Neither processes nor files stay behind."""
    try:
        with tempfile.TemporaryDirectory(prefix="lstmlib-", ignore_cleanup_errors=True) as folder:
            return _ask(pickle.dumps(request | {"folder": folder}), _environment(folder))
    except OSError as error:
        raise Unjudged(f"{type(error).__name__}: {error}") from None


def _ask(request, environment):
    if not sys.executable:
        raise Unjudged("This Python does not know its own program: sys.executable is empty.")
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "lstmlib.check.judge"], env=environment, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=os.name == "posix",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    try:
        found, complaints = process.communicate(request, timeout=SECONDS + PATIENCE)
    except subprocess.TimeoutExpired:
        raise Unjudged(f"It took longer than {SECONDS + PATIENCE:g} seconds.") from None
    finally:
        _end(process)
    if process.returncode:
        raise Unjudged(complaints.decode("utf-8", "replace")[-3000:].strip() or (
            f"The process ended with the code {process.returncode}."))
    return pickle.loads(found)


def _environment(folder):
    kept = {key: value for key, value in os.environ.items()
            if not key.startswith("PYTHON") or key in HANDED_ON}
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    kept |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)
    return kept | {"PYTHONPATH": os.pathsep.join(paths)}


def _end(process):
    """Leave no process behind, whatever happened (an interrupted kernel, too)."""
    try:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except OSError:
        pass  # it has ended
    process.wait()

"""The process in which an answer runs: a script of its own, which imports nothing of lstmlib.

It reads one request from its input (pickled by the judge), calls the answer once per probe, and
writes one line of JSON per call, in which arrays are raw bytes: nothing that an answer returns is
ever unpickled. What the answer prints goes to the error stream, which the judge relays.

Here an answer cannot open the solutions or the checks, write files but in a temporary folder,
start programs or signal other processes. That is a fence against accidents and short cuts: who
sets out to climb it, from C for instance, will, and has fooled nobody else. Time is limited by the
judge; memory here, where the system enforces a limit (Linux).
"""

import array
import base64
import collections
import dataclasses
import decimal
import io
import json
import numbers
import os
import pickle
import stat
import sys
import threading
import traceback
import warnings

import numpy as np

DEPTH, NODES, BYTES = 8, 20_000, 64_000_000
MEMORY, PRINTED = 2 << 30, 900_000
SETTING_UP = 20  # seconds for what an answer imports, beside its own
_array, _ndarray = np.array, np.ndarray
_quietly, _ignore = warnings.catch_warnings, warnings.simplefilter
_number = (numbers.Number, np.generic, decimal.Decimal)
_buffer = (memoryview, array.array)


def encode(value, depth=0, budget=None):
    """A value as JSON: arrays and numbers as raw bytes, containers by their items."""
    budget = [NODES, BYTES] if budget is None else budget
    budget[0] -= 1
    if value is None:
        return {"none": True}
    if isinstance(value, str):
        return {"text": str.__str__(value)[:10_000]}
    if depth > DEPTH or budget[0] < 0:
        return _other(value, "nested too deeply, or too many items")
    if isinstance(value, dict):
        return _dict(dict.items(value), depth, budget)
    if isinstance(value, (collections.deque, range)):
        value = list(value)
    if isinstance(value, (list, tuple)):
        # Their own items, whatever a class of the reader's makes of len() and iteration.
        kind = list if isinstance(value, list) else tuple
        items = list(kind.__iter__(value))
        if items and all(isinstance(item, _number) for item in items):
            flat = _raw(items, budget)
            if "array" in flat:
                return {kind.__name__: flat, "flat": True}
        return {kind.__name__: [encode(item, depth + 1, budget) for item in items]}
    if isinstance(value, (_ndarray, *_number, *_buffer)) or hasattr(type(value), "__array__"):
        return _raw(value, budget)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return _dict([(name, getattr(value, name)) for name in names], depth, budget)
    return _other(value)


def _dict(items, depth, budget):
    return {"dict": [[str(key), encode(item, depth + 1, budget)] for key, item in items]}


def _other(value, says=""):
    return {"other": type(value).__name__, "says": says}


def _raw(value, budget):
    """An array, or what can be made one, as the bytes of its numbers."""
    try:
        for step in ("detach", "cpu"):  # a tensor with its history, or of another device
            value = getattr(value, step)() if hasattr(value, step) else value
        if getattr(value, "mask", None) is not None and _array(value.mask).any():
            return _other(value, "with masked entries")
        with _quietly():  # of how another library makes its arrays
            _ignore("ignore")
            plain = _array(value, subok=False)
        if plain.dtype.kind == "O" and plain.size <= NODES and all(
                isinstance(item, _number) for item in plain.flat):
            plain = plain.astype(float)  # Fraction, Decimal, and int beyond 64 bits
    except OverflowError:
        return _other(value, "too large for float64")
    except Exception as error:
        return _other(value, str(error)[:200])
    if plain.dtype.kind in "US":
        return encode(plain.tolist(), 0, budget)
    if plain.dtype.kind not in "biufc":
        return {"other": f"array of {plain.dtype.name} items", "says": ""}
    if plain.dtype.itemsize > 16 or plain.dtype == np.longdouble:
        plain = plain.astype(np.complex128 if plain.dtype.kind == "c" else np.float64)
    budget[1] -= plain.nbytes
    if budget[1] < 0:
        return {"other": "array", "says": f"too large to be sent back: shape {plain.shape}"}
    plain = plain.astype(plain.dtype.newbyteorder("<"))
    return {
        "array": base64.b64encode(plain.tobytes()).decode(),
        "dtype": plain.dtype.str,
        "shape": list(plain.shape),
    }


class Other:
    """Stands for something that is neither number, text nor container of them."""

    def __init__(self, kind, says=""):
        self.kind, self.says = kind, says


def decode(tree):
    """The value that :func:`encode` wrote. Malformed input is a ValueError."""
    try:
        if "array" in tree:
            dtype = np.dtype(str(tree["dtype"]))
            if dtype.kind not in "biufc":
                raise ValueError(dtype)
            flat = np.frombuffer(base64.b64decode(tree["array"]), dtype)
            return flat.reshape([int(n) for n in tree["shape"]]).astype(dtype.newbyteorder("="))
        for name, kind in (("list", list), ("tuple", tuple)):
            if name in tree:
                return kind(decode(tree[name]) if tree.get("flat") else map(decode, tree[name]))
        if "dict" in tree:
            return {str(key): decode(item) for key, item in tree["dict"]}
        if "text" in tree:
            return str(tree["text"])
        if "other" in tree:
            return Other(str(tree["other"]), str(tree.get("says", "")))
        if "none" in tree:
            return None
    except (TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"not a value: {error}") from None
    raise ValueError("not a value")


def changed(before, after, path=""):
    """The paths at which two encoded values differ."""
    if before == after:
        return []
    for kind in ("dict", "list", "tuple"):
        if kind in before and kind in after and not before.get("flat") and not after.get("flat"):
            old, new = before[kind], after[kind]
            if kind != "dict":
                old, new = [list(enumerate(each)) for each in (old, new)]
            old, new = dict(map(tuple, old)), dict(map(tuple, new))
            return [found for key in {**old, **new}
                    for found in changed(old.get(key, {}), new.get(key, {}), f"{path}[{key!r}]")]
    return [path]


def call_all(answer, calls, tell, position=int):
    """Call an answer once per pickled tuple of arguments, and tell each outcome as JSON.

    ``position()`` is how much has been printed so far.
    """
    dumps, loads = json.dumps, pickle.loads
    for k, pickled in enumerate(calls):
        args = loads(pickled)
        before = [encode(arg) for arg in args]
        tell(dumps({"call": k, "printed_from": position()}))
        try:
            outcome = {"value": encode(answer(*args))}
        except MemoryError:
            outcome = {"raised": "MemoryError", "says": ""}
        except BaseException as error:  # SystemExit and KeyboardInterrupt too
            outcome = _raised(error)
        try:
            after = [encode(arg) for arg in args]
        except BaseException:  # an object was put there that does not let itself be read
            after = [{}] * len(before)
        outcome["touched"] = [found for n, (old, new) in enumerate(zip(before, after))
                              for found in changed(old, new, str(n))]
        tell(dumps({"call": k, **outcome}))


def _raised(error):
    try:
        says = str(error)[:500]
    except Exception:
        says = "(its message cannot be shown)"
    frames = [[frame.f_code.co_filename, line, frame.f_code.co_name]
              for frame, line in traceback.walk_tb(error.__traceback__)][1:]
    frames = frames[:3] + frames[3:][-20:]
    return {"raised": type(error).__name__[:80], "says": says, "frames": frames}


LOOKS = ("open", "os.listdir", "os.scandir")
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate",
           "os.chmod", "os.chown", "os.utime")
FORBIDDEN = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
             "os.startfile", "os.kill", "pty.", "_winapi.CreateProcess", "socket.connect",
             "socket.bind")
TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def fence(closed, folder):
    """From here on, this process opens none of the closed files and folders, writes only into
    ``folder``, and starts or signals nothing.

    ``closed`` holds (device, number) pairs, so that links and other spellings lead nowhere.
    """
    closed, look = frozenset(map(tuple, closed)), os.stat
    realpath, fsdecode, inside = os.path.realpath, os.fsdecode, os.path.realpath(folder) + os.sep

    def ours(path):
        return path == os.devnull or (realpath(fsdecode(path)) + os.sep).startswith(inside)

    def changes(event, args, found):
        if event != "open":
            # Relative to an open folder: only folders of ours are ever opened, see below.
            return event == "os.truncate" or args[-1] == -1
        _, mode, flags = args
        opens_folder = mode is None and found and stat.S_ISDIR(found.st_mode)
        return opens_folder or flags & TO_WRITE

    def watch(event, args):
        if event in LOOKS or event in CHANGES:
            try:
                found = look(args[0])
            except (OSError, TypeError, ValueError):
                found = None  # not there, or no file's name
            if found and (found.st_dev, found.st_ino) in closed:
                raise PermissionError("an answer cannot look into the checks or the solutions")
            paths = [path for path in args[:2 if event in CHANGES else 1]
                     if isinstance(path, (str, bytes))]
            lists = event in ("os.listdir", "os.scandir")
            if not lists and changes(event, args, found) and not all(map(ours, paths)):
                raise PermissionError("an answer cannot change files while it is checked")
        elif event == "import" and str(args[0]).startswith("lstmlib.check"):
            raise ImportError("an answer cannot import the checks or the solutions")
        elif event.startswith(FORBIDDEN):
            raise PermissionError(f"an answer cannot do this while it is checked ({event})")

    sys.addaudithook(watch)
    try:
        import _posixsubprocess  # multiprocessing starts programs with it, and no hook hears of it
        _posixsubprocess.fork_exec = lambda *args: watch("subprocess.fork_exec", args)
    except ImportError:
        pass  # only POSIX has it


def limit_memory():
    try:
        import resource
    except ImportError:
        return  # no such limits here: what is left is the limit of time
    for what, most in ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_FSIZE, 1_000_000),
                       (resource.RLIMIT_CORE, 0)):
        try:
            hard = resource.getrlimit(what)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            pass  # not this one


class Printed(io.FileIO):
    """What is printed. Of a flood, the end is dropped."""

    kept = 0

    def write(self, data):
        self.kept += len(data)
        if self.kept <= PRINTED:
            super().write(data)
        return len(data)


class Watchdog:
    """Tells where the main thread stands, and ends the process, when its time is over."""

    def __init__(self, tell):
        self.tell, self.timer, self.watched = tell, None, threading.get_ident()

    def allow(self, seconds):
        """Begin to count anew."""
        if self.timer:
            self.timer.cancel()
        self.timer = threading.Timer(seconds, self.bark)
        self.timer.daemon = True
        self.timer.start()

    def bark(self):
        frame, places = sys._current_frames().get(self.watched), []
        while frame is not None:
            places.insert(0, [frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name])
            frame = frame.f_back
        self.tell(json.dumps({"stuck": places[:40]}))
        os._exit(1)


def main():
    results = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    stdout = io.TextIOWrapper(io.BufferedWriter(Printed(2, "w", closefd=False)),
                              encoding="utf-8", errors="replace", line_buffering=True)
    sys.stdout = sys.stderr = stdout
    lock = threading.Lock()

    def tell(line):
        with lock:
            results.write(line + "\n")
            results.flush()

    def printed():
        try:
            stdout.flush()
            return os.lseek(2, 0, os.SEEK_CUR)
        except (OSError, ValueError):  # the answer has closed it
            return 0

    tell(json.dumps({"stage": "started"}))
    request = pickle.load(sys.stdin.buffer)
    sys.stdin = open(os.devnull)
    sys.path[:], sys.dont_write_bytecode = request["path"], True
    limit_memory()
    fence(request["closed"], request["folder"])
    watchdog = Watchdog(tell)
    watchdog.allow(request["seconds"] + SETTING_UP)
    try:
        answer = pickle.loads(request["answer"])
    except BaseException as error:
        tell(json.dumps({"unpacked": _raised(error)}))
    else:
        tell(json.dumps({"stage": "unpacked"}))
        watchdog.allow(request["seconds"])
        call_all(answer, request["calls"], tell, printed)
        printed()
        tell(json.dumps({"stage": "done"}))
    os._exit(0)


if __name__ == "__main__":
    main()

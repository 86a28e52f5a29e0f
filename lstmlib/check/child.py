"""The process in which an answer runs: a script of its own, which imports nothing of lstmlib.

It reads one request from its input (pickled by the judge), calls the answer once per probe, and
writes one line of JSON per call, in which arrays are raw bytes: nothing that an answer returns is
ever unpickled. What the answer prints goes to the error stream, which the judge relays.

Here an answer cannot open the solutions or the checks, start programs or signal other processes.
Time is limited by the judge; memory here, where the system enforces a limit (Linux).
"""

import base64
import json
import os
import pickle
import sys
import threading
import traceback

import numpy as np

DEPTH, NODES, BYTES = 8, 20_000, 64_000_000
MEMORY = 2 << 30
_array, _asnumber = np.array, (bool, int, float, complex, np.generic)


def encode(value, depth=0, budget=None):
    """A value as JSON: arrays and numbers as raw bytes, containers by their items."""
    budget = [NODES, BYTES] if budget is None else budget
    budget[0] -= 1
    if value is None:
        return {"none": True}
    if isinstance(value, str):
        return {"text": str.__str__(value)[:10_000]}
    if depth > DEPTH or budget[0] < 0:
        return {"other": type(value).__name__, "says": "nested too deeply, or too many items"}
    if isinstance(value, dict):
        return {"dict": [[str(key), encode(item, depth + 1, budget)] for key, item in value.items()]}
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        if value and all(isinstance(item, _asnumber) for item in value):
            return {kind: _raw(_array(value), budget), "flat": True}
        return {kind: [encode(item, depth + 1, budget) for item in value]}
    if isinstance(value, (np.ndarray, *_asnumber)) or hasattr(type(value), "__array__"):
        try:
            if not isinstance(value, (np.ndarray, *_asnumber)):
                value = value.__array__()
            return _raw(_array(value, subok=False), budget)
        except Exception as error:
            return {"other": type(value).__name__, "says": str(error)[:200]}
    return {"other": type(value).__name__, "says": ""}


def _raw(array, budget):
    if array.dtype.kind not in "biufc":
        return {"other": f"array of {array.dtype.name} items", "says": ""}
    if array.dtype.itemsize > 16 or array.dtype == np.longdouble:
        array = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
    budget[1] -= array.nbytes
    if budget[1] < 0:
        return {"other": "array", "says": f"too large to be sent back: shape {array.shape}"}
    plain = array.astype(array.dtype.newbyteorder("<"))
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
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
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
        after = [encode(arg) for arg in args]
        outcome["touched"] = [found for n, (old, new) in enumerate(zip(before, after))
                              for found in changed(old, new, str(n))]
        tell(dumps({"call": k, **outcome}))


def _raised(error):
    try:
        says = str(error)[:500]
    except Exception:
        says = "(its message cannot be shown)"
    frames = [[f.filename, f.lineno, f.name] for f in traceback.extract_tb(error.__traceback__)[1:]]
    return {"raised": type(error).__name__, "says": says, "frames": frames[:3] + frames[3:][-20:]}


FORBIDDEN_EVENTS = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
                    "os.startfile", "os.kill", "pty.", "socket.connect", "socket.bind")


def shut(places):
    """From here on, this process opens none of these files and folders, and starts or signals nothing."""
    places = [os.path.realpath(place) for place in places]
    fspath, realpath, within = os.fsdecode, os.path.realpath, os.sep

    def watch(event, args):
        if event in ("open", "os.listdir", "os.scandir", "os.rename", "os.remove"):
            path = args[0]
            if isinstance(path, (str, bytes, os.PathLike)):
                path = realpath(fspath(path))
                if any(path == each or path.startswith(each + within) for each in places):
                    raise PermissionError("an answer cannot look into the checks or the solutions")
        elif event == "import" and str(args[0]).startswith("lstmlib.check"):
            raise ImportError("an answer cannot import the checks or the solutions")
        elif event.startswith(FORBIDDEN_EVENTS):
            raise PermissionError(f"an answer cannot do this while it is checked ({event})")

    sys.addaudithook(watch)


def limit_memory():
    try:
        import resource
        for what, most in ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_FSIZE, 1_000_000),
                           (resource.RLIMIT_CORE, 0)):
            hard = resource.getrlimit(what)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (most, most))
    except (ImportError, ValueError, OSError):
        pass  # no such limit here: what is left is the limit of time


def main():
    results = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    sys.stdout = sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False)
    lock = threading.Lock()

    def tell(line):
        with lock:
            results.write(line + "\n")
            results.flush()

    stdout = sys.stdout

    def printed():
        try:
            stdout.flush()
            return os.lseek(2, 0, os.SEEK_CUR)
        except (OSError, ValueError):  # the answer has closed it, or printed too much
            return 0

    request = pickle.load(sys.stdin.buffer)
    sys.stdin = open(os.devnull)
    # Paths of the reader's own, without this script's folder.
    sys.path[:] = request["path"]
    limit_memory()
    shut(request["shut"])
    main_thread = threading.get_ident()

    def stuck():
        frame, places = sys._current_frames().get(main_thread), []
        while frame is not None:
            places.insert(0, [frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name])
            frame = frame.f_back
        tell(json.dumps({"stuck": places[:40]}))
        os._exit(1)

    watchdog = threading.Timer(request["seconds"], stuck)
    watchdog.daemon = True
    watchdog.start()
    try:
        answer = pickle.loads(request["answer"])
    except BaseException as error:
        tell(json.dumps({"unpacked": _raised(error)}))
    else:
        call_all(answer, request["calls"], tell, printed)
        printed()
        tell(json.dumps({"done": True}))
    os._exit(0)


if __name__ == "__main__":
    main()

"""Getting an answer ready to travel into the process in which it runs."""

import functools
import inspect
import io
import os
import sys
import sysconfig
from contextlib import contextmanager
from pathlib import Path

import cloudpickle

MOST = 200_000_000
INSTALLED = tuple({
    os.path.realpath(path) + os.sep
    for path in (*map(sysconfig.get_path, ("stdlib", "purelib", "platlib")),
                 Path(__file__).parents[1])
})
FOLDERS = {"site-packages", "dist-packages"}  # of the user's own, too, and of the system


class CannotTravel(Exception):
    """Something that the answer uses stays where it is; the message says what."""


class TooLarge(Exception):
    """It is more than can be copied for a check."""


class _Limited(io.BytesIO):
    def write(self, data):
        if self.tell() + memoryview(data).nbytes > MOST:
            raise TooLarge
        return super().write(data)


class _Packer(cloudpickle.Pickler):
    """cloudpickle, and the functions that a cache was put around: they go without what it holds."""

    def reducer_override(self, obj):
        if isinstance(obj, functools._lru_cache_wrapper):
            return super().reducer_override(obj.__wrapped__)
        return super().reducer_override(obj)


def pack(answer):
    """The answer as bytes: what the reader wrote by value, what is installed by name."""
    with by_value(_readers_own()):
        try:
            return _packed(answer)
        except TooLarge:
            raise CannotTravel(_too_large(answer)) from None
        except Exception as error:
            raise CannotTravel(_culprit(answer, error)) from None


def _packed(value):
    target, deepest = _Limited(), sys.getrecursionlimit()
    # Whoever raised the limit for an algorithm would see the kernel die of a deep list here.
    sys.setrecursionlimit(min(deepest, len(inspect.stack(0)) + 3_000))
    try:
        _Packer(target).dump(value)
    finally:
        sys.setrecursionlimit(deepest)
    return target.getvalue()


def _readers_own():
    """The modules of the reader's own files. What stands in the notebook goes by value anyway."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and FOLDERS.isdisjoint(Path(file).parts):
            try:
                installed = os.path.realpath(file).startswith(INSTALLED)
            except OSError:  # a working directory that is no more
                continue
            if not installed:
                yield module


@contextmanager
def by_value(modules):
    registered = []
    try:
        for module in modules:
            if module.__name__ != "__main__" and module.__name__ in sys.modules:
                cloudpickle.register_pickle_by_value(module)
                registered.append(module)
        yield
    finally:
        for module in registered:
            cloudpickle.unregister_pickle_by_value(module)


def _used(answer):
    """What the answer uses from around it, by name."""
    while hasattr(answer, "__wrapped__"):
        answer = answer.__wrapped__
    try:
        used = inspect.getclosurevars(answer)
        return {**used.globals, **used.nonlocals}
    except (TypeError, ValueError):
        return dict(vars(answer)) if hasattr(answer, "__dict__") else {}


def _culprit(answer, error):
    """Which of the things that the answer uses cannot travel."""
    for name, value in _used(answer).items():
        try:
            _packed(value)
        except Exception:
            return (f"Your function uses `{name}`, {_a(type(value).__name__)}, which stays in this "
                    "notebook: answers run in a process of their own, and only what can be copied "
                    f"goes with them. Make `{name}` inside the function, or use an array or a list "
                    "in its place.")
    return ("Your function uses something that cannot be copied into the process of its own in "
            f"which answers run ({type(error).__name__}: {error}). Make it inside the function.")


def _too_large(answer):
    large = ""
    for name, value in _used(answer).items():
        try:
            _packed(value)
        except TooLarge:
            large = f": `{name}`, {_a(type(value).__name__)}"
            break
        except Exception:
            continue
    return (f"Your function uses more than {MOST // 10**6} MB of what stands in this notebook"
            f"{large}. Answers run in a process of their own, into which all that they use is "
            "copied: let the function use a smaller part of it.")


def _a(kind):
    word = "array" if kind == "ndarray" else kind
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"

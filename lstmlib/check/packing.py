"""Getting an answer ready to travel into the process in which it runs."""

import inspect
import os
import sys
import sysconfig
from contextlib import contextmanager
from pathlib import Path

import cloudpickle


class CannotTravel(Exception):
    """Something that the answer uses stays where it is; the message says what."""


INSTALLED = tuple({
    os.path.realpath(path) + os.sep
    for path in (*map(sysconfig.get_path, ("stdlib", "purelib", "platlib")), Path(__file__).parents[1])
})


def pack(answer):
    """The answer as bytes: what the reader wrote by value, what is installed by name."""
    with by_value(_readers_own()):
        try:
            return cloudpickle.dumps(answer)
        except Exception as error:
            raise CannotTravel(_culprit(answer, error)) from None


def _readers_own():
    """The modules of the reader's own files; what is written in the notebook goes by value anyway."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and not os.path.realpath(file).startswith(INSTALLED):
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


def _culprit(answer, error):
    """Which of the things that the answer uses cannot travel."""
    try:
        used = inspect.getclosurevars(answer)
        used = {**used.globals, **used.nonlocals}
    except TypeError:
        used = dict(vars(answer)) if hasattr(answer, "__dict__") else {}
    for name, value in used.items():
        try:
            cloudpickle.dumps(value)
        except Exception:
            return (f"Your function uses `{name}`, {_a(type(value).__name__)}, which stays in this notebook: "
                    "answers run in a process of their own, and only what can be copied goes with them. "
                    f"Make `{name}` inside the function, or use an array or a list in its place.")
    return ("Your function uses something that cannot be copied into the process of its own in which "
            f"answers run ({type(error).__name__}: {error}). Make it inside the function.")


def _a(word):
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"

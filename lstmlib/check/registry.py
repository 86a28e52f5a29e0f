"""Which exercises there are, and where their solutions stand."""

import difflib
import importlib
import textwrap
from functools import cache
from pathlib import Path

from lstmlib.check.exercise import Code

SOLUTIONS = Path(__file__).resolve().parents[2] / "book" / "solutions"
CHAPTERS = {"sequences": 1, "rnn": 2, "bptt": 3, "char_rnn": 4, "vanishing": 5, "gates": 6,
            "memory": 7, "backward": 8, "training": 9, "variants": 10, "gru": 11,
            "deep_bidirectional": 12, "clockwork": 13, "gpu": 15}


def listed():
    """The ids of all exercises, each with its chapter and its number, in the order of the book."""
    found = {}
    for chapter, number in CHAPTERS.items():
        order = importlib.import_module(f"lstmlib.check.exercises.{chapter}").ORDER
        for place, name in enumerate(order, 1):
            if name in found:
                raise ValueError(f"two exercises have the id {name!r}")
            found[name] = chapter, f"{number}.{place}"
    return found


@cache
def find(name):
    """The exercise with this id; an unknown one is a ValueError that names the nearest."""
    known = listed()
    if name not in known:
        near = difflib.get_close_matches(str(name), known, n=1)
        raise ValueError(
            f"no exercise has the id {name!r}; "
            + (f"did you mean {near[0]!r}? " if near else "")
            + "exercises() lists them all."
        )
    chapter, number = known[name]
    module = importlib.import_module(f"lstmlib.check.exercises.{chapter}.{name.replace('-', '_')}")
    for key, value in (("id", name), ("chapter", chapter), ("number", number)):
        object.__setattr__(module.EXERCISE, key, value)
    return module.EXERCISE


def all_exercises():
    """Every exercise by its id, in the order of the book."""
    return {name: find(name) for name in listed()}


def solution_text(exercise):
    """The source of an exercise's solution."""
    path = SOLUTIONS / f"{exercise.id.replace('-', '_')}.py"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FileNotFoundError(
            f"the solution of {exercise.id!r} is not there: expected {path.name} in "
            "book/solutions, beside the library's folder. It comes with the book, not with the "
            "library alone."
        ) from None


def function_of(exercise: Code, source):
    """Run a source and hand out the function that the exercise asks for."""
    space = {"__name__": f"version_of_{exercise.id.replace('-', '_')}"}
    source = textwrap.dedent(source)
    exec(compile(source, f"<{exercise.id}>", "exec"), space)
    if exercise.function not in space:
        raise ValueError(f"{exercise.id}: the source defines no function {exercise.function!r}")
    return space[exercise.function]


def versions(exercise: Code):
    """The functions of the known mistakes and conventions, as (declared, function) pairs.

    A version with its own ``source`` sees the solution's imports and helpers.
    """
    solution = solution_text(exercise)
    for each in [*exercise.mistakes, *exercise.conventions]:
        text = each.text(solution)
        if each.source:
            text = solution + "\n\n" + textwrap.dedent(text)
        yield each, function_of(exercise, text)

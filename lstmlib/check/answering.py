"""``check``: from what the reader hands in to what is said about it."""

import pickle
import sys

from lstmlib.check import asking, reading
from lstmlib.check.answers import judge_choice, judge_pencil
from lstmlib.check.exercise import Choice, Code
from lstmlib.check.record import note_try
from lstmlib.check.registry import find
from lstmlib.check.verdict import Verdict

_NOTHING = object()


def check(id, answer=_NOTHING, *, debug=False, **numbers):
    """Judge an answer, and say which mistake it is.

    A function to write is handed over itself: ``check("lstm-step", lstm_step)``. It runs in a
    process of its own; with ``debug=True`` the case that failed is run once more in this one, so
    that a debugger, breakpoints and full tracebacks work. Pencil answers are numbers, fractions or
    expressions, ``check("two-steps", h_1=0.5, h_2="3/8")``, a single one also without its name;
    a choice is answered by its letter, ``check("sick-net", "b")``. Without an answer, or with
    ``...`` in its place, the verdict is "not attempted yet".

    An unknown id is a ValueError, an answer of a kind that the exercise cannot take a TypeError.
    """
    exercise = find(id)
    if isinstance(exercise, Code):
        if numbers:
            raise TypeError(f"check: {id!r} takes a function, got the keyword "
                            f"{next(iter(numbers))!r}; write check({id!r}, {exercise.function})")
        return _check_code(exercise, answer, debug)
    if debug:
        raise TypeError(f"check: {id!r} has no code to debug; leave debug=True away")
    if isinstance(exercise, Choice):
        if numbers:
            raise TypeError(f"check: {id!r} takes one letter, got the keyword "
                            f'{next(iter(numbers))!r}; write check({id!r}, "a")')
        return _check_choice(exercise, answer)
    return _check_pencil(exercise, answer, numbers)


def _attempted(value):
    return value is not _NOTHING and value is not Ellipsis and value is not None


def _waiting(exercise, headline="not attempted yet.", says=(), table=""):
    return Verdict(exercise, "waiting", headline, says, table=table)


def _read(judge, exercise, given):
    """What is found of a written answer; of an object that fails when it is read, a TypeError."""
    try:
        return judge(exercise, given)
    except (TypeError, ValueError):
        raise
    except Exception as error:
        raise TypeError(f"check: {exercise.id!r} takes numbers, texts or a letter, got an object "
                        f"that cannot be read ({type(error).__name__})") from error


def _check_choice(exercise, answer):
    status, said = _read(judge_choice, exercise, None if answer is _NOTHING else answer)
    if status == "missing":
        return _waiting(exercise)
    if status == "unreadable":
        return _waiting(exercise, said)
    if status == "right":
        return _close(exercise, True, "Right.", [said, exercise.passed])
    return _close(exercise, False, "Not this one.", [said])


def _check_pencil(exercise, answer, numbers):
    if answer is not _NOTHING:
        if numbers or (len(exercise.numbers) > 1 and _attempted(answer)):
            names = ", ".join(f"{number.name}=..." for number in exercise.numbers)
            raise TypeError(f"check: {exercise.id!r} asks for {len(exercise.numbers)} numbers, got "
                            f"one without its name; write check({exercise.id!r}, {names})")
        numbers = {exercise.numbers[0].name: answer}
    found = _read(judge_pencil, exercise, numbers)
    of = [f"{number.label}: " if len(found) > 1 else "" for number in exercise.numbers]
    statuses = [status for status, _ in found]
    if set(statuses) == {"missing"}:
        return _waiting(exercise)
    if set(statuses) == {"right"}:
        return _close(exercise, True, "Right.", [exercise.passed])
    says = [said if said.startswith(label[:-2]) else label + said
            for label, (_, said) in zip(of, found)]
    if set(statuses) <= {"right", "missing"}:
        return _waiting(exercise, "so far right.", says)
    if set(statuses) & {"slip", "wrong"}:
        return _close(exercise, False, "Not yet.", says)
    return _waiting(exercise, "Not a number yet.", says)


def _check_code(exercise, answer, debug):
    if not _attempted(answer):
        return _waiting(exercise)
    if not callable(answer):
        raise TypeError(f"check: {exercise.id!r} takes your function itself, got "
                        f"{type(answer).__name__}; write check({exercise.id!r}, "
                        f"{exercise.function}), without calling it")
    from lstmlib.check import packing  # what it imports takes longer than all else here

    try:
        if reading.is_starter(exercise, answer):
            return _waiting(exercise)
        wrong = reading.wrong_arguments(exercise, answer)
        if wrong:
            return _close(exercise, False, wrong, [])
        packed = packing.pack(answer)
    except packing.CannotTravel as error:
        return _close(exercise, False, "Your function cannot be sent to be checked.", [str(error)])
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # an object of the reader's, with methods that fail
        return _close(exercise, False, "What you hand in cannot be looked at.", [
            f"To look at it raises {type(error).__name__}: {_text(error)}. "
            "Hand in a plain function."])
    try:
        finding = asking.ask({"id": exercise.id, "answer": packed, "path": list(map(str, sys.path)),
                              "seconds": asking.SECONDS})
    except asking.Unjudged as error:
        return _waiting(exercise, "this could not be judged.", [
            "That is a fault of the book or of this machine, and not of your answer. Try again; "
            "if it stays, report what follows."], table=str(error))
    passed = finding["status"] == "passed"
    if debug and not passed and "args" in finding:
        answer(*pickle.loads(finding["args"]))
    says = list(finding.get("says", []))
    if passed:
        if finding.get("note"):
            says.append("A note: " + finding["note"])
        headline = "Right."
    else:
        headline = finding["headline"]
        says = [reading.place(answer, finding.get("frames")), *says, reading.unfinished(answer)]
    return _close(exercise, passed, headline, says, finding.get("looked", ()),
                  finding.get("table", ""), finding.get("printed", ""))


def _text(error):
    try:
        return str(error)[:200]
    except Exception:
        return "(its message cannot be shown)"


def _close(exercise, passed, headline, says, looked=(), table="", printed=""):
    """The verdict, once it is written into the reader's progress."""
    record, lasts = note_try(exercise.id, passed)
    if not lasts:
        says = [*says, "(Your progress lasts as long as this kernel: the folder that keeps it "
                       "cannot be written.)"]
    seen = min(record.get("hints", 0), 3)
    if record["failures"] >= 3 and seen < 3:
        which = ("a first", "the next", "the last")[seen]
        says = [*says, f'Stuck? `hint("{exercise.id}", {seen + 1})` shows {which} hint.']
    status = "passed" if passed else "failed"
    return Verdict(exercise, status, headline, says, looked, table, printed)

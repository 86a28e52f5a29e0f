"""``check``: from what the reader hands in to what is said about it."""

import ast
import datetime
import inspect
import linecache
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

from lstmlib import kept
from lstmlib.check.answers import judge_choice, judge_pencil
from lstmlib.check.exercise import Choice, Code
from lstmlib.check.registry import find
from lstmlib.check.verdict import Verdict

_this_process = {}
_NOTHING = object()
SECONDS = float(os.environ.get("LSTMLIB_CHECK_SECONDS", 10))
PATIENCE = 30  # seconds that the judge may take beside those of the answer


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
            raise TypeError(f"check: {id!r} takes a function, got the keyword {next(iter(numbers))!r}; "
                            f"write check({id!r}, {exercise.function})")
        return _check_code(exercise, answer, debug)
    if debug:
        raise TypeError(f"check: {id!r} has no code to debug; leave debug=True away")
    if isinstance(exercise, Choice):
        if numbers:
            raise TypeError(f"check: {id!r} takes one letter, got the keyword {next(iter(numbers))!r}; "
                            f'write check({id!r}, "a")')
        return _check_choice(exercise, answer)
    return _check_pencil(exercise, answer, numbers)


def _attempted(value):
    return value is not _NOTHING and value is not Ellipsis and value is not None


def _waiting(exercise, headline="not attempted yet.", says=()):
    return Verdict(exercise, "waiting", headline, says)


def _check_choice(exercise, answer):
    status, said = judge_choice(exercise, None if answer is _NOTHING else answer)
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
            raise TypeError(f"check: {exercise.id!r} asks for {len(exercise.numbers)} numbers, got one "
                            f"without its name; write check({exercise.id!r}, {names})")
        numbers = {exercise.numbers[0].name: answer}
    found = judge_pencil(exercise, numbers)
    of = [f"{number.label}: " if len(found) > 1 else "" for number in exercise.numbers]
    statuses = [status for status, _ in found]
    if set(statuses) == {"missing"}:
        return _waiting(exercise)
    if set(statuses) == {"right"}:
        return _close(exercise, True, "Right.", [exercise.passed])
    says = [said if said.startswith(of[k][:-2]) else of[k] + said for k, (_, said) in enumerate(found)]
    if set(statuses) <= {"right", "missing"}:
        return _waiting(exercise, "so far right.", says)
    if set(statuses) & {"slip", "wrong"}:
        return _close(exercise, False, "Not yet.", says)
    return _waiting(exercise, "Not a number yet.", says)


def _check_code(exercise, answer, debug):
    if not _attempted(answer):
        return _waiting(exercise)
    if not callable(answer):
        raise TypeError(f"check: {exercise.id!r} takes your function itself, got {type(answer).__name__}; "
                        f"write check({exercise.id!r}, {exercise.function}), without calling it")
    if _is_starter(exercise, answer):
        return _waiting(exercise)
    wrong = _arity(exercise, answer)
    if wrong:
        return _close(exercise, False, wrong, [])
    from lstmlib.check.packing import CannotTravel, pack
    try:
        packed = pack(answer)
    except CannotTravel as error:
        return _close(exercise, False, "Your function cannot be sent to be checked.", [str(error)])
    finding = _ask_the_judge({"id": exercise.id, "answer": packed, "path": list(sys.path),
                              "seconds": SECONDS})
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
        says = [_place(answer, finding.get("frames")), *says, _unfinished(answer)]
    return _close(exercise, passed, headline, says, finding.get("looked", ()),
                  finding.get("table", ""), finding.get("printed", ""))


def _close(exercise, passed, headline, says, looked=(), table="", printed=""):
    """The verdict, once it is written into the reader's progress."""
    record = record_of(exercise.id)
    today = datetime.date.today().isoformat()
    if passed:
        record.setdefault("passed", today)
    record["tries"] = record.get("tries", 0) + 1
    record["failures"] = 0 if passed else record.get("failures", 0) + 1
    if not keep_record(exercise.id, record):
        says = [*says, "(Your progress lasts as long as this kernel: its folder cannot be written.)"]
    seen = record.get("hints", 0)
    if record["failures"] >= 3 and seen < 3:
        says = [*says, f"Stuck? `hint(\"{exercise.id}\", {seen + 1})` shows "
                       f"{'a first' if not seen else 'the next' if seen == 1 else 'the last'} hint."]
    return Verdict(exercise, "passed" if passed else "failed", headline, says, looked, table, printed)


def record_of(name):
    """What is kept of one exercise."""
    found = kept.read("progress").get(name, _this_process.get(name))
    return dict(found) if isinstance(found, dict) else {}


def keep_record(name, record):
    """Keep it; returns whether it outlives this process."""
    _this_process[name] = record
    return kept.write("progress", kept.read("progress") | {name: record})


def _is_starter(exercise, answer):
    if not inspect.isfunction(answer):
        return False
    space = {}
    exec(compile(textwrap.dedent(exercise.starter), "<starter>", "exec"), space)
    return _skeleton(answer.__code__) == _skeleton(space[exercise.function].__code__)


def _skeleton(code):
    """A function's code without the places it was written at."""
    consts = tuple(_skeleton(c) if inspect.iscode(c) else (type(c).__name__, repr(c)) for c in code.co_consts)
    return code.co_code, consts, code.co_names, code.co_varnames


def _arity(exercise, answer):
    names = exercise.arguments
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):
        return None
    try:
        signature.bind(*names)
    except TypeError as error:
        return (f"Your function must take {len(names)} argument{'s' * (len(names) != 1)}, "
                f"`{', '.join(names)}`; it takes `{signature}` ({error}).")
    return None


def _place(answer, frames):
    """Where in the reader's own code it happened."""
    if not inspect.isfunction(answer) or not frames:
        return None
    code = answer.__code__
    own = [frame for frame in frames if frame[0] == code.co_filename]
    if not own:
        return None
    _, line, name = own[-1]
    text = linecache.getline(code.co_filename, line).strip()
    where = f"line {line - code.co_firstlineno + 1} of `{name}`" if name == code.co_name else f"`{name}`"
    return f"It happened in {where}" + (f": `{text}`" if text else ".")


def _unfinished(answer):
    try:
        source = textwrap.dedent(inspect.getsource(answer))
        tree = ast.parse(source)
    except (OSError, TypeError, SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is Ellipsis:
            return f"A `...` still stands in line {node.lineno} of your function."
    return None


def _ask_the_judge(request):
    """Run the judge; what it says, or an error that says it did not."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    group = {"start_new_session": True} if os.name == "posix" else {}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "lstmlib.check.judge"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)}, **group,
    )
    try:
        found, complaints = process.communicate(pickle.dumps(request), timeout=SECONDS + PATIENCE)
        if process.returncode == 0:
            return pickle.loads(found)
        complaints = complaints.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        complaints = f"it took longer than {SECONDS + PATIENCE:g} seconds"
    finally:
        _end(process)
    raise RuntimeError(
        "check: the answer could not be judged; this is a fault of the book or of the machine, not "
        f"of the answer. Try again; if it stays, report what follows.\n{complaints[-3000:]}"
    )


def _end(process):
    """Leave no process behind, whatever happened (an interrupted kernel, too)."""
    try:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        elif process.poll() is None:
            process.kill()
    except (OSError, ProcessLookupError):
        pass
    process.wait()

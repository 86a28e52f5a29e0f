"""From what an answer did to what it is told: right, which known mistake, or what differs.

``judge(exercise, probes, heard)`` takes the outcomes of one answer and gives a finding, a dict of
plain values. The outcomes come from the child process, or from :func:`outcomes_here` for versions
of the solution, which are trusted and run in this process.
"""

import contextlib
import io
import itertools
import json
import pickle
import re

import numpy as np

from lstmlib.check import comparing
from lstmlib.check.child import Other, call_all, decode
from lstmlib.check.exercise import Convention, Mistake
from lstmlib.check.registry import function_of, solution_text, versions

PAIRS = 1_200


def probes_of(exercise, seed=0):
    """The probes, each with an independent copy of its arguments."""
    return list(exercise.probes(np.random.default_rng(seed)))


def calls_of(probes):
    """What the answer is called with: each probe, then the first once more, for a memory it has no right to."""
    return [pickle.dumps(tuple(probe.args)) for probe in [*probes, probes[0]]]


def outcomes_here(function, probes):
    """The outcomes of a trusted function, run in this process."""
    heard = []
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        call_all(function, calls_of(probes), lambda line: heard.append(json.loads(line)))
    return collect(heard, len(probes) + 1)


def collect(heard, count):
    """One outcome a call: ``value``, ``raised``, or neither where the call never ended.

    What was heard comes from a process that may say anything: only what has its form is kept.
    """
    outcomes = [{} for _ in range(count)]
    for line in heard:
        k = line.get("call")
        if type(k) is not int or not 0 <= k < count:
            continue
        if type(line.get("printed_from")) is int:
            outcomes[k]["printed_from"] = max(0, line["printed_from"])
        if isinstance(line.get("raised"), str):
            outcomes[k] |= {"raised": line["raised"], "says": str(line.get("says", "")),
                            "frames": frames(line.get("frames"))}
        elif isinstance(line.get("value"), dict):
            try:
                outcomes[k]["value"] = decode(line["value"])
            except ValueError:
                outcomes[k]["value"] = Other("something unreadable")
        if isinstance(line.get("touched"), list):
            outcomes[k]["touched"] = [str(path) for path in line["touched"]]
    return outcomes


def frames(told):
    """Places in code, [file, line, function] each."""
    return [place for place in (told if isinstance(told, list) else [])
            if isinstance(place, list) and list(map(type, place)) == [str, int, str]]


def expected_of(exercise, probes):
    """What is right for each probe, by name, from the reference; None where verify decides."""
    if exercise.reference is None:
        return [None] * len(probes)
    with np.errstate(all="ignore"):
        return [by_name(exercise, exercise.reference(*pickle.loads(pickle.dumps(probe.args))))
                for probe in probes]


def by_name(exercise, value):
    """A trusted value as a dict of arrays."""
    if isinstance(exercise.returns, str):
        return {exercise.returns: np.asarray(value)}
    if isinstance(value, dict):
        return {name: np.asarray(value[name]) for name in exercise.names}
    return {name: np.asarray(each) for name, each in zip(exercise.names, value, strict=True)}


class Wrong(Exception):
    """An answer is wrong in a way that needs no comparison of numbers."""


def sort_out(exercise, value, right):
    """An answer's value as a dict of arrays, by name; :class:`Wrong` says why it cannot be."""
    names = exercise.names
    if value is None:
        raise Wrong("Your function returned None: does each path through it end in a `return`?")
    if isinstance(exercise.returns, str):
        found = {names[0]: value}
    elif isinstance(value, dict):
        missing = [name for name in names if name not in value]
        if missing:
            raise Wrong(f"The dict you return has no key `{missing[0]}`: got the keys "
                        f"{', '.join(map(repr, value)) or 'none'}, expected {', '.join(map(repr, names))}.")
        found = {name: value[name] for name in names}
    else:
        items = list(value) if isinstance(value, (list, tuple)) else None
        if items is None and isinstance(value, np.ndarray) and value.ndim and len(value) == len(names):
            items = list(value)
        if items is None or len(items) != len(names):
            got = f"{len(items)} values" if items is not None else _described(value)
            raise Wrong(f"Return {len(names)} values, {', '.join(f'`{n}`' for n in names)}, in this "
                        f"order; got {got}.")
        found = dict(zip(names, items))
    return {name: _array(name, item, None if right is None else right[name]) for name, item in found.items()}


def _described(value):
    if isinstance(value, Other):
        article = "an" if value.kind[:1] in "aeiou" else "a"
        return f"{article} {value.kind}" + (f" ({value.says})" if value.says else "")
    if isinstance(value, np.ndarray):
        return f"one array of shape {value.shape}" if value.ndim else "one number"
    return "None" if value is None else f"a {type(value).__name__}"


def _array(name, item, right):
    if right is None and not isinstance(item, (np.ndarray, Other)) and item is not None:
        if isinstance(item, (str, dict)):
            return item
        try:
            return np.asarray(item)
        except ValueError:
            return item
    if right is not None and right.dtype.kind in "US":
        try:
            return np.asarray(item, dtype=str)
        except (TypeError, ValueError):
            pass
    if isinstance(item, np.generic):  # a number out of a tuple of numbers
        item = np.asarray(item)
    if isinstance(item, (list, tuple)) and not any(isinstance(each, (str, dict)) for each in item):
        try:
            item = np.asarray(item)
        except ValueError:
            raise Wrong(f"`{name}` is a list of items of different shapes, expected an array"
                        f"{'' if right is None else f' of shape {right.shape}'}.") from None
    if not isinstance(item, np.ndarray) or item.dtype.kind not in "biufc":
        raise Wrong(f"`{name}` is {_described(item)}, expected an array of numbers.")
    return item


def problem(exercise, probe, outcome, right):
    """What is wrong with one outcome, as a finding; None where nothing is."""
    if "raised" in outcome:
        return {"kind": "raised", **{k: outcome[k] for k in ("raised", "says", "frames") if k in outcome}}
    if "value" not in outcome:
        return {"kind": "died"}
    try:
        got = sort_out(exercise, outcome["value"], right)
    except Wrong as wrong:
        return {"kind": "form", "says": str(wrong)}
    if right is None:
        given = got[exercise.returns] if isinstance(exercise.returns, str) else got
        try:
            said = exercise.verify(pickle.loads(pickle.dumps(probe.args)), given)
        except Exception as error:
            said = (f"What you return could not be tried out: {type(error).__name__}: {error}. "
                    "Compare its names and shapes with the task.")
        if said is not None:
            return {"kind": "verified", "says": said, "got": got}
    else:
        for name in exercise.names:
            said = comparing.shape_problem(name, got[name], right[name], probe.sizes)
            if said:
                return {"kind": "form", "says": said, "got": got}
        off = [name for name in exercise.names
               if not comparing.close(got[name], right[name], exercise.tolerance)]
        if off:
            return {"kind": "values", "names": off, "got": got}
    if outcome.get("touched"):
        return {"kind": "touched", "touched": outcome["touched"]}
    return None


def _same(exercise, one, other):
    """Do two outcomes agree, as far as anyone can see?"""
    if one.get("raised") != other.get("raised") or ("value" in one) != ("value" in other):
        return False
    if (one.get("touched") or []) != (other.get("touched") or []):
        return False
    return "value" not in one or comparing.alike(one["value"], other["value"], exercise)


def _agree(exercise, ours, theirs):
    """Do all outcomes agree? Where nothing but errors came, their texts must agree as well."""
    if all("raised" in outcome for outcome in ours):
        return [(o["raised"], o["says"]) for o in ours] == [(o.get("raised"), o.get("says")) for o in theirs]
    return len(ours) == len(theirs) and all(_same(exercise, a, b) for a, b in zip(ours, theirs))


def judge(exercise, probes, outcomes):
    """The finding: ``status`` is "passed" or "failed"; see the keys below."""
    expected = expected_of(exercise, probes)
    first = None
    looked = []
    for k, probe in enumerate(probes):
        found = problem(exercise, probe, outcomes[k], expected[k])
        looked.append((probe.name, found is None))
        if found is not None:
            first = k
            break
    if first is None:
        again = problem(exercise, probes[0], outcomes[-1], expected[0])
        looked.append(("the first case once more", again is None))
        if again is None:
            return {"status": "passed", "looked": looked, "says": [exercise.passed]}
        return {"status": "failed", "looked": looked, "headline": "Right at first, and wrong when asked again.",
                "says": ["The same arguments, given a second time, do not give the same result: something "
                         "outside the function's arguments changes from call to call."], "case": 0}
    probe, found = probes[first], problem(exercise, probes[first], outcomes[first], expected[first])
    finding = {"status": "failed", "looked": looked, "case": first, "kind": found["kind"],
               "probe": probe.name, "frames": found.get("frames")}
    if found["kind"] == "verified":
        return finding | _verified(exercise, found)
    if found["kind"] in ("values", "form", "raised"):
        right = None if found["kind"] == "raised" else expected[first]
        finding["table"] = comparing.table(exercise, probe, found.get("got"), right)
    if found["kind"] != "died":
        known = recognise(exercise, probes, outcomes, first)
        if known and isinstance(known[0], Convention):
            return {"status": "passed", "looked": [(p.name, True) for p in probes],
                    "says": [exercise.passed], "note": known[0].says}
        if known:
            two = len(known) == 2
            return finding | {
                "mistakes": [each.name for each in known],
                "headline": "Two mistakes at once." if two else "A known mistake: " + known[0].name + ".",
                "says": [f"{each.name}: {each.says}" if two else each.says for each in known],
            }
    return finding | _plain(exercise, probe, found, expected[first])


def _verified(exercise, found):
    for mistake in exercise.mistakes:
        if found["says"] == mistake.name:
            return {"mistakes": [mistake.name], "headline": f"A known mistake: {mistake.name}.",
                    "says": [mistake.says]}
    return {"headline": "Not yet.", "says": [found["says"]]}


def _plain(exercise, probe, found, right):
    """What is said where no known mistake was recognised."""
    kind = found["kind"]
    if kind == "raised":
        if found["raised"] == "MemoryError":
            return {"headline": "Too large.", "says": [
                "Your function asked for more memory than a check allows (2 GB): which array has a "
                "shape that it should not have?"]}
        if found["raised"] in ("SystemExit", "KeyboardInterrupt"):
            return {"headline": "Your function left instead of returning.",
                    "says": [f"It raised {found['raised']}: end it with `return`."]}
        if found["raised"] == "RecursionError":
            return {"headline": "Your function calls itself without an end.", "says": [probe.says]}
        # Neither the fence's own errors nor slips of the pen have to do with what is looked at.
        ours = found["says"].startswith("an answer cannot") or found["raised"] in (
            "NameError", "UnboundLocalError", "AttributeError", "ModuleNotFoundError")
        return {"headline": f"Your function failed: {found['raised']}: {found['says']}".rstrip(": "),
                "says": [] if ours else [probe.says],
                **({"table": ""} if ours else {})}
    if kind == "died":
        return {"headline": "Your function did not come back.", "says": []}
    if kind == "form":
        return {"headline": found["says"], "says": []}
    if kind == "touched":
        paths = [exercise.arguments[int(number)] + rest for number, rest in (
            re.fullmatch(r"(\d+)(.*)", path, re.S).groups() for path in found["touched"])]
        return {"headline": "The result is right, but your function writes into its arguments.",
                "says": [f"After the call, {', '.join(f'`{p}`' for p in paths[:3])} was changed. Whoever "
                         "called it still needs the old values: make new arrays, and mind `+=` and "
                         "`out=`, which write in place."]}
    seen = comparing.pattern(found["names"], found["got"], right, probe.sizes)
    one = len(found["names"]) == 1
    return {"headline": f"Not yet: {', '.join(f'`{n}`' for n in found['names'])} "
                        f"{'is not what it' if one else 'are not what they'} should be ({probe.name}).",
            "says": [probe.says, *seen]}


def recognise(exercise, probes, outcomes, first):
    """The known mistakes (or the convention) that the outcomes are those of: one, two, or none."""
    seen = []
    for each, function in versions(exercise):
        theirs = outcomes_here(function, probes)
        if _agree(exercise, outcomes, theirs):
            return [each]
        seen.append((each, theirs))
    solution = solution_text(exercise)
    swaps = [each for each, theirs in seen if isinstance(each, Mistake) and each.swap]
    for one, other in itertools.islice(itertools.combinations(swaps, 2), PAIRS):
        try:
            text = other.text(one.text(solution))
            function = function_of(exercise, text)
            quick = outcomes_here(function, [probes[first]])[0]
        except Exception:
            continue
        if _same(exercise, outcomes[first], quick) and _agree(
                exercise, outcomes, outcomes_here(function, probes)):
            return [one, other]
    return None

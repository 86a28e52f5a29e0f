"""From what an answer did to what it is told: right, which known mistake, or what differs.

:func:`judge` takes the outcomes of one answer and gives a finding, a dict of plain values.
"""

import itertools
import pickle
import re

from lstmlib.check.comparing import alike, close, shape_problem
from lstmlib.check.exercise import Convention, Mistake
from lstmlib.check.observing import observations
from lstmlib.check.outcomes import Wrong, expected_of, outcomes_here, sort_out
from lstmlib.check.registry import function_of, solution_text, versions
from lstmlib.check.tables import table

PAIRS = 1_500


def problem(exercise, probe, outcome, right):
    """What is wrong with one outcome, as a finding; None where nothing is."""
    if "raised" in outcome:
        return {"kind": "raised"} | {key: outcome[key] for key in ("raised", "says", "frames")
                                     if key in outcome}
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
            said, shown = said if isinstance(said, tuple) else (said, "")
            return {"kind": "verified", "says": said, "shown": shown, "got": got}
    else:
        for name in exercise.names:
            said = shape_problem(name, got[name], right[name], probe.sizes, exercise.tolerance)
            if said:
                return {"kind": "form", "says": said, "got": got}
        off = [name for name in exercise.names
               if not close(got[name], right[name], exercise.tolerance)]
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
    return "value" not in one or alike(one["value"], other["value"], exercise)


def _agree(exercise, ours, theirs):
    """Do all outcomes agree? Where nothing but errors came, their texts must agree as well."""
    if all("raised" in outcome for outcome in ours):
        return all(one.get(key) == other.get(key)
                   for one, other in zip(ours, theirs) for key in ("raised", "says"))
    return len(ours) == len(theirs) and all(_same(exercise, a, b) for a, b in zip(ours, theirs))


def judge(exercise, probes, outcomes):
    """The finding: ``status`` is "passed" or "failed"; see the keys below."""
    expected = expected_of(exercise, probes)
    looked, found = [], None
    for first, probe in enumerate(probes):
        found = problem(exercise, probe, outcomes[first], expected[first])
        looked.append((probe.name, found is None))
        if found:
            break
    if not found:
        again = problem(exercise, probes[0], outcomes[-1], expected[0])
        looked.append(("the first case once more", again is None))
        if again is None:
            return {"status": "passed", "looked": looked, "says": [exercise.passed]}
        return {"status": "failed", "looked": looked, "case": 0,
                "headline": "Right at first, and wrong when asked again.",
                "says": ["The same arguments, given a second time, do not give the same result: "
                         "something outside the function's arguments changes from call to call."]}
    finding = {"status": "failed", "looked": looked, "case": first, "kind": found["kind"],
               "probe": probe.name, "frames": found.get("frames")}
    if found["kind"] == "verified":
        return finding | _verified(exercise, found)
    if found["kind"] in ("values", "form", "raised"):
        right = None if found["kind"] == "raised" else expected[first]
        finding["table"] = table(exercise, probe, found.get("got"), right)
    if found["kind"] != "died":
        told = [problem(exercise, probe, outcome, right)
                for probe, outcome, right in zip(probes, outcomes, expected)]
        only_errors = all(each is None or each["kind"] == "raised" for each in told)
        known = recognise(exercise, probes, outcomes, first, only_errors)
        wrong = [each for each in known or () if isinstance(each, Mistake)]
        legal = [each.says for each in known or () if isinstance(each, Convention)]
        if legal and not wrong:
            return {"status": "passed", "looked": [(p.name, True) for p in probes],
                    "says": [exercise.passed], "note": legal[0]}
        if wrong:
            two = len(wrong) == 2
            return finding | {
                "mistakes": [each.name for each in wrong],
                "headline": ("Two mistakes at once." if two
                             else f"A known mistake: {wrong[0].name}."),
                "says": [*(f"{each.name}: {each.says}" if two else each.says for each in wrong),
                         *(f"Beside it, and legal: {said}" for said in legal)],
            }
        order = found["kind"] in ("values", "form") and in_another_order(
            exercise, probes, outcomes, expected)
        if order:
            returned, wanted = (", ".join(f"`{name}`" for name in each)
                                for each in (order, exercise.names))
            return finding | {
                "headline": "All is right but the order of what you return.",
                "says": [f"You return {returned}; expected are {wanted}, in this order."],
            }
    return finding | _plain(exercise, probe, found, expected[first])


def in_another_order(exercise, probes, outcomes, expected):
    """The names in the order in which right values came back; None where more is wrong."""
    values, count = [outcome.get("value") for outcome in outcomes[:-1]], len(exercise.names)
    if not all(isinstance(value, (list, tuple)) and len(value) == count < 5 for value in values):
        return None
    for order in itertools.permutations(range(count)):
        if all(problem(exercise, probe, {"value": [value[k] for k in order]}, right) is None
               for probe, value, right in zip(probes, values, expected)):
            return [exercise.names[order.index(k)] for k in range(count)]
    return None


def _verified(exercise, found):
    for mistake in exercise.mistakes:
        if found["says"] == mistake.name:
            return {"mistakes": [mistake.name], "headline": f"A known mistake: {mistake.name}.",
                    "says": [mistake.says], "table": found["shown"]}
    return {"headline": "Not yet.", "says": [found["says"]], "table": found["shown"]}


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
            return {"headline": "Your function calls itself without an end, or too deeply.",
                    "says": [], "table": ""}
        # Neither the fence's own errors nor slips of the pen have to do with what is looked at.
        ours = found["says"].startswith("an answer cannot") or found["raised"] in (
            "NameError", "UnboundLocalError", "AttributeError", "ModuleNotFoundError")
        told = f"Your function failed: {found['raised']}: {found['says']}".rstrip(": ")
        if ours:
            return {"headline": told, "says": [], "table": ""}
        says = [f"The case: {probe.name}. Its arguments stand below: write the shape of each "
                "beside that line, and see whether they fit."]
        # What a probe looks at seldom has to do with an error, unless it speaks of shapes.
        return {"headline": told, "says": says + [probe.says] * ("shape" in probe.says)}
    if kind == "died":
        return {"headline": "Your function did not come back.", "says": []}
    if kind == "form":
        return {"headline": found["says"], "says": []}
    if kind == "touched":
        paths = _paths(exercise, found["touched"])
        return {"headline": "The result is right, but your function writes into its arguments.",
                "says": [f"After the call, {', '.join(f'`{p}`' for p in paths[:3])} "
                         f"{'was' if len(paths) == 1 else 'were'} changed. Whoever called it still "
                         "needs the old values: make new arrays, and mind `+=` and `out=`, which "
                         "write in place."]}
    seen = observations(exercise, found["names"], found["got"], right, probe.sizes)
    names = ", ".join(f"`{name}`" for name in found["names"])
    differ = "is not what it" if len(found["names"]) == 1 else "are not what they"
    return {"headline": f"Not yet: {names} {differ} should be ({probe.name}).",
            "says": [probe.says, *seen]}


def _paths(exercise, touched):
    """The places that were changed, as the reader calls them: "1['h']" is the argument 1's."""
    found = [re.fullmatch(r"(\d)(.*)", path, re.S) for path in touched]
    return [exercise.arguments[int(each[1])] + each[2] for each in found
            if each and int(each[1]) < len(exercise.arguments)] or ["an argument"]


def recognise(exercise, probes, outcomes, first, only_errors=False):
    """The known mistakes, or conventions, that the outcomes are those of: one, two, or none.

    ``only_errors`` says that whatever came back was right: then the error's text must agree, too.
    """
    seen = []
    for each, function in versions(exercise):
        theirs = outcomes_here(function, probes)
        if _agree(exercise, outcomes, theirs) and not (
                only_errors and outcomes[first].get("says") != theirs[first].get("says")):
            return [each]
        seen.append((each, theirs))
    solution = solution_text(exercise)
    swaps = [each for each, _ in seen if each.swap]
    for one, other in itertools.islice(itertools.combinations(swaps, 2), PAIRS):
        try:
            text = other.text(one.text(solution))
            function = function_of(exercise, text)
            quick = outcomes_here(function, [probes[first]])[0]
        except Exception:
            continue
        if outcomes[first].get("says") != quick.get("says"):
            continue  # an error that the two would not give
        if _same(exercise, outcomes[first], quick) and _agree(
                exercise, outcomes, outcomes_here(function, probes)):
            return [one, other]
    return None

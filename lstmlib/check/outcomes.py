"""What an answer did with the probes, and what would have been right.

An outcome is a dict: ``value``, or ``raised`` and ``says``; neither where the call never ended.
Outcomes come from the child process, or from :func:`outcomes_here` for versions of the solution,
which are trusted and run in this process.
"""

import contextlib
import io
import json
import pickle

import numpy as np

from lstmlib.check.child import Other, call_all, decode


def probes_of(exercise, seed=0):
    """The probes, each with an independent copy of its arguments."""
    return list(exercise.probes(np.random.default_rng(seed)))


def calls_of(probes):
    """What the answer is called with: each probe, then the first again, for what it remembers."""
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
            outcomes[k]["printed_from"] = min(max(0, line["printed_from"]), 1 << 40)
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
                        f"{', '.join(map(repr, value)) or 'none'}, "
                        f"expected {', '.join(map(repr, names))}.")
        found = {name: value[name] for name in names}
    else:
        items = list(value) if isinstance(value, (list, tuple)) else None
        if isinstance(value, np.ndarray) and value.ndim and len(value) == len(names):
            items = list(value)
        if items is None or len(items) != len(names):
            got = f"{len(items)} values" if items is not None else _described(value)
            raise Wrong(f"Return {len(names)} values, {', '.join(f'`{n}`' for n in names)}, in "
                        f"this order; got {got}.")
        found = dict(zip(names, items))
    return {name: _array(name, item, None if right is None else right[name])
            for name, item in found.items()}


REMARKS = {
    "generator": "; a function with `yield` in it returns one: write `return`",
    "coroutine": "; a function that begins with `async` returns one: write `def` alone",
}


def _described(value):
    if isinstance(value, Other):
        article = "an" if value.kind[:1].lower() in "aeiou" else "a"
        says = f" ({value.says})" if value.says else REMARKS.get(value.kind, "")
        return f"{article} {value.kind}{says}"
    if isinstance(value, np.ndarray):
        return f"one array of shape {value.shape}" if value.ndim else "one number"
    if isinstance(value, (list, tuple)):
        odd = next((item for item in _flat(value) if not isinstance(item, np.ndarray)), None)
        return f"a {type(value).__name__} that holds {_described(odd)}"
    kind = type(value).__name__
    return {"NoneType": "None", "str": "text"}.get(kind, f"a {kind}")


def _flat(items):
    for item in items:
        yield from _flat(item) if isinstance(item, (list, tuple)) else [item]


def _array(name, item, right):
    """One of the values that came back as an array; where verify decides, also lists and texts."""
    if right is None and isinstance(item, (str, dict)):
        return item
    if isinstance(item, np.generic):  # a number out of a tuple of numbers
        item = np.asarray(item)
    found, texts = item, right is not None and right.dtype.kind in "US"
    if isinstance(item, (list, tuple)) or texts and isinstance(item, str):
        try:
            found = np.asarray(item)
        except ValueError:
            if right is None:
                return item
            raise Wrong(f"`{name}` is a list of items of different shapes, expected an array of "
                        f"shape {right.shape}.") from None
    if texts and isinstance(found, np.ndarray) and found.dtype.kind in "USbiufc":
        return found.astype(str)
    if not isinstance(found, np.ndarray) or found.dtype.kind not in "biufc":
        if right is None and isinstance(item, (list, tuple)):
            return item if found.dtype == object else found
        wanted = "an array of numbers" if right is None or right.ndim else "a number"
        wanted = "text" if texts else wanted
        raise Wrong(f"`{name}` is {_described(item)}, expected {wanted}.")
    return found

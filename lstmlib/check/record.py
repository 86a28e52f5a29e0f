"""What is kept of the reader's tries, in ``progress.json``; see :mod:`lstmlib.kept`."""

import datetime

from lstmlib import kept

_this_process = {}  # for a folder that cannot be read or written


def record_of(name):
    """What is kept of one: ``tries``, ``failures`` in a row, ``hints`` seen, the day ``passed``."""
    found = kept.read("progress").get(name, _this_process.get(name))
    found = found if isinstance(found, dict) else {}
    kinds = {"tries": int, "failures": int, "hints": int, "passed": str}
    return {key: found[key] for key, kind in kinds.items() if type(found.get(key)) is kind}


def keep_record(name, record):
    """Keep it; returns whether it outlives this process."""
    _this_process[name] = record
    return kept.update("progress", {name: record})


def note_try(name, passed):
    """Count one try; returns the record, and whether it could be kept."""
    record = record_of(name)
    if passed:
        record.setdefault("passed", datetime.date.today().isoformat())
    record["tries"] = record.get("tries", 0) + 1
    record["failures"] = 0 if passed else record.get("failures", 0) + 1
    return record, keep_record(name, record)

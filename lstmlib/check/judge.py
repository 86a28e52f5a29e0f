"""The process that judges one answer: ``python -m lstmlib.check.judge``, started by ``check``.

It starts the child in which the answer runs, gives it the probes' arguments, and compares what
comes back. Solutions and expected values stay in this process: neither the reader's kernel, which
may have been changed in any way, nor the child has a part in the judgement.
"""

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ANSWER_BYTES = 256_000_000
PRINTED = 4_000
GRACE = 3  # seconds after which a child that did not stop itself is stopped


class Child:
    """The process of the answer. It starts at once; :meth:`ask` gives it its work."""

    def __init__(self):
        self.printed = tempfile.TemporaryFile()
        script = Path(__file__).with_name("child.py")
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.printed, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0))

    def ask(self, request, setting_up):
        """Every line that the child told, and whether it had to be stopped for its time."""
        chunks, size = [], 0
        late = threading.Event()

        def stop():
            late.set()
            self.process.kill()

        timer = threading.Timer(request["seconds"] + setting_up + GRACE, stop)
        timer.start()
        unpacked = False
        try:
            try:
                pickle.dump(request, self.process.stdin)
                self.process.stdin.close()
            except OSError:
                pass  # it died before it had read everything
            while chunk := self.process.stdout.read1(1 << 20):
                size += len(chunk)
                if size > ANSWER_BYTES:
                    self.process.kill()
                    break
                chunks.append(chunk)
                if not unpacked and b'"unpacked"' in chunk:  # from here on, time is the answer's
                    unpacked = True
                    timer.cancel()
                    timer = threading.Timer(request["seconds"] + GRACE, stop)
                    timer.start()
            self.process.wait()
        finally:
            timer.cancel()
            self.process.kill()
            self.process.stdout.close()
        heard = []
        for line in b"".join(chunks).splitlines():
            try:
                told = json.loads(line)
            except (ValueError, RecursionError):
                continue  # a line cut off in the middle, or not ours
            if isinstance(told, dict):
                heard.append(told)
        return heard, late.is_set()

    def prints(self, outcomes, case):
        """What the answer printed in one case, its end cut off where there is too much of it."""
        start = outcomes[case].get("printed_from", 0)
        ends = [o["printed_from"] for o in outcomes[case + 1:] if "printed_from" in o]
        text = self.all_prints()[start:ends[0] if ends else None].decode("utf-8", "replace")
        return text if len(text) <= PRINTED else text[:PRINTED] + "\n... (more was printed)"

    def all_prints(self):
        self.printed.seek(0)
        return self.printed.read(1_000_000)


def closed():
    """Files and folders that an answer may not read, as (device, number) pairs."""
    from lstmlib.check.registry import SOLUTIONS
    book = SOLUTIONS.parent
    built = book.parent / "_build"
    places = [*book.glob("*/*_exercises.ipynb"), *built.rglob("*_exercises.*"), SOLUTIONS,
              *SOLUTIONS.rglob("*"), Path(__file__).parent, *Path(__file__).parent.rglob("*")]
    return [(found.st_dev, found.st_ino) for found in map(os.stat, filter(os.path.exists, places))]


def finding_on(request, child):
    """What is to be said of one answer; see :func:`lstmlib.check.judging.judge`."""
    from lstmlib.check import judging, outcomes
    from lstmlib.check.child import SETTING_UP, limit_memory
    from lstmlib.check.registry import find

    limit_memory()  # an exercise's own trial of what came back may be led to ask for too much
    exercise, seconds = find(request["id"]), request["seconds"]
    probes = outcomes.probes_of(exercise)
    calls = outcomes.calls_of(probes)
    given = {key: request[key] for key in ("answer", "path", "seconds", "folder")}
    heard, late = child.ask(given | {"calls": calls, "closed": closed()}, SETTING_UP)
    stages = [line.get("stage") for line in heard]
    if "started" not in stages:
        raise RuntimeError("the process for the answer did not start:\n"
                           + child.all_prints().decode("utf-8", "replace"))
    stuck = next((outcomes.frames(line["stuck"]) for line in heard if "stuck" in line), None)
    late = late or bool(stuck)
    if "unpacked" not in stages:
        raised = [line["unpacked"] for line in heard if isinstance(line.get("unpacked"), dict)]
        return _not_set_up(raised[0] if raised else {}, late, seconds + SETTING_UP)
    got = outcomes.collect(heard, len(calls))
    finding = judging.judge(exercise, probes, got)
    if "done" not in stages and finding["status"] == "passed":
        finding = {"status": "failed", "kind": "died", "looked": finding["looked"], "case": 0}
    if finding.get("kind") == "died":
        probe = probes[finding["case"]].name
        finding |= _late(stuck, probe, seconds) if late else _ended(child.process.returncode, probe)
    if "case" in finding and finding["status"] == "failed":
        finding["args"] = calls[finding["case"]]
    return finding | {"printed": child.prints(got, finding.get("case", 0))}


def _not_set_up(raised, late, seconds):
    says = ["What it uses must be importable there, or be defined in this notebook."]
    if late:
        says = [f"That took longer than {seconds:g} seconds: what does it import?"]
    elif raised.get("raised") == "MemoryError":
        says = ["What it uses takes more memory than a check allows (2 GB)."]
    elif raised:
        says = [f"{raised.get('raised')}: {raised.get('says')}", *says]
    return {"status": "failed", "kind": "unpacked", "says": says, "headline":
            "Your function could not be set up in the process of its own in which answers run."}


def _late(stuck, probe, seconds):
    return {"headline": f"Your function had not come back after {seconds:g} seconds, and was "
                        f"stopped ({probe}).", "frames": stuck or [],
            "says": ["Look for a loop that never ends: does its condition change?"]}


def _ended(code, probe):
    if code is not None and (code == -getattr(signal, "SIGSEGV", 0) or code > 255):  # Windows
        return {"headline": f"The process of your function crashed ({probe}).",
                "says": ["A function calls itself too deeply, or code that is not written in "
                         "Python read or wrote where it must not."]}
    if code is not None and code < 0:
        return {"headline": f"The process of your function was killed (signal {-code}; {probe}).",
                "says": ["Did it ask for very much memory, or end itself?"]}
    return {"headline": f"Your function ended the whole process ({probe}).",
            "says": ["End it with `return`; `exit`, `quit` and `os._exit` end everything."]}


def main():
    child = Child()  # starts while the rest is imported
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        finding = finding_on(pickle.load(sys.stdin.buffer), child)
    finally:
        child.process.kill()
    results.write(pickle.dumps(finding))
    results.close()


if __name__ == "__main__":
    main()

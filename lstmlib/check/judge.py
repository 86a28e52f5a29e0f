"""The process that judges one answer: ``python -m lstmlib.check.judge``, started by ``check``.

It starts the child in which the answer runs, gives it the probes' arguments, and compares what
comes back. Solutions and expected values stay in this process: neither the reader's kernel, which
may have been changed in any way, nor the child has a part in the judgement.
"""

import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ANSWER_BYTES = 256_000_000
PRINTED = 4_000


class Child:
    """The process of the answer. It starts at once; :meth:`ask` gives it its work."""

    def __init__(self):
        self.printed = tempfile.TemporaryFile()
        script = Path(__file__).with_name("child.py")
        self.process = subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.printed)

    def ask(self, request):
        """Every line that the child told, and whether it had to be stopped for its time."""
        chunks, size = [], 0
        late = threading.Event()

        def stop():
            late.set()
            self.process.kill()

        timer = threading.Timer(request["seconds"] + 3, stop)
        timer.start()
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
            self.process.wait()
        finally:
            timer.cancel()
            self.process.kill()
            self.process.stdout.close()
        heard = []
        for line in b"".join(chunks).splitlines():
            try:
                told = json.loads(line)
            except ValueError:
                continue  # a line cut off in the middle, or not ours
            if isinstance(told, dict):
                heard.append(told)
        return heard, late.is_set()

    def prints(self, outcomes, case):
        """What the answer printed in one case, its end cut off where there is too much of it."""
        start = outcomes[case].get("printed_from", 0)
        ends = [o["printed_from"] for o in outcomes[case + 1:] if "printed_from" in o]
        self.printed.seek(start)
        text = self.printed.read(min(ends[0] - start if ends else PRINTED + 1, PRINTED + 1))
        self.printed.close()
        text = text.decode("utf-8", "replace")
        return text if len(text) <= PRINTED else text[:PRINTED] + "\n... (more was printed)"


def what_tells_the_solutions():
    """Files and folders that an answer may not read."""
    from lstmlib.check.registry import SOLUTIONS
    book = SOLUTIONS.parent
    return [SOLUTIONS, Path(__file__).parent, book.parent / "_build", *book.glob("*/*_exercises.ipynb")]


def sentence(request, child):
    """The finding on one answer."""
    from lstmlib.check import judging
    from lstmlib.check.registry import find

    exercise = find(request["id"])
    probes = judging.probes_of(exercise)
    calls = judging.calls_of(probes)
    heard, late = child.ask({
        **{key: request[key] for key in ("answer", "path", "seconds")}, "calls": calls,
        "shut": list(map(str, what_tells_the_solutions())),
    })
    unpacked = next((line["unpacked"] for line in heard if isinstance(line.get("unpacked"), dict)), None)
    if unpacked is not None:
        return {"status": "failed", "kind": "unpacked", "frames": [],
                "headline": "Your function could not be set up in the process of its own in which answers run.",
                "says": [f"{unpacked.get('raised')}: {unpacked.get('says')}",
                         "What it uses must be importable there, or be defined in this notebook."]}
    stuck = next((judging.frames(line["stuck"]) for line in heard if "stuck" in line), None)
    done = any(line.get("done") is True for line in heard)
    outcomes = judging.collect(heard, len(calls))
    finding = judging.judge(exercise, probes, outcomes)
    if not done and finding["status"] == "passed":
        finding = {"status": "failed", "kind": "died", "looked": finding["looked"], "case": 0}
    if finding.get("kind") == "died":
        finding |= _ended(child.process.returncode, stuck, late, probes[finding["case"]], request["seconds"])
    if "case" in finding and finding["status"] == "failed":
        finding["args"] = calls[finding["case"]]
    return finding | {"printed": child.prints(outcomes, finding.get("case", 0))}


def _ended(code, stuck, late, probe, seconds):
    if late or stuck:
        return {"headline": f"Your function had not come back after {seconds:g} seconds, and was stopped "
                            f"({probe.name}).", "frames": stuck or [],
                "says": ["Look for a loop that never ends: does its condition change?"]}
    if code is not None and code < 0:
        return {"headline": f"The process of your function was killed (signal {-code}; {probe.name}).",
                "says": ["Did it ask for very much memory, or end itself?"]}
    return {"headline": f"Your function ended the whole process ({probe.name}).",
            "says": ["End it with `return`; `exit`, `quit` and `os._exit` end everything."]}


def main():
    child = Child()  # starts while the rest is imported
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        finding = sentence(pickle.load(sys.stdin.buffer), child)
    finally:
        child.process.kill()
    results.write(pickle.dumps(finding))
    results.close()


if __name__ == "__main__":
    main()

"""Cases are run in a process of their own: a kernel may hang, or leave the device unusable.

Whoever waits here for longer than `patience` ends that process, notes which contestant it was busy
with, and begins the case anew in a fresh one, without that contestant.
"""

import multiprocessing
import subprocess

from benchmarks.gpu.cases import PHASES

CEILINGS = "ceilings"
PARTING = 10                                           # seconds


class Stuck(Exception):
    """The process hung or fell, while it was busy `at` something."""

    def __init__(self, at, reason):
        super().__init__(f"{at}: {reason}")
        self.at, self.reason = at, reason


class Worker:
    """The process, and what is known of the machine it runs on: `about`."""

    def __init__(self, rules, patience):
        self.rules, self.patience = rules, patience
        self.start()

    def start(self):
        spawn = multiprocessing.get_context("spawn")
        self.connection, theirs = spawn.Pipe()
        self.process = spawn.Process(target=serve, args=(theirs, self.rules), daemon=True)
        self.process.start()
        theirs.close()
        (self.about,) = (said for _, said in self._until_done("start"))

    def close(self):
        """Let it end of itself, as what it started for compiling then ends too."""
        try:
            self.connection.send(None)
            self.process.join(PARTING)
        except OSError:
            pass
        self.stop()

    def stop(self):
        self.process.kill()
        self.process.join()
        self.connection.close()

    def ceilings(self):
        """Their rows, a list each."""
        try:
            yield from (said for _, said in self._ask(CEILINGS))
        except Stuck as stuck:
            self.stop()
            self.start()
            yield [{"cell": "", "backend": stuck.at, "phase": "", "dtype": "",
                    "status": stuck.reason}]

    def race(self, case):
        """The rows of a case, a list a phase; those that hung or fell have a reason."""
        without, written = {}, 0
        while True:
            done = 0
            try:
                for kind, said in self._ask((case, tuple(without))):
                    if kind == "failed":
                        yield [_row(case, "reference", "", said)]
                        continue                       # it has still to say that this is all
                    done += 1
                    if done > written:
                        yield said + [_row(case, name, PHASES[written], reason)
                                      for name, reason in without.items()]
                        written += 1
                return
            except Stuck as stuck:
                self.stop()
                self.start()
                if stuck.at in without or stuck.at in ("start", "reference"):
                    yield [_row(case, stuck.at, "", stuck.reason)]
                    return
                without[stuck.at] = stuck.reason

    def _ask(self, job):
        if not self.process.is_alive():                # it fell after its last word
            self.stop()
            self.start()
        self.connection.send(job)
        yield from self._until_done("start")

    def _until_done(self, at):
        """(kind, what was said) of its messages, until it says that this is all."""
        while True:
            if not self.connection.poll(self.patience):
                raise Stuck(at, f"time limit: no end after {self.patience:g} s")
            try:
                kind, said = self.connection.recv()
            except (EOFError, ConnectionResetError):
                self.process.join()
                raise Stuck(at, f"its process ended with code {self.process.exitcode}") from None
            if kind == "begin":
                at = said
            elif kind == "broken":
                raise Stuck(at, said)
            elif kind == "done":
                return
            else:
                yield kind, said


def _row(case, name, phase, reason):
    return {"cell": case.cell, "backend": name, "phase": phase, "dtype": case.dtype,
            **dict(zip("TBMD", case.size)), "status": reason}


# ---- in that process


def serve(connection, rules):
    """Answer each job with its rows, and "done" at the end."""
    import torch

    from benchmarks.gpu import racing, timing

    def begin(name):
        connection.send(("begin", name))

    device = torch.device(rules.device)
    connection.send(("about", about(device)))
    connection.send(("done", None))
    while True:
        job = connection.recv()
        if job is None:
            return
        try:
            if job == CEILINGS:
                for row in timing.ceilings(device, rules, begin):
                    connection.send(("rows", [row]))
            else:
                case, without = job
                for rows in racing.race(case, rules, begin, without):
                    connection.send(("rows", rows))
        except Exception as failure:
            if racing.broken(failure):
                connection.send(("broken", racing.in_few_words(failure)))
                return
            if job == CEILINGS:
                raise
            connection.send(("failed", racing.in_few_words(failure)))
        connection.send(("done", None))


def about(device):
    """The device and what computes on it, in words; nothing that tells one machine from another."""
    import torch
    found = {"torch": torch.__version__, "device": "CPU, one thread"}
    try:
        import triton
        found["triton"] = triton.__version__
    except ImportError:
        pass
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        found |= {"device": f"{properties.name}, {properties.multi_processor_count} "
                            f"multiprocessors, {properties.total_memory / 2 ** 30:.0f} GiB",
                  "cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version(),
                  "driver": _driver()}
    return found


def _driver():
    try:
        done = subprocess.run(["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"],
                              capture_output=True, text=True, check=True, timeout=30)
        return done.stdout.splitlines()[0].strip()
    except (OSError, subprocess.SubprocessError, IndexError):
        return "unknown"

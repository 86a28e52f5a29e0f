"""What the table has to show on a GPU of the H200's class, and what it shows."""

import math
from dataclasses import dataclass

from benchmarks.gpu.cases import (BESIDE, CEILINGS, MAIN, NARROW, OURS, PERSISTENT, PHASES,
                                  VARIANTS, WIDE)

LIMIT_MS = {"forward": 2.5, "training": 6.0}


@dataclass(frozen=True)
class Goal:
    """A figure: what it is of, what is asked, what came out (None: not measured), in `unit`."""

    of: str
    asked: float
    got: float | None
    at_most: bool
    unit: str = ""
    rule: str = ""

    @property
    def met(self):
        if self.got is None:
            return None
        return self.got <= self.asked if self.at_most else self.got >= self.asked

    def __str__(self):
        got = "not measured" if self.got is None else f"{self.got:.2f}{self.unit}"
        word = {None: "", True: "met", False: "NOT MET"}[self.met]
        return (f"{self.of:<44} {got:>14}  {'at most' if self.at_most else 'at least'} "
                f"{self.asked:.2f}{self.unit:<4} {word}")


def goals(rows):
    """Every figure asked for, in order, from the rows of one table."""
    found = Rows(rows)
    for phase in PHASES:
        yield Goal(f"lstm bfloat16 {_size(MAIN)} {phase}", LIMIT_MS[phase],
                   found.ours("lstm", phase, "bfloat16", MAIN), True, " ms", "a time")
    for dtype in ("bfloat16", "tf32"):
        for D in sorted((512, *WIDE)):
            yield from found.beside_torch(dtype, (256, 64, D, D), 2.5, "D 256 to 1024")
    for size in PERSISTENT:
        yield from found.beside_torch("float16", size, 0.8, "cuDNN persistent", ("lstm",))
    for dtype in ("bfloat16", "tf32"):
        for D in sorted(NARROW):
            yield from found.beside_torch(dtype, (256, 64, D, D), 1 / 1.05, "D to 128: parity")
    for cell in VARIANTS:
        for phase in PHASES:
            ours = found.ours(cell, phase, "bfloat16", BESIDE)
            yield Goal(f"{cell} / our lstm, {phase}", 1.10,
                       _ratio(ours, found.ours("lstm", phase, "bfloat16", BESIDE)), True,
                       rule="variants")
            yield Goal(f"loop / {cell}, {phase}", 20,
                       _ratio(found.ms(cell, "loop", phase, "bfloat16", BESIDE), ours), False,
                       rule="variants")


class Rows:
    """The times of a table by what they are of; a wrong result is none, however fast."""

    def __init__(self, rows):
        self.times = {}
        for row in rows:
            if row["backend"] not in CEILINGS and row["ms"] is not None and row["status"] == "ok":
                key = (row["cell"], row["phase"], row["dtype"],
                       (row["T"], row["B"], row["M"], row["D"]))
                self.times[row["backend"], *key] = row["ms"]

    def ms(self, cell, backend, *key):
        return self.times.get((backend, cell, *key))

    def ours(self, *key):
        """Of our kernels."""
        return self.times.get((OURS, *key))

    def beside_torch(self, dtype, size, asked, rule, cells=("lstm", "gru")):
        for cell in cells:
            for phase in PHASES:
                yield Goal(f"nn / ours: {cell} {dtype} {_size(size)} {phase}", asked,
                           _ratio(self.ms(cell, "torch.nn", phase, dtype, size),
                                  self.ours(cell, phase, dtype, size)), False, rule=rule)


def report(rows):
    """The figures as text, with how many were met, and the worst of each kind."""
    found = list(goals(rows))
    yield from map(str, found)
    yield ""
    for rule in dict.fromkeys(goal.rule for goal in found):
        of_it = [goal for goal in found if goal.rule == rule]
        measured = [goal for goal in of_it if goal.got is not None]
        yield (f"{rule}: {sum(goal.met for goal in measured)} met of {len(measured)} measured, "
               f"{len(of_it) - len(measured)} not measured")
    failed = [row for row in rows if row["status"] != "ok"]
    yield f"{len(rows)} rows, {len(failed)} that are not ok:"
    for row in failed:
        yield (f"  {row['cell']} {row['backend']} {row['phase']} {row['dtype']} "
               f"{row['T']},{row['B']},{row['M']},{row['D']}: {row['status']}")


def _ratio(one, other):
    return None if one is None or other is None or math.isclose(other, 0) else one / other


def _size(size):
    return ",".join(map(str, size))

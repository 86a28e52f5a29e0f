"""A table of runs: a CSV file that only grows, and beside it a JSON file that says how it came.

A row is written as its run ends and is on the disk before the next one begins, so that nothing is
lost but the run that was under way when the program was stopped. A last line without an end, as a
crash may leave it, is no row: it is not read, and `mend` removes it before rows are added.
"""

import csv
import io
import json
import os
from pathlib import Path

from lstmlib.experiments.experiment import ORIGIN


class Lines:
    """A CSV file of these columns that only grows."""

    def __init__(self, path, columns=()):
        self.path, self.columns = Path(path), tuple(columns)

    def exists(self):
        return self.path.is_file()

    def create(self):
        """An empty table, in the place of an older one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(_line(self.columns), encoding="utf-8", newline="\n")

    def texts(self):
        """All rows, as dicts of texts, in the order in which they were written."""
        return list(csv.DictReader(self._whole()))

    def header(self):
        return next(csv.reader(self._whole()), [])

    def mend(self):
        """Remove a last line that was not written to its end."""
        with self.path.open("r+b") as file:
            file.truncate(len("".join(self._whole()).encode("utf-8")))

    def append(self, row):
        """Write one row; when this returns, it is on the disk."""
        with self.path.open("a", newline="", encoding="utf-8") as file:
            file.write(_line(["" if row[name] is None else row[name] for name in self.columns]))
            file.flush()
            os.fsync(file.fileno())

    def _whole(self):
        """The lines that were written to their end."""
        with self.path.open(newline="", encoding="utf-8") as file:
            lines = file.read().splitlines(keepends=True)
        return lines if not lines or lines[-1].endswith("\n") else lines[:-1]


class Table(Lines):
    """The results of one experiment in a folder: NAME.csv and NAME.json.

    A row has the experiment's parameters, the seed, its measures (None in a failed run) and
    ORIGIN: `seconds` that the run took, `error` "" or what went wrong, the date in UTC, the commit
    of the code, versions, and the kind of machine.
    """

    def __init__(self, name, experiment, folder):
        super().__init__(Path(folder) / f"{name}.csv",
                         (*experiment.parameters, *experiment.measures, *ORIGIN))
        self.name, self.experiment = name, experiment
        self.about = Path(folder) / f"{name}.json"

    def create(self):
        experiment = self.experiment
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.about.write_text(json.dumps({
            "name": self.name, "about": experiment.about, "columns": self.columns,
            "measures": experiment.measures, "fixed": experiment.fixed}, indent=1) + "\n",
            encoding="utf-8", newline="\n")
        super().create()

    def check(self):
        """ValueError: the table was made with other parameters than the code has now."""
        remedy = (f"Move {self.path.name} and {self.about.name} away and run the experiment anew, "
                  "or go back to the code that made them")
        try:
            made = json.loads(self.about.read_text(encoding="utf-8"))
            fixed, columns = made["fixed"], made["columns"]
        except (OSError, ValueError, KeyError, TypeError):
            raise ValueError(f"{self.about.name}: got no description of {self.path.name}, expected "
                             f"the parameters it was made with. {remedy}") from None
        now = json.loads(json.dumps({"fixed": self.experiment.fixed, "columns": self.columns}))
        if fixed != now["fixed"]:
            names = [k for k in {**fixed, **now["fixed"]}
                     if fixed.get(k, _none) != now["fixed"].get(k, _none)]
            different = "; ".join(f"{k} = {_shown(fixed, k)}, expected {_shown(now['fixed'], k)}"
                                  for k in names)
            raise ValueError(f"{self.path.name}: got a table made with {different}. {remedy}")
        if columns != now["columns"] or self.header() != list(self.columns):
            raise ValueError(f"{self.path.name}: got the columns {', '.join(self.header())}, "
                             f"expected {', '.join(self.columns)}. {remedy}")

    def rows(self):
        """All rows, as dicts, in the order in which they were written."""
        return [self._read(row) for row in self.texts()]

    def key(self, row):
        """What tells a run from another."""
        return tuple(row[name] for name in self.experiment.parameters)

    def _read(self, row):
        found = {}
        for name, text in row.items():
            if name in self.experiment.parameters:
                found[name] = self.experiment.read(name, text)
            elif name in self.experiment.measures or name == "seconds":
                found[name] = None if text == "" else float(text)
            else:
                found[name] = text
        return found


def number(value, name):
    """A measure as a float; NaN and infinities are numbers, None and arrays are none."""
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name}: got {type(value).__name__}, expected a number") from None


_none = object()


def _shown(fixed, name):
    return repr(fixed[name]) if name in fixed else "nothing"


def _line(values):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()

"""The league table: what every model of the book needs for the same test text, in bits.

The table is the file book/results/league.csv. All its rows have read the training part of the
frozen text and are scored on every character of the test part but the first. A chapter that
trains a model adds its row; the chapter that shows a row measures it again and compares, or, where
the run is too long for a page, compares it with the experiment's table that it comes from and
repeats the beginning of the run. To write a chapter's rows anew, run its notebook and hand the rows
that it measured to `add_row`.
"""

import csv
import math
import os
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "book" / "results" / "league.csv"

#: What a row says. `numbers`: parameters or counts that the model keeps, of a compressor the
#: characters that it can still look at; `characters`: training characters read, repeats included;
#: `updates` and `seed` are None for what is not trained; `bits`: per character of the test part;
#: `text`: first 12 digits of the test part's SHA-256; `versions`, `commit`, `machine`: what it was
#: measured with, "unknown" where nobody wrote it down (see lstmlib.experiments.provenance).
COLUMNS = {"model": str, "numbers": int, "characters": int, "updates": int, "bits": float,
           "seed": int, "chapter": str, "text": str, "versions": str, "commit": str,
           "machine": str}
OPTIONAL = {"updates", "seed"}
DIGITS = 4                              # of bits


def rows(path=PATH):
    """All rows, best model last, as a list of dicts with the keys of COLUMNS.

    FileNotFoundError: there is no table. ValueError: it is not one.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"path: expected a league table, got {str(path)!r}, which does "
                                "not exist; it comes with the book, not with the package")
    with path.open(newline="", encoding="utf-8") as file:
        table = csv.DictReader(file)
        if table.fieldnames != list(COLUMNS):
            raise ValueError(f"path: expected the columns {', '.join(COLUMNS)}, "
                             f"got {', '.join(table.fieldnames or ['none'])}")
        found = [{key: _read(key, value) for key, value in line.items()} for line in table]
    return sorted(found, key=lambda row: -row["bits"])


def row(model, path=PATH):
    """The row of one model. ValueError, with the list of models: there is none."""
    found = {entry["model"]: entry for entry in rows(path)}
    if model not in found:
        raise ValueError(f"model: expected one of {', '.join(found)}, got {model!r}")
    return found[model]


def add_row(entry, path=PATH):
    """Write a row into the table, in the place of an older one of the same model.

    The file is replaced in one step; it is made where there is none. ValueError, TypeError: the
    row lacks a key, has another one, or a value that is none.
    """
    path = Path(path)
    entry = _checked(entry)
    others = [r for r in rows(path) if r["model"] != entry["model"]] if path.is_file() else []
    temporary = path.with_suffix(".csv.part")
    with temporary.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(COLUMNS), lineterminator="\n")
        table.writeheader()
        for line in sorted([*others, entry], key=lambda row: -row["bits"]):
            table.writerow({k: "" if v is None else v for k, v in line.items()})
    os.replace(temporary, path)


def _checked(entry):
    if set(entry) != set(COLUMNS):
        raise ValueError(f"entry: expected the keys {', '.join(COLUMNS)}, got {', '.join(entry)}")
    for key, kind in COLUMNS.items():
        value = entry[key]
        if value is None and key in OPTIONAL:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float) if kind is float else kind):
            raise TypeError(f"entry[{key!r}]: expected {kind.__name__}, got {value!r}")
        if kind is str and not value.strip():
            raise ValueError(f"entry[{key!r}]: expected a text, got {value!r}")
        if kind is not str and not (math.isfinite(value) and value >= 0):
            raise ValueError(f"entry[{key!r}]: expected a number of at least 0, got {value!r}")
    return {key: round(float(entry[key]), DIGITS) if key == "bits" else entry[key]
            for key in COLUMNS}


def _read(key, value):
    if value == "" and key in OPTIONAL:
        return None
    try:
        return COLUMNS[key](value)
    except (TypeError, ValueError):
        raise ValueError(f"{key}: expected {COLUMNS[key].__name__}, got {value!r}") from None

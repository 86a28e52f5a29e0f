"""Tables that something else than an experiment writes, read as they stand."""

import json
from dataclasses import dataclass
from pathlib import Path

from lstmlib.experiments.running import RESULTS
from lstmlib.experiments.table import Lines


@dataclass(frozen=True)
class Measured:
    """A stored table.

    rows    a dict a row: whole numbers as int, other numbers as float, an empty field as None
    about   where they come from: what stands in the JSON file beside the table
    """

    rows: list
    about: dict


def measured(name, folder=RESULTS):
    """The stored table NAME.csv with its provenance NAME.json; None where none is stored.

    >>> measured("never measured") is None
    True

    TypeError: the name is no str. ValueError: there is a table, but nothing that says where it
    comes from.
    """
    if not isinstance(name, str):
        raise TypeError(f"name: got {type(name).__name__}, expected a str such as 'gpu'")
    table, about = Lines(Path(folder) / f"{name}.csv"), Path(folder) / f"{name}.json"
    if not table.exists():
        return None
    try:
        said = json.loads(about.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ValueError(f"{about.name}: got no JSON file of this name, expected the provenance of "
                         f"{table.path.name}. Restore it, or measure anew") from None
    return Measured([{key: _value(text) for key, text in row.items()} for row in table.texts()],
                    said)


def _value(text):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text or None

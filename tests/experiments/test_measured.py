"""A stored table is read as it was written, with where it comes from, or is not there."""

import csv
import json
import math

import pytest

from lstmlib.experiments import measured


@pytest.fixture
def stored(tmp_path):
    with (tmp_path / "toy.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("cell", "T", "ms", "error", "status"),
                          ("lstm", 1024, 2.5, 1e-07, "ok"),
                          ("gru", 8, None, "nan", "no kernel, for now")])
    (tmp_path / "toy.json").write_text(json.dumps({"device": "a GPU", "commit": "abc"}))
    return tmp_path


def test_numbers_are_numbers_and_nothing_is_none(stored):
    first, second = measured("toy", stored).rows
    assert first == {"cell": "lstm", "T": 1024, "ms": 2.5, "error": 1e-07, "status": "ok"}
    assert type(first["T"]) is int and type(first["ms"]) is float
    assert math.isnan(second.pop("error"))
    assert second == {"cell": "gru", "T": 8, "ms": None, "status": "no kernel, for now"}


def test_it_says_where_it_comes_from(stored):
    assert measured("toy", stored).about == {"device": "a GPU", "commit": "abc"}


def test_where_none_is_stored_there_is_none(stored):
    assert measured("other", stored) is None


def test_a_line_without_an_end_is_no_row(stored):
    with (stored / "toy.csv").open("a") as file:
        file.write("rnn,16,0.")
    assert [row["cell"] for row in measured("toy", stored).rows] == ["lstm", "gru"]


def test_a_table_of_unknown_origin_is_refused(stored):
    (stored / "toy.json").unlink()
    with pytest.raises(ValueError, match="toy.json: got no JSON file of this name, expected the "
                                         "provenance of toy.csv. Restore it, or measure anew"):
        measured("toy", stored)


def test_a_name_that_is_none_gets_a_sentence(stored):
    with pytest.raises(TypeError, match="name: got int, expected a str such as 'gpu'"):
        measured(3, stored)

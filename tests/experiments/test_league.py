"""The league table keeps what it is given, one row a model, and takes nothing else."""

import math

import pytest

from lstmlib.experiments import league
from lstmlib.tasks import text

ROW = {"model": "monkey", "numbers": 27, "characters": 1000, "updates": 40, "bits": 4.75489,
       "seed": 7, "chapter": "char_rnn", "text": "0123456789ab", "versions": "numpy 2.4.6",
       "commit": "unknown", "machine": "an abacus, 10 rods"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "league.csv"


def test_what_is_added_is_read_back(path):
    league.add_row(ROW, path)
    assert league.rows(path) == [ROW | {"bits": 4.7549}]
    assert league.row("monkey", path)["updates"] == 40


def test_a_model_has_one_row_the_last_one_added(path):
    for bits in (5.0, 3.0):
        league.add_row(ROW | {"bits": bits}, path)
    assert [r["bits"] for r in league.rows(path)] == [3.0]


def test_the_best_model_stands_last_whatever_the_order_of_adding(path):
    for bits in (2.0, 4.0, 3.0):
        league.add_row(ROW | {"model": f"m{bits}", "bits": bits}, path)
    assert [r["bits"] for r in league.rows(path)] == [4.0, 3.0, 2.0]


def test_commas_and_missing_numbers_survive(path):
    entry = ROW | {"model": "net, small", "updates": None, "seed": None, "bits": 2.0}
    league.add_row(entry, path)
    assert league.rows(path) == [entry]


@pytest.mark.parametrize("change", [
    {"machine": ""}, {"commit": None}, {"bits": float("nan")}, {"bits": -1.0}, {"bits": None}, {"bits": "2"}, {"numbers": 2.5},
    {"numbers": True}, {"model": " "}, {"extra": 1}, {"characters": None}])
def test_a_row_that_says_nothing_is_refused_and_the_table_stays(path, change):
    league.add_row(ROW, path)
    before = path.read_bytes()
    with pytest.raises((TypeError, ValueError), match=next(iter(change))):
        league.add_row(ROW | change, path)
    assert path.read_bytes() == before


def test_the_row_given_is_not_written_to(path):
    entry = dict(ROW)
    league.add_row(entry, path)
    assert entry == ROW


def test_unknown_model_and_no_table_are_named(path):
    with pytest.raises(FileNotFoundError, match="league.csv"):
        league.rows(path)
    league.add_row(ROW, path)
    with pytest.raises(ValueError, match="monkey.*'ape'"):
        league.row("ape", path)
    path.write_text("model,bits\nmonkey,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="columns"):
        league.rows(path)


def test_the_table_of_the_book_is_in_order_and_about_the_frozen_test_text():
    table, parts = league.rows(), text.split(text.frozen())
    assert len({r["model"] for r in table}) == len(table)
    assert {r["text"] for r in table} == {parts.test.sha256[:12]}
    symbols = len(text.Alphabet.of(parts.train.text))
    assert table[0]["model"] == "uniform" and table[0]["bits"] == round(math.log2(symbols), league.DIGITS)

"""Tables of runs: nothing is lost, nothing is run twice, nothing of two kinds is mixed."""

import csv
import dataclasses
import inspect
import json
import math
import os
import pickle
import platform
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from lstmlib import experiments
from lstmlib.experiments import Interval, interval, league, rows, run, run_one, running
from lstmlib.experiments import __main__ as command
from lstmlib.experiments import experiment as declaring, provenance
from lstmlib.experiments.experiment import (
    EXPERIMENTS, ORIGIN, AtChosenRate, Experiment, experiment)

TOY = '''
    import os, time
    from lstmlib.experiments.experiment import Experiment

    DONE = []                           # what was run in this process

    def measure(seed, word, x, offset, wait=0.0):
        DONE.append((word, x, seed))
        time.sleep(wait)
        if word == "bad" and seed == 1:
            raise ZeroDivisionError("by zero, twice\\nand more")
        if word == "odd":
            return {"sum": x}
        return {"sum": x + seed + offset, "length": len(word)}

    TOY = Experiment(about="a toy", run=measure, grid={"word": ("a,b", "bad"), "x": (0.1, 1.5)},
                     seeds=(0, 1, 2), measures={"sum": "a sum", "length": "letters"},
                     fixed={"offset": 10, "wait": float(os.environ.get("TOY_WAIT", 0))},
                     quick={"grid": {"x": (0.1,)}, "seeds": (7,), "fixed": {"offset": 20}})
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A folder for tables, with the experiment `toy` known for as long as the test runs."""
    (tmp_path / "toy_experiment.py").write_text(textwrap.dedent(TOY), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(EXPERIMENTS, "toy", "toy_experiment.TOY")
    monkeypatch.setattr(running, "RESULTS", tmp_path / "kept")
    monkeypatch.setattr(running, "QUICK", tmp_path / "quick")
    monkeypatch.setenv("LSTMLIB_PROGRESS", "0")
    yield tmp_path / "kept"
    sys.modules.pop("toy_experiment", None)


def done():
    return sys.modules["toy_experiment"].DONE


def change(monkeypatch, **fields):
    """The experiment `toy` declared otherwise, as if the code had been changed."""
    module = sys.modules["toy_experiment"]
    monkeypatch.setattr(module, "TOY", dataclasses.replace(module.TOY, **fields))


EVERY = [(word, x, seed) for seed in (0, 1, 2) for word in ("a,b", "bad") for x in (0.1, 1.5)]


def keys(table):
    return [(row["word"], row["x"], row["seed"]) for row in table]


# ------------------------------------------------------------------------------------ one row a run

def test_every_combination_has_one_row_with_what_was_measured(toy):
    table = run("toy")
    assert keys(table) == EVERY == done()
    for row in table:
        if not row["error"]:
            assert row["sum"] == row["x"] + row["seed"] + 10 and row["length"] == 3.0
    assert rows("toy", toy) == table


def test_a_run_that_fails_is_a_row_that_says_so_and_the_others_go_on(toy):
    failed = [row for row in run("toy") if row["error"]]
    assert keys(failed) == [("bad", 0.1, 1), ("bad", 1.5, 1)]
    for row in failed:
        assert row["error"] == "ZeroDivisionError: by zero, twice"
        assert row["sum"] is None and row["length"] is None


def test_a_row_says_where_it_comes_from(toy):
    row = run("toy")[0]
    assert set(row) == {"word", "x", "seed", "sum", "length", *ORIGIN}
    assert row["seconds"] >= 0 and abs(time.time() - time.mktime(time.strptime(
        row["date"] + " UTC", "%Y-%m-%d %H:%M:%S %Z")) + time.timezone) < 3700
    assert f"numpy {np.__version__}" in row["versions"] and "Python 3." in row["versions"]
    assert "cores" in row["machine"] and platform.node() not in row["machine"]
    beside = json.loads((toy / "toy.json").read_text(encoding="utf-8"))
    assert beside["fixed"] == {"offset": 10, "wait": 0.0} and beside["about"] == "a toy"


def test_numbers_survive_to_the_last_bit(toy, monkeypatch):
    run("toy", quick=True)
    values = iter([math.pi * 1e-30, math.nan, -math.inf, np.float32(0.1)])
    change(monkeypatch, seeds=(0,),
           run=lambda **_: {"sum": next(values), "length": np.int64(3)})
    found = [row["sum"] for row in run("toy")]
    assert found[0] == math.pi * 1e-30 and math.isnan(found[1]) and found[2] == -math.inf
    assert np.float32(found[3]) == np.float32(0.1)


@pytest.mark.parametrize("given", [{"sum": None, "length": 1}, {"sum": "2", "length": 1},
                                   {"sum": np.ones(2), "length": 1}, {"sum": 1.0},
                                   {"sum": 1.0, "length": 1, "more": 2}])
def test_what_is_no_number_or_not_declared_is_a_failed_run(toy, monkeypatch, given):
    run("toy", quick=True)
    change(monkeypatch, run=lambda **_: given, seeds=(0,))
    for row in run("toy"):
        assert row["error"].startswith(("TypeError: sum", "ValueError: measures"))
        assert row["sum"] is None


# --------------------------------------------------------------------------------- stop and resume

def test_a_table_is_not_overwritten(toy):
    run("toy")
    before = (toy / "toy.csv").read_bytes()
    with pytest.raises(FileExistsError, match="toy.csv: got a table of 12 rows.*--resume"):
        run("toy")
    assert (toy / "toy.csv").read_bytes() == before and len(done()) == 12


def test_resume_does_what_is_missing_and_nothing_else(toy):
    whole = run("toy")
    lines = (toy / "toy.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (toy / "toy.csv").write_text("".join(lines[:3] + lines[6:8]), encoding="utf-8")
    done().clear()
    again = run("toy", resume=True)
    kept = EVERY[:2] + EVERY[5:7]
    assert done() == [key for key in EVERY if key not in kept]
    assert sorted(keys(again)) == sorted(EVERY)
    assert [r for r in again if keys([r])[0] in kept] == [r for r in whole if keys([r])[0] in kept]
    done().clear()
    assert run("toy", resume=True) == again and done() == []


def test_resume_without_a_table_begins_one(toy):
    assert keys(run("toy", resume=True)) == EVERY


def test_a_grid_may_grow(toy, monkeypatch):
    run("toy")
    change(monkeypatch, seeds=(0, 1, 2, 3))
    done().clear()
    assert len(run("toy", resume=True)) == 16
    assert {seed for _, _, seed in done()} == {3}


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_half_a_line_is_no_row(toy, cut):
    run("toy")
    path = toy / "toy.csv"
    path.write_bytes(path.read_bytes()[:-cut])
    assert len(rows("toy", toy)) == 11
    done().clear()
    assert keys(run("toy", resume=True)) == EVERY and done() == EVERY[-1:]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a signal that can't be caught")
def test_a_killed_process_loses_only_the_run_it_was_in(toy):
    """From outside, by a signal that no program can catch, while rows are being written."""
    script = textwrap.dedent(f"""
        from lstmlib.experiments import run
        from lstmlib.experiments.experiment import EXPERIMENTS
        EXPERIMENTS["toy"] = "toy_experiment.TOY"
        run("toy", folder={str(toy)!r}, resume=True)""")
    environment = {**os.environ, "TOY_WAIT": "0.05", "PYTHONPATH": os.pathsep.join(
        [str(toy.parent), str(provenance.ROOT)])}
    process = subprocess.Popen([sys.executable, "-c", script], env=environment)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if (toy / "toy.csv").is_file() and (toy / "toy.csv").read_text().count("\n") >= 4:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    with (toy / "toy.csv").open(newline="", encoding="utf-8") as file:
        survived = list(csv.DictReader(file))
    assert 3 <= len(survived) < 12
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    with (toy / "toy.csv").open(newline="", encoding="utf-8") as file:
        after = list(csv.DictReader(file))
    assert after[:len(survived)] == survived
    assert sorted((r["word"], float(r["x"]), int(r["seed"])) for r in after) == sorted(EVERY)


def test_an_interrupt_keeps_what_has_ended(toy, monkeypatch):
    run("toy", quick=True)
    counted = iter(range(100))

    def measure(**_):
        if next(counted) == 3:
            raise KeyboardInterrupt
        return {"sum": 1, "length": 1}
    change(monkeypatch, run=measure)
    assert command.main(["run", "toy"]) == 130
    assert len(rows("toy", toy)) == 3


# ------------------------------------------------------------------------------ tables of two kinds

def test_a_table_made_with_other_parameters_is_refused(toy, monkeypatch):
    run("toy")
    before = (toy / "toy.csv").read_bytes()
    change(monkeypatch, fixed={"offset": 11, "wait": 0.0})
    for call in (lambda: run("toy", resume=True), lambda: rows("toy", toy)):
        with pytest.raises(ValueError, match=r"toy.csv: got a table made with offset = 10, "
                                             r"expected 11\. Move toy.csv and toy.json away"):
            call()
    change(monkeypatch, fixed={"offset": 10, "wait": 0.0, "more": [1]})
    with pytest.raises(ValueError, match=r"more = nothing, expected \[1\]"):
        run("toy", resume=True)
    assert (toy / "toy.csv").read_bytes() == before


def test_a_table_with_other_columns_is_refused(toy, monkeypatch):
    run("toy")
    change(monkeypatch, measures={"sum": "a sum"})
    with pytest.raises(ValueError, match="toy.csv: got the columns .*length.* expected"):
        rows("toy", toy)


@pytest.mark.parametrize("text", ["", "[]", "{}", "no json"])
def test_a_table_without_its_description_is_refused(toy, text):
    run("toy")
    (toy / "toy.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="toy.json: got no description"):
        run("toy", resume=True)
    (toy / "toy.json").unlink()
    with pytest.raises(ValueError, match="toy.json: got no description"):
        rows("toy", toy)


# ----------------------------------------------------------------------------------- quick, one run

def test_a_quick_run_is_small_and_stands_apart(toy):
    run("toy")
    before = (toy / "toy.csv").read_bytes()
    quick = run("toy", quick=True)
    assert keys(quick) == [("a,b", 0.1, 7), ("bad", 0.1, 7)]
    assert [row["sum"] for row in quick] == [27.1, 27.1]
    assert len(run("toy", quick=True)) == 2                # it may be repeated
    assert (toy / "toy.csv").read_bytes() == before


def test_run_one_is_the_row_of_the_table(toy):
    for row in run("toy")[:4]:
        assert run_one("toy", row) == {"sum": row["sum"], "length": row["length"]}
    assert run_one("toy", {"word": "other", "x": 2.0, "seed": 5}) == {"sum": 17.0, "length": 5.0}
    with pytest.raises(ZeroDivisionError):
        run_one("toy", {"word": "bad", "x": 2.0, "seed": 1})
    with pytest.raises(ValueError, match="parameters: got none called 'seed', expected word, x"):
        run_one("toy", {"word": "a", "x": 2.0})


def test_unknown_names_and_missing_tables(toy):
    for call in (run, rows, lambda name: run_one(name, {})):
        with pytest.raises(ValueError, match="name: got 'gab', expected one of gap, "):
            call("gab")
    with pytest.raises(FileNotFoundError, match="toy.csv.*lstmlib.experiments run toy"):
        rows("toy", toy)


@pytest.mark.parametrize("values", [(), (1, 2.0), (None,), (True, False), ([1],)])
def test_a_grid_that_can_not_be_read_back_is_refused(values):
    with pytest.raises(TypeError, match="grid\\['x'\\]: got"):
        Experiment("", print, {"x": values}, (0,), {})


@pytest.mark.parametrize("name", ["error", "seconds", "seed", "x"])
def test_a_measure_can_not_have_the_name_of_another_column(name):
    with pytest.raises(ValueError, match=f"measures: got '{name}', expected a name other than"):
        Experiment("", print, {"x": (1, 2)}, (0,), {name: "a number"})


# ----------------------------------------------------------------------------------- command line

def test_the_command_lists_runs_and_says_what_is_wrong(toy, capsys):
    assert command.main(["list"]) == 0
    listed = capsys.readouterr().out
    assert "a toy" in listed and "   12 runs" in listed and "gap" in listed
    assert command.main(["run", "toy"]) == 1
    said = capsys.readouterr().out
    assert "12 rows, 2 of them failed" in said and "word=bad, x=0.1, seed=1: ZeroDivision" in said
    assert command.main(["run", "toy"]) == 2
    assert "--resume" in capsys.readouterr().err
    assert command.main(["run", "gab"]) == 2
    assert "expected one of gap" in capsys.readouterr().err
    assert command.main(["run", "toy", "--quick"]) == 0
    with pytest.raises(SystemExit):
        command.main([])


def test_the_bar_goes_to_standard_error(toy):
    script = textwrap.dedent("""
        from lstmlib.experiments import running
        from lstmlib.experiments.experiment import EXPERIMENTS
        EXPERIMENTS["toy"] = "toy_experiment.TOY"
        running.run("toy", folder="kept")""")
    environment = {**os.environ, "LSTMLIB_PROGRESS": "1", "PYTHONPATH": os.pathsep.join(
        [str(toy.parent), str(provenance.ROOT)])}
    finished = subprocess.run([sys.executable, "-c", script], env=environment, cwd=toy.parent,
                              capture_output=True, text=True, check=True)
    assert finished.stdout == "" and "toy:" in finished.stderr and "12" in finished.stderr


def test_one_thread_is_set_before_numpy_is_loaded():
    script = ("import sys, lstmlib.experiments; assert 'numpy' not in sys.modules; "
              "import lstmlib.experiments.__main__, os; assert 'numpy' not in sys.modules; "
              "print(os.environ['OPENBLAS_NUM_THREADS'])")
    environment = {k: v for k, v in os.environ.items() if "NUM_THREADS" not in k}
    finished = subprocess.run([sys.executable, "-c", script], env=environment, cwd=provenance.ROOT,
                              capture_output=True, text=True, check=True)
    assert finished.stdout == "1\n"


# -------------------------------------------------------------------------------------- provenance

def git(folder, *arguments):
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(folder),
                    *arguments], check=True, capture_output=True)


def test_the_commit_is_that_of_the_code_and_changes_show(tmp_path):
    commit = provenance.commit.__wrapped__
    assert commit(tmp_path) == "unknown"
    git(tmp_path, "init")
    assert commit(tmp_path) == "unknown"
    (tmp_path / "lstmlib").mkdir()
    (tmp_path / "lstmlib" / "a.py").write_text("1", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    first = commit(tmp_path)
    assert len(first) == 12 and int(first, 16) >= 0
    (tmp_path / "other.txt").write_text("2", encoding="utf-8")
    assert commit(tmp_path) == first
    (tmp_path / "lstmlib" / "a.py").write_text("2", encoding="utf-8")
    assert commit(tmp_path) == first + " + changes"
    inside = tmp_path / "environment"
    inside.mkdir()
    assert commit(inside) == "unknown"


# --------------------------------------------------------------------------------------- intervals

def test_the_interval_is_that_of_a_table_of_t():
    """t(0.975, 9) = 2.262: the interval of 1 ... 10 is 5.5 -+ 2.262 sqrt(55/6) / sqrt(10)."""
    found = interval(range(1, 11))
    half = 2.262157 * math.sqrt(82.5 / 9) / math.sqrt(10)
    assert found == Interval(5.5, pytest.approx(5.5 - half), pytest.approx(5.5 + half))
    assert interval([2.0, 2.0, 2.0]) == (2.0, 2.0, 2.0)
    low = 0.95 - 12.7062 * 0.05                            # t(0.975, 1) = 12.7062
    assert interval([0.9, 1.0], within=(0, 1)) == (0.95, pytest.approx(low, abs=1e-5), 1.0)


@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_the_interval_covers_as_often_as_it_says(confidence):
    samples = np.random.default_rng(0).normal(3.0, 2.0, size=(4000, 5))
    covered = np.mean([low <= 3.0 <= high for _, low, high in (
        interval(sample, confidence) for sample in samples)])
    assert covered == pytest.approx(confidence, abs=0.03)


@pytest.mark.parametrize("call, argument", [
    (lambda: interval([1.0]), "values"), (lambda: interval([1.0, math.nan]), "values"),
    (lambda: interval([1.0, math.inf]), "values"),
    (lambda: interval([1.0, 2.0], 1.0), "confidence"),
    (lambda: interval([1.0, 2.0], within=(0, 1)), "within"),
    (lambda: interval([1.0, 1.0], within=(2, 0)), "within")])
def test_refusals_of_interval(call, argument):
    with pytest.raises(ValueError, match=f"^{argument}: got .*expected"):
        call()


# ----------------------------------------------------------------------- what the book has declared

@pytest.mark.parametrize("name", list(EXPERIMENTS))
class TestDeclared:
    def test_runs_are_independent_of_where_they_are_done(self, name):
        declared = experiment(name)
        function = declared.run
        if isinstance(function, AtChosenRate):
            assert pickle.loads(pickle.dumps(function)) == function
            function = function.run
        assert pickle.loads(pickle.dumps(function)) is function
        assert json.loads(json.dumps(declared.fixed)) == declared.fixed
        assert len({tuple(r.values()) for r in declared.runs()}) == len(declared.runs())
        assert set(declared.parameters).isdisjoint(declared.fixed)
        assert inspect.getmodule(function).__doc__ and declared.about

    def test_a_quick_run_is_the_same_twice(self, name, tmp_path, monkeypatch):
        monkeypatch.setenv("LSTMLIB_PROGRESS", "0")
        began = time.process_time()
        first = run(name, quick=True, folder=tmp_path / "a")
        assert time.process_time() - began < 30
        measures = experiment(name).measures
        for row in first:
            assert not row["error"] and all(math.isfinite(row[m]) for m in measures)
        again = run(name, quick=True, folder=tmp_path / "b")
        same = [m for m in measures if not m.endswith("_seconds")]
        assert same and [[r[m] for m in same] for r in first] == [[r[m] for m in same] for r in again]

    def test_its_table_is_whole(self, name):
        table = rows(name)
        declared = experiment(name)
        found = sorted(tuple(row[p] for p in declared.parameters) for row in table)
        assert found == sorted(tuple(r.values()) for r in declared.runs())
        assert all(row["commit"] and row["machine"] and row["versions"] for row in table)
        assert not any(row["error"] for row in table)


def test_the_league_stands_beside_the_tables_and_is_none_of_them():
    assert league.PATH.parent == running.RESULTS and "league" not in EXPERIMENTS


@pytest.mark.parametrize("module", [experiments, running, declaring, provenance, command])
def test_lines_and_docstrings_keep_their_size(module):
    assert max(map(len, inspect.getsource(module).splitlines())) <= 100
    for _, thing in inspect.getmembers(module, inspect.isroutine):
        if thing.__module__.startswith("lstmlib"):
            assert len((inspect.getdoc(thing) or "").splitlines()) <= 25

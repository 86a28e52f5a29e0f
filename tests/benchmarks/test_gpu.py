"""The benchmark for GPUs, run on a CPU: it races equals, counts rightly and loses no row."""

import os
import shutil
import signal
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from benchmarks.contestants import Problem
from benchmarks.gpu import cases, goals, racing, timing
from benchmarks.gpu.__main__ import COLUMNS, Shares, arguments, line, listed, main
from benchmarks.gpu.cases import Case, least
from benchmarks.gpu.worker import Stuck, Worker
from lstmlib.experiments import measured
from lstmlib.numpy import CELLS
from lstmlib.torch import BACKENDS

SIZE = (5, 3, 4, 6)
CPU = torch.device("cpu")
RULES = racing.Rules("cpu", turns=2, seconds=0.001)


@pytest.fixture(autouse=True)
def switches():
    """A race sets the precision of products for the whole process."""
    cudnn = torch.backends.cudnn
    before = torch.get_float32_matmul_precision(), cudnn.rnn.fp32_precision, \
        cudnn.conv.fp32_precision
    yield
    torch.set_float32_matmul_precision(before[0])
    cudnn.rnn.fp32_precision, cudnn.conv.fp32_precision = before[1:]


def race(case, rules=RULES, **more):
    return [row for rows in racing.race(case, rules, lambda name: None, **more) for row in rows]


# ---- the list of cases


def test_all_cells_are_raced_and_the_figures_asked_for_come_first():
    found = list(cases.full())
    assert len({case.key for case in found}) == len(found)
    for name in CELLS:
        assert any(case.cell == name and case.timed for case in found)
        assert any(case.cell == name and case.dtype == "float64" for case in found)
    rows = [{"cell": case.cell, "backend": backend, "phase": phase, "dtype": case.dtype,
             **dict(zip("TBMD", case.size)), "ms": 1.0, "status": "ok",
             "auto": "yes" if backend == "triton" else None}
            for case in found for phase in cases.PHASES
            for backend in ("triton", "torch.nn", "loop")]
    assert all(goal.got is not None for goal in goals.goals(rows))
    first = found[:len(found) // 2 + 5]
    wanted = {goal.of for goal in goals.goals(rows)}
    rows = [row for row in rows if any(
        case.key == (row["cell"], row["dtype"], *(row[k] for k in "TBMD")) for case in first)]
    assert {goal.of for goal in goals.goals(rows) if goal.got is not None} == wanted


def test_a_quick_run_has_every_kind_of_case_and_is_small():
    quick = list(cases.quick())
    assert {(case.cell, case.dtype, case.who) for case in quick} == {
        (case.cell, case.dtype, case.who) for case in cases.full()}
    assert max(max(case.size) for case in quick) <= 16


def test_the_least_is_that_of_the_equations():
    T, B, M, D = SIZE
    lstm = CELLS["lstm"](M, D)
    operations, moved = least(lstm, "loop", SIZE, "forward", "bfloat16")
    assert operations == pytest.approx(2e-9 * T * B * 4 * D * (M + D))
    assert moved == pytest.approx(2e-9 * (T * B * (M + D) + 4 * D * (M + D + 1)))
    twice = least(lstm, "torch.nn", SIZE, "training", "bfloat16")
    assert twice == pytest.approx((3 * operations, 2 * moved))
    assert least(lstm, "loop", SIZE, "forward", "tf32")[1] == pytest.approx(2 * moved)


def test_a_clockwork_network_reads_what_ticks():
    """Counted step by step over a whole turn of all clocks."""
    M, D, T = 3, 8, 8
    cell = CELLS["clockwork"](M, D, periods=[1, 2, 8], sizes=[2, 3, 3])
    read = sum(size * (M + sum(cell.sizes[m:])) for t in range(T)
               for m, (period, size) in enumerate(zip(cell.periods, cell.sizes)) if t % period == 0)
    assert least(cell, "loop", (T, 1, M, D), "forward", "float64")[0] == pytest.approx(2e-9 * read)


# ---- one race


@pytest.mark.parametrize("name", ["lstm", "depth_gated", "clockwork"])
def test_each_contestant_is_checked_and_timed(name):
    case = Case(name, "float32", SIZE, (cases.EVERY, "torch.nn", "loop", "convolution"))
    rows = race(case)
    ours = racing.served(CELLS[name].smallest(4, 6), torch.float32, CPU)
    who = [*ours, *(["torch.nn"] if name == "lstm" else []), "loop", "convolution"]
    for phase in cases.PHASES:
        found = {row["backend"]: row for row in rows if row["phase"] == phase}
        assert set(found) == set(who) and "eager" in found
        for backend, row in found.items():
            if backend == "triton":                    # without its interpreter
                assert "interpreter" in row["status"] and "ms" not in row
                continue
            assert row["status"] == "ok" and 0 < row["ms_low"] <= row["ms"] <= row["ms_high"]
            assert backend == "convolution" or 0 < row["error"] < 1e-5
        assert [row["backend"] for row in found.values() if row["auto"]] == [
            "native" if name == "lstm" else "numpy"]


def test_a_backend_raced_by_name_that_cannot_says_why():
    rows = race(Case("rnn", "float32", SIZE, cases.SHORT))
    for phase in cases.PHASES:
        status = {row["backend"]: row["status"] for row in rows if row["phase"] == phase}
        assert status["torch.nn"] == "ok" and "interpreter" in status["triton"]


def test_what_is_only_checked_is_not_timed_and_the_other_way_round():
    case = Case("gru", "float64", SIZE, ("eager",))
    assert all(row["error"] < 1e-12 and "ms" not in row
               for row in race(case, racing.Rules("cpu", timed=False)))
    assert all("error" not in row and row["ms"] > 0 for row in race(
        case, racing.Rules("cpu", checked=False, turns=1, seconds=0.001)))


def test_a_wrong_result_is_called_so(monkeypatch):
    eager = BACKENDS["eager"]

    def wrong(*arguments):
        sequences, last = run(*arguments)
        return {"h": 1.5 * sequences["h"]}, last

    run = eager.run
    monkeypatch.setattr(racing, "BY_NUMPY", 1e9)
    monkeypatch.setattr(eager, "run", wrong)
    rows = race(Case("fgr", "bfloat16", SIZE, ("eager", "loop")))
    assert [row["status"][:8] for row in rows] == ["wrong by", "ok"] * 2


def test_an_error_that_is_no_number_is_no_success():
    expected = {"outputs": torch.ones(3)}
    assert racing.worst({"outputs": torch.tensor([1.0, 1.5, 1.0])}, expected) == 0.5
    assert np.isnan(racing.worst({"outputs": torch.tensor([1.0, torch.nan, 1.0])}, expected))


@pytest.mark.parametrize("numpy", [True, False])
def test_both_references_are_one(numpy, monkeypatch):
    monkeypatch.setattr(racing, "BY_NUMPY", 1e9 if numpy else 0)
    problem = Problem.of("mut1", (5, 3, 6, 6), "float64")
    found = racing.reference(problem, Case("mut1", "float64", (5, 3, 6, 6), ()), CPU)
    other = racing.Reference(problem).result()
    assert set(found) == set(other)
    for key in other:
        np.testing.assert_allclose(found[key].numpy(), other[key], rtol=1e-9, atol=1e-12)


def test_a_contestant_that_fails_is_out_and_the_others_go_on(monkeypatch):
    def fail(self):
        raise torch.OutOfMemoryError("CUDA out of memory.\nand more")

    monkeypatch.setattr(racing.Convolution, "read", fail)
    rows = race(Case("rnn", "float32", SIZE, ("convolution", "numpy", "loop")))
    for phase in cases.PHASES:
        status = {row["backend"]: row["status"] for row in rows if row["phase"] == phase}
        assert status == {"numpy": "ok", "loop": "ok",
                          "convolution": "out of memory: CUDA out of memory."}


@pytest.mark.parametrize("text, words", [
    ("backend: got 'native' for LSTM(3, 2), expected 'auto' or 'eager'. It has no such cell",
     "It has no such cell"),
    ("x: got shape (1,), expected shape (T, B)",
     "x: got shape (1,), expected shape (T, B)"),
    ("compile failed\nlong log", "RuntimeError: compile failed"),
    ("no such file: /home/me/.cache/a.so: short", "RuntimeError: no such file: (a file): short"),
    ("y" * 500, "RuntimeError: " + "y" * 143 + "..."),
])
def test_a_reason_is_one_line(text, words):
    assert racing.in_few_words(RuntimeError(text)) == words


@pytest.mark.skipif(not shutil.which("g++"), reason="torch.compile wants a C++ compiler, g++")
def test_the_loop_compiled_is_the_loop():
    rows = race(Case("rnn", "float64", (3, 2, 2, 2), ("loop", "compiled")))
    assert [row["backend"] for row in rows] == ["loop", "compiled"] * 2
    assert all(row["status"] == "ok" and row["error"] < 1e-12 for row in rows)


def test_the_convolution_sees_four_steps_and_none_to_come():
    rival = racing.Convolution(Problem.of("lstm", (9, 2, 3, 5), "float64"))
    assert rival.step().shape == (2, 5, 9)
    before = rival.forward()
    with torch.no_grad():
        rival.x[:, :, 4] += 1
    changed = (rival.forward() != before).any(dim=(0, 1)).tolist()
    assert changed == [4 <= t < 8 for t in range(9)]


# ---- clocks


def test_contestants_take_turns(monkeypatch):
    taken = []
    monkeypatch.setattr(timing, "warmed", lambda call, *_: 3)
    monkeypatch.setattr(timing, "clock", lambda call, times, _: taken.append(
        (call.__self__.__class__.__name__, times)) or 0.001)
    race(Case("rnn", "float32", SIZE, ("eager", "torch.nn", "loop")),
         racing.Rules("cpu", checked=False, turns=2))
    turn = [("TorchOurs", 3), ("TorchModule", 3), ("TorchCell", 3)]
    assert taken == 4 * turn                           # two turns of two phases


def test_a_turn_has_as_many_calls_as_fit(monkeypatch):
    monkeypatch.setattr(timing, "clock", lambda call, times, device: 0.004)
    assert timing.warmed(lambda: None, 0.02, CPU) == 5
    assert timing.warmed(lambda: None, 0.001, CPU) == 1
    assert timing.warmed(lambda: None, 1e9, CPU) == timing.MOST


def test_kernels_are_what_runs_on_the_device_but_for_copies():
    def event(name, kind):
        return SimpleNamespace(name=name, device_type=getattr(torch.autograd.DeviceType, kind))

    assert timing.counted([
        event("gemm", "CUDA"), event("aten::mm", "CPU"), event("Memcpy DtoD", "CUDA"),
        event("Memset (Device)", "CUDA"), event("tanh", "CUDA")]) == 2


def test_precision_is_that_of_the_dtype():
    for dtype, words in (("tf32", ("high", "tf32", "tf32")),
                         ("float32", ("highest", "ieee", "ieee"))):
        timing.precision(dtype)
        cudnn = torch.backends.cudnn
        assert (torch.get_float32_matmul_precision(), cudnn.rnn.fp32_precision,
                cudnn.conv.fp32_precision) == words


# ---- a process that falls or hangs


class Scripted(Worker):
    """What the process would say, job by job; an exception is what it would not."""

    def __init__(self, *scripts):
        self.scripts, self.jobs, self.starts = list(scripts), [], 0

    def start(self):
        self.starts += 1

    def stop(self):
        pass

    def _ask(self, job):
        self.jobs.append(job)
        for said in self.scripts.pop(0):
            if isinstance(said, Exception):
                raise said
            yield said


def rows(*names):
    return ("rows", [{"backend": name} for name in names])


def test_who_hangs_is_left_out_and_gets_its_reason():
    case = Case("lstm", "float32", SIZE, ("eager", "loop"))
    worker = Scripted([rows("eager", "loop"), Stuck("loop", "time limit")],
                      [rows("eager"), rows("eager")])
    first, second = worker.race(case)
    assert [row["backend"] for row in first] == ["eager", "loop"]
    assert second == [{"backend": "eager"}, {
        "cell": "lstm", "backend": "loop", "phase": "training", "dtype": "float32",
        "T": 5, "B": 3, "M": 4, "D": 6, "status": "time limit"}]
    assert worker.jobs == [(case, ()), (case, ("loop",))] and worker.starts == 1


def test_who_hangs_without_a_contestant_ends_the_case():
    case = Case("lstm", "float32", SIZE, ("eager",))
    worker = Scripted([Stuck("reference", "fell")])
    ((row,),) = worker.race(case)
    assert row["backend"] == "reference" and row["status"] == "fell" and worker.starts == 1


def test_a_real_process_is_replaced():
    worker = Worker(RULES, patience=120)
    try:
        case = Case("rnn", "float32", SIZE, ("eager",))
        os.kill(worker.process.pid, signal.SIGKILL)
        worker.process.join()
        assert [row["status"] for rows in worker.race(case) for row in rows] == ["ok", "ok"]
        worker.patience = 0.5
        os.kill(worker.process.pid, signal.SIGSTOP)
        with pytest.raises(Stuck, match="start: time limit: no end after 0.5 s"):
            list(worker._ask((case, ())))
    finally:
        worker.stop()


def test_a_process_that_is_not_needed_ends_of_itself():
    worker = Worker(RULES, patience=120)
    worker.close()
    assert worker.process.exitcode == 0


# ---- the table and what it shows


def row(cell="lstm", backend="triton", phase="forward", ms=1.0, status="ok", auto="yes",
        size=cases.MAIN, dtype="bfloat16"):
    return {"cell": cell, "backend": backend, "phase": phase, "dtype": dtype,
            **dict(zip("TBMD", size)), "ms": ms, "status": status, "auto": auto}


def of(goal, rows):
    return next(one for one in goals.goals(rows) if one.of == goal)


def test_goals_are_met_by_times_and_by_ratios():
    name = "lstm bfloat16 1024,64,512,512 forward"
    assert of(name, [row(ms=2.4)]).met is True
    assert of(name, [row(ms=2.6)]).met is False
    assert of(name, []).met is None
    assert of(name, [row(ms=0.1, status="wrong by 1.0e+00")]).met is None
    # Our kernels count, whatever else is faster.
    assert of(name, [row(ms=0.1, backend="graph", auto=None), row(ms=3.0)]).got == 3.0
    size = (256, 64, 1024, 1024)
    both = [row("gru", ms=2.0, size=size), row("gru", "torch.nn", ms=5.2, auto=None, size=size)]
    found = of("nn / ours: gru bfloat16 256,64,1024,1024 forward", both)
    assert found.got == pytest.approx(2.6) and found.met
    beside = [row(ms=1.0, size=cases.BESIDE), row("nig", ms=1.2, size=cases.BESIDE),
              row("nig", "loop", ms=30.0, auto=None, size=cases.BESIDE)]
    assert of("nig / our lstm, forward", beside).met is False
    assert of("loop / nig, forward", beside).got == pytest.approx(25)


def test_the_report_counts_what_is_met_and_names_what_failed():
    text = "\n".join(goals.report([row(ms=2.4), row(phase="training", ms=9.0),
                                   row("fgr", ms=None, status="no kernel", auto=None)]))
    assert "a time: 1 met of 2 measured, 0 not measured" in text
    assert "NOT MET" in text and "fgr triton forward bfloat16 1024,64,512,512: no kernel" in text


def test_shares_are_of_the_ceilings_of_the_same_dtype():
    ceilings = [{"backend": "copy", "dtype": "", "ms": 2.0, "gbyte": 8.0},
                {"backend": "matmul", "dtype": "float32", "ms": 1.0, "gflop": 50.0},
                {"backend": "matmul", "dtype": "bfloat16", "ms": 1.0, "gflop": 800.0}]
    found = Shares(ceilings).of({"dtype": "bfloat16", "ms": 4.0, "gflop": 320.0, "gbyte": 4.0})
    assert found == {"matrix_share": pytest.approx(0.1), "bandwidth_share": pytest.approx(0.25)}
    assert Shares(ceilings).of({"dtype": "bfloat16", "ms": None}) == {}


# ---- the command


TINY = ["--device=cpu", "--turns=1", "--seconds=0.001", "--dtypes=float32"]


def test_the_command_writes_a_table_and_goes_on_with_it(tmp_path, capsys):
    given = [*TINY, "--cells=lstm,mgu", "33,2,3,5", f"--folder={tmp_path}", "--commit=abc"]
    main([*given, "--minutes=1e-9"])
    assert "2 of 2 cases were not begun" in capsys.readouterr().out
    main([*given, "--resume"])
    stored = measured("gpu", tmp_path)
    assert set(stored.rows[0]) == set(COLUMNS) == set(stored.about["columns"])
    assert {row["backend"] for row in stored.rows} >= {"copy", "matmul", "launch", "eager", "loop",
                                                       "torch.nn", "convolution", "native"}
    assert all(row["matrix_share"] > 0 for row in stored.rows if row["cell"] and row["ms"])
    for name in ("torch", "device", "date", "command", "how", "versions"):
        assert stored.about[name]
    assert stored.about["commit"] == "abc" and "--commit=abc" in stored.about["command"]
    text = (tmp_path / "gpu.csv").read_text()
    (tmp_path / "gpu.csv").write_text(text + "lstm,half a r")
    main([*given, "--resume"])                         # nothing is left to do
    assert (tmp_path / "gpu.csv").read_text() == text
    assert "error" in capsys.readouterr().out

    with pytest.raises(SystemExit, match="gpu.csv: got a table in .*, expected none. Go on with"):
        main(given)
    with pytest.raises(SystemExit, match="gpu.json: got a table made with commit 'abc', expected"):
        main([*given[:-1], "--commit=def", "--resume"])
    main(["--only=summary", f"--folder={tmp_path}"])
    assert "not measured" in capsys.readouterr().out


def test_a_quick_table_is_no_result_of_the_book(monkeypatch):
    whole = arguments([])
    assert whole.folder.parts[-2:] == ("book", "results") and not whole.begin_anew
    for given in (["--quick"], ["--device=cpu"], ["--cells=lstm"], ["3,2,2,2"], ["--only=check"]):
        found = arguments(given)
        assert found.folder.parts[-2:] == ("_build", "results") and found.begin_anew
    assert arguments(["--quick", "--folder=book/results"]).folder.parts == ("book", "results")


@pytest.mark.parametrize("given, found", [
    (["--only=ceilings"], set()),
    (["--cells=nig"], {("nig", "bfloat16"), ("nig", "float64")}),
    (["--cells=nig", "--only=time"], {("nig", "bfloat16")}),
    (["--cells=gru,nig", "--dtypes=tf32,float64", "3,2,2,2"],
     {("gru", "tf32"), ("gru", "float64"), ("nig", "tf32"), ("nig", "float64")}),
])
def test_what_is_asked_for_is_raced(given, found):
    assert {(case.cell, case.dtype) for case in listed(arguments(given))} == found


@pytest.mark.parametrize("given, words", [
    ("--dtypes=float8", "got 'float8', expected one of float32, tf32, bfloat16"),
    ("--only=all", "got 'all', expected one of check, time, ceilings, summary"),
    ("--device=tpu", "got 'tpu', expected one of cuda, cpu"),
    ("--minutes=-1", "got '-1', expected a number of minutes above 0"),
    ("--cells=lstn", "got 'lstn', expected names joined by commas"),
])
def test_a_wrong_argument_gets_a_sentence(given, words, capsys):
    with pytest.raises(SystemExit):
        arguments([given])
    assert words in capsys.readouterr().err


def test_without_a_gpu_or_a_table_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit, match="--device: got cuda, expected a GPU that torch can use"):
        main([f"--folder={tmp_path}"])
    with pytest.raises(SystemExit, match="gpu.csv: got no such table"):
        main(["--only=summary", f"--folder={tmp_path}"])
    assert not list(tmp_path.iterdir())


def test_a_line_says_what_a_row_says():
    text = line({**dict.fromkeys(COLUMNS), **row(ms=2.5), "error": 0.01, "launches": 7,
                 "matrix_share": 0.25})
    for words in ("lstm", "triton", "1024,64,512,512", "2.5000 ms", "25.0 %", "1.0e-02",
                  "7 kernels"):
        assert words in text

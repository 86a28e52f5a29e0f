"""The benchmarks race equals, count rightly, and keep the page in order; no time is judged here."""

import datetime
import math

import numpy as np
import pytest

from benchmarks import machine, memory, races, tables
from benchmarks.__main__ import arguments, main
from benchmarks.contestants import (Ours, Problem, TorchCell, TorchModule, TorchOurs, contestant,
                                    size_for)
from benchmarks.torch_cells import RIVALS
from lstmlib.numpy import CELLS

SIZE = (7, 2, 3, 5)
TINY = "3,2,2,2"
PAGE = "Before.\n" + "".join(
    f"\n<!-- {name}: written -->\n\nold {name}\n\n<!-- end of {name} -->\n"
    for name in tables.TABLES)


def problem(name):
    """Every parameter random, so that none can be left out unseen."""
    found = Problem.of(name, size_for(name, SIZE), "float64")
    rng = np.random.default_rng(1)
    found.params = {key: 0.5 * rng.normal(size=value.shape) for key, value in found.params.items()}
    return found


def assert_same(one, other):
    assert set(one) == set(other)
    for key in one:
        np.testing.assert_allclose(one[key], other[key], rtol=1e-9, atol=1e-9, err_msg=key)


# ---- the contestants


def test_every_cell_has_a_torch_rival():
    assert set(CELLS) <= set(RIVALS)


@pytest.mark.parametrize("name", CELLS)
def test_the_torch_cell_does_the_same_work_as_ours(name):
    given = problem(name)
    assert_same(TorchCell(given).result(), Ours(given).result())


@pytest.mark.parametrize("name", CELLS)
def test_lstmlib_torch_does_the_same_work_as_lstmlib_numpy(name):
    given = problem(name)
    assert_same(TorchOurs(given).result(), Ours(given).result())


@pytest.mark.parametrize("name", TorchModule.kinds)
def test_the_module_of_torch_does_the_same_work_as_ours(name):
    given = problem(name)
    assert_same(TorchModule(given, name).result(), Ours(given).result())


@pytest.mark.parametrize("who", ["lstmlib.torch", "torch.nn", "torch cell"])
def test_the_forward_pass_alone_gives_the_outputs_of_the_step(who):
    rival = contestant(who, "gru", SIZE, "float64")
    outputs = rival.forward()
    assert not outputs.requires_grad
    assert_same({"outputs": outputs.numpy()}, {"outputs": rival.step().detach().numpy()})


@pytest.mark.parametrize("who", ["lstmlib.torch", "torch.nn", "torch cell"])
def test_a_second_step_adds_nothing_to_the_first(who):
    rival = contestant(who, "lstm", SIZE, "float64")
    once = {key: value.copy() for key, value in rival.result().items()}
    assert_same(rival.result(), once)


@pytest.mark.parametrize("name, multiplied", [
    ("rnn", 3 * 7 * 2 * (5 * 3 + 5 * 5)),
    ("lstm", 3 * 7 * 2 * 4 * (5 * 3 + 5 * 5)),
    ("gru", 3 * 7 * 2 * 3 * (5 * 3 + 5 * 5)),
])
def test_the_floor_is_the_products_of_the_equations(name, multiplied, monkeypatch):
    products = contestant("products", name, SIZE, "float32")
    done = []
    matmul = np.matmul

    def counted(a, b, out):
        done.append(math.prod(a.shape) * b.shape[1])
        return matmul(a, b, out=out)

    monkeypatch.setattr(np, "matmul", counted)
    products.step()
    assert sum(done) == multiplied


def test_contestants_have_one_thread_and_a_user_s_environment():
    inherited = {"PATH": "p", "OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "8",
                 "MALLOC_ARENA_MAX": "1", "LD_PRELOAD": "other"}
    found = races.environment("default", inherited)
    assert found == {"PATH": "p", **races.ONE_THREAD}
    kept = races.environment("kept", inherited)
    assert set(kept) - set(found) == {"MALLOC_MMAP_MAX_", "MALLOC_TRIM_THRESHOLD_"}


def test_a_contestant_that_falls_is_named(capfd):
    with pytest.raises(RuntimeError, match=r"products \(lstn, 3,2,2,2, float32\): got no"):
        races.Rules(1, 0.01, ("default",)).races([("products", "lstn", (3, 2, 2, 2), "float32")])
    assert "lstn" in capfd.readouterr().err


# ---- what is made of the times


def test_a_ratio_is_taken_turn_by_turn():
    times = [[2.0, 1.0], [30.0, 10.0], [0.5, 0.5]]
    assert races.Ratio.of(times, 0, 1) == races.Ratio(2.0, 1.0, 3.0)
    assert races.Ratio.of(times, 0, 1, scale=2) == races.Ratio(1.0, 0.5, 1.5)
    assert str(races.Ratio.of(times, 1, 0)) == "0.50 (0.33 to 1.00)"


def ratios(*medians):
    return [races.Ratio(median, median, median) for median in medians]


@pytest.mark.parametrize("medians, met", [
    ((1.2, 1.0), "**no**"), ((1.0, 1.2), "**no**"), ((1.0, 1.1), "yes"),
    ((1.0, 0.9), "yes, the better one")])
def test_a_goal_is_met_under_both_ways_to_treat_memory_or_not(medians, met):
    assert tables.judged(ratios(*medians), (1.1, 1.0)) == ("1.10, better 1.00", met)


def test_where_there_is_no_goal_none_is_judged():
    assert tables.judged(ratios(2.0), None) == ("", "")
    assert tables.goal(tables.OF_TORCH_CELL, (3, 2, 2, 2)) is None
    assert all(len(goals) == len(tables.SIZES) for goals in tables.SPEED_GOALS.values())


def test_the_least_memory_of_an_lstm():
    T, B, M, D = SIZE
    values = 6 * T * B * D
    gradients = 4 * D * (M + D + 1) + T * B * M + 2 * B * D
    assert memory.least(SIZE, "float64") == 8 * (values + gradients + T * B * M)


def test_the_peak_of_memory_is_that_of_the_step(monkeypatch):
    class Step:
        def __init__(self):
            self.kept = None

        def step(self):
            if self.kept is None:
                self.kept = np.ones(10_000)
            np.ones(50_000)

    monkeypatch.setattr(memory, "contestant", lambda *_: Step())
    found = memory.measure("counted", "lstmlib.numpy", SIZE, "float64")
    for key, expected in (("first", 480_000), ("second", 400_000), ("kept", 80_000)):
        assert abs(found[key] - expected) < 5_000, key


# ---- machine and page


def test_the_cpu_is_told_by_its_model_and_its_vectors(tmp_path):
    info = tmp_path / "cpuinfo"
    info.write_text("processor\t: 0\nmodel name\t: Fast 9\nflags\t\t: fpu avx avx2 avx512f\n")
    assert machine.cpu(info) == "Fast 9 (avx2, avx512)"
    info.write_text("model name\t: Old 1\nflags\t\t: fpu avx\n")
    assert machine.cpu(info) == "Old 1"
    assert machine.cpu(tmp_path / "none")


def test_the_kernel_is_the_one_openblas_names():
    assert machine.core("noise\nCore: Zen\n") == "Zen"
    assert machine.core("") == "not said"


def test_a_table_takes_its_place_and_no_other(tmp_path):
    page = tmp_path / "README.md"
    page.write_text(PAGE)
    tables.write(page, "variants", "| new |\\1\n")
    assert page.read_text() == PAGE.replace("old variants", "| new |\\1")


def test_a_page_without_a_place_is_refused(tmp_path):
    page = tmp_path / "README.md"
    page.write_text("nothing")
    with pytest.raises(ValueError, match="got no place for the table 'speed', expected one pair"):
        tables.write(page, "speed", "text")


def test_the_page_of_the_project_has_a_place_for_each_table(tmp_path):
    page = tmp_path / "README.md"
    page.write_text(tables.README.read_text(encoding="utf-8"), encoding="utf-8")
    for name in tables.TABLES:
        tables.write(page, name, "text")


# ---- the command


@pytest.mark.parametrize("given, words", [
    ("100,32,64", "got '100,32,64', expected T,B,M,D, four integers of at least 1"),
    ("100,32,64,0", "expected T,B,M,D"),
    ("a,b,c,d", "expected T,B,M,D"),
    ("--only=speeds",
     "argument --only: got 'speeds', expected one of speed, variants, memory, torch"),
    ("--cells=rnn,lstn", "argument --cells: got 'lstn', expected names joined by commas, out of"),
    ("--dtype=float16", "argument --dtype: got 'float16', expected one of float32, float64, both"),
    ("--malloc=jemalloc", "got 'jemalloc', expected one of default, kept, both"),
    ("--turns=0", "argument --turns: got '0', expected an integer of at least 1"),
    ("--turns=two", "argument --turns: got 'two', expected an integer of at least 1"),
    ("--seconds=0", "argument --seconds: got '0', expected a number of seconds above 0"),
    ("--seconds=nan", "got 'nan', expected a number of seconds above 0"),
])
def test_a_wrong_argument_gets_a_sentence(given, words, capsys):
    with pytest.raises(SystemExit):
        arguments([given])
    assert words in capsys.readouterr().err


def test_sizes_are_those_given_or_the_five():
    assert arguments([]).sizes == tables.SIZES
    assert arguments(["3,2,2,2", "5,1,4,3"]).sizes == ((3, 2, 2, 2), (5, 1, 4, 3))


@pytest.mark.parametrize("only, more, heads", [
    ("speed", ["--cells=gru,clockwork", "--dtype=float64", "--malloc=default"],
     ["torch.nn ms", "products ms"]),
    ("variants", ["--cells=mut1"], ["LSTM, malloc default", "LSTM, malloc kept", "mut1"]),
    ("memory", ["--malloc=kept"], ["least MB", "µs a time step"]),
    ("torch", ["--cells=rnn,mut1", "--dtype=float64", "--malloc=default"],
     ["torch.nn ms", "torch cell ms", "mut1", "1.05"]),
])
def test_each_table_from_the_command_to_the_page(only, more, heads, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(tables, "LENGTHS", (2, 4))
    page = tmp_path / "README.md"
    page.write_text(PAGE)
    main([TINY, "--only", only, *more, "--turns=1", "--seconds=0.01", "--write"], page)
    text = page.read_text()
    assert f"old {only}" not in text
    assert all(f"old {name}" in text for name in tables.TABLES if name != only)
    today = datetime.date.today().isoformat()
    assert all(words in text for words in [*heads, TINY, today, "torch 2"])
    assert "nan" not in text
    printed = capsys.readouterr().out
    assert all(line in printed for line in text.splitlines() if line.startswith("|"))

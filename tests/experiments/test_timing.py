"""The experiment on timing: spikes and what is asked of them, and that its tables hold."""

import numpy as np
import pytest

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.protocol import best
from lstmlib.experiments.timing import CHOSEN, PEEPHOLES, TIMING, Measure, Repeat, cell_of
from lstmlib.numpy import LSTM, Peephole


def test_an_interval_is_measured_at_the_spike_that_ends_it():
    task = Measure(interval=4, spikes=3)
    inputs, targets, mask = task.batch(np.random.default_rng(0), 40, np.float32)
    assert inputs.shape == targets.shape == (11, 40, 1) and inputs.dtype == np.float32
    found = set()
    for column in range(40):
        at = np.flatnonzero(inputs[:, column, 0])
        assert at[0] == 0 and len(at) == 3
        np.testing.assert_array_equal(np.flatnonzero(mask[:, column]), at[1:])
        np.testing.assert_array_equal(targets[at[1:], column, 0], np.diff(at) - 4)
        found.add(tuple(np.diff(at)))
    assert found == {(4, 4), (4, 5), (5, 4), (5, 5)}
    assert task.score(targets - 0.5, targets, mask) == 1
    assert task.score(0.5 - targets, targets, mask) == 0


def test_an_interval_is_repeated_after_its_second_spike():
    task = Repeat(least=2, most=4, begin=3)
    inputs, targets, mask = task.batch(np.random.default_rng(0), 90, np.float32)
    found = set()
    for column in range(90):
        first, second = np.flatnonzero(inputs[:, column, 0])
        (fired,) = np.flatnonzero(targets[:, column, 0])
        assert fired - second == second - first
        found.add((first, second - first))
    assert found == {(begin, apart) for begin in range(3) for apart in (2, 3, 4)} and mask.all()
    assert task.score(targets, targets, mask) == 1
    assert task.score(np.roll(targets, 1, axis=0), targets, mask) == 0


@pytest.mark.parametrize("name", PEEPHOLES)
def test_a_name_says_which_gates_see_c(name):
    cell = cell_of(name, 3)
    if name == "none":
        assert type(cell) is LSTM
    else:
        assert type(cell) is Peephole and cell.peepholes == name
    seen = 0 if name == "none" else len(name)
    assert cell.count() == LSTM(1, 3).count() + 3 * seen and cell.forget_bias == 1


def test_the_chosen_rates_are_the_best_of_the_table_of_rates():
    table = rows("timing_rates")
    assert not {row["seed"] for row in table} & set(TIMING.seeds)
    assert best(table, ["task", "peepholes"]) == {
        (task, name): rate for task, rates in CHOSEN.items() for name, rate in rates.items()}


def test_a_live_run_agrees_with_the_table():
    row = next(row for row in rows("timing") if row["seed"] == 0
               and (row["task"], row["peepholes"]) == ("repeat", "none"))
    assert run_one("timing", row)["loss_10"] == pytest.approx(row["loss_10"], rel=0.1)

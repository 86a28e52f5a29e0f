"""The experiment on the variants: its tasks, its pairs, and that its tables hold."""

import numpy as np
import pytest

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.protocol import best
from lstmlib.experiments.variants import (CHOSEN, TASKS, VARIANTS, Close, Counting, Parity, Symbols,
                                          variant)
from lstmlib.numpy import CELLS, Peephole
from lstmlib.tasks import ContinualReber


def test_each_task_has_a_variant_and_a_batch_of_its_sizes():
    family = {name for name, kind in CELLS.items() if issubclass(kind, Peephole)}
    assert set(TASKS) == family - {"peephole", "depth_gated"}
    for task, asked in TASKS.values():
        for one in filter(None, (task, asked)):
            inputs, targets, mask = one.batch(np.random.default_rng(0), 4, np.float32)
            assert inputs.shape == (*mask.shape, task.input_size) and inputs.dtype == np.float32
            assert targets.shape[:2] == mask.shape and one.loss is task.loss


def test_counting_counts():
    task = Counting(9)
    inputs, targets, mask = task.batch(np.random.default_rng(2), 20, np.float32)
    for column in range(20):
        ones = 0
        for t in range(9):
            ones += inputs[t, column, 0] == 1
            assert targets[t, column, 0] == pytest.approx(ones / 10)
    assert mask.all() and set(np.unique(inputs)) == {0, 1}
    assert task.score(targets + 0.049, targets, mask) == 1
    assert task.score(targets + 0.051, targets, mask) == 0


def test_parity_turns_over_at_each_one():
    task = Parity(9)
    inputs, targets, mask = task.batch(np.random.default_rng(2), 20, np.float32)
    bits = inputs.argmax(axis=-1)
    assert (targets[0] == bits[0]).all() and mask.all()
    assert ((targets[1:] != targets[:-1]) == (bits[1:] == 1)).all()
    assert task.score(np.eye(2)[targets], targets, mask) == 1
    assert task.score(np.eye(2)[1 - targets], targets, mask) == 0


def test_the_scores_that_the_library_does_not_have():
    sums = np.zeros((2, 4, 1))
    mask = np.array([[False] * 4, [True] * 4])
    outputs = np.array([[9, 9, 9, 9], [0.05, -0.05, 0.2, -0.11]])[..., None]
    assert Close(2).score(outputs, sums, mask) == 0.5
    _, targets, mask = Symbols(30).batch(np.random.default_rng(1), 5, np.float32)
    outputs = np.random.default_rng(2).normal(size=(30, 5, 7))
    right = ContinualReber(30).right(outputs, targets, mask)
    assert Symbols(30).score(outputs, targets, mask) == right.sum() / right.size


@pytest.mark.parametrize("change", list(TASKS))
def test_whole_and_changed_are_trained_on_the_same_with_cells_of_their_own(change, monkeypatch):
    seen = []

    def note(seed, cell, task, learning_rate, asked, **training):
        seen.append((type(cell), cell.hidden_size, task, asked, learning_rate))
    monkeypatch.setattr("lstmlib.experiments.variants.learn", note)
    for cell in ("whole", "changed"):
        variant(0, change, cell, 0.5, hidden_size=3)
    task, asked = TASKS[change]
    assert seen == [(kind, 3, task, asked, 0.5) for kind in (Peephole, CELLS[change])]


def test_the_chosen_rates_are_the_best_of_the_table_of_rates():
    table = rows("variants_rates")
    assert not {row["seed"] for row in table} & set(VARIANTS.seeds)
    assert best(table, ["change", "cell"]) == {
        (change, cell): rate for change, rates in CHOSEN.items() for cell, rate in rates.items()}


def test_a_live_run_agrees_with_the_table():
    for row in rows("variants"):
        if (row["change"], row["seed"]) == ("cifg", 0):
            found = run_one("variants", row)
            assert found["loss_10"] == pytest.approx(row["loss_10"], rel=0.2)

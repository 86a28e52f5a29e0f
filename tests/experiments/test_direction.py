"""The experiment on the directions: what is asked, who can know it, and that its tables hold."""

import numpy as np
import pytest

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.direction import (CHOSEN, DIRECTION, LETTERS, RATES, READING, SHIFTS,
                                           Shifted, cell_of)
from lstmlib.experiments.protocol import best
from lstmlib.numpy import LSTM, Bidirectional


@pytest.mark.parametrize("task", list(SHIFTS))
def test_letters_are_shifted_by_the_marks(task):
    inputs, targets, mask = Shifted(SHIFTS[task], 5).batch(np.random.default_rng(1), 30, np.float32)
    assert inputs.shape == (7, 30, 6) and inputs.dtype == np.float32
    assert (inputs.sum(axis=-1) == 1).all() and mask[1:-1].all() and not mask[[0, -1]].any()
    for column in range(30):
        ids = inputs[:, column].argmax(axis=-1)
        first, last = ids[0] - 4, ids[-1] - 4
        assert {first, last} <= {0, 1} and max(ids[1:-1]) < 4
        add = {"past": 2 * first, "future": 2 * last, "both": first + 2 * last}[task]
        np.testing.assert_array_equal(targets[1:-1, column], (ids[1:-1] + add) % 4)


def test_backwards_is_the_same_sequence_from_its_end():
    there, back = (Shifted((1, 2), 5, reverse).batch(np.random.default_rng(1), 3, np.float32)
                   for reverse in (False, True))
    for a, b in zip(there, back):
        np.testing.assert_array_equal(a, b[::-1])


def test_the_score_counts_letters_and_not_marks():
    task = Shifted((2, 0), 5)
    _, targets, mask = task.batch(np.random.default_rng(2), 40, np.float32)
    outputs = np.eye(LETTERS)[targets]
    outputs[[0, -1]] = 0
    assert task.score(outputs, targets, mask) == 1
    outputs[1:3] = np.roll(outputs[1:3], 1, axis=-1)
    assert task.score(outputs, targets, mask) == 0.6


def test_both_halves_together_have_no_more_parameters_than_the_one():
    D = DIRECTION.fixed["hidden_size"]
    one, both = cell_of("backwards", D), cell_of("both ways", D)
    assert type(one) is LSTM and one.hidden_size == D and type(both) is Bidirectional
    half = both.forward.hidden_size
    assert both.backward.hidden_size == half

    def numbers(D, halves):
        return halves * 4 * D * (6 + D + 1) + 4 * (halves * D + 1)

    assert numbers(half, 2) <= numbers(D, 1) < numbers(half + 1, 2)


def test_the_chosen_rates_are_the_best_of_the_table_of_rates():
    table = rows("direction_rates")
    assert not {row["seed"] for row in table} & set(DIRECTION.seeds)
    found = best(table, ["task", "reading"])
    assert found == {(task, way): CHOSEN[task][way] for task in SHIFTS for way in READING}
    assert set(found.values()) <= set(RATES)


def test_a_live_run_agrees_with_the_table():
    for row in rows("direction"):
        if (row["task"], row["seed"]) == ("future", 0):
            assert run_one("direction", row)["score"] == pytest.approx(row["score"], abs=0.02)

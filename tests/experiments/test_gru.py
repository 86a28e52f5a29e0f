"""The experiment on the GRU and its kin: sizes, the spread pairs, and that its tables hold."""

import numpy as np
import pytest

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.gru import CHOSEN, GRU_ADDING, MODELS, UNITS, Spread, cell_of
from lstmlib.experiments.protocol import best
from lstmlib.tasks import Adding

# Parameters of a cell with M = D: matrices (D, D) and vectors (D,).
SIZES = {"lstm": (8, 4), "gru": (6, 4), "gru_before": (6, 3), "mgu": (4, 2), "mut1": (4, 3),
         "mut2": (5, 3), "mut3": (6, 3)}


def numbers(name, D):
    matrices, vectors = SIZES[name]
    return matrices * D * D + vectors * D + D + 1              # with the read-out


@pytest.mark.parametrize("name", list(SIZES))
def test_there_is_a_model_of_equal_width_and_one_of_equal_parameters(name):
    units = [int(model.split()[1]) for model in MODELS if model.split()[0] == name]
    budget = numbers("lstm", UNITS)
    assert units[0] == UNITS and len(units) == (1 if name == "lstm" else 2)
    assert numbers(name, units[-1]) <= budget < numbers(name, units[-1] + 1)
    for D in units:
        cell = cell_of(f"{name} {D}")
        assert cell.input_size == cell.hidden_size == D
        assert cell.count() + D + 1 == numbers(name, D)


def test_a_pair_is_spread_by_one_matrix_and_can_be_read_off_again():
    ours, plain = Spread(12, 5), Adding(12)
    inputs, targets, mask = ours.batch(np.random.default_rng(3), 50, np.float32)
    pairs, sums, asked = plain.batch(np.random.default_rng(3), 50, np.float32)
    assert inputs.shape == (12, 50, 5) and inputs.dtype == np.float32
    read = np.linalg.lstsq(ours.matrix.T, inputs.reshape(-1, 5).T, rcond=None)[0].T
    np.testing.assert_allclose(read.reshape(12, 50, 2), pairs, atol=1e-5)
    np.testing.assert_array_equal(targets, sums)
    np.testing.assert_array_equal(mask, asked)
    assert (Spread(3, 5).matrix == ours.matrix).all()


def test_the_constant_is_right_as_often_as_it_says():
    task = Spread(10, 4)
    _, targets, mask = task.batch(np.random.default_rng(0), 20_000, np.float32)
    assert task.score(np.ones_like(targets), targets, mask) == pytest.approx(0.19, abs=0.01)


def test_the_chosen_rates_are_the_best_of_the_table_of_rates():
    table = rows("gru_rates")
    assert not {row["seed"] for row in table} & set(GRU_ADDING.seeds)
    assert best(table, ["model"]) == {(model,): rate for model, rate in CHOSEN.items()}


def test_a_live_run_agrees_with_the_table():
    for row in rows("gru"):
        if (row["steps"], row["seed"]) == (50, 0) and row["model"] in ("gru 16", "mgu 16"):
            assert run_one("gru", row)["loss_10"] == pytest.approx(row["loss_10"], abs=0.03)

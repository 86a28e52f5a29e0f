"""The gap experiment with a GRU and a clockwork network: its protocol, and that its tables hold."""

import numpy as np
import pytest

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.gap import GAP, GAPS
from lstmlib.experiments.gap_cells import GAP_CELLS, MODELS, RATES, cell_of, recall
from lstmlib.experiments.gap_lstm import GAP_LSTM
from lstmlib.numpy import RNN
from lstmlib.tasks import Recall


def test_the_protocol_is_that_of_the_other_two():
    for other in (GAP, GAP_LSTM):
        assert GAP_CELLS.measures == other.measures
        assert GAP_CELLS.seeds == other.seeds[:10]
        assert GAP_CELLS.grid["gap"] == other.grid["gap"]
    same = {key: value for key, value in GAP_CELLS.fixed.items() if key != "learning_rates"}
    assert same.items() <= GAP_LSTM.fixed.items()


def test_each_cell_comes_as_wide_and_as_large_as_the_plain_one():
    plain = RNN(Recall().input_size, GAP.fixed["hidden_size"])
    for name, widths in {"gru": (32, 16), "clockwork": (32, 40)}.items():
        wide, fitting = (cell_of(f"{name} {units}") for units in widths)
        assert wide.hidden_size == plain.hidden_size
        assert 0.9 * plain.count() < fitting.count() <= plain.count()
    more = type(cell_of("gru 16"))(Recall().input_size, 17)
    assert more.count() > plain.count()


def test_a_run_learns_a_short_gap_and_nothing_at_a_rate_of_almost_zero():
    training = {"updates": 150, "batch": 32, "tested": 200}
    for model in MODELS:
        assert recall(0, model, 2, 0.01, **training)["accuracy"] > 0.99
        assert recall(0, model, 2, 1e-12, **training)["accuracy"] < 0.6


def test_the_chosen_rates_are_the_best_of_the_table_of_rates_and_not_at_its_edge():
    """On seeds that the table of the gap does not use."""
    table = rows("gap_cells_rates")
    assert not {row["seed"] for row in table} & set(GAP_CELLS.seeds)
    assert {row["gap"] for row in table} == set(GAPS)
    for model in MODELS:
        means = {rate: np.mean([row["accuracy"] for row in table
                                if (row["model"], row["learning_rate"]) == (model, rate)])
                 for rate in RATES}
        chosen = GAP_CELLS.fixed["learning_rates"][model]
        assert chosen == max(means, key=means.get), means
        assert min(RATES) < chosen < max(RATES)


def test_a_live_run_agrees_with_the_table():
    for row in rows("gap_cells"):
        if row["gap"] == 5 and row["seed"] == 0:
            found = run_one("gap_cells", row)
            assert found["accuracy"] == pytest.approx(row["accuracy"], abs=0.02)
            assert found["gradient_first"] == pytest.approx(row["gradient_first"], rel=1e-6)

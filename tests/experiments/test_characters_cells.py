"""Characters with a GRU, two layers and a clockwork network: sizes, rates, and a beginning."""

import numpy as np
import pytest

from lstmlib.experiments import characters, characters_cells, league, rows
from lstmlib.experiments.characters_cells import CHARACTERS_CELLS, MODELS, RATES, network
from lstmlib.tasks import text

K, M = 98, 32
CELL = {
    "GRU 60": 3 * 60 * (M + 60 + 1) + 60,
    "LSTM 35 + 35": 4 * 35 * (M + 35 + 1) + 4 * 35 * (35 + 35 + 1),
    # module m of s units hears the modules m ... 7
    "clockwork 117": 117 * (M + 1) + sum(
        s * sum(([15] * 5 + [14] * 3)[m:]) for m, s in enumerate([15] * 5 + [14] * 3)),
}


@pytest.mark.parametrize("model", MODELS)
def test_the_parameters_are_those_of_the_formula_and_at_most_the_tanh_networks(model):
    width = {"GRU 60": 60, "LSTM 35 + 35": 35, "clockwork 117": 117}[model]
    count = network(model).count()
    assert count == CELL[model] + K * M + K * (width + 1)
    tanh = league.row("tanh RNN, 100 units")["numbers"]
    assert 0.98 * tanh < count <= tanh


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match="model: got 'GRU', expected one of GRU 60; LSTM 35"):
        network("GRU")


def test_the_chosen_rates_are_the_best_of_the_table_of_rates_and_not_at_its_edge():
    table = rows("characters_cells_rates")
    assert not {row["seed"] for row in table} & set(CHARACTERS_CELLS.seeds)
    for model in MODELS:
        means = {rate: np.mean([row["validation"] for row in table
                                if (row["model"], row["learning_rate"]) == (model, rate)])
                 for rate in RATES}
        chosen = CHARACTERS_CELLS.fixed["learning_rates"][model]
        assert chosen == min(means, key=means.get), means
        assert min(RATES) < chosen < max(RATES)


def test_the_beginning_of_a_run_agrees_with_the_table():
    """The first 200 updates again, by the table's rate."""
    model = "GRU 60"
    rate = CHARACTERS_CELLS.fixed["learning_rates"][model]
    net, validation = network(model), characters.encoded()[1]
    for record in characters.trained(4, net, rate, characters_cells.UPDATES):
        if record.step == CHARACTERS_CELLS.fixed["looked"]:
            break
    early = text.surprise(net, record.params, validation)[1:].mean()
    row, = [row for row in rows("characters_cells") if (row["model"], row["seed"]) == (model, 4)]
    assert early == pytest.approx(row["early"], abs=0.02)
    assert row["test"] < row["early"] - 0.3

"""The character networks are trained as their table says, and the table and the league hold."""

import statistics

import numpy as np
import pytest

from lstmlib.experiments import characters, league, rows
from lstmlib.experiments.characters import CHARACTERS, MODELS, RATES, network, training
from lstmlib.numpy import Adam, clip


def test_the_parameters_are_those_of_the_formula_and_about_equal_where_they_should_be():
    K, M = 98, 32
    tanh = league.row("tanh RNN, 100 units")["numbers"]
    assert network("tanh 100").count() == tanh == K * M + 100 * (M + 100 + 1) + K * (100 + 1)
    for model in ("LSTM 52", "LSTM 52, equal time"):
        count = network(model).count()
        assert count == K * M + 4 * 52 * (M + 52 + 1) + K * (52 + 1)
        assert 0.98 * tanh < count <= tanh


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match="model: got 'GRU', expected one of tanh 100; LSTM 52"):
        network("GRU")


@pytest.mark.parametrize("model", ["tanh 100", "LSTM 52, equal time"])
def test_windows_in_order_a_carried_state_a_falling_rate_and_a_clipped_gradient(model, monkeypatch):
    """The loop written out: four updates, of which the last has a quarter of the rate."""
    monkeypatch.setitem(MODELS, model, {**MODELS[model], "updates": 4})
    records = list(training(3, model, 0.05))
    assert len(records) == 4
    net, ids = network(model), characters.encoded()[0]
    params, adam, state = net.init(np.random.default_rng(3)), Adam(0.05), None
    count = (len(ids) - 1) // (40 * 24) * 40                # characters of one stream
    starts = count * np.arange(24)
    for k, record in enumerate(records):
        at = starts + 40 * k + np.arange(40)[:, None]
        result = net.loss_and_grads(params, ids[at], ids[at + 1], state)
        assert record.loss == pytest.approx(result.loss, rel=1e-9)
        adam.learning_rate = 0.05 * (4 - k) / 4
        params, state = adam.step(params, clip(result.grads, 1.0)[0]), result.state
    for name, value in params.items():
        np.testing.assert_allclose(records[-1].params[name], value, atol=1e-9)


def test_the_chosen_rates_are_the_best_of_the_table_of_rates():
    """On seeds that the other table does not use, and none at an end of the grid."""
    table = rows("characters_rates")
    assert not {row["seed"] for row in table} & set(CHARACTERS.seeds)
    assert not any(row["error"] for row in table)
    for model in MODELS:
        means = {}
        for row in table:
            if row["model"] == model:
                means.setdefault(row["learning_rate"], []).append(row["validation"])
        assert set(means) == set(RATES)
        best = min(means, key=lambda rate: np.mean(means[rate]))
        assert CHARACTERS.fixed["learning_rates"][model] == best
        assert RATES[0] < best < RATES[-1]


def test_equal_time_is_equal_time():
    seconds = {}
    for row in rows("characters"):
        assert not row["error"]
        seconds.setdefault(row["model"], []).append(row["train_seconds"])
    taken = {model: statistics.median(values) for model, values in seconds.items()}
    for model in MODELS:
        if "equal time" in model:
            assert taken[model] == pytest.approx(taken["tanh 100"], rel=0.2)


def test_the_beginning_of_a_live_run_agrees_with_the_table():
    row = next(r for r in rows("characters") if r["model"] == "LSTM 52" and r["seed"] == 4)
    looked = CHARACTERS.fixed["looked"]
    for record in training(4, "LSTM 52", CHARACTERS.fixed["learning_rates"]["LSTM 52"]):
        if record.step == looked:
            break
    early = characters.bits_of("LSTM 52", record.params, characters.encoded()[1])
    assert early == pytest.approx(row["early"], abs=0.02)


def test_the_tanh_network_of_the_table_is_that_of_the_league():
    """Chapter 4 trains it with code of its own."""
    row = next(r for r in rows("characters") if r["model"] == "tanh 100" and r["seed"] == 4)
    assert row["test"] == pytest.approx(league.row("tanh RNN, 100 units")["bits"], abs=0.01)


def test_the_leagues_rows_of_chapter_9_are_rows_of_the_table():
    ours = [row for row in league.rows() if row["chapter"] == "training"]
    assert len(ours) == len(MODELS) - 1
    table = {(row["test"].__round__(league.DIGITS), int(row["numbers"])): row
             for row in rows("characters")}
    for entry in ours:
        row = table[entry["bits"], entry["numbers"]]
        assert row["seed"] == entry["seed"] == 4
        assert entry["updates"] == MODELS[row["model"]]["updates"]
        assert entry["characters"] == int(row["characters"])
        assert all(entry[key] == row[key] for key in ("versions", "commit", "machine"))

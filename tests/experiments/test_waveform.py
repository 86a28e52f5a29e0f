"""The experiment on the waves: the waves, the sizes, the error, and that its tables hold."""

import numpy as np
import pytest

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.protocol import best
from lstmlib.experiments.waveform import CELLS, CHOSEN, WAVEFORM, WAVES, learn, said, used, wave
from lstmlib.numpy import unroll


@pytest.mark.parametrize("name", list(WAVES))
def test_a_wave_has_320_samples_that_fill_the_range(name):
    y = wave(name)
    assert y.shape == (320,) and y.min() == -1 and y.max() == pytest.approx(1) and y.var() > 0.05
    turns = (np.diff(np.sign(y - y.mean())) != 0).sum() / 2
    assert 5 < turns < 60                             # neither a line nor noise


def test_all_have_the_parameters_of_the_clockwork_net_or_some_less():
    nine = range(1, 10)                               # module m of 3 units hears those from m on
    clockwork = sum(3 * 3 * (10 - m) for m in nine) + 27 + 27 + 1
    rnn, lstm = 20 * 20 + 20 + 20 + 1, 4 * 10 * 10 + 4 * 10 + 10 + 1
    assert {name: used(cell) for name, cell in CELLS.items()} == {
        "rnn": rnn, "lstm": lstm, "clockwork": clockwork}
    assert 0.95 * clockwork < rnn < lstm < clockwork == 460
    assert CELLS["clockwork"].periods == tuple(2 ** m for m in range(9))


@pytest.mark.parametrize("cell", list(CELLS))
def test_nothing_is_heard_and_the_error_is_a_share_of_the_variance(cell):
    """At a rate of nothing, as the LSTM's first state is an equilibrium that it leaves fast."""
    network, params, errors = learn(3, cell, "chirp", 1e-30, updates=2)
    layer = {name.split(".")[1]: value for name, value in params.items()
             if name.startswith("cell.")}
    assert (layer["W"] == network.init(np.random.default_rng(3), np.float32)["cell.W"]).all()
    deaf = unroll(CELLS[cell], {**layer, "W": 0 * layer["W"]}, np.ones((320, 1, 1), np.float32))
    y = deaf.outputs[:, 0] @ params["read.V"].T[:, 0] + params["read.b_y"]
    np.testing.assert_allclose(said(network, params), y, atol=1e-6)
    target = wave("chirp")
    assert errors == pytest.approx([((y - target) ** 2).mean() / target.var()] * 2, rel=1e-4)


def test_the_chosen_rates_are_the_best_of_the_table_of_rates():
    table = rows("waveform_rates")
    assert not {row["seed"] for row in table} & set(WAVEFORM.seeds)
    found = best(table, ["cell"], lambda some: -np.mean([row["nmse"] for row in some]))
    assert found == {(cell,): rate for cell, rate in CHOSEN.items()}


def test_a_live_run_agrees_with_the_table():
    row = next(row for row in rows("waveform") if row["seed"] == 0
               and (row["cell"], row["wave_name"]) == ("clockwork", "chord"))
    found = run_one("waveform", row)
    assert found["nmse_10"] == pytest.approx(row["nmse_10"], rel=0.1)

"""The nets that have less of a clockwork net: what they hear, what can move, that tables hold."""

import numpy as np
import pytest

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.protocol import best
from lstmlib.experiments.waveform_controls import (
    CHOSEN, CONTROLS, PERIODS, WAVEFORM_CONTROLS, heard, hold, learn, used)
from lstmlib.numpy import RNN, unroll


def test_the_time_and_the_ticks_are_what_they_are_called():
    digits, ticks = heard("digits")[:, 0], heard("ticks")[:, 0]
    assert (digits @ 2 ** np.arange(9) == np.arange(320)).all()
    assert [tuple(t for t in range(320) if ticks[t, m]) for m in range(9)] == [
        tuple(range(0, 320, 2 ** m)) for m in range(9)]
    assert not heard("slow").any()


def test_all_have_at_most_the_parameters_of_the_clockwork_net():
    assert {name: used(name) for name in CONTROLS} == {
        "digits": 16 * (16 + 9 + 1) + 17, "ticks": 16 * (16 + 9 + 1) + 17, "slow": 20 * 21 + 21}
    assert max(used(name) for name in CONTROLS) <= 460


def test_a_slow_unit_moves_by_its_share_of_what_a_plain_one_would():
    network, params, _ = learn(0, "slow", "chirp", 0.1, updates=3)
    start, free = hold("slow", network.init(np.random.default_rng(0), np.float32))
    assert all((params[name][free[name] == 0] == start[name][free[name] == 0]).all()
               for name in params)
    moved = sum((params[name] != start[name])[free[name] == 1].sum() for name in params)
    assert moved == used("slow")
    h, plain = np.zeros(20), {name: params[f"cell.{name}"][40:] for name in "WUb"}
    T = np.repeat(PERIODS, [3, 2, 2, 2, 3, 2, 2, 2, 2])
    run = unroll(CONTROLS["slow"], {k[5:]: v for k, v in params.items() if k.startswith("cell")},
                 heard("slow")[:50])
    for t in range(50):
        new = RNN(1, 20).step(plain, np.zeros(1, np.float32), {"h": h.astype(np.float32)})["h"]
        h = h + (new - h) / T
        np.testing.assert_allclose(run.outputs[t, 0], h, atol=1e-5)


def test_the_chosen_rates_are_the_best_of_the_table_of_rates():
    table = rows("waveform_controls_rates")
    assert not {row["seed"] for row in table} & set(WAVEFORM_CONTROLS.seeds)
    found = best(table, ["control"], lambda some: -np.mean([row["nmse"] for row in some]))
    assert found == {(control,): rate for control, rate in CHOSEN.items()}


def test_a_live_run_agrees_with_the_table():
    row = next(row for row in rows("waveform_controls") if row["seed"] == 0
               and (row["control"], row["wave_name"]) == ("digits", "chord"))
    found = run_one("waveform_controls", row)
    assert found["nmse_10"] == pytest.approx(row["nmse_10"], rel=0.1)

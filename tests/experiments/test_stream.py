"""The experiment on the stream: what the cells differ in, what is asked, and that its table holds."""

import types

import numpy as np
import pytest

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.stream import CELLS, STEPS, STREAM, asked, learn
from lstmlib.numpy import LSTM
from lstmlib.tasks import ContinualReber, EmbeddedReber
from lstmlib.tasks.reber import FOREVER, ONCE

SMALL = {"hidden_size": 5, "strings_in_batch": 3, "streams_in_batch": 2, "steps": 7, "windows": 4}


def test_both_ways_of_training_read_as_many_symbols():
    fixed = STREAM.fixed
    _, _, mask = EmbeddedReber().batch(np.random.default_rng(0), 20_000)
    in_a_string = mask.sum() / 20_000
    assert fixed["streams_in_batch"] * fixed["steps"] == pytest.approx(
        fixed["strings_in_batch"] * in_a_string, rel=0.01)
    assert fixed["updates"] % fixed["windows"] == 0


@pytest.mark.parametrize("trained_on", ["strings", "stream"])
@pytest.mark.parametrize("cell", list(CELLS))
def test_the_state_is_carried_on_the_stream_and_nowhere_else(cell, trained_on):
    """At a rate of almost zero the losses are those of the first parameters, window by window."""
    network, params, losses = learn(3, cell, trained_on, learning_rate=1e-12, updates=8, **SMALL)
    beginning, training = map(np.random.default_rng, np.random.SeedSequence(3).spawn(2))
    first = network.init(beginning, np.float32)
    for key, value in first.items():
        np.testing.assert_allclose(params[key], value, atol=1e-9)
    expected = []
    for _ in range(2):
        stream, state = ContinualReber(7).stream(training, 2, np.float32), None
        for _ in range(4):
            batch = (EmbeddedReber().batch(training, 3, np.float32) if trained_on == "strings"
                     else next(stream))
            found = network.evaluate(first, *batch[:2], state=state, mask=batch[2])
            state = found.state if trained_on == "stream" else None
            expected.append(found.loss)
    np.testing.assert_allclose(losses, expected, rtol=1e-5)


def test_the_open_gate_is_open_and_nothing_trains_it():
    network, params, _ = learn(0, "lstm_open", "stream", learning_rate=0.01, updates=40, **SMALL)
    first = network.init(np.random.default_rng(np.random.SeedSequence(0).spawn(2)[0]), np.float32)
    forget = slice(5, 10)
    for key in ("cell.W", "cell.U", "cell.b"):
        np.testing.assert_array_equal(params[key][forget], first[key][forget])
        assert (np.delete(params[key], range(5, 10), axis=0)
                != np.delete(first[key], range(5, 10), axis=0)).any()
    inputs, _, _ = ContinualReber(500).batch(np.random.default_rng(1), 3, np.float32)
    assert (network.forward(params, inputs)[1].sequence("f") == 1).all()


def test_the_open_cell_and_todays_are_the_same_cell():
    ours, todays = CELLS["lstm_open"](7, 3), CELLS["lstm"](7, 3)
    assert type(ours) is type(todays) is LSTM and todays.forget_bias == 1
    a, b = (cell.init(np.random.default_rng(2)) for cell in (ours, todays))
    assert all((a[key] == b[key]).all() for key in "WU")
    assert [key for key in a if (a[key] != b[key]).any()] == ["b"]
    assert CELLS["lstm_1997_truncated"](7, 3).truncated and not CELLS["lstm_1997"](7, 3).truncated


class Oracle:
    """In the place of a network: knows the grammar, and the letter too unless it `forgets`."""

    def __init__(self, forgets):
        self.forgets = forgets

    def forward(self, params, inputs):
        T, B, _ = inputs.shape
        known = FOREVER if T == STEPS[-1] else ONCE
        state, outputs = np.full(B, known.number["start"]), np.zeros(inputs.shape)
        for t in range(T):
            seen = inputs[t].any(axis=-1)
            state = np.where(seen, known.follow[state, inputs[t].argmax(axis=-1)], state)
            outputs[t] = known.legal[state]
            if self.forgets:
                for letter in "TP":
                    outputs[t, state == known.number[letter, "close"]] = np.eye(7)[1]    # always T
        made = {"c": np.arange(1, T + 1)[:, None, None] * np.ones((T, B, 4)) * (1, -1, 1, -1),
                "o": np.full((T, B, 4), 0.5)}
        shown = made["o"] * (1, -0.995, 0.9, 0.1)
        return outputs, types.SimpleNamespace(sequence=made.get, outputs=shown)


def test_what_is_asked_of_one_who_knows_and_of_one_who_forgets():
    knows, forgets = (asked(Oracle(forgets), {}, np.random.default_rng(5), 300, 4)
                      for forgets in (False, True))
    assert knows["strings"] == 1 and knows["first"] == 10_000
    assert all(knows[f"{what}_{n}"] == 1 for what in ("symbols", "letters") for n in STEPS)
    assert forgets["strings"] == pytest.approx(1 / 2, abs=0.1) and forgets["first"] < 100
    assert forgets["letters_10000"] == pytest.approx(1 / 2, abs=0.03)
    assert forgets["symbols_10000"] == pytest.approx(23 / 24, abs=0.003)
    assert all(knows[f"c_{n}"] == n for n in STEPS) and knows["saturated"] == 0.5


def test_a_live_run_agrees_with_the_table():
    row = next(row for row in rows("stream") if row["seed"] == 0
               and (row["cell"], row["trained_on"]) == ("lstm", "stream"))
    found = run_one("stream", row)
    for name in ("strings", "symbols_10000", "letters_10000"):
        assert found[name] == pytest.approx(row[name], abs=0.02)
    assert found["loss_10"] == pytest.approx(row["loss_10"], rel=0.02)

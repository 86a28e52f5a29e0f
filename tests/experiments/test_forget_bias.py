"""The experiment on the forget bias: only the bias differs, and its table holds."""

import numpy as np
import pytest

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.forget_bias import BIASES, FORGET_BIAS, PERCENT, TASKS, learn
from lstmlib.numpy import LSTM, Dense, Network

SMALL = {"hidden_size": 3, "batch": 4, "streams": 2, "windows": 5,
         "updates": dict.fromkeys(TASKS, 20)}


@pytest.mark.parametrize("task", list(TASKS))
def test_the_losses_are_those_of_the_same_batches_for_every_bias(task):
    """At a rate of almost zero: each told loss is that of the one batch in the last 5 per cent."""
    known = TASKS[task]
    for bias in BIASES:
        found = learn(7, task, bias, 1e-12, **SMALL)
        beginning, training = map(np.random.default_rng, np.random.SeedSequence(7).spawn(2))
        network = Network(LSTM(known.input_size, 3), Dense(3, known.output_size), loss=known.loss)
        params = network.init(beginning, np.float32)
        params["cell.b"][3:6] = bias
        expected = []
        for _ in range(4):
            stream = task == "continual_reber" and known.stream(training, 2, np.float32)
            state = None
            for _ in range(5):
                batch = next(stream) if stream else known.batch(training, 4, np.float32)
                done = network.evaluate(params, *batch[:2], state=state, mask=batch[2])
                state = done.state if stream else None
                expected.append(done.loss)
        assert found == {f"loss_{n}": pytest.approx(expected[n // 5 - 1], rel=1e-5)
                         for n in PERCENT}


def test_pieces_come_out_even():
    for updates in FORGET_BIAS.fixed["updates"].values():
        assert updates % FORGET_BIAS.fixed["windows"] == 0 == updates % 20


def test_a_live_run_agrees_with_the_table():
    for row in rows("forget_bias"):
        if (row["task"], row["learning_rate"], row["seed"]) == ("continual_reber", 0.01, 0):
            found = run_one("forget_bias", row)
            assert found["loss_5"] == pytest.approx(row["loss_5"], rel=0.01)
            assert found["loss_20"] == pytest.approx(row["loss_20"], abs=0.03)

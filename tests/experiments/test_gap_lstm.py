"""The gap experiment with gates: what differs from the plain one, and that its tables hold."""

import numpy as np
import pytest

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.gap import GAP, GAPS, gradient_norms
from lstmlib.experiments.gap_lstm import BIASES, GAP_LSTM, RATES, UNITS, recall, start
from lstmlib.numpy import LSTM, RNN, Dense, Network
from lstmlib.tasks import Recall


def network_for(gap, forget_bias, size=5):
    task = Recall(gap)
    network = Network(LSTM(task.input_size, size, forget_bias), Dense(size, task.output_size),
                      loss=task.loss)
    return task, network


def test_the_protocol_is_that_of_the_plain_network():
    ours, plain = GAP_LSTM, GAP
    assert (ours.seeds, ours.measures, ours.grid["gap"]) == (plain.seeds, plain.measures, GAPS)
    same = ours.fixed.keys() - {"learning_rates"}
    assert same == plain.fixed.keys() - {"learning_rates", "hidden_size"}
    assert all(ours.fixed[key] == plain.fixed[key] for key in same)
    M, D = Recall().input_size, GAP.fixed["hidden_size"]
    as_many_units, as_many_parameters = (LSTM(M, units) for units in UNITS)
    assert as_many_units.hidden_size == D
    assert as_many_units.count() == 5376 == 4 * RNN(M, D).count()
    assert as_many_parameters.count() == 1344 == RNN(M, D).count()


def test_only_the_bias_of_the_forget_gate_differs():
    found = {bias: start(network_for(3, bias)[1], np.random.default_rng(4)) for bias in BIASES}
    for bias, params in found.items():
        assert all(value.dtype == np.float32 for value in params.values())
        np.testing.assert_array_equal(params["cell.b"], np.repeat([0, bias, 0, 0], 5))
        for key in params.keys() - {"cell.b"}:
            np.testing.assert_array_equal(params[key], found[0][key])


@pytest.mark.parametrize("gap", [0, 1, 6])
def test_the_gradient_of_the_first_state_by_central_differences(gap):
    """The loss of one sequence, h and c after its first step pushed by hand, both of them."""
    task, network = network_for(gap, 3)
    rng = np.random.default_rng(3)
    params = start(network, rng)
    inputs, targets, mask = task.batch(rng, 4, np.float32)
    first, last = gradient_norms(network, params, inputs, targets, mask)
    wide = {name: value.astype(float) for name, value in params.items()}
    W, U, b, V, b_y = (wide[k] for k in ("cell.W", "cell.U", "cell.b", "read.V", "read.b_y"))

    def step(x, state):
        h, c = np.split(state, 2)
        i, f, g, o = np.split(W @ x + U @ h + b, 4)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        return np.concatenate([o * np.tanh(c), c])

    def run(state, x):
        for one in x:
            state = step(one, state)
        return state

    def loss(state, target):
        y = V @ state[:5] + b_y
        return np.log(np.exp(y).sum()) - y[target]

    def gradient(f, v):
        e = 1e-6
        return np.array([(f(v + e * d) - f(v - e * d)) / (2 * e) for d in np.eye(len(v))])

    for k in range(4):
        x, target = inputs[:, k].astype(float), targets[-1, k]
        begun = step(x[0], np.zeros(10))
        expected = gradient(lambda s: loss(run(s, x[1:]), target), begun)
        assert first[k] == pytest.approx(np.linalg.norm(expected), rel=1e-6)
        expected = gradient(lambda s: loss(s, target), run(begun, x[1:]))
        assert last[k] == pytest.approx(np.linalg.norm(expected[:5]), rel=1e-6)


def test_a_run_learns_a_short_gap_and_nothing_at_a_rate_of_almost_zero():
    training = {"updates": 150, "batch": 32, "tested": 200}
    assert recall(0, 16, 1, 2, 0.01, **training)["accuracy"] == 1.0
    untrained = recall(0, 16, 1, 2, 1e-12, **training)
    assert untrained["accuracy"] < 0.6 and untrained["loss"] == pytest.approx(np.log(4), abs=0.4)


def test_the_chosen_rates_are_the_best_of_the_table_of_rates_and_not_at_its_edge():
    """On seeds that the table of the gap does not use."""
    table = rows("gap_lstm_rates")
    assert not {row["seed"] for row in table} & set(GAP_LSTM.seeds)
    assert {row["gap"] for row in table} == set(GAPS)
    for units in UNITS:
        for bias in BIASES:
            means = {rate: np.mean([row["accuracy"] for row in table
                                    if (row["hidden_size"], row["forget_bias"],
                                        row["learning_rate"]) == (units, bias, rate)])
                     for rate in RATES}
            chosen = GAP_LSTM.fixed["learning_rates"][str(units)][str(bias)]
            assert chosen == max(means, key=means.get), means
            assert min(RATES) < chosen < max(RATES)


def test_a_live_run_agrees_with_the_table():
    for row in rows("gap_lstm"):
        if row["gap"] == 5 and row["seed"] == 0:
            found = run_one("gap_lstm", row)
            assert found["accuracy"] == pytest.approx(row["accuracy"], abs=0.02)
            assert found["gradient_first"] == pytest.approx(row["gradient_first"], rel=1e-6)

"""The protocol that several experiments share does what it says."""

import numpy as np
import pytest

from lstmlib.experiments.protocol import MEASURES, best, count, learn, widest
from lstmlib.numpy import GRU, LSTM, Bidirectional, Dense, Network
from lstmlib.tasks import Recall


def test_the_losses_and_the_score_are_those_of_the_seeds_own_batches():
    """At a rate of almost zero: the first parameters, asked about sequences of another task."""
    task, asked = Recall(3), Recall(6)
    found = learn(5, LSTM(9, 4), task, 1e-12, updates=20, batch=3, tested=50, asked=asked)
    beginning, training, testing = map(np.random.default_rng, np.random.SeedSequence(5).spawn(3))
    network = Network(LSTM(9, 4), Dense(4, 4), loss=task.loss)
    params = network.init(beginning, np.float32)
    losses = [network.evaluate(params, *batch[:2], mask=batch[2]).loss
              for batch in (task.batch(training, 3, np.float32) for _ in range(20))]
    inputs, targets, mask = asked.batch(testing, 50, np.float32)
    outputs = network.forward(params, inputs)[0]
    expected = {"score": (outputs[-1].argmax(axis=-1) == targets[-1]).mean(),
                "loss": network.evaluate(params, inputs, targets, mask=mask).loss,
                **{f"loss_{n}": losses[n // 5 - 1] for n in (10, 20, 50, 100)}}
    assert found == pytest.approx(expected, rel=1e-5) and found.keys() == MEASURES.keys()


def test_a_network_that_can_learn_does():
    found = learn(0, GRU(9, 8), Recall(2), 0.03, updates=200, batch=20, tested=200)
    assert found["score"] == 1 and found["loss_100"] < 0.1 * found["loss_10"]


@pytest.mark.parametrize("make", [lambda D: LSTM(3, D),
                                  lambda D: Bidirectional(LSTM(3, D), LSTM(3, D))])
@pytest.mark.parametrize("budget", [200, 201, 999])
def test_the_widest_fits_and_one_unit_more_does_not(make, budget):
    def numbers(D):
        cell = make(D)
        halves = cell.output_size // D
        return halves * 4 * D * (3 + D + 1) + 2 * (halves * D + 1)

    found = widest(make, 2, budget)
    D = next(D for D in range(1, 99) if numbers(D + 1) > budget)
    assert repr(found) == repr(make(D)) and count(found, 2) == numbers(D) <= budget


def test_the_best_rate_has_the_best_score_and_of_equal_ones_the_smallest_loss():
    table = [{"net": net, "learning_rate": rate, "score": score, "loss": loss}
             for net, rate, score, loss in [
                 ("a", 0.1, 1.0, 0.3), ("a", 0.1, 0.0, 0.3), ("a", 0.2, 0.6, 9.0),
                 ("a", 0.2, 0.6, 9.0), ("b", 0.1, 1.0, 0.2), ("b", 0.2, 1.0, 0.1)]]
    assert best(table, ["net"]) == {("a",): 0.2, ("b",): 0.2}
    least = best(table, ["net"], lambda rows: -sum(row["loss"] for row in rows))
    assert least == {("a",): 0.1, ("b",): 0.2}

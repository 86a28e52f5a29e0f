"""The experiment on a clockwork net's time: what it counts, and that its table holds."""

import numpy as np
import pytest

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.clock_time import multiplications
from lstmlib.numpy import RNN, Clockwork


@pytest.mark.parametrize("cell", [RNN(3, 11), Clockwork(3, 11),
                                  Clockwork(2, 13, periods=[2, 3, 7], sizes=[4, 7, 2])])
def test_multiplications_are_the_entries_that_a_step_reads(cell):
    """An entry that is read is multiplied once, and has a gradient from that step."""
    rng = np.random.default_rng(5)
    params = cell.init(rng)
    x, h = rng.normal(size=(1, cell.input_size)), rng.normal(size=(1, cell.hidden_size))
    turn = np.lcm.reduce(getattr(cell, "periods", (1,)))
    read = 0
    for t in range(turn):
        clock = {"t": t} if cell.clocked else {}
        new = cell.step(params, x, {"h": h}, **clock)
        d_a, _ = cell.step_back(params, x, {"h": h}, new, {"h": np.ones_like(h)})
        grads, _ = cell.gather(params, x, {"h": h}, new, d_a)
        read += np.count_nonzero(grads["W"]) + np.count_nonzero(grads["U"])
    assert multiplications(cell) == pytest.approx(read / turn)


def test_the_table_holds():
    row = next(row for row in rows("clock_time") if (row["hidden_size"], row["batch"]) == (64, 1))
    found = run_one("clock_time", row)
    assert found["multiplications"] == row["multiplications"]
    for what in ("run", "train"):
        now, then = (r[f"clockwork_{what}_seconds"] / r[f"plain_{what}_seconds"]
                     for r in (found, row))
        assert 0.4 < now / then < 2.5

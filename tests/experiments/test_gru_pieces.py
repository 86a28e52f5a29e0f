"""The experiment on the pieces of a GRU: how its cells differ and begin, and that its table holds."""

import numpy as np
import pytest

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.gru import UNITS
from lstmlib.experiments.gru_pieces import CELLS, CHOSEN, GRU_PIECES
from lstmlib.experiments.protocol import best


@pytest.mark.parametrize("name", list(CELLS))
def test_all_gates_begin_at_one_half(name):
    cell = CELLS[name]
    assert cell.input_size == cell.hidden_size == UNITS
    params, rest = cell.init(np.random.default_rng(0)), {k: np.zeros(UNITS)
                                                         for k in cell.state_names}
    new = cell.step(params, np.zeros(UNITS), rest)
    assert {(new[gate] == 0.5).all() for gate in "ifo" if gate in new} == {True}


def test_each_piece_is_one_change_of_the_peephole_cell():
    blocks = {name: set(cell.blocks) for name, cell in CELLS.items()}
    assert blocks["peephole"] == blocks["lstm"] == set("ifgo")
    assert blocks["peephole"] - blocks["cifg"] == {"f"}
    assert blocks["peephole"] - blocks["nog"] == {"o"}


def test_the_chosen_rates_are_the_best_of_the_table_of_rates():
    table = rows("gru_pieces_rates")
    assert not {row["seed"] for row in table} & set(GRU_PIECES.seeds)
    assert best(table, ["cell"]) == {(cell,): rate for cell, rate in CHOSEN.items()}


def test_a_live_run_agrees_with_the_table():
    row = next(row for row in rows("gru_pieces") if (row["cell"], row["seed"]) == ("lstm", 0))
    assert run_one("gru_pieces", row)["loss_10"] == pytest.approx(row["loss_10"], abs=0.03)

"""The experiment on depth: its nets, their sizes, and that its tables hold."""

import pytest

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.depth import CHOSEN, DEPTH, NETS, TASKS, cell_of
from lstmlib.experiments.protocol import best
from lstmlib.numpy import DepthGated, Peephole, Stack


def numbers(net, M, N, D):
    """Parameters of a net of layers of D units, by formula, read-out included."""
    layers, extra = int(net[0]), (D * (D + 1) + 2 * D if "gated" in net else 0)
    lowest, above = 4 * D * (M + D + 1) + 3 * D, 4 * D * (2 * D + 1) + 3 * D + extra
    return lowest + (layers - 1) * above + N * (D + 1)


@pytest.mark.parametrize("task", list(TASKS))
@pytest.mark.parametrize("net", NETS)
def test_the_layers_fit_into_the_parameters_of_the_one_layer(task, net):
    M, N, units = TASKS[task].input_size, TASKS[task].output_size, DEPTH.fixed["units"]
    cell, budget = cell_of(net, task, units), numbers("1", M, N, units)
    D = cell.layers[0].hidden_size
    assert type(cell) is Stack and len(cell.layers) == int(net[0])
    assert all(layer.hidden_size == D for layer in cell.layers)
    assert cell.count() + N * (D + 1) == numbers(net, M, N, D) <= budget
    assert numbers(net, M, N, D + 1) > budget
    assert type(cell.layers[0]) is Peephole
    above = DepthGated if "gated" in net else Peephole
    assert all(type(layer) is above for layer in cell.layers[1:])


def test_the_chosen_rates_are_the_best_of_the_table_of_rates():
    table = rows("depth_rates")
    assert not {row["seed"] for row in table} & set(DEPTH.seeds)
    assert best(table, ["task", "net"]) == {
        (task, net): rate for task, rates in CHOSEN.items() for net, rate in rates.items()}


def test_a_live_run_agrees_with_the_table():
    row = next(row for row in rows("depth") if row["seed"] == 0
               and (row["task"], row["net"]) == ("embedded_reber", "2 gated"))
    assert run_one("depth", row)["loss_10"] == pytest.approx(row["loss_10"], rel=0.1)

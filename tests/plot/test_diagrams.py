"""Diagrams show the network that runs: its numbers, its shapes, its steps."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from lstmlib.numpy import RNN, RNNReLU, unroll
from lstmlib.plot import COLOURS, draw_cell, draw_legend, draw_unrolled, figure

rng = np.random.default_rng(7)


def read(drawing):
    """What a diagram shows: the columns of numbers by name, and its texts."""
    svg = ElementTree.fromstring(figure(drawing, "fig-d", caption="c", alt="a").svg)
    columns = {}
    for group in svg.iter("g"):
        if group.get("data-values"):
            columns[group.get("data-name")] = [
                float(part) for part in group.get("data-values").split(", ")
            ], [float(t.text.replace("\u2212", "-")) for t in group.iter("text")]
    return columns, ["".join(text.itertext()) for text in svg.iter("text")]


def close(shown, values):
    told, printed = shown
    np.testing.assert_allclose(told, values, rtol=1e-3, atol=1e-12)
    if printed:
        np.testing.assert_allclose(printed, values, atol=0.005001)


def ran(cell, steps=7, sequences=3):
    params = cell.init(rng)
    x = rng.normal(size=(steps, sequences, cell.input_size))
    state = {"h": rng.uniform(-1, 1, size=(sequences, cell.hidden_size))}
    return unroll(cell, params, x, state), params, x, state["h"]


@pytest.mark.parametrize("make", [RNN, RNNReLU])
@pytest.mark.parametrize("sizes", [(1, 1), (2, 3), (5, 6), (11, 7), (3, 41)])
def test_the_cell_shows_the_step_that_is_computed(make, sizes):
    cell = make(*sizes)
    params, x, h = cell.init(rng), rng.normal(size=sizes[0]), rng.uniform(-1, 1, sizes[1])
    columns, texts = read(draw_cell(cell, params, x, {"h": h}, step=3))
    a = params["W"] @ x + params["U"] @ h + params["b"]
    close(columns["x_3"], x)
    close(columns["h_2"], h)
    close(columns["h_3"], np.tanh(a) if make is RNN else np.maximum(a, 0))
    D, M = params["W"].shape
    assert f"W {D}\u00d7{M} \u00b7 U {D}\u00d7{D} \u00b7 b {D}" in texts
    assert ("tanh" if make is RNN else "ReLU") in texts


def test_without_a_step_the_labels_are_t():
    cell = RNN(2, 3)
    columns, _ = read(draw_cell(cell, cell.init(rng), np.ones(2)))
    assert set(columns) == {"x_t", "h_{t-1}", "h_t"}
    assert columns["h_{t-1}"][0] == [0, 0, 0]


@pytest.mark.parametrize("sizes", [(2, 3), (13, 17)])
def test_the_chain_shows_every_state_of_the_run(sizes):
    run, params, x, h = ran(RNN(*sizes))
    columns, _ = read(draw_unrolled(run, batch=1))
    assert set(columns) == {f"x_{t}" for t in range(1, 8)} | {f"h_{t}" for t in range(8)}
    h = h[1]
    close(columns["h_0"], h)
    for t in range(7):
        h = np.tanh(params["W"] @ x[t, 1] + params["U"] @ h + params["b"])
        close(columns[f"x_{t + 1}"], x[t, 1])
        close(columns[f"h_{t + 1}"], h)


def test_a_padded_sequence_is_drawn_to_its_own_length():
    cell = RNN(2, 3)
    run = unroll(cell, cell.init(rng), rng.normal(size=(5, 2, 2)), lengths=[5, 2])
    assert "h_2" in read(draw_unrolled(run, batch=1))[0]
    assert "h_3" not in read(draw_unrolled(run, batch=1))[0]


def test_names_and_outputs_stand_at_their_steps():
    run, *_ = ran(RNN(2, 3), steps=3)
    _, texts = read(draw_unrolled(run, inputs="abc", outputs=["p", "q", "r < s"]))
    assert {"x1: a", "x2: b", "x3: c", "p", "q", "r < s"} <= set(texts)


def test_nothing_is_drawn_outside_the_picture():
    for drawing in (
        draw_legend(),
        draw_unrolled(ran(RNN(6, 6), steps=12)[0]),
        draw_unrolled(ran(RNN(50, 40), steps=2)[0]),
        draw_cell(RNN(9, 1), RNN(9, 1).init(rng), np.ones(9)),
        draw_cell(RNN(1, 100), RNN(1, 100).init(rng), np.ones(1)),
    ):
        svg = ElementTree.fromstring(figure(drawing, "fig-d", caption="c", alt="a").svg)
        for rect in svg.iter("rect"):
            x, y, w, h = (float(rect.get(key)) for key in ("x", "y", "width", "height"))
            assert x >= 0 and y >= 0 and x + w <= drawing.width and y + h <= drawing.height
        for text in svg.iter("text"):
            assert 8 <= float(text.get("y")) <= drawing.height
            assert 0 <= float(text.get("x")) <= drawing.width
        assert drawing.width <= 362


def test_columns_do_not_overlap():
    for drawing in (draw_unrolled(ran(RNN(6, 6), steps=9)[0]),
                    draw_unrolled(ran(RNN(30, 30), steps=6)[0])):
        svg = ElementTree.fromstring(figure(drawing, "fig-d", caption="c", alt="a").svg)
        outlines = [
            [float(group.findall("rect")[-1].get(key)) for key in ("x", "y", "width", "height")]
            for group in svg.iter("g") if group.get("data-values")
        ]
        for k, (x, y, w, h) in enumerate(outlines):
            for u, v, p, q in outlines[:k]:
                assert x >= u + p or u >= x + w or y >= v + q or v >= y + h


def test_a_line_is_coloured_by_what_it_carries():
    run, *_ = ran(RNN(2, 3), steps=2)
    svg = figure(draw_unrolled(run), "fig-d", caption="c", alt="a").svg
    line = r'<path d="M[^"]*" fill="none" stroke="(#\w+)" stroke-width="1.8"'
    strokes = set(re.findall(line, svg))
    assert strokes == {COLOURS["h"], COLOURS["x"]}


def test_the_legend_says_all_five_conventions():
    _, texts = read(draw_legend())
    told = " ".join(texts)
    for words in ("line carries a vector", "box is a layer", "circle works elementwise",
                  "meet are concatenated", "fork are copied"):
        assert words in told


def test_wrong_arguments():
    cell = RNN(2, 3)
    params = cell.init(rng)
    run, *_ = ran(cell)
    with pytest.raises(ValueError, match="x must be one input"):
        draw_cell(cell, params, np.ones((1, 2)))
    with pytest.raises(ValueError, match="shape"):
        draw_cell(cell, params, np.ones(2), {"h": np.ones((1, 3))})
    with pytest.raises(ValueError, match="h"):
        draw_cell(cell, params, np.ones(2), {"h": np.ones(4)})
    with pytest.raises(ValueError, match="batch must be from 0 to 2"):
        draw_unrolled(run, batch=3)
    with pytest.raises(ValueError, match="inputs must hold one text for each of 7"):
        draw_unrolled(run, inputs="ab")
    with pytest.raises(ValueError, match="per_row"):
        draw_unrolled(run, per_row=0)
    with pytest.raises(ValueError, match="reverse"):
        draw_unrolled(unroll(cell, params, np.ones((2, 1, 2)), reverse=True))
    with pytest.raises(ValueError, match="no diagram is known for the cell object"):
        draw_cell(object(), params, np.ones(2))



def test_numbers_that_are_none_are_drawn_as_such():
    cell = RNN(2, 3)
    columns, texts = read(draw_cell(cell, cell.init(rng), np.array([np.nan, np.inf])))
    assert columns["x_t"][0][1] == np.inf and np.isnan(columns["x_t"][0][0])
    assert {"nan", "inf"} <= set(texts)

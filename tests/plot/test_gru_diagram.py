"""The diagrams of GRU, of the one that resets before the product, and of MGU."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from lstmlib.numpy import GRU, GRUResetBefore, MGU, unroll
from lstmlib.plot import COLOURS, draw_cell, draw_unrolled, figure

from tests.plot.test_diagrams import PLACES, close, parts_of, read

rng = np.random.default_rng(17)
CELLS = [GRU, GRUResetBefore, MGU]
OUTSIDE = {"x_t", "h_{t-1}", "h_t"}


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def stepped(make, M, D, step=None, **options):
    """A drawn step, and its numbers by the formulas of the papers, one block at a time."""
    cell = make(M, D)
    params = {name: rng.normal(size=shape) for name, shape in cell.param_shapes.items()}
    x, h = rng.normal(size=M), rng.uniform(-1, 1, D)
    now, past = ("t", "{t-1}") if step is None else (step, step - 1)
    W, U, b = ({block: params[name][k * D:(k + 1) * D] for k, block in enumerate(cell.blocks)}
               for name in ("W", "U", "b"))
    gates = {gate: sigmoid(W[gate] @ x + U[gate] @ h + b[gate]) for gate in cell.blocks[:-1]}
    reset, own = ("f", "f") if make is MGU else ("r", "z")
    r, read_ = gates[reset], W["n"] @ x + b["n"]
    if make is GRU:
        u = U["n"] @ h + params["b_n"]
        heard, within = r * u, {f"u_{now}": u, f"r_{now} \u2299 u_{now}": r * u}
    else:
        heard, name = U["n"] @ (r * h), f"{reset}_{now} \u2299 h_{past}"
        within = {name: r * h, f"U_n({name})": heard}
    n = np.tanh(read_ + heard)
    whole, less = f"{own}_{now}", f"(1\u2212{own}_{now})"
    if make is MGU:
        kept, taken, keeps, takes = (1 - r) * h, r * n, less, whole
    else:
        kept, taken, keeps, takes = gates["z"] * h, (1 - gates["z"]) * n, whole, less
    numbers = {f"{gate}_{now}": value for gate, value in gates.items()} | within | {
        f"x_{now}": x, f"h_{past}": h, f"h_{now}": kept + taken, f"n_{now}": n,
        f"W_n x_{now} + b_n": read_, f"{keeps} \u2299 h_{past}": kept,
        f"{takes} \u2299 n_{now}": taken}
    return draw_cell(cell, params, x, {"h": h}, step=step, **options), numbers


@pytest.mark.parametrize("make", CELLS)
@pytest.mark.parametrize("sizes", [(1, 1), (2, 3), (7, 2)])
@pytest.mark.parametrize("step", [None, 12])
def test_a_small_cell_shows_every_number_of_its_step(make, sizes, step):
    drawing, numbers = stepped(make, *sizes, step)
    columns, _ = read(drawing)
    assert set(columns) == set(numbers)
    for name, values in numbers.items():
        close(columns[name], values)


@pytest.mark.parametrize("make", CELLS)
@pytest.mark.parametrize("sizes", [(2, 4), (3, 25)])
def test_a_larger_cell_shows_what_goes_in_and_comes_out(make, sizes):
    drawing, numbers = stepped(make, *sizes)
    columns, _ = read(drawing)
    assert set(columns) == OUTSIDE
    for name, shown in columns.items():
        close(shown, numbers[name])


def test_the_boxes_and_the_sizes():
    for make, gates, sizes in ((GRU, 2, "r z n each"), (GRUResetBefore, 2, "r z n each"),
                               (MGU, 1, "f n each")):
        texts = read(stepped(make, 5, 3)[0])[1]
        assert texts.count("\u03c3") == gates and texts.count("tanh") == 1
        assert {"Un", "Wn"} <= set(texts)
        assert f"{sizes}: W 3\u00d75 \u00b7 U 3\u00d73 \u00b7 b 3" in texts
        assert ("Un: also bn\u2032 3" in texts) == (make is GRU)


def height_of(svg, words):
    (text,) = (t for t in svg.iter("text") if "".join(t.itertext()) == words)
    return float(text.get("y")) - 3.8


@pytest.mark.parametrize("make", CELLS)
def test_what_resets_stands_on_the_side_of_the_product_that_its_formula_says(make):
    """Above its U_n, which comes first, or below it: things are computed from the bottom up."""
    drawing, _ = stepped(make, 2, 3)
    (part,) = (p for p in parts_of(drawing) if p.get("data-part") == "reset")
    times, product = height_of(part, "\u00d7"), height_of(part, "Un")
    assert (times < product) == (make is GRU)


def test_a_line_has_the_colour_of_what_it_carries():
    """The gates of h and x alone, and none of the colours that are an LSTM's."""
    for make, names in ((GRU, "hxrzn"), (GRUResetBefore, "hxrzn"), (MGU, "hxzn")):
        svg = figure(stepped(make, 2, 3)[0], "fig-d", caption="c", alt="a").svg
        strokes = set(re.findall(r'<path [^>]*stroke="(#\w+)" stroke-width="1.8"', svg))
        assert strokes == {COLOURS[name] for name in names}


@pytest.mark.parametrize("make, strong, name", [
    (GRUResetBefore, {"reset"}, "reset before the product"),
    (MGU, {"gate"}, "one gate for both tasks")])
def test_what_a_gru_has_not_is_strong_and_has_a_halo(make, strong, name):
    drawing, numbers = stepped(make, 2, 3, changed=True)
    columns, texts = read(drawing)
    assert set(columns) == set(numbers)
    assert name in texts
    for column, values in numbers.items():
        close(columns[column], values)
    parts = parts_of(drawing)
    assert {p.get("data-part") for p in parts if p.get("data-drawn") == "differs"} == strong
    for part in parts:
        halos = [piece for piece in part.iter() if piece.get("data-halo") is not None]
        assert bool(halos) == (part.get("data-part") in strong)
        opacities = {path.get("opacity") for path in part.iter("path") if path.get("stroke-width")
                     in ("1.8", "2.61")}
        assert opacities <= ({None} if part.get("data-part") in strong else {"0.35"})
    plain = stepped(make, 2, 3)[0]
    assert (plain.width, plain.height) == (drawing.width, drawing.height)


def test_what_cannot_be_drawn_is_said():
    with pytest.raises(ValueError, match="changed: got True, expected False for the cell GRU"):
        stepped(GRU, 2, 3, changed=True)
    with pytest.raises(ValueError, match="stage must be None for the cell MGU, got 'meet'"):
        stepped(MGU, 2, 3, stage="meet")
    cell = GRU(2, 3)
    run = unroll(cell, cell.init(rng), np.ones((4, 1, 2)))
    with pytest.raises(ValueError, match="no chain is known for the cell GRU"):
        draw_unrolled(run)


SIZES = [(1, 1), (2, 3), (9, 2), (1, 6), (7, 30), (40, 100)]


@pytest.mark.parametrize("make", CELLS)
@pytest.mark.parametrize("sizes", SIZES)
def test_all_is_inside_and_columns_are_apart(make, sizes):
    drawing, _ = stepped(make, *sizes)
    svg = ElementTree.fromstring(figure(drawing, "fig-d", caption="c", alt="a").svg)
    assert drawing.width <= 356
    for rect in svg.iter("rect"):
        x, y, w, h = (float(rect.get(key)) for key in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and x + w <= drawing.width and y + h <= drawing.height
    for circle in svg.iter("circle"):
        assert float(circle.get("cy")) - float(circle.get("r")) >= 0
    for text in svg.iter("text"):
        assert 8 <= float(text.get("y")) <= drawing.height
    outlines = [[float(group.findall("rect")[-1].get(key)) for key in ("x", "y", "width", "height")]
                for group in svg.iter("g") if group.get("data-values")]
    for k, (x, y, w, h) in enumerate(outlines):
        for u, v, p, q in outlines[:k]:
            assert x >= u + p or u >= x + w or y >= v + q or v >= y + h


@pytest.mark.parametrize("make", CELLS)
def test_boxes_circles_and_columns_are_apart(make):
    """A circle touches neither a box nor a column nor another circle."""
    for sizes in SIZES:
        svg = ElementTree.fromstring(
            figure(stepped(make, *sizes)[0], "fig-d", caption="c", alt="a").svg)
        rects = [[float(rect.get(key)) for key in ("x", "y", "width", "height")]
                 for rect in svg.iter("rect") if float(rect.get("width")) < 40]
        circles = {tuple(float(circle.get(key)) for key in ("cx", "cy", "r"))
                   for circle in svg.iter("circle") if float(circle.get("r")) > 4}
        for cx, cy, r in circles:
            for x, y, w, h in rects:
                near = max(x - cx, 0, cx - x - w), max(y - cy, 0, cy - y - h)
                assert np.hypot(*near) > r + 2, (sizes, cx, cy)
            for ux, uy, s in circles - {(cx, cy, r)}:
                assert np.hypot(cx - ux, cy - uy) > r + s + 5, (sizes, cx, cy)


def test_words_on_a_phone_are_legible_and_apart(browser):
    page = browser.new_page(viewport={"width": 342, "height": 900})
    drawings = [stepped(make, *sizes, 12)[0] for make in CELLS for sizes in SIZES]
    drawings += [stepped(make, 2, 3, 12, changed=True)[0] for make in (GRUResetBefore, MGU)]
    for drawing in drawings:
        svg = figure(drawing, "fig-d", caption="c", alt="a").svg
        page.set_content(f"<body style='margin: 0; font-family: system-ui'>{svg}</body>")
        places = page.eval_on_selector("svg", PLACES)
        for k, one in enumerate(places):
            assert one["high"] >= 10, one
            assert 0 <= one["left"] and one["right"] <= 342, one
            for other in places[:k]:
                beside = one["left"] >= other["right"] or other["left"] >= one["right"]
                away = abs(one["middle"] - other["middle"])
                assert beside or away >= 0.8 * max(one["high"], other["high"]), (one, other)
    page.close()

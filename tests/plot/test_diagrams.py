"""Diagrams show the network that runs: its numbers, its shapes, its steps."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from lstmlib.numpy import LSTM, LSTM1997, RNN, RNNReLU, unroll
from lstmlib.plot import COLOURS, STAGES, Drawing, draw_cell, draw_legend, draw_unrolled, figure

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
    state = some_state(cell, sequences)
    return unroll(cell, params, x, state), params, x, state["h"]


def some_state(cell, *rows):
    return {name: rng.uniform(-1, 1, size=(*rows, cell.hidden_size)) for name in cell.state_names}


def stepped(cell, step=None, **options):
    """A drawn step, and the same step by the formulas of the two papers."""
    params, x, old = cell.init(rng), rng.normal(size=cell.input_size), some_state(cell)
    a = dict(zip(cell.blocks, np.split(params["W"] @ x + params["U"] @ old["h"] + params["b"],
                                       len(cell.blocks))))
    now, past = ("t", "{t-1}") if step is None else (step, step - 1)
    new = {gate: 1 / (1 + np.exp(-a[gate])) for gate in a}
    g = np.tanh(a["g"]) if "f" in a else 4 * new["g"] - 2
    kept, written = new.get("f", 1) * old["c"], new["i"] * g
    shown = np.tanh(kept + written)
    named = {f"{name}_{now}": value for name, value in (new | {"g": g}).items()}
    named |= {f"f_{now} \u2299 c_{past}": kept} if "f" in a else {}
    if "f" not in a:
        shown = 2 / (1 + np.exp(-kept - written)) - 1
    named |= {
        f"i_{now} \u2299 g_{now}": written,
        f"tanh(c_{now})" if "f" in a else f"2\u03c3(c_{now})\u22121": shown,
        f"x_{now}": x, f"h_{past}": old["h"], f"c_{past}": old["c"],
        f"c_{now}": kept + written, f"h_{now}": new["o"] * shown,
    }
    return draw_cell(cell, params, x, old, step=step, **options), named


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


@pytest.mark.parametrize("make", [LSTM, LSTM1997])
@pytest.mark.parametrize("sizes", [(1, 1), (2, 3), (7, 2)])
@pytest.mark.parametrize("step", [None, 12])
def test_a_small_lstm_shows_every_number_of_its_step(make, sizes, step):
    drawing, numbers = stepped(make(*sizes), step)
    columns, _ = read(drawing)
    assert set(columns) == set(numbers)
    for name, values in numbers.items():
        close(columns[name], values)


@pytest.mark.parametrize("make", [LSTM, LSTM1997])
@pytest.mark.parametrize("sizes", [(2, 4), (3, 25)])
def test_a_larger_lstm_shows_what_goes_in_and_comes_out(make, sizes):
    drawing, numbers = stepped(make(*sizes))
    columns, texts = read(drawing)
    assert set(columns) == {"x_t", "h_{t-1}", "c_{t-1}", "c_t", "h_t"}
    for name, shown in columns.items():
        close(shown, numbers[name])
    assert {"it", "gt", "ot"} <= set(texts)


def test_the_boxes_say_what_their_layers_compute():
    D, M = 3, 2
    for make, words in ((LSTM, ["tanh", "tanh", "\u03c3", "\u03c3", "\u03c3"]),
                        (LSTM1997, ["2\u03c3\u22121", "4\u03c3\u22122", "\u03c3", "\u03c3"])):
        texts = read(stepped(make(M, D))[0])[1]
        found = [text for text in texts if text == "tanh" or "\u03c3" in text]
        assert sorted(found) == words
        assert f"each box: W {D}\u00d7{M} \u00b7 U {D}\u00d7{D} \u00b7 b {D}" in texts
    assert ("ft" in read(stepped(LSTM(2, 3))[0])[1]) and ("ft" not in texts)


#: What is new in each stage: the columns that come, and the colours of its lines.
NEW = {
    "meet": ({"x_t", "h_{t-1}"}, "hx"),
    "forget": ({"f_t", "f_t \u2299 c_{t-1}"}, "hxfc"),
    "write": ({"i_t", "g_t", "i_t \u2299 g_t"}, "hxigc"),
    "update": ({"c_t"}, "c"),
    "show": ({"o_t", "tanh(c_t)", "h_t"}, "hxoc"),
}


def parts_of(drawing):
    svg = ElementTree.fromstring(figure(drawing, "fig-d", caption="c", alt="a").svg)
    return [group for group in svg.iter("g") if group.get("data-part")]


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_drawn_strongest_and_what_comes_later_without_numbers(stage):
    drawing, numbers = stepped(LSTM(2, 3), stage=stage)
    columns, _ = read(drawing)
    known = {"c_{t-1}"}.union(*(NEW[name][0] for name in STAGES[: STAGES.index(stage) + 1]))
    assert set(columns) == known
    for name, shown in columns.items():
        close(shown, numbers[name])

    parts = parts_of(drawing)
    (now,) = (part for part in parts if part.get("data-drawn") == "now")
    assert {group.get("data-name") for group in now.iter("g")} - {None} == NEW[stage][0]
    lines = {path.get("stroke") for path in now.iter("path") if path.get("stroke-width") == "2.61"}
    assert lines == {COLOURS[name] for name in NEW[stage][1]}
    for part in parts:
        thick = {path.get("stroke-width") for path in part.iter("path")}
        if part is not now:
            assert "2.61" not in thick
        opacities = {path.get("opacity") for path in part.iter("path")}
        if part.get("data-drawn") == "later":
            assert opacities == {"0.35"}
            for text in part.iter("text"):
                assert float(text.get("fill-opacity")) >= 0.75 and text.get("opacity") is None
        else:
            assert opacities <= {None}
    later = {part.get("data-part") for part in parts if part.get("data-drawn") == "later"}
    assert later == set(STAGES[STAGES.index(stage) + 1:])


def test_all_stages_and_the_whole_have_one_layout():
    cell = LSTM(2, 3)
    params, x, state = cell.init(rng), rng.normal(size=2), some_state(cell)
    drawn = [draw_cell(cell, params, x, state, stage=stage) for stage in (None, *STAGES)]
    assert len({(drawing.width, drawing.height) for drawing in drawn}) == 1
    assert 'data-drawn' not in drawn[0].markup()
    assert len({len(parts_of(drawing)) for drawing in drawn}) == 1


def test_the_lstm_of_1997_has_no_forget_stage():
    for stage in set(STAGES) - {"forget"}:
        stepped(LSTM1997(2, 3), stage=stage)
    with pytest.raises(ValueError, match="stage must be None or 'meet' or 'write'.*'forget'"):
        stepped(LSTM1997(2, 3), stage="forget")


@pytest.mark.parametrize("make", [LSTM, LSTM1997])
@pytest.mark.parametrize("sizes", [(2, 3), (13, 17)])
@pytest.mark.parametrize("per_row", [None, 3, 7])
def test_the_chain_of_an_lstm_shows_both_states(make, sizes, per_row):
    cell = make(*sizes)
    params, x, state = cell.init(rng), rng.normal(size=(7, 3, sizes[0])), some_state(cell, 3)
    run = unroll(cell, params, x, state)
    columns, _ = read(draw_unrolled(run, batch=1, per_row=per_row))
    assert set(columns) == {f"x_{t}" for t in range(1, 8)} | {
        f"{name}_{t}" for name in "hc" for t in range(8)}
    state = {name: value[1] for name, value in state.items()}
    for t in range(8):
        for name in "hc":
            close(columns[f"{name}_{t}"], state[name])
        if t < 7:
            close(columns[f"x_{t + 1}"], x[t, 1])
            state = cell.step(params, x[t, 1], {name: state[name] for name in "hc"})


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
        draw_unrolled(ran(LSTM(6, 6), steps=10)[0], outputs="abcdefghij"),
        draw_unrolled(ran(LSTM1997(50, 100), steps=3)[0]),
        draw_unrolled(ran(LSTM(1, 1), steps=1)[0]),
        *(stepped(make(*sizes))[0] for make in (LSTM, LSTM1997)
          for sizes in ((1, 1), (9, 3), (1, 6), (40, 100))),
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
                    draw_unrolled(ran(RNN(30, 30), steps=6)[0]),
                    draw_unrolled(ran(LSTM(3, 3), steps=9)[0]),
                    draw_unrolled(ran(LSTM(6, 6), steps=9)[0]),
                    draw_unrolled(ran(LSTM1997(30, 60), steps=6)[0]),
                    *(stepped(make(*sizes))[0] for make in (LSTM, LSTM1997)
                      for sizes in ((1, 1), (7, 3), (2, 6), (30, 100)))):
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


PLACES = """svg => [...svg.querySelectorAll("text")].map(text => {
    const box = text.getBoundingClientRect(), size = parseFloat(text.getAttribute("font-size"));
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return {words: text.textContent, left: box.left, right: box.right,
            middle: (box.top + box.bottom) / 2, high: size * scale};
})"""


def test_words_on_a_phone_are_legible_and_apart(browser):
    page = browser.new_page(viewport={"width": 342, "height": 900})
    drawings = [draw_unrolled(ran(LSTM(2, 3), steps=6)[0], inputs="abcdef"),
                draw_unrolled(ran(LSTM1997(3, 1), steps=4)[0], outputs=["2.5"] * 4)]
    drawings += [stepped(LSTM(2, 3), 12, stage=stage)[0] for stage in (None, *STAGES)]
    drawings += [stepped(make(*sizes), 12)[0] for make in (LSTM, LSTM1997)
                 for sizes in ((1, 1), (3, 2), (8, 5), (20, 30))]
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
                above = away >= 0.8 * max(one["high"], other["high"])
                assert beside or above, (one, other)
    page.close()


def test_the_legend_says_all_five_conventions():
    _, texts = read(draw_legend())
    told = " ".join(texts)
    for words in ("line carries a vector", "box is a layer", "circle works elementwise",
                  "meet are concatenated", "fork are copied"):
        assert words in told


def test_a_drawing_put_into_another_shows_all_it_showed():
    one = draw_cell(RNN(2, 3), RNN(2, 3).init(rng), rng.normal(size=2))
    sheet = Drawing(400, 500)
    sheet.put(draw_legend(), 11, 0)
    sheet.put(one, 0, 220)
    columns, texts = read(sheet)
    assert {name: columns[name] for name in read(one)[0] if name} == read(one)[0]
    assert texts == read(draw_legend())[1] + read(one)[1]
    assert 'transform="translate(11 0)"' in sheet.markup()
    assert 'transform="translate(0 220)"' in sheet.markup()


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
    with pytest.raises(ValueError, match="stage must be None for the cell RNN, got 'meet'"):
        draw_cell(cell, params, np.ones(2), stage="meet")
    with pytest.raises(ValueError, match=r"stage must be None or 'meet' .* got 'remember'"):
        stepped(LSTM(2, 3), stage="remember")
    lstm = LSTM(2, 3)
    with pytest.raises(ValueError, match=r"state\['c'\] must have shape \(D,\), got \(1, 3\)"):
        draw_cell(lstm, lstm.init(rng), np.ones(2), {"h": np.ones(3), "c": np.ones((1, 3))})
    with pytest.raises(ValueError, match="'c'"):
        draw_cell(lstm, lstm.init(rng), np.ones(2), {"h": np.ones(3)})


def test_large_numbers_keep_three_digits():
    cell = LSTM(4, 1)
    x = np.array([-12.345, 9.996, 123.45, 0.5])
    _, texts = read(draw_cell(cell, cell.init(rng), x))
    assert {"\u221212.3", "10.0", "123", "0.50"} <= set(texts)

def test_numbers_that_are_none_are_drawn_as_such():
    cell = RNN(2, 3)
    columns, texts = read(draw_cell(cell, cell.init(rng), np.array([np.nan, np.inf])))
    assert columns["x_t"][0][1] == np.inf and np.isnan(columns["x_t"][0][0])
    assert {"nan", "inf"} <= set(texts)

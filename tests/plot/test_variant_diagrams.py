"""The variants of the LSTM as diagrams: their own numbers, and what each changes marked."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from lstmlib.numpy import CELLS, LSTM, Peephole, unroll
from lstmlib.plot import STAGES, draw_cell, draw_unrolled, figure

from tests.plot.test_diagrams import PLACES, close, read

VARIANTS = ("lstm_1997", "peephole", "cifg", "nig", "nfg", "nog", "niaf", "noaf", "fgr")
rng = np.random.default_rng(31)


def made(name, M, D):
    name, _, peepholes = name.partition(":")
    return Peephole(M, D, peepholes) if peepholes else CELLS[name](M, D)


def drawn(name, sizes=(3, 2), **options):
    """A drawing, and the numbers of its step by the papers' equations, written here once more."""
    cell = made(name, *sizes)
    M, D = sizes
    params, x = cell.init(rng), rng.normal(size=M)
    state = {key: rng.uniform(0 if key in "ifo" else -1, 1, D) for key in cell.state_names}
    name, _, peepholes = name.partition(":")
    peepholes = peepholes or {"lstm": "", "lstm_1997": "", "cifg": "io", "nig": "fo", "nfg": "io",
                              "nog": "if"}.get(name, "ifo")

    def sigma(a):
        return 1 / (1 + np.exp(-a))

    rows = {"lstm_1997": "igo", "cifg": "igo", "nig": "fgo", "nfg": "igo", "nog": "ifg"}
    a = dict(zip(rows.get(name, "ifgo"),
                 np.reshape(params["W"] @ x + params["U"] @ state["h"] + params["b"], (-1, D))))
    if name == "fgr":
        heard = params["R"] @ np.concatenate([state["i"], state["f"], state["o"]])
        for gate, more in zip("ifo", np.reshape(heard, (3, D))):
            a[gate] = a[gate] + more
    for k, gate in enumerate("if"):
        if gate in peepholes:
            a[gate] = a[gate] + params["p"][k] * state["c"]
    new = {gate: sigma(a[gate]) for gate in "if" if gate in a}
    if name == "cifg":
        new["f"] = 1 - new["i"]
    new["g"] = {"lstm_1997": 4 * sigma(a["g"]) - 2, "niaf": a["g"]}.get(name, np.tanh(a["g"]))
    kept, written = new.get("f", 1) * state["c"], new.get("i", 1) * new["g"]
    c = kept + written
    if "o" in a:
        new["o"] = sigma(a["o"] + (params["p"][2] * c if "o" in peepholes else 0))
    shown = {"lstm_1997": 2 * sigma(c) - 1, "noaf": c}.get(name, np.tanh(c))

    outer = {"x_t": x, "c_t": c, "h_t": new.get("o", 1) * shown}
    outer |= {f"{key}_{{t-1}}": value for key, value in state.items()}
    inner = {f"{gate}_t": value for gate, value in new.items()}
    if "f" in new:
        inner["f_t \u2299 c_{t-1}"] = kept
    if "i" in new:
        inner["i_t \u2299 g_t"] = written
    if name not in ("nog", "noaf"):
        inner["2\u03c3(c_t)\u22121" if name == "lstm_1997" else "tanh(c_t)"] = shown
    return draw_cell(cell, params, x, state, **options), outer, inner


def parsed(drawing):
    return ElementTree.fromstring(figure(drawing, "fig-d", caption="c", alt="a").svg)


def parts_of(drawing):
    return {group.get("data-part"): group for group in parsed(drawing).iter("g")
            if group.get("data-part")}


def differing(drawing):
    """The groups drawn as what differs, and everything within them."""
    groups = [g for g in parsed(drawing).iter("g") if g.get("data-drawn") == "differs"]
    return groups, [element for group in groups for element in group.iter()]


@pytest.mark.parametrize("changed", [False, True])
@pytest.mark.parametrize("sizes", [(3, 1), (2, 3), (5, 2)])
@pytest.mark.parametrize("name", (*VARIANTS, "peephole:if", "peephole:o", "peephole:f"))
def test_a_variant_shows_every_number_of_its_own_step(name, sizes, changed):
    drawing, outer, inner = drawn(name, sizes, changed=changed)
    columns, _ = read(drawing)
    assert set(columns) == set(outer | inner)
    for key, values in (outer | inner).items():
        close(columns[key], values)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_larger_variant_shows_what_goes_in_and_comes_out(name):
    columns, texts = read(drawn(name, (3, 7), changed=True)[0])
    _, outer, _ = drawn(name, (3, 7))
    assert set(columns) == set(outer) and "gt" in texts


#: By variant: its words above, what is written in what differs, and how many pieces are dashed.
MARKS = {
    "lstm_1997": ("f = 1, other squashes", {"f = 1", "4\u03c3\u22122", "2\u03c3\u22121"}, 3),
    "peephole": ("i, f and o see c", {"pi", "pf", "po"}, 0),
    "peephole:if": ("i and f see c", {"pi", "pf"}, 0),
    "peephole:o": ("o sees c", {"po"}, 0),
    "cifg": ("f = 1 \u2212 i", {"gone", "1\u2212", "ft"}, 2),
    "nig": ("no input gate", {"i = 1"}, 2),
    "nfg": ("no forget gate", {"f = 1"}, 3),
    "nog": ("no output gate", {"o = 1"}, 3),
    "niaf": ("no tanh on the candidate", {"linear"}, 0),
    "noaf": ("no tanh on the way out", set(), 1),
    "fgr": ("gates hear the gates before", {"it\u22121", "ft\u22121", "ot\u22121"}, 0),
}


@pytest.mark.parametrize("name", MARKS)
def test_what_a_variant_changes_is_marked_and_said(name):
    drawing, *_ = drawn(name, changed=True)
    words, within, dashed = MARKS[name]
    groups, elements = differing(drawing)
    texts = {"".join(e.itertext()) for e in elements if e.tag == "text"}
    assert {text for text in texts if not re.fullmatch("\u2212?\\d+[.]\\d+", text)} == within
    assert all(e.get("font-weight") in ("600", "700") for e in elements if e.tag == "text")
    svg = parsed(drawing)
    assert len([e for e in svg.iter() if e.get("data-gone") is not None]) == dashed
    label = next(e for e in parts_of(drawing)["changes"].iter("text"))
    assert label.text == words and label.get("font-weight") == "700"


@pytest.mark.parametrize("name", MARKS)
def test_the_mark_needs_no_colour_and_the_rest_is_faint(name):
    drawing, *_ = drawn(name, changed=True)
    svg, (groups, elements) = parsed(drawing), differing(drawing)
    for group in groups:            # a halo, or a dashed outline
        kinds = [e for e in group.iter() if {"data-halo", "data-gone"} & set(e.keys())]
        assert kinds
    strong = {id(e) for e in svg.iter("g") if e.get("data-drawn") == "differs" for e in e.iter()}
    strong |= {id(e) for e in svg.iter("g") if (e.get("data-part") or "").startswith(
        ("peephole_", "changes")) for e in e.iter()}
    for element in svg.iter():
        if element.get("data-halo") is not None:
            assert id(element) in strong
            assert element.get("stroke") == "currentColor"
        line = element.tag == "path" and element.get("stroke-width") == "1.8"
        if line and id(element) not in strong:
            assert element.get("opacity") == "0.35"
        if id(element) in strong:
            assert element.get("opacity") is None
    thick = [e for e in elements if e.get("stroke-width") in ("2.61", "2.03")]
    assert thick or "data-gone" in {key for e in elements for key in e.keys()}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_cell_itself_and_its_difference_have_one_layout(name):
    alone, marked = drawn(name)[0], drawn(name, changed=True)[0]
    assert (alone.width, alone.height) == (marked.width, marked.height)
    for mark in ("data-drawn", "data-halo", "data-gone"):
        assert mark not in alone.markup()
    assert set(parts_of(marked)) == set(parts_of(alone)) | {"changes"}
    for drawing in (alone, marked):
        names = re.findall('data-part="([^"]*)"', drawing.markup())
        assert len(names) == len(set(names)) and " id=" not in drawing.markup()


@pytest.mark.parametrize("name", (*VARIANTS, "peephole:if", "peephole:o", "peephole:i"))
def test_peepholes_come_from_the_right_c_to_the_right_box(name):
    """i and f see c before it meets ×, o sees it after +; a gate without peephole has no line."""
    drawing, *_ = drawn(name, (2, 2))
    parts, peepholes = parts_of(drawing), getattr(made(name, 2, 2), "peepholes", "")
    assert {part for part in parts if part.startswith("peephole")} == {
        f"peephole_{gate}" for gate in peepholes}
    (plus,) = (text for text in parts["update"].iter("text") if text.text == "+")
    level = float(next(parts["update"].iter("circle")).get("cy"))
    starts = []
    for gate in peepholes:
        lines = [e.get("d") for e in parts[f"peephole_{gate}"].iter("path")]
        x, y = map(float, re.match(r"M([\d.]+) ([\d.]+)", lines[0]).groups())
        starts.append((gate, x, y))
        arrow = next(parts[f"peephole_{gate}"].iter("polygon")).get("points").split()[0]
        tip = [float(number) for number in arrow.split(",")]
        group = parts[{"f": "forget", "i": "forget" if name == "cifg" else "write",
                       "o": "show"}[gate]]
        boxes = [tuple(float(e.get(k)) for k in ("x", "y", "width", "height"))
                 for e in group.iter("rect") if e.get("height") == "22"]
        own = {"i": 131, "f": 81, "o": 231}[gate]
        (box,) = {b for b in boxes if b[0] + b[2] / 2 == own}
        assert box[0] < tip[0] < box[0] + box[2] and tip[1] == box[1] + box[3]
    for gate, x, y in starts:
        if gate == "o":
            assert y == level and x > float(plus.get("x")) + 9
        elif gate == "i" and "f" in peepholes:      # it goes on from that of f
            assert x < 81
        else:
            assert y == level and x < 81 - 9


TOUCHED = """svg => {
    const bad = [];
    const things = [...svg.querySelectorAll("text, g[data-values]")].map((e) => [e, e.getBBox()]);
    for (const path of svg.querySelectorAll(
        "g[data-part^=peephole] > path, g[data-part=gates] > path")) {
        const all = path.getTotalLength();
        for (let s = 0; s <= all; s += 1.5) {
            const p = path.getPointAtLength(s);
            for (const [e, b] of things) {
                const lower = e.tagName === "text" ? b.height * 0.2 : 0;    // under the letters
                if (p.x > b.x && p.x < b.x + b.width && p.y > b.y + lower
                    && p.y < b.y + b.height - lower) bad.push(e.textContent);
            }
        }
    }
    return [...new Set(bad)];
}"""


def test_words_are_apart_and_no_new_line_runs_through_them(browser):
    page = browser.new_page(viewport={"width": 342, "height": 900})
    drawings = [drawn(name, sizes, step=12, changed=True)[0] for name in MARKS
                for sizes in ((3, 2), (2, 3), (1, 1), (8, 5))]
    for drawing in drawings:
        svg = figure(drawing, "fig-d", caption="c", alt="a").svg
        page.set_content(f"<body style='margin: 0; font-family: system-ui'>{svg}</body>")
        assert page.eval_on_selector("svg", TOUCHED) == []
        places = page.eval_on_selector("svg", PLACES)
        for k, one in enumerate(places):
            assert one["high"] >= 10, one
            assert 0 <= one["left"] and one["right"] <= 342, one
            for other in places[:k]:
                beside = one["left"] >= other["right"] or other["left"] >= one["right"]
                away = abs(one["middle"] - other["middle"])
                assert beside or away >= 0.8 * max(one["high"], other["high"]), (one, other)
    page.close()


@pytest.mark.parametrize("name", VARIANTS)
def test_the_stages_of_a_variant_end_with_the_whole_step(name):
    cell = made(name, 2, 2)
    has = tuple(s for s in STAGES if s != "forget" or name not in ("lstm_1997", "nfg"))
    known = set()
    for stage in has:
        drawing, outer, inner = drawn(name, (2, 2), stage=stage)
        columns, _ = read(drawing)
        assert known <= set(columns)
        known = set(columns)
        now = [p for p in parts_of(drawing).values() if p.get("data-drawn") == "now"]
        assert now
        if stage == "forget":
            assert "f_t" in known and ("i_t" in known) == (name == "cifg")
    assert known == set(outer | inner)
    if has != STAGES:
        with pytest.raises(ValueError, match=f"stage must be .* {type(cell).__name__}, got 'for"):
            drawn(name, (2, 2), stage="forget")


def test_what_changed_asks_for():
    lstm = LSTM(2, 3)
    with pytest.raises(ValueError, match="^changed: got True, expected False for the cell LSTM"):
        draw_cell(lstm, lstm.init(rng), np.ones(2), changed=True)
    with pytest.raises(ValueError, match="^changed: got True with stage 'meet', expected either"):
        drawn("cifg", changed=True, stage="meet")
    with pytest.raises(TypeError, match="^changed: got .*, expected True or False"):
        drawn("cifg", changed=1)
    cifg = CELLS["cifg"](2, 3)
    with pytest.raises(ValueError, match="no chain is known for the cell CIFG"):
        draw_unrolled(unroll(cifg, cifg.init(rng), np.ones((2, 1, 2))))

"""The variant switcher: its equations are the cells, its marks the differences between them."""

import json
import re
from html import unescape

import numpy as np
import pytest
from lstmlib.numpy import CELLS
from lstmlib.widgets import VariantSwitcher

NAMES = VariantSwitcher.names
BASES = {name: "lstm" if name in ("lstm", "lstm_1997", "peephole") else "peephole"
         for name in NAMES}
rng = np.random.default_rng(41)


@pytest.fixture(scope="module")
def told():
    """What the page is given of each variant."""
    switcher = VariantSwitcher()
    return {one["name"]: one | {"svg": "".join(switcher.pieces[k] for k in one["drawing"])}
            for one in switcher.variants}


def texts(lines, without=(), kinds=("same", "changed", "new")):
    """Lines as they are read, indices as _{..}, less what stands in these elements."""
    out = []
    for line in lines:
        html = line["html"]
        for element in without:
            html = re.sub(element, "", html)
        html = re.sub("<sub>([^<]*)</sub>", lambda found: f"_{{{found[1]}}}", html)
        if line["kind"] in kinds:
            out.append(unescape(re.sub("<[^>]*>", "", html)))
    return out


def said(html):
    return unescape(re.sub("<[^>]*>", "", html)).replace("\u00a0", " ")


GONE, ADDED = "<del>.*?</del>", "<ins>.*?</ins>"
CARRIED = '<span class="carried">.*?</span>'


def bare(lines):
    """Without blanks, and without the braces of a single index."""
    return [re.sub(r"_\{(\w)\}", r"_\1", line).replace("\u2212", "-").replace(" ", "")
            for line in lines]


def evaluate(lines, cell, params, x, state):
    """Compute the lines as they are written, one after the other."""
    known = {"W": params["W"], "U": params["U"], "b": params["b"], "x_t": x}
    known |= {f"{name}_{{t-1}}": value for name, value in state.items()}
    if "p" in params:
        known |= {f"p_{gate}": row for gate, row in zip("ifo", params["p"])}
    known |= {"R": params["R"]} if "R" in params else {}
    calls = {"σ": lambda a: 1 / (1 + np.exp(-a)), "tanh": np.tanh}

    def value(text):
        text = text.replace("\u2212", "-").replace("⊙", "*")
        text = re.sub(r"\b([WUR]) ", r"\1 @ ", text).replace("σ", " σ")
        text = re.sub(r"(\d) σ", r"\1 * σ", text)
        text = re.sub(r"\[([^\]]*)\]", lambda m: f"join({m[1].replace(' ;', ',')})", text)
        text = re.sub(r"[a-z]_(?:\{[^}]*\}|\w)|\b[WURb]\b", lambda m: f"known[{m[0]!r}]", text)
        return eval(text, {"known": known, "join": lambda *v: np.concatenate(v), **calls})

    for line in lines:
        left, _, right = line.partition(" = ")
        found, names = value(right), re.findall(r"\w_\w", left)
        for name, part in zip(names, np.split(found, len(names)), strict=True):
            known[name] = part
    return known


def some_step(name, M=5, D=3):
    cell = CELLS[name](M, D)
    params = {key: rng.normal(size=shape) for key, shape in cell.param_shapes.items()}
    state = {key: rng.normal(size=D) for key in cell.state_names}
    return cell, params, rng.normal(size=M), state


@pytest.mark.parametrize("name", NAMES)
def test_the_equations_compute_the_step_of_the_cell(name):
    cell, params, x, state = some_step(name)
    found = evaluate(VariantSwitcher(name).equations(), cell, params, x, state)
    for key, value in cell.step(params, x, state).items():
        np.testing.assert_allclose(found[f"{key}_t"], value, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("wrong", [
    "[a_i ; a_g ; a_f ; a_o] = W x_t + U h_{t-1} + b", "i_t = σ(a_i + p_f ⊙ c_{t-1})",
    "f_t = σ(a_f)", "g_t = σ(a_g)", "c_t = f_t ⊙ c_{t-1} \u2212 i_t ⊙ g_t",
    "o_t = σ(a_o + p_o ⊙ c_{t-1})", "h_t = o_t ⊙ c_t"])
def test_a_wrong_equation_would_be_found(wrong):
    cell, params, x, state = some_step("peephole")
    lines = [wrong if line.lstrip("[")[0] == wrong.lstrip("[")[0] else line
             for line in VariantSwitcher("peephole").equations()]
    found, new = evaluate(lines, cell, params, x, state), cell.step(params, x, state)
    assert wrong in lines
    assert not all(np.allclose(found[f"{key}_t"], new[key]) for key in new)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shown_is_the_step_with_what_its_base_has_struck_through(told, name):
    """Without what is struck the cell itself, without what is new the cell it is compared with."""
    lines = told[name]["lines"]
    assert bare(texts(lines, [GONE])) == bare(VariantSwitcher(name).equations())
    base = bare(VariantSwitcher(BASES[name]).equations())
    assert bare(texts(lines, [ADDED], ("same", "changed", "gone"))) == base
    if BASES[name] == "peephole":
        plain = bare(VariantSwitcher("lstm").equations())
        same = bare(texts(lines, [CARRIED], ("same",)))
        assert set(same) <= set(plain)
    for line in lines:
        marks = re.findall("<(ins|del)>", line["html"])
        assert bool(marks) == (line["kind"] != "same")
        if line["kind"] in ("gone", "new"):
            assert re.fullmatch("<(ins|del)>.*</(ins|del)>", line["html"])


def test_the_plain_lstm_has_nothing_marked(told):
    assert {line["kind"] for line in told["lstm"]["lines"]} == {"same"}
    assert "<ins>" not in str(told["lstm"]) and "carried" not in str(told["lstm"]["lines"])
    assert "data-halo" not in told["lstm"]["svg"]
    for name in set(NAMES) - {"lstm"}:
        assert {line["kind"] for line in told[name]["lines"]} != {"same"}
        assert "differs" in told[name]["svg"]


@pytest.mark.parametrize("name", NAMES)
def test_the_formula_counts_the_parameters(told, name):
    words = said(told[name]["count"])
    formula, _, rest = words.partition(" = ")
    code = re.sub(r"(\d)D", r"\1*D", formula.replace("²", "**2")).replace("D(", "D*(")
    for M, D in ((1, 1), (7, 11), (23, 5)):
        assert eval(code, {"M": M, "D": D}) == CELLS[name](M, D).count()
    M, D = (int(re.search(rf"{letter} = (\d+)", rest)[1]) for letter in "MD")
    count = CELLS[name](M, D).count()
    assert rest.startswith(f"{count} for ") and VariantSwitcher(name).count() == count
    assert f"each box: W {D}\u00d7{M}" in said(told[name]["svg"])
    if name != "lstm":
        assert f"(LSTM: {CELLS['lstm'](M, D).count()})" in rest


@pytest.mark.parametrize("name", NAMES)
def test_all_drawings_show_one_input_and_one_state(told, name):
    def columns(of):
        found = re.findall('data-values="([^"]*)" data-name="([^"]*)"', told[of]["svg"])
        return {key: [float(part) for part in values.split(", ")] for values, key in found}

    seen, plain = columns(name), columns("lstm")
    for key in ("x_t", "h_{t-1}", "c_{t-1}"):
        assert seen[key] == plain[key]
    # By the equations again, from what the drawing says of the gates.
    i = np.array(seen.get("i_t", 1.0))
    f = 1 - i if name == "cifg" else np.array(seen.get("f_t", 1.0))
    c = f * np.array(seen["c_{t-1}"]) + i * np.array(seen["g_t"])
    np.testing.assert_allclose(seen["c_t"], c, atol=2e-3)


def test_every_variant_says_what_it_changes(told):
    for name in NAMES:
        one = told[name]
        assert re.search(r"\b(19|20)\d\d\b", one["says"]) and one["title"] in one["alt"]
    for key in ("says", "alt", "title", "label"):
        assert len({told[name][key] for name in NAMES}) == len(NAMES)


def test_it_is_a_twin_of_the_library():
    switcher = VariantSwitcher()
    assert switcher.value == "lstm" and set(NAMES) < set(CELLS)
    switcher.value = "fgr"
    assert type(switcher.cell(4, 7)) is CELLS["fgr"] and switcher.count(4, 7) == (
        CELLS["fgr"](4, 7).count())
    with pytest.raises(ValueError, match="^value: got 'gru', expected one of 'lstm'"):
        switcher.value = "gru"
    with pytest.raises(ValueError, match="^value: got 'gru', expected one of 'lstm'"):
        VariantSwitcher("gru")
    with pytest.raises(TypeError, match="^value: got .*, expected the name of a cell"):
        VariantSwitcher(3)


def test_the_bundle_is_one_line_and_the_state_is_small():
    one, two = (VariantSwitcher()._repr_mimebundle_()[0] for _ in range(2))
    assert one["text/plain"] == two["text/plain"] and "\n" not in one["text/plain"]
    assert set(one) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    one, two = (json.dumps(VariantSwitcher().get_state()) for _ in range(2))
    assert len(one.encode()) < 130_000
    for word in ("import ", "import(", "fetch", "XMLHttpRequest", "https:", "eval(", "url("):
        assert word not in VariantSwitcher._esm + VariantSwitcher._css


# ---------------------------------------------------------------- in a browser


def in_page(page):
    """The lines that stand on the page, as the library writes its own."""
    return [{"kind": line.get_attribute("data-kind"),
             "html": line.locator("span").first.inner_html()}
            for line in page.locator(".lstm-variants li").all()]


def test_the_radio_buttons_work_by_keyboard(page, told):
    page = page(VariantSwitcher())
    radios = page.get_by_role("radio")
    assert radios.count() == len(NAMES)
    assert page.get_by_role("group", name="the cell").count() == 1
    radios.first.focus()
    for name in (*NAMES[1:], NAMES[0]):
        page.keyboard.press("ArrowRight")
        one = told[name]
        assert page.evaluate("model.get('value')") == name
        assert page.get_by_role("radio", name=one["label"], exact=True).is_checked()
        assert page.locator(".lstm-variants").get_attribute("data-variant") == name
        assert page.get_by_role("list", name=one["title"]).count() == 1
        assert bare(texts(in_page(page), [GONE])) == bare(VariantSwitcher(name).equations())
        tags = page.locator("li small").all_inner_texts()
        assert tags == [line["kind"] for line in one["lines"] if line["kind"] != "same"]
        image = page.get_by_role("img")
        assert image.get_attribute("aria-label") == one["alt"]
        assert image.locator("[data-halo]").count() == one["svg"].count("data-halo")
        page.locator("[aria-live=polite]").filter(has_text=one["says"]).wait_for()
        count = page.locator(".variants-count").inner_text()
        assert count.replace("\u00a0", " ") == "Parameters: " + said(one["count"])
        dotted = page.get_by_text("Dotted: the peepholes").count()
        assert dotted == ("carried" in str(one["lines"]))


def test_it_follows_the_kernel_and_leaves_nothing_behind(page):
    page = page(VariantSwitcher("nig"))
    page.evaluate("model.set('value', 'noaf')")
    assert page.get_by_role("radio", name="NOAF").is_checked()
    assert bare(texts(in_page(page), [GONE])) == bare(VariantSwitcher("noaf").equations())
    page.evaluate("done()")
    assert page.evaluate("Object.values(heard).flat().length") == 0


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_a_phone_and_its_words_keep_their_size(page, name):
    page = page(VariantSwitcher(name), width=356)
    assert page.evaluate("document.documentElement.scrollWidth") <= 356
    svg = page.locator("svg")
    assert svg.bounding_box()["width"] > 320
    for text in svg.locator("text").all():
        size = text.evaluate("e => [parseFloat(getComputedStyle(e).fontSize), "
                             "parseFloat(e.getAttribute('font-size'))]")
        assert size[0] == size[1] >= 10
    assert page.evaluate("document.querySelectorAll('[id]').length") == page.evaluate(
        "new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size")


@pytest.mark.parametrize("width", [356, 688])
def test_every_line_stands_within_its_column(page, width):
    page = page(VariantSwitcher(), width=width)
    for name in NAMES:
        page.evaluate(f"model.set('value', {name!r})")
        page.locator(f"[data-variant={name}]").wait_for()
        ends = page.locator("li").evaluate_all(
            "lines => lines.map(e => [e.lastChild.getBoundingClientRect().right, "
            "e.getBoundingClientRect().right])")
        assert all(inner <= outer + 0.5 for inner, outer in ends), name

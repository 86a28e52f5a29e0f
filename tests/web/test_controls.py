"""The controls of the chapters, on the rendered pages, by keyboard alone."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

CARD = 'class="card admonition'
PORTRAIT = r"widgets\.portrait\.Portrait"
CLIFF = r"widgets\.cliff\.Cliff"
GATES = r"widgets\.gates\.GatePlayground"
RESETS = r"widgets\.resets\.TwoResets"
HALF_LIFE = r"widgets\.half_life\.HalfLife"
VARIANTS = r"widgets\.variants\.VariantSwitcher"
HTML = Path(__file__).resolve().parents[2] / "_build" / "html"


def pages_with(pattern):
    return [p.relative_to(HTML).as_posix() for p in sorted((HTML / "book").rglob("*.html"))
            if re.search(pattern, p.read_text(encoding="utf-8"))]


def stored(page, pattern, number, names):
    """The traits that the page has stored for its number-th control of a kind."""
    text = page.locator('script[type="application/vnd.jupyter.widget-state+json"]').inner_text()
    states = [model["state"] for model in json.loads(text)["state"].values()
              if re.search(pattern, model["state"].get("_anywidget_id", ""))]
    return {name: states[number][name] for name in names}


def test_the_book_has_controls(html):
    for pattern in ("lstm-slider", PORTRAIT, CLIFF, "data-guess-form", CARD):
        assert pages_with(pattern)
    for path, pattern in (("book/lstm/gates.html", GATES), ("book/lstm/memory.html", HALF_LIFE),
                          ("book/variants/gru.html", RESETS),
                          ("book/variants/variants.html", VARIANTS)):
        if (HTML / path).exists():
            assert path in pages_with(pattern)


@pytest.mark.parametrize("way", ["server", "file"])
@pytest.mark.parametrize("path", pages_with("lstm-slider"))
def test_arrow_keys_move_through_frames(open_page, show_controls, path, way):
    page = open_page(path, way)
    show_controls(page)
    for frames in page.locator(".lstm-frames").all():
        handle = frames.get_by_role("slider")
        shown = frames.locator("figure:visible")
        first, words = shown.get_attribute("id"), handle.get_attribute("aria-valuetext")
        handle.focus()
        page.keyboard.press("ArrowRight")
        second = frames.locator(f"figure:visible:not(#{first})")
        second.wait_for(timeout=5_000)
        assert handle.get_attribute("aria-valuetext") != words
        assert handle.get_attribute("aria-label")
        page.keyboard.press("ArrowLeft")
        frames.locator(f"#{first}").wait_for(state="visible", timeout=5_000)
    assert page.troubles == []


@pytest.mark.parametrize("path", pages_with("data-guess-form"))
def test_a_guess_is_kept_and_drawn_on_the_figure_that_answers(open_page, show_controls, path):
    page = open_page(path)
    show_controls(page)
    every = page.locator("form[data-guess-form]").all()
    forms = {form.get_attribute("data-guess-form"): form for form in every}
    assert len(forms) == len(every)

    def marks():
        return {name: page.locator(f"svg[data-guess*='\"{name}\"'] .guess-mark").count() for name in forms}

    for form in forms.values():
        field = form.locator("input")
        low, high = field.get_attribute("min"), field.get_attribute("max")
        value = (float(low) + float(high)) / 2 if low and high else 1
        field.focus()
        page.keyboard.type(f"{value:g}" if value < 1e5 else f"{value:.0f}")
        page.keyboard.press("Enter")
    left = dict.fromkeys(forms, 1)
    assert marks() == left
    page.wait_for_timeout(500)                  # the browser stores in its own time
    page.reload()
    show_controls(page)                         # nothing under way when the page is loaded anew
    assert marks() == left
    for name, form in forms.items():
        form.get_by_role("button", name="Clear").press("Enter")
        left[name] = 0
        assert marks() == left
    assert page.troubles == []


@pytest.mark.parametrize("way", ["server", "file"])
@pytest.mark.parametrize("path", pages_with(PORTRAIT))
def test_the_portrait_computes_what_the_library_computes(open_page, show_controls, path, way):
    from lstmlib.widgets import PRESETS, Portrait
    page = open_page(path, way)
    show_controls(page)
    portrait = page.locator(".lstm-portrait")
    portrait.wait_for(timeout=20_000)
    for name in PRESETS:
        button = portrait.get_by_role("button", name=name, exact=True)
        button.focus()
        page.keyboard.press("Enter")
        seen = json.loads(portrait.get_attribute("data-trajectory"))
        np.testing.assert_allclose(seen, Portrait(preset=name).trajectory(), atol=1e-12)
    assert page.troubles == []


@pytest.mark.parametrize("way", ["server", "file"])
@pytest.mark.parametrize("path", pages_with(CLIFF))
def test_the_descent_by_the_cliff_is_the_library_s(open_page, show_controls, path, way):
    from lstmlib.widgets import Cliff
    page = open_page(path, way)
    show_controls(page)
    cliff = page.locator(".lstm-cliff")
    cliff.wait_for(timeout=20_000)
    start = cliff.get_by_role("slider", name="start of the descent")
    threshold = cliff.get_by_role("slider", name="clip at")
    for key, control in (("ArrowLeft", start), ("ArrowDown", start), ("ArrowLeft", threshold)):
        before = cliff.get_attribute("data-clipped")
        control.focus()
        page.keyboard.press(key)
        assert cliff.get_attribute("data-clipped") != before
    seen = {way: json.loads(cliff.get_attribute(f"data-{way}")) for way in ("clipped", "plain")}
    rate = float(cliff.get_by_role("slider", name="learning rate").get_attribute("aria-valuetext"))
    twin = Cliff(start=seen["clipped"][0], rate=rate, steps=8,      # before the wall: there
                 threshold=float(threshold.get_attribute("aria-valuetext")))   # rounding grows
    for way, points in seen.items():
        np.testing.assert_allclose(points[:9], twin.descent(way == "clipped"), atol=1e-9)
    assert page.troubles == []


@pytest.mark.parametrize("way", ["server", "file"])
@pytest.mark.parametrize("path", pages_with(GATES))
def test_the_gate_playground_is_the_library_s_lstm(open_page, show_controls, path, way):
    """What the page's model holds at the start, and then all that the keyboard does to it."""
    from lstmlib.widgets import GatePlayground
    page = open_page(path, way)
    show_controls(page)
    for number, play in enumerate(page.locator(".lstm-gates").all()):
        twin = GatePlayground(**stored(page, GATES, number, ("x", "pushes", "W", "U", "b", "hears",
                                                             "step")))

        def agree(atol=5e-6):        # the page keeps six digits of a push
            seen, run = json.loads(play.get_attribute("data-run")), twin.run()
            for name in "ifgoch":
                np.testing.assert_allclose(seen[name], run.sequence(name)[:, 0, 0], atol=atol)

        def wanted(pre_activations):
            a = np.column_stack([twin.x, twin.pushes])
            for gate, value in pre_activations.items():
                k, t = "ifgo".index(gate), twin.step - 1
                run = twin.run()
                h = run.sequence("h")[t - 1, 0, 0] if t else 0.0
                before = (run.params["W"] @ a[t] + run.params["U"][:, 0] * h + run.params["b"])[k]
                a[t, k + 1] += value - before
                twin.pushes = a[:, 1:].tolist()

        agree(atol=1e-12)
        control = {name: play.get_by_role("slider", name=name, exact=True)
                   for name in ("step", "xt", "ai", "af", "ag", "ao")}
        control["step"].press("Home")
        control["step"].press("ArrowRight")
        control["step"].press("ArrowRight")
        twin.step = 3
        for gate in "ifgo":
            control[f"a{gate}"].press("End")
            wanted({gate: 8.0})
            agree()
        control["xt"].press("Home")
        twin.x = [-2.0 if t == 2 else x for t, x in enumerate(twin.x)]
        agree()
        for name, gates in (("copy", {"i": -6, "f": 6}), ("clear", {"f": -6}), ("write", {"i": 6}),
                            ("show", {"o": 6}), ("hide", {"o": -6})):
            play.get_by_role("button", name=name).press("Enter")
            wanted(gates)
            agree()
        play.get_by_role("checkbox", name="hears its own h").press("Space")
        twin.hears = not twin.hears
        agree()
        play.get_by_role("button", name="reset all").press("Enter")
        for name, value in twin.first.items():
            setattr(twin, name, value)
        agree()
    assert page.troubles == []


@pytest.mark.parametrize("way", ["server", "file"])
@pytest.mark.parametrize("path", pages_with(HALF_LIFE))
def test_the_half_life_is_the_library_s(open_page, show_controls, path, way):
    from lstmlib.widgets import HalfLife
    page = open_page(path, way)
    show_controls(page)
    for control in page.locator(".lstm-half").all():
        slider = control.get_by_role("slider", name="forget bias")
        quick = {value: control.get_by_role("button", name=f"bias {value}")
                 for value in (0, 1, 3, 5)}
        steps = [(quick[value], "Enter", value) for value in quick]
        for at, key, bias in [*steps, (slider, "ArrowLeft", 4.75), (slider, "End", 8),
                              (slider, "Home", -2)]:
            at.press(key)
            assert float(slider.get_attribute("aria-valuetext").replace("\u2212", "-")) == bias
            twin = HalfLife(bias)
            half = json.loads(control.get_attribute("data-half-life"))
            assert half == pytest.approx(twin.half_life(), rel=1e-10)
            left = json.loads(control.get_attribute("data-left"))
            np.testing.assert_allclose(left, twin.left([1, 10, 100, 1000]), rtol=1e-9)
    assert page.troubles == []


@pytest.mark.parametrize("way", ["server", "file"])
@pytest.mark.parametrize("path", pages_with(RESETS))
def test_the_two_resets_are_the_library_s(open_page, show_controls, path, way):
    from lstmlib.widgets import TwoResets
    page = open_page(path, way)
    show_controls(page)
    for number, control in enumerate(page.locator(".lstm-resets").all()):
        twin = TwoResets(**stored(page, RESETS, number, ("h", "x", "W", "U", "r", "z", "diagonal",
                                                         "negated")))

        def agree():
            for form in ("after", "before"):
                seen = json.loads(control.get_attribute(f"data-{form}"))
                for reading in ("keeps", "takes"):
                    np.testing.assert_allclose(seen[reading], twin.run(form, reading)["h"],
                                               atol=1e-12)

        agree()
        for name, key, r in (("r1", "End", [1, twin.r[1]]), ("r2", "Home", [1, 0])):
            control.get_by_role("slider", name=name, exact=True).press(key)
            twin.r = r
            agree()
        for name, r, diagonal in (("r = 1", [1, 1], False), ("r equal", [0.5, 0.5], False),
                                  ("U diagonal", twin.first["r"], True)):
            control.get_by_role("button", name=name, exact=True).press("Enter")
            twin.r, twin.diagonal = r, diagonal
            agree()
        control.get_by_role("slider", name="z", exact=True).press("Home")
        twin.z = 0
        agree()
        control.get_by_role("checkbox").press("Space")
        twin.negated = not twin.negated
        agree()
    assert page.troubles == []


@pytest.mark.parametrize("way", ["server", "file"])
@pytest.mark.parametrize("path", pages_with(VARIANTS))
def test_the_variants_are_the_library_s(open_page, show_controls, path, way):
    from lstmlib.widgets import VariantSwitcher
    page = open_page(path, way)
    show_controls(page)
    for control in page.locator(".lstm-variants").all():
        radios = control.get_by_role("radio")
        first = control.get_attribute("data-variant")
        radios.nth(VariantSwitcher.names.index(first)).focus()
        for _ in VariantSwitcher.names:
            page.keyboard.press("ArrowRight")
            twin = VariantSwitcher(control.get_attribute("data-variant"))
            lines = control.locator("li:not([data-kind=gone]) > span").evaluate_all(
                """lines => lines.map((line) => {
                    const own = line.cloneNode(true);
                    own.querySelectorAll("del").forEach((gone) => gone.remove());
                    return own.textContent.replace(/\\s/g, "");
                })""")
            assert lines == [re.sub(r"[\s_{}]", "", line).replace("t-1", "t\u22121")
                             for line in twin.equations()]
            assert f"= {twin.count()} for" in control.locator(".variants-count").inner_text()
            marked = control.locator("svg [data-halo], svg [data-gone]").count()
            assert bool(marked) == (twin.value != "lstm")
        assert control.get_attribute("data-variant") == first
    assert page.troubles == []


@pytest.mark.parametrize("path", pages_with(CARD))
def test_the_card_prints_alone_on_one_page(open_page, path):
    page = open_page(path)
    page.evaluate("window.print = () => {}")
    page.get_by_role("button", name="Print this card").press("Enter")
    assert page.evaluate("document.body.classList.contains('only-card')")
    printed = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1

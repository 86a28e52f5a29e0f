"""The gate playground is an LSTM of lstmlib.numpy, and works by keyboard."""

import json
import math

import numpy as np
import pytest
import traitlets
from lstmlib.numpy import LSTM
from lstmlib.widgets import GatePlayground

SHOWN = ("i", "f", "g", "o", "c", "h")


@pytest.fixture(scope="module")
def in_node(node):
    """Evaluate a JavaScript expression in which p is the control's script."""
    return node(GatePlayground)


def some_playgrounds():
    rng = np.random.default_rng(23)
    yield GatePlayground()
    yield GatePlayground(hears=False)
    for steps in (2, 7, 13):
        yield GatePlayground(x=rng.normal(size=steps), pushes=5 * rng.normal(size=(steps, 4)),
                             W=rng.normal(size=4), U=3 * rng.normal(size=4), b=rng.normal(size=4))
    yield GatePlayground(x=[1.0, -1.0], pushes=[[900.0] * 4, [-900.0] * 4])


def net_of(play):
    return json.dumps({"W": play.W, "U": play.U if play.hears else [0] * 4, "b": play.b})


def js(play):
    return f"{net_of(play)}, {json.dumps(play.x)}, {json.dumps(play.pushes)}"


def compare(found, run, atol=1e-12):
    for name in SHOWN:
        np.testing.assert_allclose(found[name], run.sequence(name)[:, 0, 0], rtol=0, atol=atol)


def test_the_page_computes_the_library_s_numbers(in_node):
    plays = list(some_playgrounds())
    found = in_node("[" + ", ".join(f"p.unroll({js(play)})" for play in plays) + "]")
    for play, steps in zip(plays, found, strict=True):
        compare({name: [step[name] for step in steps] for name in SHOWN}, play.run())


def test_the_run_is_that_of_a_cell_with_one_input_and_the_pushes_in_its_bias():
    """Step by step with LSTM(1, 1), whose bias at each step is b and the push."""
    rng = np.random.default_rng(29)
    x, pushes = rng.normal(size=7), rng.normal(size=(7, 4))
    W, U, b = rng.normal(size=(3, 4))
    for hears in (True, False):
        run = GatePlayground(x=x, pushes=pushes, W=W, U=U, b=b, hears=hears).run()
        state = {"h": np.zeros(1), "c": np.zeros(1)}
        for t in range(7):
            params = {"W": W[:, None], "U": U[:, None] * hears, "b": b + pushes[t]}
            state = LSTM(1, 1).step(params, x[t, None], state)
            for name in SHOWN:
                np.testing.assert_allclose(run.history[t + 1][name][0], state[name], atol=1e-14)
            state = {name: state[name] for name in ("h", "c")}


def test_the_story_is_written_held_shown_and_cleared():
    run = GatePlayground().run()
    c, h = run.sequence("c")[:, 0, 0], run.sequence("h")[:, 0, 0]
    assert abs(c[0]) < 0.02 and c[1] > 0.85
    assert c[1:10].min() > 0.85 * c[1]                # held from step 2 to 10
    assert np.argmax(abs(h)) == 8 and h[8] > 0.6      # shown at step 9 and nowhere else
    assert abs(np.delete(h, 8)).max() < 0.03
    assert abs(c[10:]).max() < 0.02                   # cleared at step 11


@pytest.mark.parametrize("play", [*some_playgrounds()][:-1])
def test_a_push_brings_the_pre_activation_where_it_is_wanted(in_node, play):
    """At each of several steps, though pushing one moves the h that the next one hears."""
    wanted = {"i": -6, "f": 6, "o": 2.5}
    last, middle = len(play.x), (len(play.x) + 1) // 2
    before = np.array(play.pushes)
    pushes = in_node(f"p.pushed({js(play)}, {middle}, {last}, {json.dumps(wanted)})")
    np.testing.assert_array_equal(np.array(pushes)[:middle - 1], before[:middle - 1])
    np.testing.assert_array_equal(np.array(pushes)[:, 2], before[:, 2])
    play.pushes = pushes
    run = play.run()
    for gate, a in wanted.items():
        expected = 1 / (1 + math.exp(-a))
        np.testing.assert_allclose(run.sequence(gate)[middle - 1:, 0, 0], expected, atol=1e-6)


def test_the_words_say_what_happens(in_node):
    def words(play, step):
        return in_node(f"p.describe({net_of(play)}, p.unroll({js(play)})[{step - 1}], {step})"
                       ).replace("\u00a0", " ")

    play = GatePlayground()
    assert words(play, 9) == (
        "Step 9: f = 0.98 keeps 98 % of c = 0.78 and i = 0.02 lets in 2 % of g = \u22120.63: "
        "now c = 0.75. o = 0.98 shows 98 % of tanh c = 0.64: h = 0.63.")
    assert "Through h = 0.63 the step before adds" in words(play, 10)
    assert "i, f, g and o: 0.31, 0.31, 0.63, 0.31." in words(play, 10)
    assert "Through" not in words(GatePlayground(hears=False), 10)


def test_without_hearing_h_a_cleared_and_written_cell_knows_only_its_input():
    pushes = np.zeros((12, 4))
    pushes[1, 0], pushes[8, 3] = 8, 8
    pushes[9, :2] = 10, -10                           # step 10: the gates write over what was there
    x = np.zeros(12)
    for first in (0.9, -0.9):
        x[1] = first
        heard = GatePlayground(x=x, pushes=pushes).run().sequence("c")[9, 0, 0]
        deaf = GatePlayground(x=x, pushes=pushes, hears=False).run().sequence("c")[9, 0, 0]
        assert math.copysign(heard, first) == pytest.approx(heard) and abs(heard) > 0.5
        assert abs(deaf) < 0.01


def test_the_script_asks_for_nothing():
    for word in ("import ", "import(", "fetch", "XMLHttpRequest", "https:", "eval(", "url("):
        assert word not in GatePlayground._esm + GatePlayground._css


def test_the_bundle_and_the_state():
    one, two = (GatePlayground()._repr_mimebundle_()[0] for _ in range(2))
    assert one["text/plain"] == two["text/plain"] and "\n" not in one["text/plain"]
    assert set(one) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    state = GatePlayground(x=[0.1, 0.2], step=1).get_state()
    assert state["first"] == {"x": [0.1, 0.2], "pushes": [[0.0] * 4] * 2, "hears": True}
    assert "export default" in state["_esm"]


def test_it_can_be_set_from_the_notebook_but_keeps_its_length():
    play = GatePlayground()
    play.x = [1] * 12
    assert play.run().inputs[:, 0, 0].tolist() == [1.0] * 12
    with pytest.raises(ValueError, match=r"x: got shape \(5,\), expected shape \(12,\)"):
        play.x = [0.0] * 5
    with pytest.raises(ValueError, match="step"):
        play.step = 13
    with pytest.raises(traitlets.TraitError):
        play.W = [0.0] * 4
    assert play.x == [1.0] * 12


@pytest.mark.parametrize(
    "wrong, error",
    [
        ({"x": []}, ValueError),
        ({"x": [[1.0]]}, ValueError),
        ({"x": "abc"}, TypeError),
        ({"x": [1.0, math.nan]}, ValueError),
        ({"x": [0.0] * 25}, ValueError),
        ({"x": [0.0]}, ValueError),
        ({"pushes": [[0.0] * 4] * 5}, ValueError),
        ({"pushes": [[0.0] * 3] * 12}, ValueError),
        ({"W": [1.0]}, ValueError),
        ({"U": [0, 0, math.inf, 0]}, ValueError),
        ({"b": 1.0}, TypeError),
        ({"hears": 1}, TypeError),
        ({"step": 0}, ValueError),
        ({"step": 13}, ValueError),
        ({"step": 2.5}, TypeError),
    ],
)
def test_wrong_arguments_name_themselves(wrong, error):
    with pytest.raises(error, match=f"^{next(iter(wrong))}: got .*, expected "):
        GatePlayground(**wrong)


# ---------------------------------------------------------------- in a browser


def run_in(page):
    return json.loads(page.locator("[data-run]").get_attribute("data-run"))


def expected_in(page):
    names = ("x", "pushes", "W", "U", "b", "hears", "step")
    return GatePlayground(**{name: page.evaluate(f"model.get('{name}')") for name in names}).run()


def press(page, control, key, times=1):
    control.focus()
    for _ in range(times):
        page.keyboard.press(key)


def test_every_slider_works_by_keyboard_and_has_a_name(page):
    page = page(GatePlayground(step=5))
    press(page, page.get_by_role("slider", name="step", exact=True), "ArrowLeft", 2)
    assert page.evaluate("model.get('step')") == 3
    compare(run_in(page), expected_in(page))
    for name, key in (("xt", "ArrowRight"), ("ai", "End"), ("af", "ArrowLeft"), ("ag", "Home"),
                      ("ao", "ArrowRight")):
        control, before = page.get_by_role("slider", name=name, exact=True), run_in(page)
        press(page, control, key)
        after = run_in(page)
        assert after != before
        assert [step[:2] for step in after.values()] == [step[:2] for step in before.values()]
        compare(after, expected_in(page))
    assert run_in(page)["x"][2] == -0.5
    assert page.get_by_role("slider", name="ai").get_attribute("aria-valuetext") == "8.0, i 1.00"
    assert run_in(page)["i"][2] == pytest.approx(1 / (1 + math.exp(-8)), abs=1e-9)
    assert run_in(page)["g"][2] == pytest.approx(math.tanh(-8), abs=1e-6)
    unnamed = "[...document.querySelectorAll('input')].filter((e) => !e.labels.length).length"
    assert page.evaluate(unnamed) == 0


def test_the_buttons_set_the_gates_at_one_step_or_from_there_on(page):
    page = page(GatePlayground(step=3))
    open_gate, shut = 1 / (1 + math.exp(-6)), 1 / (1 + math.exp(6))
    for name, gate, value in (("copy", "f", open_gate), ("copy", "i", shut), ("clear", "f", shut),
                              ("write", "i", open_gate), ("show", "o", open_gate),
                              ("hide", "o", shut)):
        press(page, page.get_by_role("button", name=name), "Enter")
        seen = run_in(page)
        assert seen[gate][2] == pytest.approx(value, abs=1e-6)
        assert seen[gate][3] != pytest.approx(value, abs=1e-6)
        compare(seen, expected_in(page))
    press(page, page.get_by_role("radio", name="at this step"), "ArrowRight")
    assert page.get_by_role("radio", name="from here on").is_checked()
    press(page, page.get_by_role("button", name="copy"), "Enter")
    seen = run_in(page)
    assert seen["f"][2:] == pytest.approx([open_gate] * 10, abs=1e-6)
    assert seen["i"][2:] == pytest.approx([shut] * 10, abs=1e-6)
    assert abs(seen["c"][11] - seen["c"][2]) < 0.05
    compare(seen, expected_in(page))


def test_hearing_h_can_be_switched_off_and_all_be_reset(page):
    page = page(GatePlayground(step=10))
    begun = run_in(page)
    press(page, page.get_by_role("checkbox", name="hears its own h"), "Space")
    assert page.evaluate("model.get('hears')") is False
    assert run_in(page) != begun
    compare(run_in(page), expected_in(page))
    press(page, page.get_by_role("button", name="write"), "Enter")
    press(page, page.get_by_role("slider", name="xt"), "Home")
    press(page, page.get_by_role("button", name="reset all"), "Enter")
    assert run_in(page) == begun and page.get_by_role("checkbox").is_checked()


def test_a_click_on_the_drawing_chooses_its_step(page):
    page = page(GatePlayground())
    frame = page.locator(".gates-frame").bounding_box()
    page.mouse.click(frame["x"] + 5.5 * frame["width"], frame["y"] + 50)
    assert page.evaluate("model.get('step')") == 7
    page.mouse.click(frame["x"] - 3 * frame["width"], frame["y"] + 50)     # the names: no step
    assert page.evaluate("model.get('step')") == 7


def test_it_says_what_happens_shows_the_numbers_and_leaves_nothing_behind(page):
    page = page(GatePlayground(step=9))
    status = page.locator("[aria-live]")
    assert "keeps" in status.inner_text() and status.get_attribute("aria-live") == "polite"
    press(page, page.get_by_role("slider", name="step", exact=True), "ArrowRight")
    page.get_by_text("Step 10:").wait_for()
    press(page, page.get_by_text("the numbers"), "Enter")
    cells = page.locator("tbody tr").nth(8).locator("td").all_inner_texts()
    run = expected_in(page)
    expected = [9, -0.5] + [run.sequence(name)[8, 0, 0] for name in SHOWN]
    seen = [float(cell.replace("\u2212", "-")) for cell in cells]
    assert seen == pytest.approx(expected, abs=6e-4)
    page.evaluate("model.set('x', model.get('x').map(() => 0))")           # from a kernel
    assert run_in(page)["x"] == [0] * 12
    page.evaluate("done()")
    assert page.evaluate("Object.values(heard).flat().length") == 0


@pytest.mark.parametrize("steps", [2, 12, 24])
def test_it_fits_a_phone(page, steps):
    page = page(GatePlayground(x=[0.5] * steps, pushes=[[8, 8, 8, 8]] * steps, step=1), width=356)
    page.get_by_text("the numbers").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 356
    assert page.locator("svg").bounding_box()["width"] > 300
    top = page.locator("svg").bounding_box()["y"]
    for bars in page.locator("svg g").all():                               # c reaches 24
        inside, ground = bars.locator("path").last, bars.locator("rect")
        assert inside.bounding_box()["y"] >= ground.bounding_box()["y"] - 1 >= top - 1

"""The portrait computes in the page what lstmlib.numpy computes, and works by keyboard."""

import json
import math
from pathlib import Path

import anywidget
import lstmlib.widgets
import numpy as np
import pytest
from lstmlib.numpy import RNN, unroll
from lstmlib.widgets import PRESETS, Portrait

FOLDER = Path(lstmlib.widgets.__file__).parent
rng = np.random.default_rng(11)


@pytest.fixture(scope="module")
def in_node(node):
    """Evaluate a JavaScript expression in which p is the control's script."""
    return node(Portrait)


def js(portrait):
    net = {"U": portrait.U, "W": portrait.W, "b": portrait.b}
    rest = (portrait.start, portrait.pulse, portrait.pulse_at, portrait.steps)
    return json.dumps(net) + ", " + ", ".join(json.dumps(value) for value in rest)


def some_portraits():
    yield from (Portrait(preset=name) for name in PRESETS)
    yield Portrait(U=[[0.8, -0.7], [0.7, 0.8]])  # eigenvalues of size 1.06
    yield Portrait(U=[[1.05, 0.0], [0.0, -0.5]])
    for _ in range(5):
        yield Portrait(
            U=rng.normal(size=(2, 2)), b=rng.normal(size=2), W=rng.normal(size=(2, 1)),
            start=rng.uniform(-1, 1, 2), pulse=rng.normal(), pulse_at=int(rng.integers(1, 30)),
            steps=23,
        )


def test_the_page_computes_the_library_s_numbers(in_node):
    portraits = list(some_portraits())
    found = in_node("[" + ", ".join(f"p.trajectory({js(each)})" for each in portraits) + "]")
    for portrait, states in zip(portraits, found, strict=True):
        np.testing.assert_allclose(states, portrait.trajectory(), rtol=0, atol=1e-12)


def test_the_trajectory_is_that_of_unroll_with_the_pulse_at_its_step():
    portrait = Portrait(preset="a latch", pulse=-1.3, pulse_at=4, steps=9)
    x = np.zeros((9, 1, 1))
    x[3] = -1.3
    params = {
        "U": np.array(portrait.U), "W": np.array(portrait.W)[:, None], "b": np.array(portrait.b)
    }
    run = unroll(RNN(1, 2), params, x, {"h": np.array([portrait.start])})
    np.testing.assert_array_equal(portrait.trajectory()[1:], run.outputs[:, 0])
    np.testing.assert_array_equal(portrait.trajectory()[0], portrait.start)


def test_fixed_points_are_fixed_and_their_kind_is_right(in_node):
    for portrait in some_portraits():
        U, b = np.array(portrait.U), np.array(portrait.b)
        net = json.dumps({"U": portrait.U, "W": portrait.W, "b": portrait.b})
        points = in_node(f"p.fixedPoints({net})")
        assert points  # Brouwer: a continuous map of the square into itself has one
        for point in points:
            h = np.array(point["h"])
            np.testing.assert_allclose(np.tanh(U @ h + b), h, atol=1e-9)
            sizes = np.abs(np.linalg.eigvals((1 - h**2)[:, None] * U))
            kind = {0: "stable", 1: "saddle", 2: "unstable"}[int((sizes > 1).sum())]
            assert point["kind"] == kind


def test_all_fixed_points_of_separate_units_are_found(in_node):
    """Two units that do not hear each other: 3 x 3 fixed points, each a root of h = tanh(1.8 h)."""
    points = in_node(f"p.fixedPoints({json.dumps(PRESETS['four attractors'])})")
    low, high = 0.1, 1.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if math.tanh(1.8 * middle) > middle else (low, middle)
    roots = [-low, 0.0, low]
    expected = [[one, other] for one in roots for other in roots]
    found = sorted([round(value, 9) + 0.0 for value in point["h"]] for point in points)
    np.testing.assert_allclose(found, expected, atol=2e-9)
    kinds = [point["kind"] for point in points]
    assert [kinds.count(kind) for kind in ("stable", "saddle", "unstable")] == [4, 4, 1]


@pytest.mark.parametrize(
    "preset, words",
    [
        ("spiral in", "settles at (0.00, 0.00)"),
        ("a latch", "the pulse is remembered"),
        ("four attractors", "9 fixed points without input: 4 stable, 4 saddles, 1 unstable"),
        ("limit cycle", "keeps going round"),
        ("two-step flip", "cycle of 2 steps"),
        ("forgets", "the pulse is forgotten"),
    ],
)
def test_the_words_say_what_happens(in_node, preset, words):
    assert words in in_node(f"p.describe({js(Portrait(preset=preset))})")


@pytest.mark.parametrize("scale, angle", [(0.9, 30), (1.5, -170), (2.0, 0), (0.3, 179)])
def test_scale_and_rotation_go_there_and_back(in_node, scale, angle):
    U = in_node(f"p.rotation({scale}, {angle})")
    turn = math.radians(angle)
    np.testing.assert_allclose(
        U, scale * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]),
        atol=1e-14,
    )
    back = in_node(f"p.asRotation({json.dumps(U)})")
    assert (back["scale"], back["angle"]) == pytest.approx((scale, angle))


def test_the_script_asks_for_nothing():
    text = (FOLDER / "portrait.js").read_text(encoding="utf-8")
    for word in ("import ", "import(", "fetch", "XMLHttpRequest", "https:", "eval("):
        assert word not in text
    assert "url(" not in (FOLDER / "portrait.css").read_text(encoding="utf-8")


def test_the_bundle_has_one_constant_line_and_the_view():
    one, two = (Portrait()._repr_mimebundle_()[0] for _ in range(2))
    assert one["text/plain"] == two["text/plain"] and "\n" not in one["text/plain"]
    assert set(one) == {"text/plain", "application/vnd.jupyter.widget-view+json"}


def test_the_state_holds_all_that_the_page_needs():
    state = Portrait(preset="a latch").get_state()
    json.dumps({name: value for name, value in state.items() if name != "layout"}, default=str)
    assert state["U"] == PRESETS["a latch"]["U"] and state["presets"] == PRESETS
    assert "export default" in state["_esm"] and "portrait-dot" in state["_css"]
    assert issubclass(Portrait, anywidget.AnyWidget)


@pytest.mark.parametrize(
    "wrong, error",
    [
        ({"U": [[1, 2]]}, ValueError),
        ({"U": "abcd"}, (TypeError, ValueError)),
        ({"U": [[1, 2], [3, math.nan]]}, ValueError),
        ({"b": [1, 2, 3]}, ValueError),
        ({"W": [[1, 2], [3, 4]]}, ValueError),
        ({"start": [0.5, 1.5]}, ValueError),
        ({"pulse": math.inf}, ValueError),
        ({"pulse": "high"}, TypeError),
        ({"steps": 0}, ValueError),
        ({"steps": 2.5}, TypeError),
        ({"pulse_at": -1}, ValueError),
        ({"preset": "chaos"}, ValueError),
    ],
)
def test_wrong_arguments_name_themselves(wrong, error):
    with pytest.raises(error, match=next(iter(wrong))):
        Portrait(**wrong)


# ---------------------------------------------------------------- in a browser


def states_in(page):
    return json.loads(page.locator("[data-trajectory]").get_attribute("data-trajectory"))


def expected_in(page):
    values = page.evaluate(
        "Object.fromEntries(['U','b','W','start','pulse','pulse_at','steps']"
        ".map((name) => [name, model.get(name)]))"
    )
    return Portrait(**values).trajectory()


def test_the_start_moves_by_keyboard_and_by_drag(page):
    page = page(Portrait(preset="spiral in"))
    handle = page.get_by_role("slider", name="start of the state")
    handle.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    assert states_in(page)[0] == pytest.approx([0.85, 0.01])
    assert handle.get_attribute("aria-valuetext") == "unit 1 0.85, unit 2 0.01"
    np.testing.assert_allclose(states_in(page), expected_in(page), rtol=0, atol=1e-12)
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    assert states_in(page)[0][0] == 1  # it stays within the square
    box, plane = handle.bounding_box(), page.locator(".portrait-plane").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(plane["x"] + plane["width"] / 4, plane["y"] + plane["height"] * 3 / 4, steps=4)
    page.mouse.up()
    assert states_in(page)[0] == pytest.approx([-0.5, -0.5], abs=0.02)
    assert page.evaluate("window.saved") > 4
    np.testing.assert_allclose(states_in(page), expected_in(page), rtol=0, atol=1e-12)


def test_every_control_works_by_keyboard_and_has_a_name(page):
    page = page(Portrait(preset="spiral in"))
    before = states_in(page)
    for name in ("scale", "rotation", "height", "at step"):
        page.get_by_role("slider", name=name, exact=True).focus()
        page.keyboard.press("ArrowRight")
        after = states_in(page)
        if name != "at step":
            assert after != before
        np.testing.assert_allclose(after, expected_in(page), rtol=0, atol=1e-12)
        before = after
    page.get_by_role("radio", name="scale and rotation").focus()
    page.keyboard.press("ArrowRight")
    entry = page.get_by_role("spinbutton", name="U12")
    entry.fill("0.33")
    assert page.evaluate("model.get('U')[0][1]") == 0.33
    entry.fill("")
    assert page.evaluate("model.get('U')[0][1]") == 0.33
    page.get_by_role("button", name="a latch").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("model.get('U')") == PRESETS["a latch"]["U"]
    assert page.get_by_role("button", name="a latch").get_attribute("aria-pressed") == "true"
    page.get_by_text("the pulse is remembered").wait_for()
    np.testing.assert_allclose(states_in(page), expected_in(page), rtol=0, atol=1e-12)
    unnamed = page.evaluate(
        "[...document.querySelectorAll('input')].filter((e) => !e.labels.length).length"
    )
    assert unnamed == 0


def test_the_numbers_can_be_opened(page):
    page = page(Portrait(preset="forgets"))
    page.get_by_text("the numbers").focus()
    page.keyboard.press("Enter")
    cells = page.locator(".portrait-numbers tbody tr").nth(5).locator("td").all_inner_texts()
    expected = expected_in(page)[5]
    assert cells[:2] == ["5", "1.5"]
    shown = [float(cell.replace("\u2212", "-")) for cell in cells[2:]]
    assert shown == pytest.approx(list(expected), abs=5.1e-5)


def test_it_follows_the_kernel_and_leaves_nothing_behind(page):
    page = page(Portrait(preset="spiral in"))
    page.evaluate("model.set('start', [0.25, -0.75])")
    assert states_in(page)[0] == [0.25, -0.75]
    page.evaluate("done()")
    assert page.evaluate("Object.values(heard).flat().length") == 0


def test_it_fits_a_phone(page):
    page = page(Portrait(preset="a latch"), width=356)
    assert page.evaluate("document.documentElement.scrollWidth") <= 356
    assert page.locator(".portrait-plane").bounding_box()["width"] > 240

"""The descent beside the cliff is that of lstmlib.numpy, and works by keyboard."""

import base64
import json
import math

import numpy as np
import pytest
from lstmlib.numpy import numerical_gradient
from lstmlib.widgets import Cliff


@pytest.fixture(scope="module")
def in_node(node):
    """Evaluate a JavaScript expression in which p is the control's script."""
    return node(Cliff)


def problem(cliff):
    return json.dumps({name: getattr(cliff, name) for name in ("horizon", "first", "target")})


def test_the_page_s_gradient_is_the_library_s_and_that_of_differences(in_node):
    rng = np.random.default_rng(17)
    cliff = Cliff(horizon=7, first=0.3, target=-0.6)
    for u, b in rng.uniform((0.5, -1.0), (2.5, 0.8), (6, 2)):
        found = in_node(f"p.lossAndGradient({problem(cliff)}, {u}, {b})")
        loss, grads = cliff.loss_and_gradient(u, b)
        assert found["loss"] == pytest.approx(loss, rel=1e-12)
        assert found["loss"] == pytest.approx(float(cliff.loss(u, b)), rel=1e-12)
        ours = [grads["U"][0, 0], grads["b"][0]]
        np.testing.assert_allclose([found["du"], found["db"]], ours, rtol=1e-10, atol=1e-14)
        numeric = numerical_gradient(
            lambda p: float(cliff.loss(p["u"][0], p["b"][0])),
            {"u": np.array([u]), "b": np.array([b])},
        )
        np.testing.assert_allclose(ours, [numeric["u"][0], numeric["b"][0]], rtol=1e-5, atol=1e-8)


def test_the_page_s_descent_is_the_library_s(in_node):
    """Few steps, as close by the cliff each step makes a difference of rounding larger."""
    rng = np.random.default_rng(19)
    for start in rng.uniform((0.5, -1.0), (2.5, 0.8), (5, 2)).tolist():
        cliff = Cliff(start=start, threshold=0.2, rate=0.1, steps=13)
        for clipped, threshold in ((True, "0.2"), (False, "Infinity")):
            points = in_node(
                f"p.descend({problem(cliff)}, {start}, 0.1, {threshold}, 13)")
            found = [[point["u"], point["b"]] for point in points]
            np.testing.assert_allclose(found, cliff.descent(clipped), rtol=0, atol=1e-9)


def test_no_clipped_step_is_longer_than_rate_times_threshold():
    cliff = Cliff(start=(2.0, 0.5), threshold=0.5, rate=0.25)
    lengths = np.linalg.norm(np.diff(cliff.descent(), axis=0), axis=1)
    assert lengths.max() == pytest.approx(0.125)
    assert np.linalg.norm(np.diff(cliff.descent(clipped=False), axis=0), axis=1).max() > 0.125


def test_the_map_holds_the_loss():
    cliff = Cliff()
    levels = np.frombuffer(base64.b64decode(cliff.surface["levels"]), dtype=np.uint8)
    rows, columns = cliff.surface["rows"], cliff.surface["columns"]
    grid = levels.reshape(rows, columns) * cliff.surface["highest"] / 255
    u = 0.5 + 2.0 * (np.arange(columns) + 0.5) / columns
    for row, column in ((0, 0), (rows - 1, 3), (rows // 2, columns - 1)):
        b = 0.8 - 1.8 * (row + 0.5) / rows
        loss, _ = cliff.loss_and_gradient(u[column], b)
        assert grid[row, column] == pytest.approx(loss, abs=cliff.surface["highest"] / 500)


def test_the_bundle_and_the_state():
    one, two = (Cliff()._repr_mimebundle_()[0] for _ in range(2))
    assert one["text/plain"] == two["text/plain"] and "\n" not in one["text/plain"]
    assert set(one) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    state = Cliff(threshold=2.0).get_state()
    assert state["threshold"] == 2.0 and len(json.dumps(state["surface"])) < 20_000
    text = state["_esm"] + state["_css"]
    for word in ("import ", "import(", "fetch", "XMLHttpRequest", "https:", "eval("):
        assert word not in text


@pytest.mark.parametrize(
    "wrong, error",
    [
        ({"start": (0.1, 0.0)}, ValueError),
        ({"start": (1.0, 2.0)}, ValueError),
        ({"start": (1.0,)}, ValueError),
        ({"start": "high"}, (TypeError, ValueError)),
        ({"threshold": 0.0}, ValueError),
        ({"threshold": math.inf}, ValueError),
        ({"rate": -1.0}, ValueError),
        ({"steps": 0}, ValueError),
        ({"horizon": 5000}, ValueError),
        ({"target": 1.5}, ValueError),
    ],
)
def test_wrong_arguments_name_themselves(wrong, error):
    with pytest.raises(error, match=next(iter(wrong))):
        Cliff(**wrong)


# ---------------------------------------------------------------- in a browser


def clipped_in(page):
    return json.loads(page.locator("[data-clipped]").get_attribute("data-clipped"))


def test_the_start_moves_by_keyboard_and_by_drag(page):
    page = page(Cliff(start=(1.8, 0.3)))
    handle = page.get_by_role("slider", name="start of the descent")
    handle.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    assert clipped_in(page)[0] == pytest.approx([1.75, 0.31])
    assert handle.get_attribute("aria-valuetext") == "u 1.75, b 0.31"
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    assert clipped_in(page)[0][0] == 2.5  # it stays on the map
    dot, plane = handle.bounding_box(), page.locator(".cliff-plane").bounding_box()
    page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    page.mouse.down()
    page.mouse.move(plane["x"] + plane["width"] / 2, plane["y"] + plane["height"] / 2, steps=4)
    page.mouse.up()
    assert clipped_in(page)[0] == pytest.approx([1.5, -0.1], abs=0.03)


def test_threshold_and_rate_work_by_keyboard_and_have_names(page):
    page = page(Cliff(start=(1.2, 0.3), steps=13))
    for name, trait in (("clip at", "threshold"), ("learning rate", "rate")):
        control, before = page.get_by_role("slider", name=name), clipped_in(page)
        control.focus()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        assert float(control.get_attribute("aria-valuetext")) == page.evaluate(
            f"model.get('{trait}')")
        assert clipped_in(page) != before
    values = page.evaluate(
        "Object.fromEntries(['start','threshold','rate','steps'].map((n) => [n, model.get(n)]))")
    np.testing.assert_allclose(clipped_in(page), Cliff(**values).descent(), rtol=0, atol=1e-9)
    page.get_by_text("the numbers").focus()
    page.keyboard.press("Enter")
    assert page.locator(".cliff-numbers tbody tr").count() == 14


def test_it_says_what_happens_and_leaves_nothing_behind(page):
    page = page(Cliff(start=(2.0, 0.5), threshold=1.0))
    assert "steps are shortened" in page.locator(".cliff-status").inner_text()
    assert "leaves the map" in page.locator(".cliff-status").inner_text()
    page.evaluate("done()")
    assert page.evaluate("Object.values(heard).flat().length") == 0


def test_it_fits_a_phone(page):
    page = page(Cliff(), width=356)
    assert page.evaluate("document.documentElement.scrollWidth") <= 356
    assert page.locator(".cliff-plane").bounding_box()["width"] > 240

"""What is left of c by the forget bias: the page, the library and the formula agree."""

import json
import math

import numpy as np
import pytest
from lstmlib.widgets import HalfLife

BIASES = (-2.0, -0.3, 0.0, 1.0, 2.5, 3.0, 5.0, 8.0)


@pytest.fixture(scope="module")
def in_node(node):
    """Evaluate a JavaScript expression in which p is the control's script."""
    return node(HalfLife)


def test_the_page_computes_the_library_s_numbers(in_node):
    steps = [0, 1, 2, 17, 100, 1000]
    for bias in BIASES:
        control = HalfLife(bias)
        found = in_node(f"[p.halfLife({bias}), ...{steps}.map((k) => p.left({bias}, k))]")
        assert found[0] == pytest.approx(control.half_life(), rel=1e-11)
        np.testing.assert_allclose(found[1:], control.left(steps), rtol=1e-11, atol=1e-300)


def test_half_is_left_after_the_half_life():
    """By the formula, and where the half-life is a whole number of steps: f = 2 ** (-1/n)."""
    for bias in BIASES:
        control, f = HalfLife(bias), 1 / (1 + math.exp(-bias))
        assert control.half_life() == pytest.approx(math.log(0.5) / math.log(f), rel=1e-11)
        assert control.left(5) == pytest.approx(f**5, rel=1e-13)
    for whole in (1, 2, 10, 1000):
        f = 2 ** (-1 / whole)
        control = HalfLife(math.log(f / (1 - f)))
        assert control.half_life() == pytest.approx(whole, rel=1e-11)
        assert control.left(whole) == pytest.approx(0.5, rel=1e-11)


def test_left_takes_a_number_or_an_array_of_steps():
    control = HalfLife(3.0)
    assert control.left(0) == 1.0 and isinstance(control.left(7), float)
    grid = np.array([[0, 3], [5, 2]])
    expected = [[control.left(k) for k in row] for row in grid.tolist()]
    np.testing.assert_array_equal(control.left(grid), expected)


@pytest.mark.parametrize("wrong", [-1, [3, -1], [0.5], [], [True]])
def test_left_asks_for_whole_steps(wrong):
    with pytest.raises(ValueError, match="^steps: got .*, expected "):
        HalfLife().left(wrong)
    with pytest.raises(TypeError, match="^steps: got .*, expected "):
        HalfLife().left(2.5)


@pytest.mark.parametrize(
    "bias, words",
    [
        (3, "Forget bias 3: f = 0.9526, so each step loses 4.74 % of c. Half is gone after 14.3 "
            "steps; after 100 steps 0.776 % is left, after 1,000 less than 0.0001 %."),
        (0, "each step loses 50 % of c. Half is gone after 1 step;"),
        (-1.5, "Forget bias \u22121.5: f = 0.1824, so each step loses 81.8 % of c. "
               "More than half is gone after a single step;"),
        (8, "loses 0.0335 % of c. Half is gone after 2070 steps; after 100 steps 96.7 %"),
    ],
)
def test_the_words_say_what_is_left(in_node, bias, words):
    assert words in in_node(f"p.describe({bias})").replace("\u00a0", " ")


def test_the_script_asks_for_nothing():
    for word in ("import ", "import(", "fetch", "XMLHttpRequest", "https:", "eval(", "url("):
        assert word not in HalfLife._esm + HalfLife._css


def test_the_bundle_has_one_constant_line_and_the_view():
    one, two = (HalfLife()._repr_mimebundle_()[0] for _ in range(2))
    assert one["text/plain"] == two["text/plain"] and "\n" not in one["text/plain"]
    assert set(one) == {"text/plain", "application/vnd.jupyter.widget-view+json"}


@pytest.mark.parametrize("wrong, error", [
    (-2.5, ValueError), (9, ValueError), (math.nan, ValueError), ("high", TypeError),
    (True, TypeError), (None, TypeError)])
def test_a_wrong_bias_names_itself(wrong, error):
    with pytest.raises(error, match="^bias: got .*, expected "):
        HalfLife(bias=wrong)


def test_the_bias_can_be_set_from_the_notebook():
    control = HalfLife(2)
    control.bias = 0
    assert control.half_life() == 1.0
    with pytest.raises(ValueError, match="^bias: got .*, expected "):
        control.bias = 9.0
    assert control.bias == 0.0


# ---------------------------------------------------------------- in a browser


def seen_in(page):
    root = page.locator("[data-left]")
    return [json.loads(root.get_attribute(f"data-{name}")) for name in ("half-life", "left")]


def compare(page):
    half, left = seen_in(page)
    control = HalfLife(page.evaluate("model.get('bias')"))
    assert half == pytest.approx(control.half_life(), rel=1e-11)
    np.testing.assert_allclose(left, control.left([1, 10, 100, 1000]), rtol=1e-10)


def test_slider_and_buttons_work_by_keyboard(page):
    page = page(HalfLife(1.0))
    compare(page)
    bias = page.get_by_role("slider", name="forget bias")
    bias.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("model.get('bias')") == 1.25
    assert bias.get_attribute("aria-valuetext") == "1.25"
    compare(page)
    for key, value in (("End", 8), ("Home", -2)):
        page.keyboard.press(key)
        assert page.evaluate("model.get('bias')") == value
        compare(page)
    assert not page.locator(".half-dot").is_visible()         # less than one step: off the axis
    for value in (0, 1, 3, 5):
        button = page.get_by_role("button", name=f"bias {value}")
        button.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("model.get('bias')") == value
        assert button.get_attribute("aria-pressed") == "true"
        assert page.locator("[aria-pressed=true]").count() == 1
        compare(page)
    page.get_by_text("Forget bias 5:").wait_for()


def test_the_mark_stands_where_half_is_left(page):
    page = page(HalfLife(3.0))
    dot = page.locator(".half-dot")
    across = (float(dot.get_attribute("cx")) - 34) / 294      # of four decades from 1
    assert 10 ** (4 * across) == pytest.approx(HalfLife(3.0).half_life(), rel=1e-9)
    path = page.locator(".half-line")
    middle = page.evaluate(
        """([line, x, y]) => { const all = line.getTotalLength(); let best = 1e9;
        for (let s = 0; s <= all; s += all / 4000) { const p = line.getPointAtLength(s);
        best = Math.min(best, Math.hypot(p.x - x, p.y - y)); } return best; }""",
        [path.element_handle(), float(dot.get_attribute("cx")), float(dot.get_attribute("cy"))])
    assert middle < 0.3


def test_it_shows_the_numbers_and_leaves_nothing_behind(page):
    page = page(HalfLife(5.0))
    page.get_by_text("the numbers").focus()
    page.keyboard.press("Enter")
    cells = dict(row.locator("td").all_inner_texts() for row in page.locator("tbody tr").all())
    assert float(cells["1,000"]) == pytest.approx(HalfLife(5.0).left(1000), abs=6e-7)
    page.evaluate("model.set('bias', 0)")                     # from a kernel
    compare(page)
    page.evaluate("done()")
    assert page.evaluate("Object.values(heard).flat().length") == 0


@pytest.mark.parametrize("bias", [-2.0, 0.0, 4.0, 8.0])
def test_it_fits_a_phone(page, bias):
    page = page(HalfLife(bias), width=356)
    page.get_by_text("the numbers").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 356
    svg = page.locator("svg").bounding_box()
    assert svg["width"] > 300
    for text in page.locator("svg text:visible").all():
        box = text.bounding_box()
        assert svg["x"] - 1 <= box["x"] and box["x"] + box["width"] <= svg["x"] + svg["width"] + 1

"""The two resets: the page, the library and the formulas agree, and say where the forms part."""

import json
import math

import numpy as np
import pytest
import traitlets
from lstmlib.widgets import TwoResets

FORMS, READINGS = ("after", "before"), ("keeps", "takes")


@pytest.fixture(scope="module")
def in_node(node):
    """Evaluate a JavaScript expression in which p is the control's script."""
    return node(TwoResets)


def some_controls():
    rng = np.random.default_rng(31)
    yield TwoResets()
    yield TwoResets(r=[0, 1], z=0, negated=True)
    yield TwoResets(r=[1, 1], z=1)
    for diagonal in (False, True):
        for negated in (False, True):
            yield TwoResets(h=rng.normal(size=2), x=rng.normal(), W=rng.normal(size=2),
                            U=2 * rng.normal(size=(2, 2)), r=rng.uniform(size=2),
                            z=rng.uniform(), diagonal=diagonal, negated=negated)


def net_of(two):
    names = ("h", "x", "W", "U", "r", "z", "diagonal", "negated")
    return json.dumps({name: getattr(two, name) for name in names})


def by_formula(two):
    """{form: (n, new h where z keeps, where it takes)} by the formulas."""
    h, W, U, r = (np.array(getattr(two, name)) for name in ("h", "W", "U", "r"))
    U = U * np.eye(2) if two.diagonal else U
    takes = 1 - two.z if two.negated else two.z
    n = {"after": np.tanh(W * two.x + r * (U @ h)), "before": np.tanh(W * two.x + U @ (r * h))}
    return {form: (n[form], two.z * h + (1 - two.z) * n[form], (1 - takes) * h + takes * n[form])
            for form in FORMS}


def compare(found, two):
    """What a page computed, {form: {"n", "keeps", "takes", ...}}, with the library's cells."""
    for form in FORMS:
        for reading in READINGS:
            new = two.run(form, reading)
            np.testing.assert_allclose(found[form][reading], new["h"], atol=1e-12)
            np.testing.assert_allclose(found[form]["n"], new["n"], atol=1e-12)
    np.testing.assert_allclose(found["after"]["first"], two.run("after")["u"], atol=1e-12)


def test_the_page_computes_the_library_s_numbers(in_node):
    controls = list(some_controls())
    found = in_node("[" + ", ".join(f"p.steps({net_of(two)})" for two in controls) + "]")
    for two, numbers in zip(controls, found, strict=True):
        compare(numbers, two)


@pytest.mark.parametrize("two", [*some_controls()])
def test_the_library_computes_the_formulas(two):
    for form, (n, keeps, takes) in by_formula(two).items():
        np.testing.assert_allclose(two.run(form)["n"], n, atol=1e-14)
        np.testing.assert_allclose(two.run(form)["h"], keeps, atol=1e-14)
        np.testing.assert_allclose(two.run(form, "takes")["h"], takes, atol=1e-14)
        np.testing.assert_allclose(two.run(form)["r"], two.r, atol=1e-15)
        np.testing.assert_allclose(two.run(form)["z"], two.z, atol=1e-15)


def test_where_the_forms_agree_and_where_they_part(in_node):
    """The three cases in which they agree for any h, and none of them."""
    rng = np.random.default_rng(37)
    for _ in range(5):
        begun = {"h": rng.normal(size=2), "U": rng.normal(size=(2, 2)), "r": rng.uniform(size=2)}
        for change, words in (({"r": [1, 1]}, "nothing is reset"),
                              ({"r": [0.3, 0.3]}, "one number"),
                              ({"diagonal": True}, "U is diagonal"),
                              ({"U": [[2, 0], [0, -1]]}, "U is diagonal"), ({}, "")):
            two = TwoResets(**begun | change)
            away = np.abs(two.run("after")["n"] - two.run("before")["n"]).max()
            assert (away < 1e-14) == bool(words)
            why = in_node(f"p.reason({net_of(two)})")
            assert words in why and bool(why) == bool(words)


def test_negated_weights_make_the_readings_one_cell():
    for two in some_controls():
        away = [np.abs(two.run(form)["h"] - two.run(form, "takes")["h"]).max() for form in FORMS]
        if two.negated:
            assert max(away) < 1e-14
        else:
            assert min(away) > 1e-3


def test_the_words_say_what_differs(in_node):
    def words(**options):
        return in_node(f"p.describe({net_of(TwoResets(**options))})").replace("\u00a0", " ")

    two = TwoResets()
    n, h = (np.abs(two.run("after")[name] - two.run("before")[name]).max() for name in "nh")
    assert words() == (
        "r \u2299 (U h) = (\u22120.54, \u22120.17) and U (r \u2299 h) = (0.23, \u22121.18): "
        f"the forms part. Their candidates differ by up to {n:.2f}, their new states, where z "
        f"keeps, by up to {h:.2f}. z = 0.80 keeps 80 % of h in the one reading and 20 % in the "
        "other: with the same weights they are two cells.")
    assert "the same, because nothing is reset" in words(r=[1, 1])
    assert "the same, because these numbers happen to meet" in words(h=[0, 0])
    assert words(negated=True).endswith("takes is 0.20, and both readings are the same cell.")
    assert "here they give the same numbers" in words(z=0.5)
    assert "new states, where z keeps, by up to 0.0000" not in words(z=0.99)


def test_the_script_asks_for_nothing():
    for word in ("import ", "import(", "fetch", "XMLHttpRequest", "https:", "eval(", "url("):
        assert word not in TwoResets._esm + TwoResets._css


def test_the_bundle_has_one_constant_line_and_the_view():
    one, two = (TwoResets()._repr_mimebundle_()[0] for _ in range(2))
    assert one["text/plain"] == two["text/plain"] and "\n" not in one["text/plain"]
    assert set(one) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    assert len(TwoResets._esm) < 15_000


def test_the_gates_can_be_set_from_the_notebook_and_the_weights_not():
    two = TwoResets()
    two.r, two.z, two.diagonal, two.negated = [0.2, 1], 0.25, True, True
    np.testing.assert_allclose(two.run("before")["r"], [0.2, 1])
    with pytest.raises(ValueError, match="^r: got .*, expected numbers from 0 to 1"):
        two.r = [0.2, 1.5]
    with pytest.raises(ValueError, match="^z: got"):
        two.z = -0.1
    with pytest.raises(traitlets.TraitError):
        two.U = [[1.0, 0.0], [0.0, 1.0]]
    assert (two.r, two.z) == ([0.2, 1.0], 0.25)


@pytest.mark.parametrize("wrong, error", [
    ({"h": [1.0]}, ValueError), ({"h": "ab"}, TypeError), ({"x": [1.0]}, TypeError),
    ({"x": math.nan}, ValueError), ({"W": [1.0, math.inf]}, ValueError),
    ({"U": [1.0, 2.0]}, ValueError),
    ({"r": [0.5]}, ValueError), ({"r": [0.5, -0.1]}, ValueError), ({"r": 0.5}, TypeError),
    ({"z": 1.1}, ValueError), ({"z": [0.5]}, TypeError), ({"z": True}, TypeError),
    ({"diagonal": 1}, TypeError), ({"negated": "no"}, TypeError)])
def test_wrong_arguments_name_themselves(wrong, error):
    with pytest.raises(error, match=f"^{next(iter(wrong))}: got .*, expected "):
        TwoResets(**wrong)


@pytest.mark.parametrize("wrong", [{"reset": "within"}, {"z": "gives"}])
def test_run_knows_two_forms_and_two_readings(wrong):
    with pytest.raises(ValueError, match=f"^{next(iter(wrong))}: got .*, expected '.*' or '"):
        TwoResets().run(**wrong)


# ---------------------------------------------------------------- in a browser


def seen_in(page):
    root = page.locator(".lstm-resets")
    return {form: json.loads(root.get_attribute(f"data-{form}")) for form in FORMS}


def agree(page):
    traits = ("h", "x", "W", "U", "r", "z", "diagonal", "negated")
    two = TwoResets(**{name: page.evaluate(f"model.get('{name}')") for name in traits})
    compare(seen_in(page), two)
    same = [np.abs(two.run("after", way)[name] - two.run("before", way)[name]).max() < 1e-12
            for name, way in (("n", "keeps"), ("h", "keeps"), ("h", "takes"))]
    signs = [text for text in page.locator(".resets-sign").all_text_contents() if text]
    assert signs[1:] == ["=" if one else "\u2260" for one in same]


def test_sliders_and_buttons_work_by_keyboard_and_have_names(page):
    page = page(TwoResets())
    agree(page)
    for name, key, value in (("r1", "ArrowLeft", [0.85, 0.1]), ("r2", "End", [0.85, 1]),
                             ("r1", "End", [1, 1]), ("r2", "Home", [1, 0])):
        page.get_by_role("slider", name=name, exact=True).press(key)
        assert page.evaluate("model.get('r')") == value
        agree(page)
    slider = page.get_by_role("slider", name="z", exact=True)
    for key, value in (("ArrowRight", 0.85), ("Home", 0), ("End", 1)):
        slider.press(key)
        assert page.evaluate("model.get('z')") == value
        assert slider.get_attribute("aria-valuetext") == f"{value:.2f}"
        agree(page)
    for name, r, diagonal in (("r = 1", [1, 1], False), ("r equal", [0.5, 0.5], False),
                              ("U diagonal", [0.9, 0.1], True), ("as begun", [0.9, 0.1], False)):
        button = page.get_by_role("button", name=name, exact=True)
        button.press("Enter")
        assert page.evaluate("[model.get('r'), model.get('diagonal')]") == [r, diagonal]
        assert button.get_attribute("aria-pressed") == "true"
        assert page.locator("[aria-pressed=true]").count() == 1
        assert page.evaluate("model.get('z')") == 1
        agree(page)
    unnamed = "[...document.querySelectorAll('input')].filter((e) => !e.labels.length).length"
    assert page.evaluate(unnamed) == 0


def test_the_box_makes_the_two_readings_of_z_equal(page):
    page = page(TwoResets())
    assert page.get_by_text("0.80 keeps and 0.80 takes: not the same new h").is_visible()
    box = page.get_by_role("checkbox", name="negate the weights of the z that takes")
    box.press("Space")
    assert page.evaluate("model.get('negated')") is True
    agree(page)
    for form in seen_in(page).values():
        np.testing.assert_allclose(form["keeps"], form["takes"], atol=1e-15)
    assert page.get_by_text("0.80 keeps and 0.20 takes: the same new h").is_visible()
    page.get_by_text("both readings are the same cell").wait_for()


def test_the_drawing_and_the_table_show_the_numbers(page):
    page = page(TwoResets(z=0.3))
    two = TwoResets(z=0.3)
    page.get_by_text("the numbers").press("Enter")
    rows = [row.locator("td").all_inner_texts() for row in page.locator("tbody tr").all()]
    for row, (name, way) in zip(rows[2:], (("n", "keeps"), ("h", "keeps"), ("h", "takes")),
                                strict=True):
        expected = np.concatenate([two.run(form, way)[name] for form in FORMS])
        found = [float(text.replace("\u2212", "-")) for text in row[1:]]
        np.testing.assert_allclose(found, expected, atol=5.1e-5)
        drawn = [f"{value:.2f}".replace("-", "\u2212") for value in expected]
        texts = page.locator("svg text").all_text_contents()
        assert set(drawn) <= set(texts)


def test_the_drawing_shows_the_weights_that_are_used(page):
    page = page(TwoResets())
    assert page.get_by_text("the rows of U: (0.40, 1.60) and (\u22121.40, 0.80)").is_visible()
    page.get_by_role("button", name="U diagonal").press("Enter")
    assert page.get_by_text("the rows of U: (0.40, 0.00) and (0.00, 0.80)").is_visible()


def test_a_bar_is_as_long_as_its_number(page):
    page = page(TwoResets(r=[1, 0]))
    path = page.locator("svg > g").nth(3).locator("path").first          # n, reset after
    widths = [float(part.split("v")[0]) for part in path.get_attribute("d").split("h")[1:]]
    np.testing.assert_allclose(widths, 36 * TwoResets(r=[1, 0]).run("after")["n"], atol=0.006)


def test_it_follows_a_kernel_and_leaves_nothing_behind(page):
    page = page(TwoResets())
    page.evaluate("model.set('r', [1, 1])")
    agree(page)
    page.get_by_text("nothing is reset").wait_for()
    assert page.locator("[aria-live=polite]").count() == 1
    page.evaluate("done()")
    assert page.evaluate("Object.values(heard).flat().length") == 0


def test_it_fits_a_phone(page):
    page = page(TwoResets(U=[[4, -12], [-9, 30]], h=[1, -1], negated=True), width=356)
    page.get_by_text("the numbers").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 356
    svg = page.locator("svg").bounding_box()
    assert svg["width"] > 300
    boxes = [text.bounding_box() for text in page.locator("svg text").all() if text.text_content()]
    for k, one in enumerate(boxes):
        assert svg["x"] - 1 <= one["x"] and one["x"] + one["width"] <= svg["x"] + svg["width"] + 1
        assert one["height"] >= 10
        for other in boxes[:k]:
            beside = (one["x"] >= other["x"] + other["width"] - 0.5
                      or other["x"] >= one["x"] + one["width"] - 0.5)
            middles = [box["y"] + box["height"] / 2 for box in (one, other)]
            assert beside or abs(middles[0] - middles[1]) >= 10, (one, other)

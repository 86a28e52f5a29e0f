"""The reader's guess: kept in the reader's own file or browser, drawn where it is answered."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from lstmlib.plot import axes, figure, guesses
from lstmlib.widgets import guess

SCRIPT = Path(__file__).parents[2] / "book" / "_static_src" / "guess.js"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTMLIB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(guesses, "_in_memory", {})
    return tmp_path / "home"


def ask(value=None, **more):
    return guess("bits", "How many bits?", value=value, low=0, high=8, unit="bits", **more)


def test_the_committed_output_is_that_of_a_reader_without_a_guess(home):
    bundle = ask()._repr_mimebundle_()
    assert bundle["text/plain"] == "Your guess: How many bits? (none yet)"
    assert not home.exists()
    form = ElementTree.fromstring(bundle["text/html"].replace(" hidden>", ' hidden="">')
                                  .replace(" novalidate>", ' novalidate="">')
                                  .replace('-note">', '-note"/>', 1))
    assert form.find("label").get("for") == form.find(".//input").get("id")
    assert form.find("span").get("hidden") is not None  # until the page's script finds it
    assert "value=" in "".join(form.find("p").itertext())


def test_a_guess_outlives_the_process(home):
    ask(2.5)
    code = "from lstmlib.widgets import guess; print(repr(guess('bits', 'How many bits?')))"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "LSTMLIB_HOME": str(home)},
    ).stdout
    assert told == "Your guess: How many bits? 2.5\n"
    assert json.loads((home / "guesses.json").read_text()) == {"bits": 2.5}


def test_a_guess_is_shown_changed_and_forgotten():
    assert repr(ask(2.5)) == "Your guess: How many bits? 2.5 bits"
    assert repr(ask()) == "Your guess: How many bits? 2.5 bits"
    assert ask(np.float32(3)).value == 3
    assert guess("other", "Another?", value=1).value == 1
    guesses._in_memory.clear()  # what follows reads the file
    assert ask().value == 3
    assert ask(False).value is None
    assert ask().value is None
    assert guess("other", "Another?").value == 1
    assert ask(0).value == 0


def test_the_figure_that_answers_shows_it():
    ask(2.5)
    fig, ax = axes()
    shown = figure(fig, "fig-bits", caption="c", alt="a", guess=("bits", "y", ax))
    assert "your guess: 2.5" in shown.svg


@pytest.mark.parametrize("value", [-0.1, 8.1, math.nan, math.inf])
def test_numbers_that_cannot_be_are_refused(value, home):
    with pytest.raises(ValueError, match="guess bits: value"):
        ask(value)
    assert not home.exists()


@pytest.mark.parametrize("value", ["2.5", True, [1, 2], object(), 1j])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match="guess bits: value must be a number"):
        ask(value)


def test_wrong_names_questions_and_bounds():
    with pytest.raises(ValueError, match="name"):
        guess("My guess", "q")
    with pytest.raises(ValueError, match="question"):
        guess("g", "")
    with pytest.raises(ValueError, match="low must be less"):
        guess("g", "q", low=3, high=1)
    with pytest.raises(TypeError, match="high"):
        guess("g", "q", high="8")


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"bits": "x"}', '{"bits": NaN}', "\x00\xff"])
def test_a_damaged_store_is_an_empty_one(home, content):
    home.mkdir()
    (home / "guesses.json").write_text(content, encoding="latin-1")
    assert ask().value is None
    assert ask(3).value == 3
    guesses._in_memory.clear()
    assert ask().value == 3


def test_a_store_that_cannot_be_written_lasts_as_long_as_the_process(home):
    home.write_text("a file where the folder should be")
    made = ask(4)
    assert made.value == 4 and "as long as this kernel" in made.html
    assert ask().value == 4


# ---------------------------------------------------------------- on the page


@pytest.fixture
def page(browser, open_at_an_address, tmp_path):
    fig, (left, right) = axes(5, 3, 1, 2)
    left.set(xlim=(0, 5), ylim=(1, 10), yscale="log")
    right.set(xlim=(0, 5), ylim=(0, 5))
    shown = figure(fig, "fig-bits", caption="c", alt="Two panels.", guess=("bits", "y", left))
    other = figure(axes()[0], "fig-other", caption="c", alt="Nothing.")
    path = tmp_path / "page.html"
    path.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>'
        f"<script>{SCRIPT.read_text(encoding='utf-8')}</script>"
        f"{ask().html}{shown.html}{other.html}</html>",
        encoding="utf-8",
    )
    context = browser.new_context()
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    open_at_an_address(page, path)
    yield page
    context.close()


def test_the_form_keeps_draws_and_clears_by_keyboard(page):
    field = page.get_by_label("How many bits?")
    field.fill("2.5")
    field.press("Enter")
    mark = page.locator("#fig-bits .guess-mark")
    assert mark.locator("text").text_content() == "your guess: 2.5"
    assert page.locator("#fig-bits svg").get_attribute("aria-label").endswith("Your guess: 2.5.")
    assert page.get_by_role("status").text_content().startswith("You guess 2.5 bits.")
    assert page.locator("#fig-other .guess-mark").count() == 0
    page.wait_for_timeout(500)                  # the browser stores in its own time
    page.reload()
    assert mark.locator("text").text_content() == "your guess: 2.5"
    page.get_by_role("button", name="Clear").focus()
    page.keyboard.press("Enter")
    assert mark.count() == 0 and field.input_value() == ""
    page.wait_for_timeout(500)
    page.reload()
    assert mark.count() == 0


def test_the_page_draws_what_python_draws(page):
    for value in (2.5, 1.02, 7.9, 0.5, 8):
        page.get_by_label("How many bits?").fill(str(value))
        page.keyboard.press("Enter")
        guesses.keep("bits", value)
        fig, (left, right) = axes(5, 3, 1, 2)
        left.set(xlim=(0, 5), ylim=(1, 10), yscale="log")
        right.set(xlim=(0, 5), ylim=(0, 5))
        svg = ElementTree.fromstring(
            figure(fig, "fig-b", caption="c", alt="a", guess=("bits", "y", left)).svg
        )
        group = next(g for g in svg.iter("g") if g.get("class") == "guess-mark")
        mark = page.locator("#fig-bits .guess-mark")
        for name, tag in (("x1", "line"), ("x2", "line"), ("y1", "line"), ("y2", "line"),
                          ("x", "text"), ("y", "text")):
            ours = float(group.find(tag).get(name))
            assert float(mark.locator(tag).get_attribute(name)) == pytest.approx(ours, abs=0.02)
        assert mark.locator("text").text_content() == group.find("text").text


@pytest.mark.parametrize(
    "text, words", [("", "Write a number"), ("9", "at most 8"), ("-1", "at least 0")]
)
def test_the_form_says_what_is_wrong(page, text, words):
    field = page.get_by_label("How many bits?")
    field.fill(text)
    page.get_by_role("button", name="Keep").click()
    assert words in page.get_by_role("status").text_content()
    assert field.get_attribute("aria-invalid") == "true"
    assert page.locator(".guess-mark").count() == 0


def test_figures_that_come_later_get_the_guess_too(page):
    page.get_by_label("How many bits?").fill("3")
    page.keyboard.press("Enter")
    page.evaluate(
        "const copy = document.getElementById('fig-bits').cloneNode(true); copy.id = 'later';"
        "copy.querySelector('.guess-mark').remove(); document.body.append(copy);"
    )
    page.locator("#later .guess-mark").wait_for(state="attached")


def test_a_large_number_keeps_its_digits():
    shown = guess("large", "How many?", value=16_777_226, low=16_777_206, high=16_777_236)
    assert "16777226" in repr(shown) and 'max="16777236"' in shown.html

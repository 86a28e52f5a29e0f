"""Written answers are judged alike by `check` and by the page; forms keep the answers to themselves."""

import base64
import json
import math

import numpy as np
import pytest
from bs4 import BeautifulSoup

from lstmlib.check.answers import judge_choice, judge_pencil, verdict_of_number
from lstmlib.check.exercise import Choice, Number, Option, Pencil, Slip
from lstmlib.check.forms import fold, form, highlighted, plain, said, styled
from lstmlib.check.registry import all_exercises

H = Number("h", "h\u2082", lambda: 0.375, 0.005, [
    Slip(lambda: 0.25, "You left out `U`."), Slip(lambda: 0.258, "You took x\u2081."), Slip(lambda: -0.375, "The sign.")])
BITS = Number("bits", "the cross-entropy", lambda: 2 / 3, 1e-6, [
    Slip(lambda: 1e-7, "Too small."), Slip(lambda: 123456.0, "Too large."), Slip(lambda: math.log(2), "In nats.")], "bits")
PENCIL = Pencil("By hand & paper", "routine", "Work out.", [H, BITS], ("a", "b", "c"), "Well <done>.")
CHOICE = Choice("recall", "Which?", "routine", "Choose.", [
    Option("`tanh` at a", "Not <that>."), Option("the bias", "Nor that."), Option("the loss", right=True), Option("none", "No.")],
    ("a", "b", "c"), "Yes.")
EXERCISES = [e for e in all_exercises().values() if isinstance(e, Pencil | Choice)]
NUMBERS = [pytest.param(number, id=f"{e.id}-{number.name}") for e in EXERCISES
           if isinstance(e, Pencil) for number in e.numbers]
TEXTS = ["", "  ", "0.375", "3/8", " 3 / 8 ", "0.38", "0.37", "0.3801", "0.3699", ".375", "37.5%", "0.25", "1/4",
         "0.254", "0.2541", "0.26", "-0.375", "\u22120.375", "0.3", "+0.3", "2/3", "6.7e-1", "sqrt(2)/3", "1/0", "x", "0,375",
         "123456", "123457", "1234567890", "0.0000001", "1e-7", "-1e-9", "0.00012345678", "log(2)", "99999.95/1", "1e15*1.5",
         "-0*1", "2/3+1e-7", "100000-0.04", "`1`"]


def test_a_number_within_its_tolerance_is_right_and_the_nearest_slip_speaks():
    said_to = {0.375: ("right", "h\u2082 is right."), "0.38": ("right", "h\u2082 is right."), "0.37": ("right", "h\u2082 is right."),
               0.3801: ("wrong", "h\u2082: 0.3801 is not right, within 0.005."), "1/4": ("slip", "You left out `U`."),
               0.2535: ("slip", "You left out `U`."), 0.2545: ("slip", "You took x\u2081."), "-3/8": ("slip", "The sign."),
               "1/3": ("wrong", "h\u2082: 1/3 = 0.333333 is not right, within 0.005."), np.float32(0.5): (
                   "wrong", "h\u2082: 0.5 is not right, within 0.005."), ...: ("missing", "h\u2082 is still to be worked out.")}
    for value, expected in said_to.items():
        assert verdict_of_number(H, value) == expected
    status, message = verdict_of_number(H, "3/0")
    assert status == "unreadable" and "divides by zero" in message


def test_numbers_are_judged_by_name_and_one_alone_without():
    assert [s for s, _ in judge_pencil(PENCIL, {"bits": "2/3"})] == ["missing", "right"]
    one = Pencil("One", "routine", "It.", [H], ("a", "b", "c"), "Yes.")
    assert judge_pencil(one, {None: "3/8"})[0][0] == judge_pencil(one, {"h": 0.375})[0][0] == "right"
    for exercise, values, named in ((PENCIL, {"g": 1}, "'g'"), (PENCIL, {None: 1}, "without its name")):
        with pytest.raises(TypeError, match=named):
            judge_pencil(exercise, values)


def test_a_letter_is_taken_in_any_dress():
    for letter in ("c", "C", " c ", "(c)", "c.", "c)"):
        assert judge_choice(CHOICE, letter) == ("right", "")
    assert judge_choice(CHOICE, "a") == ("wrong", "Not <that>.")
    assert [judge_choice(CHOICE, nothing)[0] for nothing in (None, ..., "")] == ["missing"] * 3
    for other in ("e", "ab", 2, "the loss", "\u00df", ["c"]):
        status, message = judge_choice(CHOICE, other)
        assert status == "unreadable" and repr(other) in message


def key_of(exercise):
    return json.loads(base64.b64decode(BeautifulSoup(form(exercise), "html.parser").form["data-key"]))


def test_the_page_judges_numbers_as_check_does(in_page):
    keys = key_of(PENCIL)["numbers"]
    found = in_page("data.keys.map((key) => data.texts.map((text) => exercise.verdictOfNumber(key, text)))",
                    {"keys": keys, "texts": TEXTS})
    for number, verdicts in zip(PENCIL.numbers, found, strict=True):
        for text, got in zip(TEXTS, verdicts, strict=True):
            assert tuple(got) == verdict_of_number(number, text), text


@pytest.mark.skipif(not NUMBERS, reason="no exercise asks for a number yet")
@pytest.mark.parametrize("number", NUMBERS)
def test_each_number_takes_what_is_right_and_names_each_slip(number):
    """At full precision, and rounded as its tolerance allows."""
    assert verdict_of_number(number, number.expected())[0] == "right"
    digits = max(0, math.ceil(-math.log10(number.tolerance)))
    assert verdict_of_number(number, f"{number.expected():.{digits}f}")[0] == "right"
    for slip in number.slips:
        assert verdict_of_number(number, slip.value()) == ("slip", slip.says)


@pytest.mark.parametrize("exercise", [PENCIL, CHOICE, *EXERCISES], ids=lambda e: e.id or e.title)
def test_a_form_is_labelled_waits_for_its_script_and_gives_nothing_away(exercise):
    page = BeautifulSoup(form(exercise), "html.parser")
    assert exercise.title in page.fieldset.legend.get_text()
    assert page.select_one("[role=status]").get_text() == ""
    for control in page.select("input"):
        assert control.has_attr("hidden")
        assert page.select_one(f'label[for="{control["id"]}"]').get_text(strip=True)
        for place in control.get("aria-describedby", "").split():
            assert "within" in page.select_one(f"#{place}").get_text()
    for button in page.select("button"):
        assert button.find_parent(hidden=True)
    assert exercise.passed not in form(exercise)
    text = page.get_text()
    if isinstance(exercise, Pencil):
        for number in exercise.numbers:
            assert f"within {number.tolerance:.12f}".rstrip("0") in text and number.label in text and number.unit in text
            assert f"within {number.tolerance:.12f}".rstrip("0") in plain(exercise)
            assert not any(slip.says in form(exercise) for slip in number.slips)
        assert page.select_one(".lstm-how").get_text().count('"3/8"') == len(exercise.numbers)
    else:
        for letter, option in zip("abcdef", exercise.options):
            assert f"{letter}\u2002{option.text.replace('`', '')}" in text
            assert f"{letter}  {option.text}" in plain(exercise)
            assert not option.says or option.says not in form(exercise)


def test_what_a_form_holds_is_the_same_on_machines_that_round_otherwise():
    def with_expected(value):
        numbers = [Number("h", "h", lambda: value, 0.1, [Slip(lambda k=k: k + value, "s") for k in (1, 2, 3)])]
        return form(Pencil("t", "routine", "s", numbers, ("a", "b", "c"), "p"))
    assert with_expected(0.3) == with_expected(0.1 + 0.2)
    assert with_expected(0.3) != with_expected(0.300001)


def test_plain_text_becomes_html():
    assert said("`a<b>` & `c`") == "<code>a&lt;b&gt;</code> &amp; <code>c</code>"
    page = BeautifulSoup(fold("First `hint`", "<p>x</p>", of="by-hand", hint=1), "html.parser")
    assert (page.details["data-of"], page.details["data-hint"], page.summary.code.text) == ("by-hand", "1", "hint")
    box = BeautifulSoup(styled("failed", "<p>x</p><pre tabindex=\"0\">1</pre>"), "html.parser")
    assert "lstm-failed" in box.div["class"] and "overflow-x" in box.pre["style"]
    code = "def f(x):\n    return \"<a>\" + x  # yes\n"
    assert BeautifulSoup(highlighted(code), "html.parser").select_one(".highlight pre").get_text() == code

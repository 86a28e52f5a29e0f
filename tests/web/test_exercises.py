"""Exercises on the page: forms that judge, hints and solutions to open, all by keyboard."""

import functools
import re
from pathlib import Path

import pytest

from lstmlib.check.exercise import Choice, Number, Option, Pencil, Slip
from lstmlib.check.forms import fold, form, styled
from lstmlib.check.registry import all_exercises

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
SOURCES = ROOT / "book" / "_static_src"
STORAGE_OFF = ("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException("
               "'off', 'SecurityError'); } });")
WRITTEN = [e for e in all_exercises().values() if isinstance(e, Pencil | Choice)]


def named(text, **fields):
    """A stand-in exercise with an id."""
    kind = Choice if "options" in fields else Pencil
    exercise = kind(title=text, level="routine", statement="Try.", hints=("a", "b", "c"),
                    passed="You can `run` it now.", **fields)
    object.__setattr__(exercise, "id", text.lower().replace(" ", "-"))
    return exercise


HAND = named("By hand", numbers=[Number("h", "h\u2082", lambda: 0.375, 0.005, [
    Slip(lambda: 0.25, "You left out `U`."), Slip(lambda: 0.75, "Halve it."), Slip(lambda: -0.375, "Mind the sign.")])])
TWO = named("Two numbers", numbers=[
    Number("a", "the mean", lambda: 2.0, 0.01, [Slip(lambda k=k: k, f"Slip {k}.") for k in (3, 4, 5)], "bits"),
    Number("b", "the rest", lambda: 8.0, 0.01, [Slip(lambda k=k: k, f"Slip {k}.") for k in (6, 7, 9)])])
SICK = named("Sick net", kind="recall", options=[
    Option("one", "Not one."), Option("two", "Not two."), Option("`three`", right=True), Option("four", "Not four.")])


@pytest.fixture
def small(browser, open_at_an_address, tmp_path):
    """A page with three forms and three hints; small(init script) opens it once more."""
    hints = "".join(fold(f"{name} hint", "<p>Look.</p>", "by-hand", k)
                    for k, name in enumerate(("First", "Second", "Third"), 1))
    waiting = styled("waiting", "<p>Sick net: not attempted yet.</p>")
    sources = [(SOURCES / name).read_text(encoding="utf-8") for name in ("exercises.css", "exercise.js")]
    (tmp_path / "page.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Forms</title><style>{sources[0]}'
        f"</style><main><h1>Forms</h1>{form(HAND)}{hints}{form(TWO)}{waiting}{form(SICK)}</main>"
        f"<script>{sources[1]}</script></html>", encoding="utf-8")
    contexts = []

    def opener(init="", **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        if init:
            page.add_init_script(init)
        open_at_an_address(page, tmp_path / "page.html")
        return page

    yield opener
    for context in contexts:
        context.close()


def said(page, exercise):
    return page.locator(f'form[data-answer="{exercise.id}"] .lstm-told').inner_text()


def write(page, exercise, *texts):
    """Fill the boxes of a form from the first on, and press Enter in the last."""
    fields = page.locator(f'form[data-answer="{exercise.id}"] input')
    fields.first.focus()
    for k, text in enumerate(texts):
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        page.keyboard.type(text)
        page.keyboard.press("Tab" if k + 1 < len(texts) else "Enter")


def choose(page, exercise, letter):
    """Arrows to the option, Tab to the button, Enter."""
    fields = page.locator(f'form[data-answer="{exercise.id}"] input')
    fields.first.focus()
    page.keyboard.press("Space")
    for _ in range("abcdef".index(letter)):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def words(text):
    """As it is read on a page."""
    return " ".join(re.sub(r"`([^`]+)`", r"\1", text).split())


def state(page, exercise):
    found = page.locator(f'form[data-answer="{exercise.id}"] .lstm-told').get_attribute("class")
    return {part.removeprefix("lstm-") for part in found.split()} & {"passed", "failed", "waiting"}


def test_a_number_is_judged(small):
    page = small()
    for text, kind, message in (("1/4", "failed", "You left out U."), ("0.3", "failed", "h\u2082: 0.3 is not right, within 0.005."),
                                ("0,375", "waiting", "a point before the decimals"), ("", "waiting", "still to be worked out"),
                                ("3/8", "passed", "You can run it now.")):
        write(page, HAND, text)
        assert message in said(page, HAND) and state(page, HAND) == {kind}
        box = page.get_by_role("textbox", name="h\u2082 =")
        bad = kind == "failed" or text == "0,375"
        assert box.get_attribute("aria-invalid") == ("true" if bad else None)
    assert page.locator('form[data-answer="by-hand"] .lstm-told code').inner_text() == "run"


def test_several_numbers_are_judged_each(small):
    page = small()
    write(page, TWO, "2", "")
    assert "the mean is right." in said(page, TWO) and "the rest is still to be worked out." in said(page, TWO)
    assert state(page, TWO) == {"waiting"}
    write(page, TWO, "2", "6")
    assert "the rest: Slip 6." in said(page, TWO) and state(page, TWO) == {"failed"}
    write(page, TWO, "2", "2^3")
    assert state(page, TWO) == {"passed"}


def test_a_choice_is_judged_and_what_was_not_attempted_goes(small):
    page = small()
    assert not page.get_by_text("not attempted yet").is_visible()
    page.locator('form[data-answer="sick-net"]').get_by_role("button", name="Check").press("Enter")
    assert "Choose one" in said(page, SICK)
    for letter, option in zip("abcd", SICK.options):
        choose(page, SICK, letter)
        assert (option.says or words(SICK.passed)) in said(page, SICK)
        assert state(page, SICK) == {"passed" if option.right else "failed"}


def test_after_the_third_failure_the_hints_are_offered_one_by_one(small):
    page = small()
    offers = page.get_by_role("button", name="hint below")
    for text in ("1", "2", "2", "2", "x"):        # the same answer again, or none at all, is no new failure
        write(page, HAND, text)
        assert not offers.count()
    for text, name in (("3", "first"), ("4", "second"), ("5", "third")):
        write(page, HAND, text)
        assert offers.inner_text() == f"Open the {name} hint below"
        offers.press("Enter")
        hint = page.locator("details", has_text=re.compile(f"^{name}", re.I))
        assert hint.get_attribute("open") is not None
        assert page.evaluate("document.activeElement.parentElement.open")
    write(page, HAND, "6")
    assert not offers.count()
    write(page, HAND, "3/8")
    assert state(page, HAND) == {"passed"} and not offers.count()


def test_what_was_solved_stays_after_a_reload_until_it_is_cleared(small):
    page = small()
    write(page, HAND, "0.25")
    choose(page, SICK, "c")
    choose(page, SICK, "a")
    page.reload()
    assert "You left out U." in said(page, HAND)
    assert "passed" in state(page, SICK) and page.get_by_role("radio", name="three").is_checked()
    form = page.locator('form[data-answer="sick-net"]')
    form.get_by_role("button", name="Clear").press("Enter")
    assert said(page, SICK) == "" and not page.get_by_role("radio", name="three").is_checked()
    page.reload()
    assert said(page, SICK) == "" and "You left out U." in said(page, HAND)


@pytest.mark.parametrize("init", [STORAGE_OFF, "try { localStorage['lstmlib.answer.by-hand'] = '{]' } catch {}"])
def test_forms_judge_without_storage_and_with_rubbish_in_it(small, init):
    page = small(init)
    write(page, HAND, "3/8")
    assert state(page, HAND) == {"passed"}


def test_without_the_script_a_form_says_how_to_answer(small):
    page = small(java_script_enabled=False)
    assert page.get_by_text('check("by-hand", "3/8")').is_visible()
    assert page.get_by_text('check("sick-net", "b")').is_visible()
    assert page.get_by_text("four").is_visible() and page.get_by_text("(within 0.005)").is_visible()
    assert not page.get_by_role("button").count() and not page.get_by_role("radio").count()


PAGES = [p.relative_to(HTML).as_posix() for p in sorted(HTML.glob("book/*/*_exercises.html"))]
ANSWER = """([id, values]) => {
    const form = document.querySelector(`form[data-answer="${id}"]`);
    form.querySelectorAll('input').forEach((box, k) => {
        if (box.type === 'text') box.value = values[k];
        else box.checked = box.value === values;
    });
    const told = form.querySelector('.lstm-told');
    told.textContent = told.className = '';     // what was said before
    form.querySelector('button:not([type=button])').click();
    return [told.innerText, told.className];
}"""


@functools.cache
def asked_on(path):
    """The exercises that a rendered page asks."""
    text = (HTML / path).read_text(encoding="utf-8")
    return [e for e in WRITTEN if f'data-answer="{e.id}"' in text]


def test_each_exercise_is_asked_on_one_page(html):
    asked = [e.id for path in PAGES for e in asked_on(path)]
    assert sorted(asked) == sorted(e.id for e in WRITTEN)


@pytest.mark.parametrize("path", PAGES)
def test_the_page_passes_what_is_right_and_names_each_mistake(open_page, path):
    page = open_page(path)
    for exercise in asked_on(path):
        if isinstance(exercise, Choice):
            answers = [(letter, option.says, option.right) for letter, option in zip("abcdef", exercise.options)]
        else:
            right = [repr(float(number.expected())) for number in exercise.numbers]
            answers = [([*right[:k], repr(float(slip.value())), *right[k + 1:]], slip.says, False)
                       for k, number in enumerate(exercise.numbers) for slip in number.slips]
        for values, says, passes in answers:
            text, classes = page.evaluate(ANSWER, [exercise.id, values])
            assert words(says) in words(text), (exercise.id, values)
            assert ("lstm-passed" in classes, "lstm-failed" in classes) == (passes, not passes)
        if isinstance(exercise, Choice):                # and once as a reader does, by keyboard
            choose(page, exercise, exercise.right)
        else:
            write(page, exercise, *right)
        assert state(page, exercise) == {"passed"} and words(exercise.passed) in words(said(page, exercise))
    page.wait_for_timeout(500)                  # the browser stores in its own time
    page.reload()
    for exercise in asked_on(path):
        assert state(page, exercise) == {"passed"}, exercise.id
    assert page.troubles == [] and all(url.startswith((page.home, "data:", "blob:")) for url in page.requests)


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_once_all_is_open_and_answered(open_page, axe, path):
    page = open_page(path, viewport={"width": 390, "height": 844})
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for k, button in enumerate(page.locator("form[data-answer]").get_by_role("button", name="Check").all()):
        box = button.locator("xpath=ancestor::form").locator("input").first
        if box.get_attribute("type") == "text":
            box.fill(("1234567", "x")[k % 2])
        else:
            box.press("Space")
        button.press("Enter")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("path", PAGES)
def test_hints_and_solutions_are_shut_and_open_by_keyboard(open_page, path):
    page = open_page(path)
    opened = "all => all.map(one => [one.open, one.querySelector(':scope > summary').innerText.trim()])"
    folds = page.locator("details.lstm-fold")
    before = folds.evaluate_all(opened)
    assert len(before) >= 4 and all(words and not is_open for is_open, words in before)
    for one in folds.all():
        one.locator("> summary").press("Enter")
    assert folds.evaluate_all(opened) == [[True, words] for _, words in before]

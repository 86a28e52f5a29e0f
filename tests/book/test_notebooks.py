"""What every notebook of the book promises; nbval reruns them and compares their outputs."""

import re

import pytest
import yaml

import chapters
from execute import ROOT
from rules import EXEMPT_IN_THE_BOOK, code_cells, exempt, notebooks, output_text, problems, read

BOOK = [pytest.param(p, id=p.relative_to(ROOT).as_posix()) for p in notebooks()]


def listed():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"], *(page["file"] for part in toc["parts"] for chapter in part["chapters"]
                           for page in [chapter, *chapter.get("sections", [])])]


def test_there_is_a_book():
    assert len(notebooks()) >= 3


@pytest.mark.parametrize("path", BOOK)
def test_notebook_keeps_the_rules(path):
    assert list(problems(path)) == []


@pytest.mark.parametrize("path", BOOK)
def test_notebook_is_on_the_contents_page(path):
    assert path.relative_to(ROOT).with_suffix("").as_posix() in listed()


def test_few_cells_are_kept_from_comparison():
    found = [(p.name, c["execution_count"]) for p in notebooks()
             for c in code_cells(read(p)) if exempt(c)]
    assert len(found) <= EXEMPT_IN_THE_BOOK, found


@pytest.mark.parametrize("path", BOOK)
def test_labels_of_figures_are_unique_on_the_page(path):
    text = "\n".join(output_text(c) for c in code_cells(read(path)))
    labels = re.findall(r'<figure[^>]* id="([^"]+)"', text)
    assert len(labels) == len(set(labels))


WRITTEN = [pytest.param(c, id=c["id"]) for c in chapters.chapters() if c["file"] in listed()]


@pytest.mark.parametrize("chapter", WRITTEN)
def test_chapter_opens_with_its_number_and_title(chapter):
    first = read(ROOT / (chapter["file"] + ".ipynb"))["cells"][0]["source"]
    assert first.startswith(f"# {chapter['number']} · {chapter['title']}\n")
    assert chapter["question"] in first


@pytest.mark.parametrize("chapter", WRITTEN)
def test_chapter_asks_before_it_answers_and_leads_to_its_exercises(chapter):
    text = "\n".join(c["source"] for c in read(ROOT / (chapter["file"] + ".ipynb"))["cells"]
                     if c["cell_type"] == "markdown")
    assert len(re.findall(r"^:::\{dropdown\} Predict, then open: .+\?$", text, re.M)) >= 3
    card = text[text.index("What you can now do"):]
    assert len(re.findall(r"\{ref\}`[^`]*<exercise-", card)) >= 3
    assert chapter["file"].rsplit("/", 1)[1] + "_exercises" in text


@pytest.mark.parametrize("chapter", WRITTEN)
def test_each_shown_claim_stands_in_a_section_that_asserts(chapter):
    verdicts = {c["id"]: c["verdict"] for c in chapters.claims()}
    waiting = []
    for cell in read(ROOT / (chapter["file"] + ".ipynb"))["cells"]:
        if cell["cell_type"] == "markdown" and re.match(r"#{1,2} ", cell["source"]):
            assert not waiting, f"no assert in the section of {waiting}"
        if cell["cell_type"] != "code":
            continue
        tags = [t.removeprefix("claim:") for t in cell["metadata"].get("tags", [])
                if t.startswith("claim:")]
        assert set(tags) <= verdicts.keys()
        waiting += tags
        if re.search(r"^\s*assert\b", cell["source"], re.M):
            waiting = []
    assert not waiting, f"no assert in the section of {waiting}"


def test_no_two_neighbouring_chapters_have_the_same_headings():
    heads = [[set(re.findall(r"^## (.+)$", c["source"], re.M)) for c in
              read(ROOT / (p.values[0]["file"] + ".ipynb"))["cells"] if c["cell_type"] == "markdown"]
             for p in WRITTEN]
    heads = [set().union(*h) - {"The card"} for h in heads]
    for one, two in zip(heads, heads[1:]):
        assert not one & two

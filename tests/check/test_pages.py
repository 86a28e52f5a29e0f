"""The exercise pages are what the declarations say, unsolved, and nobody's answers are overwritten."""

import nbformat
import pytest

exercises = pytest.importorskip("exercises", reason="tools/ is not there")
from chapters import chapters  # noqa: E402

from lstmlib.check import registry  # noqa: E402

PAGES = [chapter for chapter in chapters() if chapter["id"] in registry.CHAPTERS]


@pytest.mark.parametrize("chapter", PAGES, ids=lambda chapter: chapter["id"])
def test_page_is_made_from_the_declarations(chapter):
    committed = nbformat.read(exercises.page_of(chapter), as_version=4)
    fresh = nbformat.v4.new_notebook(cells=list(exercises.cells(chapter)))
    assert exercises.sources(committed) == exercises.sources(fresh), "run make execute"


@pytest.mark.parametrize("chapter", PAGES, ids=lambda chapter: chapter["id"])
def test_page_is_unsolved_and_keeps_the_readers_progress_to_the_reader(chapter):
    committed = nbformat.read(exercises.page_of(chapter), as_version=4)
    checks = [c for c in committed.cells if c.cell_type == "code" and 'check("' in c.source]
    mine = [name for name, (where, _) in registry.listed().items() if where == chapter["id"]]
    assert len(checks) == len(mine)
    for cell, name in zip(checks, mine):
        (output,) = cell.outputs
        assert f"Exercise {registry.find(name).number}, " in output.data["text/plain"]
        assert "not attempted yet" in output.data["text/plain"]
    assert not any("progress()" in c.source for c in committed.cells)


def test_a_page_with_answers_is_left_alone(tmp_path, monkeypatch):
    chapter = PAGES[0]
    page = tmp_path / "sequences_exercises.ipynb"
    page.write_bytes(exercises.page_of(chapter).read_bytes())
    notebook = nbformat.read(page, as_version=4)
    notebook.cells[-1].source = "my_answer = 42"
    nbformat.write(notebook, page)
    before = page.read_bytes()
    monkeypatch.setattr(exercises, "page_of", lambda chapter: page)
    assert exercises.write(chapter).startswith("left alone")
    assert page.read_bytes() == before


def test_the_readme_shows_what_is_said():
    text = " ".join((exercises.ROOT / "README.md").read_text(encoding="utf-8").split())
    told = {m.name: m.says for m in registry.find("rnn-step").mistakes}
    assert told["the bias outside the tanh"] in text

"""The checks on notebooks find what they are there to find: each planted fault must fail."""

import json
import subprocess
import sys

import nbformat
import pytest

import execute
import rules

CELLS = ["x = 2 + 2\nprint(f'two and two are {x}')", "assert x == 4", "x * 10"]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "good.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_markdown_cell("# A page"), *map(nbformat.v4.new_code_cell, CELLS)])
    nbformat.write(notebook, path)
    assert execute.execute(path) == "rewritten"
    return path


def nbval(path):
    """nbval as `make test` runs it: (did it pass?, what it printed)."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--nbval",
         "--nbval-sanitize-with", str(execute.ROOT / "tests" / "nbval.cfg"), str(path)],
        capture_output=True, text=True, cwd=path.parent, check=False)
    return done.returncode == 0, done.stdout


def planted(good, tmp_path, change):
    notebook = json.loads(good.read_text(encoding="utf-8"))
    change([c for c in notebook["cells"] if c["cell_type"] == "code"])
    path = tmp_path / "planted.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def test_a_sound_notebook_passes(good):
    assert list(rules.problems(good)) == []
    assert nbval(good)[0]


def test_running_again_changes_nothing(good):
    before = good.read_bytes()
    assert execute.execute(good) == "unchanged"
    assert execute.execute(good, force=True) == "same outputs"
    assert good.read_bytes() == before


def tamper(code):
    code[0]["outputs"][0]["text"] = ["two and two are 5\n"]


def tamper_result(code):
    code[2]["outputs"][0]["data"]["text/plain"] = ["41"]


def drop_outputs(code):
    for cell in code:
        cell["outputs"] = []


@pytest.mark.parametrize("change", [tamper, tamper_result, drop_outputs])
def test_nbval_finds_outputs_that_do_not_reproduce(good, tmp_path, change):
    passed, printed = nbval(planted(good, tmp_path, change))
    assert not passed, printed


def test_nbval_finds_a_failing_cell(good, tmp_path):
    def fail(code):
        code[1]["source"] = ["assert x == 5"]
    passed, printed = nbval(planted(good, tmp_path, fail))
    assert not passed and "AssertionError" in printed


def strip(code):
    for cell in code:
        cell["outputs"], cell["execution_count"] = [], None


def edit(code):
    code[1]["source"] = ["assert x >= 4"]


def out_of_order(code):
    code[0]["execution_count"], code[1]["execution_count"] = 2, 1


def keep_an_error(code):
    code[1]["outputs"] = [{"output_type": "error", "ename": "E", "evalue": "v", "traceback": []}]


def write_to_stderr(code):
    code[0]["outputs"].append({"output_type": "stream", "name": "stderr", "text": ["50%|###"]})


def exempt_without_assert(code):
    code[2]["metadata"]["tags"] = ["nbval-ignore-output"]


def print_an_address(code):
    code[0]["outputs"][0]["text"] = ["<object at 0x7f1122334455>\n"]


def too_long(code):
    code[1]["source"] = ["x = 4\n"] * (rules.LINES + 1)


def too_wide(code):
    code[1]["source"] = ["x = 4  # " + "x" * rules.COLUMNS]


def too_large(code):
    code[0]["outputs"][0]["text"] = ["x" * rules.BYTES]


@pytest.mark.parametrize("change, finds", [
    (strip, "are numbered"), (edit, "edited after its run"), (out_of_order, "are numbered"),
    (keep_an_error, "failed"), (write_to_stderr, "stderr"),
    (exempt_without_assert, "not followed by an assert"),
    (print_an_address, "differs between machines"), (too_long, "lines, expected"),
    (too_wide, "characters, expected"), (too_large, "bytes, expected"),
])
def test_our_own_rules_find(good, tmp_path, change, finds):
    assert any(finds in p for p in rules.problems(planted(good, tmp_path, change)))


def test_a_run_that_fails_leaves_the_file_as_it_was(good, tmp_path):
    path = planted(good, tmp_path, lambda code: code[1].update(source=["raise ValueError('no')"]))
    before = path.read_bytes()
    with pytest.raises(execute.CellExecutionError):
        execute.execute(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_widget_models_are_numbered_alike_in_two_runs(tmp_path):
    path = tmp_path / "widgets.ipynb"
    source = ("import ipywidgets as w\na, b = w.IntSlider(), w.IntText()\n"
              "w.jslink((a, 'value'), (b, 'value'))\nw.VBox([a, b])")
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)
    execute.execute(path)
    first = path.read_bytes()
    assert b"IPY_MODEL_0000000000" in first
    execute.execute(path, force=True)
    assert path.read_bytes() == first

"""Make the exercise pages: notebooks written wholly from the declarations in lstmlib.check.

    python tools/exercises.py              every chapter that has exercises
    python tools/exercises.py gates rnn    these

Each is run as it is written, unsolved, and rewritten only where something differs: a test compares
them with the declarations. A page whose cells were edited or run by hand may hold a reader's
answers: it is left alone, and named, unless --force is given.
"""

import argparse
import os
import sys

import nbformat
from execute import ROOT, execute, is_current
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

sys.path.insert(0, str(ROOT / "book" / "_ext"))

from chapters import chapters  # noqa: E402

from lstmlib.check import registry  # noqa: E402
from lstmlib.check.exercise import Choice, Code  # noqa: E402

KINDS = {"code": "code", "pencil": "pencil and paper", "diagnosis": "diagnosis", "recall": "recall"}
OPENING = """\
# Exercises {number} · {title}

These belong to {{chapter}}`{id}`, *{question}* Each stands for itself: what it needs is said in it.

Answers that are numbers or letters can be given here, on the page. Functions are written in the
running notebook (`make lab`, then `{file}`): put your lines in the place of the `...`, run the
cell, and read what is said. An answer is wrong in a way that has a name, more often than not, and
the check tells it. Hints and solutions are folded under each exercise."""


def page_of(chapter):
    """The path of a chapter's exercises."""
    return ROOT / f"{chapter['file']}_exercises.ipynb"


def cells(chapter):
    """The cells of a chapter's exercise page."""
    mine = [registry.find(name) for name, (where, _) in registry.listed().items()
            if where == chapter["id"]]
    file = f"{chapter['file']}_exercises.ipynb"
    yield new_markdown_cell(OPENING.format(**chapter | {"file": file}))
    names = ["check", "hint", "solution", *["symptoms"] * any(e.kind == "diagnosis" for e in mine)]
    yield new_code_cell(f"import numpy as np\nfrom lstmlib.check import {', '.join(names)}")
    for exercise in mine:
        yield from cells_of(exercise)


def cells_of(exercise):
    heading = f"(exercise-{exercise.id})=\n## {exercise.number} {exercise.title}"
    kind = f"*{KINDS[exercise.kind].capitalize()}, {exercise.level}*"
    yield new_markdown_cell(f"{heading}\n\n{kind}\n\n{exercise.statement.strip()}")
    if isinstance(exercise, Code):
        if exercise.example:
            yield new_code_cell(exercise.example.strip())
        if exercise.task:
            yield new_markdown_cell(exercise.task.strip())
        answer = f"{exercise.starter.strip()}\n\n\ncheck(\"{exercise.id}\", {exercise.function})"
    elif isinstance(exercise, Choice):
        if exercise.symptoms:
            yield _helper(f'symptoms("{exercise.id}")')
        answer = f'check("{exercise.id}", ...)    # a letter, such as "a"'
    elif len(exercise.numbers) == 1:
        answer = f'check("{exercise.id}", ...)    # a number, or text such as "3/8" or "exp(-2)"'
    else:
        given = ", ".join(f"{number.name}=..." for number in exercise.numbers)
        answer = f'# numbers, or texts such as "3/8" or "exp(-2)"\ncheck("{exercise.id}", {given})'
    cell = new_code_cell(answer)
    if not isinstance(exercise, Code):
        cell.metadata["tags"] = ["remove-input"]
    yield cell
    yield _helper(f'hint("{exercise.id}")')
    yield _helper(f'solution("{exercise.id}")')


def _helper(source):
    """A cell of which the output counts: its input is hidden in JupyterLab, and not on the page."""
    cell = new_code_cell(source)
    cell.metadata |= {"tags": ["remove-input"], "jupyter": {"source_hidden": True}}
    return cell


def write(chapter, force=False):
    """Bring one page up to date; says in a word what became of it."""
    path = page_of(chapter)
    fresh = new_notebook(cells=list(cells(chapter)))
    if path.exists():
        old = nbformat.read(path, as_version=4)
        if not is_current(old) and not force:
            return ("left alone: it was edited or run by hand (answers of yours?); --force writes "
                    "it anew")
        if sources(old) == sources(fresh):
            return execute(path, force=True)
    part = path.with_suffix(".ipynb.part")
    nbformat.write(fresh, part)
    os.replace(part, path)
    return execute(path)


def sources(notebook):
    """What a notebook says, its outputs aside."""
    return [(cell["cell_type"], cell["source"]) for cell in notebook.cells]


def main(argv=None):
    parser = argparse.ArgumentParser(description="Make the exercise pages.")
    parser.add_argument("chapters", nargs="*",
                        help="ids, such as gates; all that have exercises, if none is given")
    parser.add_argument("--force", action="store_true", help="also pages that were edited by hand")
    args = parser.parse_args(argv)
    wanted = args.chapters
    known = [c for c in chapters() if c["id"] in registry.CHAPTERS]
    if unknown := set(wanted) - {c["id"] for c in known}:
        sys.exit(f"exercises: no chapter {sorted(unknown)[0]!r}; expected some of "
                 f"{', '.join(registry.CHAPTERS)}")
    for chapter in known:
        if not wanted or chapter["id"] in wanted:
            print(f"{page_of(chapter).relative_to(ROOT)}: ", end="", flush=True)
            print(write(chapter, args.force))


if __name__ == "__main__":
    main()

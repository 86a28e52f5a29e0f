"""Hints, solutions, symptoms, and the lists of exercises."""

import ast
import html
import re
import textwrap

from lstmlib import kept
from lstmlib.check.exercise import Choice
from lstmlib.check.forms import fold, highlighted, said
from lstmlib.check.record import keep_record, record_of
from lstmlib.check.registry import all_exercises, find, solution_text
from lstmlib.check.verdict import WIDTH

ORDINALS = ("First", "Second", "Third")


class Shown:
    """Something with a form for notebooks and pages, and one for terminals."""

    def __init__(self, html, text):
        self.html, self.text = html, text

    def __repr__(self):
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html, "text/plain": self.text}


def hint(id, step=None):
    """The hints to an exercise: all three, folded, or one, ``hint("lstm-step", 2)``.

    In a terminal, the first; each says how to see the next. A step that is not 1, 2 or 3 is a
    ValueError.
    """
    exercise = find(id)
    if step is not None and (isinstance(step, bool) or step not in (1, 2, 3)):
        raise ValueError(f"hint: step must be 1, 2 or 3, got {step!r}")
    first = step or 1
    text = textwrap.fill(f"Hint {first} of 3: {exercise.hints[first - 1]}", WIDTH)
    if first < 3:
        text += f"\nThe next: hint({id!r}, {first + 1})"
    if step is None:
        parts = [fold(f"{ORDINALS[k - 1]} hint", f"<p>{said(each)}</p>", exercise.id, k)
                 for k, each in enumerate(exercise.hints, 1)]
        return Shown("".join(parts), text)
    record = record_of(exercise.id)
    record["hints"] = max(step, record.get("hints", 0))
    keep_record(exercise.id, record)
    page = f"<p><strong>Hint {step} of 3.</strong> {said(exercise.hints[step - 1])}</p>"
    if step < 3:
        page += f"<p>The next: <code>hint({html.escape(repr(id))}, {step + 1})</code></p>"
    return Shown(page, text)


def solution(id):
    """The book's answer to an exercise, folded: what to see in it, then its code."""
    exercise = find(id)
    source = solution_text(exercise)
    tree = ast.parse(source)
    told = ast.get_docstring(tree) or ""
    start = tree.body[1].lineno if told and len(tree.body) > 1 else 1
    lines = source.splitlines()
    while told and start > 2 and lines[start - 2].lstrip().startswith("#"):
        start -= 1
    code = "\n".join(lines[start - 1:]).strip("\n")
    paragraphs = "".join(_paragraph(part) for part in re.split(r"\n\s*\n", told) if part.strip())
    return Shown(fold("Solution", paragraphs + highlighted(code)), source)


def _paragraph(text):
    """Prose is filled; indented lines, formulas, stay as they are."""
    if text.startswith((" ", "\t")):
        return f"<pre>{html.escape(textwrap.dedent(text))}</pre>"
    return f"<p>{said(' '.join(text.split()))}</p>"


def symptoms(id):
    """What a broken network of a diagnosis shows, from a run of it."""
    exercise = find(id)
    if not isinstance(exercise, Choice) or exercise.symptoms is None:
        raise ValueError(f"symptoms: {id!r} is no diagnosis; exercises() says which are")
    found = exercise.symptoms()
    if isinstance(found, str):
        return Shown(f'<pre tabindex="0">{html.escape(found)}</pre>', found)
    return found


def exercises():
    """All exercises: number, id, kind, level and title."""
    rows = [(e.number, e.id, e.kind, e.level, e.title) for e in all_exercises().values()]
    return _table(("", "id", "kind", "level", "title"), rows)


def progress():
    """What you have solved, and where the file stands that keeps it."""
    rows = []
    for exercise in all_exercises().values():
        record = record_of(exercise.id)
        state = (f"solved {record['passed']}" if "passed" in record
                 else f"tried {record['tries']} time{'s' * (record['tries'] != 1)}"
                 if record.get("tries") else "")
        rows.append((exercise.number, exercise.id, exercise.level, state))
    solved = sum(row[-1].startswith("solved") for row in rows)
    told = (f"{solved} of {len(rows)} solved. Kept in {kept.place('progress')}; delete it to begin "
            "anew.")
    return _table(("", "id", "level", "state"), rows, told)


def _table(head, rows, told=""):
    widths = [max(len(str(row[k])) for row in [head, *rows]) for k in range(len(head))]
    lines = ["  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip()
             for row in [head, *rows]]
    cells = "".join("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>"
                    for row in rows)
    heads = "".join(f'<th scope="col">{html.escape(cell) or "number"}</th>' for cell in head)
    page = f"<table><thead><tr>{heads}</tr></thead><tbody>{cells}</tbody></table>"
    if told:
        page, lines = page + f"<p>{html.escape(told)}</p>", [*lines, told]
    return Shown(page, "\n".join(lines))

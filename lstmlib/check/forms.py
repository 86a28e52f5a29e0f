"""HTML for exercises: forms that answer on the page, verdicts, folds.

JupyterLab does not load the book's style sheets, and runs none of the page's scripts: what stands
here is readable there by itself, in light and dark, and the page's own styles add to it. It also
takes from every summary the sign that it opens; SUMMARY gives it back.
"""

import base64
import html
import json
import re

from lstmlib.check.answers import within
from lstmlib.check.exercise import Choice

PRE = "white-space:pre;overflow-x:auto;line-height:1.35;margin:.5em 0"
SUMMARY = "display:list-item;list-style:revert;cursor:pointer"
EDGES = {"passed": "#009e73", "failed": "#d55e00", "waiting": "#808898"}


def said(text):
    """Plain text as HTML: `code` in backticks becomes <code>."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def styled(kind, inner):
    """A verdict's box; ``kind`` is passed, failed or waiting, ``inner`` its paragraphs as HTML."""
    inner = inner.replace("<pre", f'<pre style="{PRE}"')
    inner = inner.replace("<summary>", f'<summary style="{SUMMARY}">')
    return (
        f'<div class="lstm-verdict lstm-{kind}" style="border-left:4px solid {EDGES[kind]};'
        f'padding:.2em 0 .2em 1em;margin:.5em 0;max-width:46em">{inner}</div>'
    )


def fold(summary, inner, of="", hint=0):
    """Something to open. A hint names its exercise and its number, so that a form can offer it."""
    mark = f' data-of="{html.escape(of)}"' if of else ""
    mark += f' data-hint="{hint}"' if hint else ""
    return (
        f'<details class="lstm-fold"{mark} style="margin:.4em 0;max-width:46em">'
        f'<summary style="{SUMMARY}">{said(summary)}</summary>{inner}</details>'
    )


def highlighted(code):
    """Python code in the colours of whoever shows it: the page's, or those of JupyterLab."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    found = highlight(code, PythonLexer(), HtmlFormatter(prestyles=PRE))
    return found.replace("<pre", '<pre tabindex="0"')


def form(exercise):
    """The form of a Pencil or a Choice. Its controls stay hidden until the page's script comes."""
    rows, key, example = (_choice if isinstance(exercise, Choice) else _pencil)(exercise)
    text = json.dumps(key | {"passed": exercise.passed}, ensure_ascii=False, sort_keys=True)
    code = base64.b64encode(text.encode("utf-8")).decode("ascii")
    return (
        f'<form class="lstm-answer" data-answer="{exercise.id}" data-key="{code}" novalidate>'
        '<fieldset style="border:0;padding:0;margin:0;min-width:0">'
        f"<legend>Your answer: {html.escape(exercise.title)}</legend>{rows}"
        '<p class="lstm-controls" hidden><button type="submit">Check</button> '
        '<button type="button">Clear</button></p></fieldset>'
        '<div class="lstm-told" role="status"></div>'
        f'<p class="lstm-how">In a running notebook: <code>{html.escape(example, quote=False)}'
        "</code></p></form>"
    )


def plain(exercise):
    """What the form shows, as text."""
    if isinstance(exercise, Choice):
        lines = [f"  {letter}  {option.text}" for letter, option in zip("abcdef", exercise.options)]
    else:
        lines = [f"  {_asked(number)} ({within(number)})" for number in exercise.numbers]
    return "\n".join([*lines, f"Answer with {_example(exercise)}"])


def _asked(number):
    return number.label + (f" in {number.unit}" if number.unit else "")


def _example(exercise):
    if isinstance(exercise, Choice):
        return f'check("{exercise.id}", "b")'
    if len(exercise.numbers) == 1:
        return f'check("{exercise.id}", "3/8")'
    given = ", ".join(f'{number.name}="3/8"' for number in exercise.numbers)
    return f'check("{exercise.id}", {given})'


def _pencil(exercise):
    rows, key = [], []
    for number in exercise.numbers:
        field = f"answer-{exercise.id}-{number.name}"
        rows.append(
            f'<p class="lstm-row"><label for="{field}">{html.escape(_asked(number))}'
            "<span hidden> =</span></label> "
            f'<input type="text" id="{field}" name="{number.name}" maxlength="400" hidden'
            ' autocomplete="off" autocapitalize="none" spellcheck="false"'
            f' aria-describedby="{field}-within">'
            f' <span id="{field}-within" class="lstm-within">({within(number)})</span></p>'
        )
        key.append({
            "name": number.name, "label": number.label, "tolerance": number.tolerance,
            "expected": _kept(number.expected()),
            "slips": [{"value": _kept(slip.value()), "says": slip.says} for slip in number.slips],
        })
    return "".join(rows), {"numbers": key}, _example(exercise)


def _choice(exercise):
    rows, key = [], []
    for letter, option in zip("abcdef", exercise.options):
        field = f"answer-{exercise.id}-{letter}"
        rows.append(
            f'<p class="lstm-row lstm-option"><input type="radio" id="{field}" hidden'
            f' name="answer-{exercise.id}" value="{letter}"> '
            f'<label for="{field}"><b>{letter}</b>\u2002{said(option.text)}</label></p>'
        )
        key.append({"letter": letter, "right": option.right, "says": option.says})
    return "".join(rows), {"options": key}, _example(exercise)


def _kept(value):
    """Twelve digits: what is stored in a page is the same on every machine."""
    return float(f"{float(value):.12g}")

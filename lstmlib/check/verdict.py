"""What ``check`` shows: as text in a terminal, as HTML in a notebook and on a page."""

import html
import textwrap

from lstmlib.check.exercise import Code
from lstmlib.check.forms import form, plain, said, styled

WIDTH = 88


def _shown(text):
    """What a terminal and a page can show: an answer may print, or fail with, any characters."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "\ufffd"
                   for letter in text)


class Verdict:
    """The outcome of a check. True where the answer is right.

    ``status`` is "passed", "failed" or "waiting" (not attempted yet, or not one answer judged).
    """

    def __init__(self, exercise, status, headline, says=(), looked=(), table="", printed=""):
        self.exercise, self.status, self.headline = exercise, status, _shown(headline)
        self.says = [_shown(text) for text in says if text]
        self.looked, self.table, self.printed = list(looked), _shown(table), _shown(printed)

    def __bool__(self):
        return self.status == "passed"

    @property
    def _title(self):
        return f"Exercise {self.exercise.number}, {self.exercise.title}"

    @property
    def _asks(self):
        """Is the form to be shown? A page has one for each answer that is not a function."""
        return self.status == "waiting" and not isinstance(self.exercise, Code)

    def __repr__(self):
        parts = [f"{self._title}: {self.headline}"]
        parts += [textwrap.fill(text, WIDTH) for text in self.says]
        if self._asks:
            parts.append(plain(self.exercise))
        if self.table:
            parts.append(textwrap.indent(self.table, "    "))
        if self.looked:
            parts.append(textwrap.fill("Looked at: " + ", ".join(
                name + ("" if right else " (here)") for name, right in self.looked) + ".", WIDTH))
        if self.printed:
            printed = textwrap.indent(self.printed.rstrip("\n"), "    ")
            parts.append("Your function printed:\n" + printed)
        return "\n".join(parts)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html, "text/plain": repr(self)}

    @property
    def html(self):
        inner = [f"<p><strong>{said(self._title)}:</strong> {said(self.headline)}</p>"]
        inner += [f"<p>{said(text)}</p>" for text in self.says]
        if self.table:
            inner.append('<pre tabindex="0" role="group" aria-label="The smallest case that fails">'
                         f"{html.escape(self.table)}</pre>")
        if self.looked:
            items = "".join(f"<li>{'✓' if right else '✗'} {said(name)}"
                            f"{'' if right else ' (here it fails)'}</li>"
                            for name, right in self.looked)
            inner.append(f"<details><summary>What was looked at ({len(self.looked)})</summary>"
                         f"<ul>{items}</ul></details>")
        if self.printed:
            inner.append('<p>Your function printed:</p><pre tabindex="0">'
                         f"{html.escape(self.printed)}</pre>")
        return styled(self.status, "".join(inner)) + (form(self.exercise) if self._asks else "")


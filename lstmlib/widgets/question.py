"""A question whose answer the reader predicts before the page shows it."""

import html
import math
import re

from lstmlib.plot.guesses import forget, keep, stored

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def guess(name, question, value=None, low=None, high=None, unit=""):
    """Ask for a prediction, and keep it for the figure that answers the question.

    In a running notebook, write your number as ``value=`` and run the cell: it is kept in a file
    of your own (``guesses.json`` in the folder that LSTMLIB_HOME names, or in ``.lstmlib`` in
    your home folder), and ``figure(..., guess=(name, axis, ax))`` draws it. On the rendered page
    the same cell is a form, and the browser keeps the number. ``value=False`` forgets it.

    ``low`` and ``high``, where given, bound what makes sense as an answer.

    >>> guess("spell-bits", "How many bits per character?", low=0, high=8, unit="bits")
    Your guess: How many bits per character? (none yet)
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(
            "guess: name must be made of lower-case letters, digits and single hyphens, "
            f"got {name!r}"
        )
    if not isinstance(question, str) or not question.strip():
        raise ValueError(f"guess {name}: question must be a text, got {question!r}")
    bounds = {}
    for key, bound in (("low", low), ("high", high)):
        bounds[key] = None if bound is None else _number(name, key, bound)
    if low is not None and high is not None and not low < high:
        raise ValueError(f"guess {name}: low must be less than high, got {low!r} and {high!r}")
    lasting = True
    if value is False:
        forget(name)
    elif value is not None:
        value = _number(name, "value", value)
        if not (low is None or value >= low) or not (high is None or value <= high):
            span = " and ".join(
                text
                for text in (
                    None if low is None else f"at least {low:.12g}",
                    None if high is None else f"at most {high:.12g}",
                )
                if text
            )
            raise ValueError(f"guess {name}: value must be {span}, got {value:.12g}")
        lasting = keep(name, value)
    return Guess(name, question, stored(name), bounds["low"], bounds["high"], unit, lasting)


def _number(name, key, value):
    if isinstance(value, (bool, str, bytes)) or value is None:
        raise TypeError(
            f"guess {name}: {key} must be a number, got {value!r}. Write it without quotes, "
            f"as in {key}=0.5."
        )
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"guess {name}: {key} must be a number, got {value!r}") from None
    if not math.isfinite(number):
        raise ValueError(f"guess {name}: {key} must be a finite number, got {value!r}")
    return number


class Guess:
    """A question with the reader's answer, as a notebook shows it. Made by :func:`guess`."""

    def __init__(self, name, question, value, low, high, unit, lasting):
        self.name, self.question, self.value = name, question, value
        self.low, self.high, self.unit, self.lasting = low, high, unit, lasting

    def __repr__(self):
        if self.value is None:
            return f"Your guess: {self.question} (none yet)"
        return f"Your guess: {self.question} {self._told()}"

    def _told(self):
        return f"{self.value:.12g}" + (f" {self.unit}" if self.unit else "")

    @property
    def html(self):
        """The form. Its controls stay hidden until the page's script finds them."""
        field = f"guess-{self.name}"
        limits = "".join(
            f' {key}="{bound:.12g}"'
            for key, bound in (("min", self.low), ("max", self.high))
            if bound is not None
        )
        unit = f' <span class="guess-unit">{html.escape(self.unit)}</span>' if self.unit else ""
        if self.value is None:
            note = "In a running notebook: write your number as <code>value=</code> in this cell."
        else:
            note = f"Your guess is {html.escape(self._told())}."
            if not self.lasting:
                note += " It lasts as long as this kernel: its folder cannot be written."
        return (
            f'<form class="guess" data-guess-form="{self.name}"'
            f' data-unit="{html.escape(self.unit)}" novalidate>'
            f'<label for="{field}"><b>Your guess.</b> {html.escape(self.question)}</label>'
            f'<span class="guess-controls" hidden><input type="number" id="{field}" step="any"'
            f' inputmode="decimal"{limits} aria-describedby="{field}-note">{unit}'
            ' <button type="submit">Keep</button> <button type="button">Clear</button></span>'
            f'<p id="{field}-note" class="guess-note" role="status">{note}</p></form>'
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html, "text/plain": repr(self)}

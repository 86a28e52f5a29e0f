"""Judges written answers: numbers against a Pencil's, letters against a Choice's.

The page judges by the same rules: see ``book/_static_src/exercise.js``.
"""

import re

from lstmlib.check.expression import NUMBER, NotANumber, evaluate

# The last digits that floats lose: 0.38 is within 0.005 of 0.375.
SLACK = 1e-9
_PLAIN = re.compile(rf"[-+\u2212]?{NUMBER}")


def judge_pencil(exercise, values):
    """A pair (status, message) for each of the exercise's numbers, in their order.

    ``values`` maps names to what was given. The status is "right", "slip" (the message is the
    slip's), "wrong", "unreadable" (the message says why) or "missing". Where the exercise has one
    number, the name may be None.
    """
    names = [number.name for number in exercise.numbers]
    if len(names) == 1 and None in values:
        values = {names[0] if name is None else name: value for name, value in values.items()}
    for name in values:
        if name not in names:
            told = repr(name) if name else "a number without its name"
            raise TypeError(f"{exercise.id} asks for {', '.join(names)}, got {told}")
    return [verdict_of_number(number, values.get(number.name)) for number in exercise.numbers]


def verdict_of_number(number, value):
    """The status of one answer and what is said to it; the nearest slip speaks."""
    if value is None or value is Ellipsis or isinstance(value, str) and not value.strip():
        return "missing", f"{number.label} is still to be worked out."
    try:
        got = evaluate(value)
    except NotANumber as reason:
        return "unreadable", str(reason)
    reach = number.tolerance * (1 + SLACK)
    if abs(got - number.expected()) <= reach:
        return "right", f"{number.label} is right."
    distance, slip = min(
        ((abs(got - slip.value()), slip) for slip in number.slips), key=lambda pair: pair[0]
    )
    if distance <= reach:
        return "slip", slip.says
    return "wrong", f"{number.label}: {_told(value, got)} is not right, {within(number)}."


def within(number):
    """How near an answer must come, in words."""
    return f"within {number.tolerance:.12f}".rstrip("0")


def _told(value, got):
    short = f"{got:.6g}"
    text = value.strip() if isinstance(value, str) else short
    return text if _PLAIN.fullmatch(text) else f"{text} = {short}"


def judge_choice(exercise, letter):
    """The status of one answer ("right", "wrong", "unreadable", "missing") and what is said."""
    letters = "abcdef"[: len(exercise.options)]
    if letter is None or letter is Ellipsis or isinstance(letter, str) and not letter.strip():
        return "missing", f"Answer with one letter, a to {letters[-1]}."
    given = letter.strip(" ().").lower() if isinstance(letter, str) else ""
    if len(given) != 1 or given not in letters:
        return "unreadable", f"Answer with one letter, a to {letters[-1]}, got {letter!r}."
    option = exercise.options[letters.index(given)]
    return ("right" if option.right else "wrong"), option.says

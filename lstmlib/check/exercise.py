"""What an exercise is: one declaration from which its cells, hints, checks and tests are made.

Each exercise is one file, ``lstmlib/check/exercises/<chapter>/<id>.py``, that sets ``EXERCISE`` to
a :class:`Code`, a :class:`Pencil` or a :class:`Choice`; its solution is ``book/solutions/<id>.py``.
The id is the file's name with hyphens. ``ORDER`` in the chapter's ``__init__.py`` lists the ids.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

LEVELS = ("routine", "standard", "open")


class Declared:
    """What all kinds share; the registry sets ``id``, ``chapter`` and ``number``."""

    id = chapter = number = ""

    def __post_init__(self):
        if self.level not in LEVELS:
            raise ValueError(
                f"{self.title}: level must be one of {', '.join(LEVELS)}, got {self.level!r}"
            )
        if isinstance(self.hints, str) or len(self.hints) != 3:
            raise ValueError(f"{self.title}: hints must be three texts, got {self.hints!r}")
        for name in ("title", "statement", "passed"):
            if not getattr(self, name).strip():
                raise ValueError(f"{self.title}: {name} must not be empty")
        self._check()

    def _check(self):
        """What one kind asks beyond this."""


@dataclass(frozen=True)
class Probe:
    """One call of the answer.

    ``name`` is what it looks at; ``says`` is told when it is the first to fail and the answer is
    no known mistake. ``sizes`` names the lengths of the axes, so that errors can say "(B, D)".
    """

    name: str
    args: tuple
    says: str
    sizes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Version:
    """The solution with some of its text exchanged, or a whole source of its own."""

    name: str
    says: str
    swap: list[tuple[str, str]] = field(default_factory=list)
    source: str = ""

    def text(self, solution):
        """The source of this version, given that of the solution."""
        if bool(self.swap) == bool(self.source):
            raise ValueError(f"{self.name!r}: give either swap or source")
        for old, new in self.swap:
            if solution.count(old) != 1:
                raise ValueError(
                    f"{self.name!r}: {old!r} must stand once in the solution, it stands there "
                    f"{solution.count(old)} times"
                )
            solution = solution.replace(old, new)
        return self.source or solution


class Mistake(Version):
    """A wrong version that people write; ``says`` is told to whoever writes it."""


class Convention(Version):
    """Somebody else's legal version: it passes, and ``says`` tells who does it so."""


@dataclass(frozen=True)
class Code(Declared):
    """A function to write. See :class:`Probe` and :class:`Mistake`.

    ``returns`` names what comes back: a tuple of names, or one name for one array or number.
    ``reference(*args)`` gives what is right, by another road than the solution's. Exercises with
    many right answers have ``verify(args, got)`` instead, which returns None where the answer is
    right, and else the name of a mistake, or a sentence, or one of these and a table to be shown
    with it; ``got`` is a dict of arrays by name, or the one array.
    """

    title: str
    level: str
    statement: str
    starter: str
    returns: tuple[str, ...] | str
    probes: Callable[[Any], Any]
    mistakes: list[Mistake]
    hints: tuple[str, str, str]
    passed: str
    reference: Callable[..., Any] | None = None
    verify: Callable[[tuple, Any], str | tuple[str, str] | None] | None = None
    conventions: list[Convention] = field(default_factory=list)
    example: str | None = None
    task: str | None = None
    tolerance: float = 1e-7
    kind = "code"

    def _check(self):
        if (self.reference is None) == (self.verify is None):
            raise ValueError(f"{self.title}: give either reference or verify")
        if self._definition is None:
            raise ValueError(f"{self.title}: the starter defines no function")

    @property
    def names(self):
        """The names of what comes back."""
        return (self.returns,) if isinstance(self.returns, str) else tuple(self.returns)

    @property
    def _definition(self):
        """The starter's last function: the one to write."""
        found = [n for n in ast.parse(self.starter).body if isinstance(n, ast.FunctionDef)]
        return found[-1] if found else None

    @property
    def function(self):
        """The name of the function to write."""
        return self._definition.name

    @property
    def arguments(self):
        """The names of its arguments, in order."""
        return [arg.arg for arg in self._definition.args.args]


@dataclass(frozen=True)
class Slip:
    """A wrong number that people arrive at, and how."""

    value: Callable[[], float]
    says: str


@dataclass(frozen=True)
class Number:
    """One number to work out; ``name`` is its keyword in ``check``, ``label`` how it is written."""

    name: str
    label: str
    expected: Callable[[], float]
    tolerance: float
    slips: list[Slip]
    unit: str = ""


@dataclass(frozen=True)
class Pencil(Declared):
    """Numbers to work out on paper; fractions and expressions are accepted."""

    title: str
    level: str
    statement: str
    numbers: list[Number]
    hints: tuple[str, str, str]
    passed: str
    kind: str = "pencil"

    def _check(self):
        if self.kind not in ("pencil", "recall"):
            raise ValueError(f"{self.title}: kind must be pencil or recall, got {self.kind!r}")
        for number in self.numbers:
            if not number.name.isidentifier() or not number.tolerance > 0 or len(number.slips) < 3:
                raise ValueError(
                    f"{self.title}: {number.name!r} needs a keyword as its name, a tolerance above "
                    "0 and three slips"
                )


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from, and what is said to whoever chooses it."""

    text: str
    says: str = ""
    right: bool = False


@dataclass(frozen=True)
class Choice(Declared):
    """A diagnosis, or a question of recall: one option is right, each other has its reason."""

    kind: str
    title: str
    level: str
    statement: str
    options: list[Option]
    hints: tuple[str, str, str]
    passed: str
    symptoms: Callable[[], Any] | None = None

    def _check(self):
        if self.kind not in ("diagnosis", "recall"):
            raise ValueError(f"{self.title}: kind must be diagnosis or recall, got {self.kind!r}")
        if (self.symptoms is None) == (self.kind == "diagnosis"):
            raise ValueError(
                f"{self.title}: a diagnosis has symptoms, and a recall question has none")
        if sum(option.right for option in self.options) != 1 or not 4 <= len(self.options) <= 6:
            raise ValueError(f"{self.title}: give four to six options, one of them right")
        if not all(option.right or option.says for option in self.options):
            raise ValueError(f"{self.title}: each wrong option says what speaks against it")

    @property
    def right(self):
        """The letter of the right option."""
        return "abcdef"[[option.right for option in self.options].index(True)]

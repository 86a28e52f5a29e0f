"""Real text for character models: the frozen text, any file, symbols, and windows in order.

The frozen text is NumPy's own documentation, which every reader of this book has installed:
the docstrings in the .py files of numpy 2.4.6 (copyright NumPy Developers, BSD-3-Clause). We
read the files and parse them, and never ask the running NumPy for `__doc__`, because what it
answers depends on the version of Python (3.13 strips indentation), on the processor and on the
platform. The files do not.
"""

import ast
import functools
import hashlib
import os
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import NamedTuple

import numpy as np

FROZEN_NUMPY = "2.4.6"
FROZEN_SHA256 = "70c5a6a46ea83581af6c6c594f93f514e4eee82a61444e6d0c4779be75d0bb79"
RARE = "\N{REPLACEMENT CHARACTER}"      # stands for every character too rare to have a symbol

_LEFT_OUT = {"tests", "testing", "f2py", "distutils", "typing", "_typing", "_pyinstaller",
             "_utils", "__config__.py"}                    # __config__.py differs by platform
_GRAM = 60                              # paragraphs are compared by their runs of 60 characters
_REPEATED = 0.25                        # share of known runs from which a paragraph is a repeat
_SHORTEST_ENTRY = 200


@dataclass(frozen=True)
class Corpus:
    """A text made of whole entries: `text` is the entries joined by `separator`.

    >>> corpus = Corpus("rhyme", ("one two", "buckle my shoe"), separator=", ")
    >>> corpus.text, len(corpus)
    ('one two, buckle my shoe', 23)
    """

    name: str
    entries: tuple
    separator: str = ""

    @functools.cached_property
    def text(self):
        return self.separator.join(self.entries)

    @functools.cached_property
    def sha256(self):
        """Fingerprint of the text in UTF-8."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    def __len__(self):
        """Number of characters."""
        return len(self.text)


class Parts(NamedTuple):
    """A corpus split by whole entries; each part is a Corpus."""

    train: Corpus
    validation: Corpus
    test: Corpus


@functools.cache
def frozen():
    """The frozen text: about 1.2 million characters, the same wherever numpy 2.4.6 is installed.

    Its entries are the docstrings in NumPy's .py files, without indentation, sorted by file and
    line. A paragraph is dropped when a quarter of its runs of 60 characters have occurred before
    (many docstrings are copies of others), an entry when fewer than 200 characters are left.
    Entries are separated by two blank lines, which occur nowhere else.

    RuntimeError: another NumPy is installed, or its files were altered.

    >>> frozen().sha256 == FROZEN_SHA256
    True
    """
    installed = metadata.version("numpy")
    if installed != FROZEN_NUMPY:
        raise RuntimeError(f"frozen text: expected numpy {FROZEN_NUMPY}, got numpy {installed}; "
                           f"install numpy=={FROZEN_NUMPY} or name a file with read(path)")
    corpus = Corpus("frozen", docstrings(Path(util.find_spec("numpy").origin).parent), "\n\n\n")
    if corpus.sha256 != FROZEN_SHA256:
        raise RuntimeError(f"frozen text: expected SHA-256 {FROZEN_SHA256}, got {corpus.sha256}; "
                           f"files of numpy {FROZEN_NUMPY} were altered: install it again")
    return corpus


def docstrings(folder):
    """The documentation in the .py files below a folder, repeats dropped, as a tuple of entries.

    Docstrings of modules, classes and functions, and the strings that a file hands to
    `add_newdoc` and its kin, which document what is written in C.
    """
    folder = Path(folder)
    files = {f.relative_to(folder).as_posix(): f for f in folder.rglob("*.py")
             if not _LEFT_OUT.intersection(f.relative_to(folder).parts)}
    seen, entries = set(), []
    for name in sorted(files):
        tree = ast.parse(files[name].read_bytes())         # line ends become \n here
        for _, doc in sorted(_documented(tree)):
            entry = "\n\n".join(_new_paragraphs(_without_indentation(doc), seen))
            if len(entry) >= _SHORTEST_ENTRY:
                entries.append(entry)
    return tuple(entries)


def _documented(tree):
    """(position, docstring) for everything that a file documents."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            doc = ast.get_docstring(node, clean=False)
            if doc:
                yield getattr(node, "lineno", 0), doc
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "").startswith("add_newdoc"):
            for argument in node.args:                     # a string, or a pair (method, string)
                for part in getattr(argument, "elts", [argument]):
                    value = getattr(part, "value", None)
                    if isinstance(value, str) and "\n" in value:
                        yield node.lineno, value


def _without_indentation(doc):
    """Lines without their common indentation and trailing blanks, never two blank lines in a row.

    The first line starts behind the quotes, so its indentation says nothing.
    """
    first, *others = doc.expandtabs().split("\n")
    indentation = min((len(o) - len(o.lstrip()) for o in others if o.strip()), default=0)
    lines = [first.strip()] + [o[indentation:].rstrip() for o in others]
    return "\n".join(line for i, line in enumerate(lines) if line or i and lines[i - 1])


def _new_paragraphs(doc, seen):
    """The paragraphs of a docstring that are not repeats; adds their runs to `seen`.

    Short paragraphs ("Examples", say) always stay: they are how a docstring looks.
    """
    for paragraph in doc.strip("\n").split("\n\n"):
        runs = [paragraph[i:i + _GRAM] for i in range(len(paragraph) - _GRAM + 1)]
        if runs and sum(run in seen for run in runs) >= _REPEATED * len(runs):
            continue
        seen.update(runs)
        yield paragraph


def read(path, encoding="utf-8"):
    """Any text file as a Corpus, its entries cut behind blank lines.

    An entry has about 2,000 characters, in a short file about a hundredth of it. A file without
    blank lines is cut behind line ends, one without those anywhere. Line ends become newlines.
    TypeError: path is no path. FileNotFoundError, IsADirectoryError: no such file.
    ValueError: the file is empty, holds no text in this encoding, or is not text at all.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"path: expected the name of a text file, got {type(path).__name__}")
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"path: expected a text file, got the folder {str(path)!r}")
    if not path.is_file():
        raise FileNotFoundError(f"path: expected a text file, got {str(path)!r}, "
                                "which does not exist")
    raw = path.read_bytes()
    remedy = "save it as UTF-8, or name its encoding=..."
    try:
        text = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except LookupError:
        raise ValueError(f"encoding: expected one that Python knows, such as 'utf-8' or "
                         f"'latin-1', got {encoding!r}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"path: expected text in {encoding}, got {str(path)!r}, whose byte "
                         f"{error.start} is none; {remedy}") from None
    if "\0" in text:
        raise ValueError(f"path: expected text, got {str(path)!r}, which is binary "
                         f"(it holds null characters); {remedy}")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ValueError(f"path: expected text, got {str(path)!r}, which is empty")
    return Corpus(path.name, tuple(_pieces(text)))


def _pieces(text):
    """Cut a text into consecutive pieces that end, where possible, behind a blank line."""
    size = max(1, min(2000, len(text) // 100))
    start = 0
    while start < len(text):
        stop = start + size
        for end in ("\n\n", "\n"):
            found = text.find(end, stop - 1, stop + 4 * size)
            if found >= 0:
                stop = found + len(end)
                break
        yield text[start:stop]
        start = stop


def split(corpus, validation=0.1, test=0.1, seed=0):
    """Split a corpus by whole entries into Parts(train, validation, test).

    Entries are drawn in the order of SHA-256("seed:entry"), a lottery that no version of any
    library can change, until the test part holds its share of the characters, then until the
    validation part holds its own. Within a part they keep the order of the corpus. Each part
    holds at least one entry.

    >>> parts = split(Corpus("digits", tuple("0123456789")))
    >>> sorted(parts.train.text + parts.validation.text + parts.test.text) == list("0123456789")
    True
    """
    for name, share in (("validation", validation), ("test", test)):
        if not 0 < share < 1:
            raise ValueError(f"{name}: expected a share between 0 and 1, got {share}")
    if validation + test >= 1:
        raise ValueError("validation, test: expected shares that leave something to train on, "
                         f"got {validation} and {test}")
    if len(corpus.entries) < 3:
        raise ValueError(f"corpus: expected at least 3 entries, one for each part, "
                         f"got {len(corpus.entries)}; the text is too short to be split")

    def ticket(index):
        return hashlib.sha256(f"{seed}:{corpus.entries[index]}".encode()).digest()

    drawn = sorted(range(len(corpus.entries)), key=ticket)
    total = sum(len(entry) for entry in corpus.entries)
    members, left = [], drawn
    for share, others in ((test, 2), (validation, 1)):     # others: parts still to be served
        taken = characters = 0
        while taken == 0 or characters < share * total and len(left) - taken > others:
            characters += len(corpus.entries[left[taken]])
            taken += 1
        members.append(left[:taken])
        left = left[taken:]

    def part(name, indices):
        entries = tuple(corpus.entries[i] for i in sorted(indices))
        return Corpus(f"{corpus.name}, {name}", entries, corpus.separator)

    return Parts(part("train", left), part("validation", members[1]), part("test", members[0]))


def overlap(train, test, n=60):
    """Share of the runs of n characters of the test text that also occur in the training text.

    1 says that the test text was copied from the training text, 0 that no n characters in a row
    were. ValueError: the test text is shorter than n.

    >>> overlap("the cat sat on the mat", "the cat ate", n=4)
    0.625
    """
    if n < 1:
        raise ValueError(f"n: expected at least 1, got {n}")
    if len(test) < n:
        raise ValueError(f"test: expected at least n = {n} characters, got {len(test)}")
    runs = [test[i:i + n] for i in range(len(test) - n + 1)]
    wanted = set(runs)
    found = {run for run in (train[i:i + n] for i in range(len(train) - n + 1)) if run in wanted}
    return sum(run in found for run in runs) / len(runs)


class Alphabet:
    """The symbols of a text: characters to ids 0 ... K-1 and back.

    Every character that occurs at least `least` times in the text the alphabet is made from (the
    training text) gets a symbol of its own, in the order of their code points. All others, and
    all that the training text never showed, share the last symbol, RARE: no model can spell
    them, so all models are scored on the text that `normalise` returns.

    >>> alphabet = Alphabet.of("abracadabra", least=2)
    >>> alphabet.characters, len(alphabet)
    ('abr\ufffd', 4)
    >>> alphabet.encode("bard"), alphabet.decode([1, 0, 2, 3]) == "bar" + RARE
    (array([1, 0, 2, 3]), True)
    """

    def __init__(self, characters):
        """`characters`: the symbols without RARE, each once."""
        if len(set(characters)) != len(characters):
            raise ValueError("characters: expected each character once, got "
                             + repr("".join(c for c in characters if characters.count(c) > 1)))
        self.characters = "".join(sorted(set(characters) - {RARE})) + RARE
        self._codes = _code_points(self.characters[:-1])

    @classmethod
    def of(cls, text, least=10):
        """The alphabet of a training text: its characters that occur at least `least` times."""
        if not text:
            raise ValueError("text: expected some characters, got none")
        codes, counts = np.unique(_code_points(text), return_counts=True)
        return cls("".join(chr(code) for code in codes[counts >= least]))

    def __len__(self):
        return len(self.characters)

    def encode(self, text):
        """Text to ids, an integer array of shape (len(text),)."""
        codes = _code_points(text)
        rare = len(self._codes)
        ids = np.searchsorted(self._codes, codes)
        known = ids < rare
        known[known] = self._codes[ids[known]] == codes[known]
        return np.where(known, ids, rare)

    def decode(self, ids):
        """Ids to text. ValueError: an id is not in 0 ... K-1."""
        ids = np.asarray(ids)
        if ids.size and not (0 <= ids.min() and ids.max() < len(self)):
            raise ValueError(f"ids: expected 0 to {len(self) - 1}, "
                             f"got {ids.min()} to {ids.max()}")
        return "".join(self.characters[i] for i in ids.ravel())

    def normalise(self, text):
        """The text with every character that has no symbol replaced by RARE."""
        return self.decode(self.encode(text))


def _code_points(text):
    if not isinstance(text, str):
        raise TypeError(f"text: expected a str, got {type(text).__name__}; "
                        "a Corpus has its characters in .text")
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def windows(ids, steps, batch, passes=1, shuffle=None):
    """Cut a text into windows for truncated BPTT; yields (inputs, targets), integers (T, B).

    The text is laid out as B = `batch` streams, each the continuation of the one before it; a
    window holds the next T = `steps` symbols of every stream, and its targets the same, one
    symbol later. Column b of a window continues column b of the window before, so a state
    carried from window to window has read what stands to the left. After a pass every column
    moves on to the next stream, which is where its own text goes on; the last symbols, fewer
    than B*T, are left out of every pass.

    `shuffle`, a NumPy Generator, draws the windows of a pass in random order instead: the same
    windows, but a state carried along then comes from somewhere else in the text.

    ValueError: the text is too short for one batch.

    >>> for inputs, targets in windows(np.arange(13), steps=3, batch=2):
    ...     print(inputs.T.tolist(), targets.T.tolist())
    [[0, 1, 2], [6, 7, 8]] [[1, 2, 3], [7, 8, 9]]
    [[3, 4, 5], [9, 10, 11]] [[4, 5, 6], [10, 11, 12]]
    """
    ids = np.asarray(ids)
    for name, value in (("steps", steps), ("batch", batch), ("passes", passes)):
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool):
            raise TypeError(f"{name}: expected an integer, got {value!r}")
        if value < 1:
            raise ValueError(f"{name}: expected at least 1, got {value}")
    if ids.ndim != 1 or ids.dtype.kind not in "iu":
        raise TypeError(f"ids: expected integers of shape (length,), got {ids.dtype} of shape "
                        f"{ids.shape}; Alphabet.encode makes them from a text")
    if len(ids) < steps * batch + 1:
        raise ValueError(f"ids: expected at least steps*batch + 1 = {steps * batch + 1} symbols "
                         f"for one batch, got {len(ids)}; take fewer steps, a smaller batch or "
                         "a longer text")
    if shuffle is not None and not isinstance(shuffle, np.random.Generator):
        raise TypeError("shuffle: expected None or a numpy Generator, "
                        f"got {type(shuffle).__name__}")
    return _windows(ids, steps, batch, passes, shuffle)


def _windows(ids, steps, batch, passes, shuffle):
    count = (len(ids) - 1) // (steps * batch)
    length = count * steps                                 # of one stream
    inputs = ids[:batch * length].reshape(batch, length).T
    targets = ids[1:batch * length + 1].reshape(batch, length).T
    for number in range(passes):
        order = range(count) if shuffle is None else shuffle.permutation(count)
        for window in order:
            now = slice(window * steps, (window + 1) * steps)
            yield (np.roll(inputs[now], -number, axis=1), np.roll(targets[now], -number, axis=1))

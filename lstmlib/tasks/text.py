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

from lstmlib.numpy import bits as nats_to_bits
from lstmlib.numpy import contract, log_softmax

FROZEN_NUMPY = "2.4.6"
FROZEN_SHA256 = "70c5a6a46ea83581af6c6c594f93f514e4eee82a61444e6d0c4779be75d0bb79"
SEED = 11               # of 0 ... 15, the one whose two held-out parts trigrams find most alike
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
        raise RuntimeError(contract.problem(
            "frozen text", f"numpy {installed}", f"numpy {FROZEN_NUMPY}",
            f"Install numpy=={FROZEN_NUMPY}, or name a file of your own with read(path)"))
    corpus = Corpus("frozen", docstrings(Path(util.find_spec("numpy").origin).parent), "\n\n\n")
    if corpus.sha256 != FROZEN_SHA256:
        raise RuntimeError(contract.problem(
            "frozen text", f"SHA-256 {corpus.sha256}", f"SHA-256 {FROZEN_SHA256}",
            f"Files of numpy {FROZEN_NUMPY} were altered here: install it again"))
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
        raise TypeError(contract.problem("path", contract.describe(path),
                                         "the name of a text file"))
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(contract.problem("path", f"the folder {str(path)!r}",
                                                 "a text file"))
    if not path.is_file():
        raise FileNotFoundError(contract.problem("path", f"{str(path)!r}, which does not exist",
                                                 "a text file"))
    raw = path.read_bytes()
    remedy = "Save it as UTF-8, or name its encoding=..."
    try:
        text = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except LookupError:
        raise ValueError(contract.problem("encoding", repr(encoding), "one that Python knows, "
                                          "such as 'utf-8' or 'latin-1'")) from None
    except UnicodeDecodeError as error:
        raise ValueError(contract.problem(
            "path", f"{str(path)!r}, which is binary or in another encoding (see byte "
            f"{error.start})", f"text in {encoding}", remedy)) from None
    if "\0" in text:
        raise ValueError(contract.problem(
            "path", f"{str(path)!r}, which is binary (it holds null characters)",
            f"text in {encoding}", remedy))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ValueError(contract.problem("path", f"{str(path)!r}, which is empty",
                                          "a file with text in it"))
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


def split(corpus, validation=0.1, test=0.1, seed=SEED):
    """Split a corpus by whole entries into Parts(train, validation, test).

    Entries are drawn in the order of SHA-256("seed:entry"), a lottery that no version of any
    library can change, until the test part holds its share of the characters, then until the
    validation part holds its own. Within a part they keep the order of the corpus. Each part
    holds at least one entry.

    >>> parts = split(Corpus("digits", tuple("0123456789")))
    >>> sorted(parts.train.text + parts.validation.text + parts.test.text) == list("0123456789")
    True
    """
    validation = contract.take_number(validation, "validation", above=0, below=1)
    test = contract.take_number(test, "test", above=0, below=1)
    if validation + test >= 1:
        raise ValueError(contract.problem("validation and test", f"{validation} and {test}",
                                          "a sum below 1, so that a part is left to train on"))
    if not isinstance(corpus, Corpus):
        raise TypeError(contract.problem("corpus", contract.describe(corpus), "a Corpus",
                                         "frozen() and read(path) make one"))
    if len(corpus.entries) < 3:
        raise ValueError(contract.problem("corpus", f"{len(corpus.entries)} entries",
                                          "at least 3, one for each part",
                                          "The text is too short to be split"))

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
    n = contract.take_size(n, "n")
    if len(test) < n:
        raise ValueError(contract.problem("test", f"{len(test)} characters",
                                          f"at least n = {n}"))
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
            twice = "".join(c for c in characters if characters.count(c) > 1)
            raise ValueError(contract.problem("characters", repr(twice), "each character once"))
        self.characters = "".join(sorted(set(characters) - {RARE})) + RARE
        self._codes = _code_points(self.characters[:-1])

    @classmethod
    def of(cls, text, least=10):
        """The alphabet of a training text: its characters that occur at least `least` times."""
        if not text:
            raise ValueError(contract.problem("text", "no character", "at least one"))
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
        if len(ids) == 0:
            return ""
        ids = contract.take_ids(ids, "ids", len(self))
        return "".join(self.characters[i] for i in ids.ravel())

    def normalise(self, text):
        """The text with every character that has no symbol replaced by RARE."""
        return self.decode(self.encode(text))


def _code_points(text):
    if not isinstance(text, str):
        raise TypeError(contract.problem("text", contract.describe(text), "a str",
                                         "A Corpus has its characters in .text"))
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
    ids = take_text(ids)
    steps, batch = contract.take_size(steps, "steps"), contract.take_size(batch, "batch")
    passes = contract.take_size(passes, "passes")
    if len(ids) < steps * batch + 1:
        raise ValueError(contract.problem(
            "ids", f"{len(ids)} symbols", f"at least steps*batch + 1 = {steps * batch + 1}, "
            "enough for one batch", "Take fewer steps, a smaller batch or a longer text"))
    if shuffle is not None:
        contract.take_generator(shuffle, "shuffle")
    return _windows(ids, steps, batch, passes, shuffle)


def take_text(ids, num_symbols=None):
    """A text as ids: integers (length,), below `num_symbols` if that is given."""
    if isinstance(ids, str):
        raise TypeError(contract.problem("ids", "a str", "integers",
                                         "Alphabet.encode makes them from a text"))
    if num_symbols is None:
        ids = contract.take_indices(ids, "ids")
    else:
        ids = contract.take_ids(ids, "ids", num_symbols)
    contract.check_shape(ids, "ids", ("length",))
    return ids


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


def surprise(network, params, ids, steps=1000):
    """Bits that a trained network pays for each symbol of `ids`, (length,), read in one go.

    The network answers at every step with logits for the next symbol; its state is carried. The
    first symbol, before which there is nothing to read, is charged log2 K like a blind guess.
    ValueError: ids holds fewer than two symbols.
    """
    ids = take_text(ids)
    if len(ids) < 2:
        raise ValueError(contract.problem("ids", "1 symbol", "at least 2"))
    state, nats = None, [np.log([network.readout.output_size])]
    for start in range(0, len(ids) - 1, steps):
        read, following = ids[start:start + steps], ids[start + 1:start + steps + 1]
        logits, run = network.forward(params, read[:len(following), None], state, start=start)
        state = run.state
        nats.append(-log_softmax(logits)[np.arange(len(following)), 0, following])
    return nats_to_bits(np.concatenate(nats))


def bits(network, params, ids, steps=1000):
    """Bits per symbol that a trained network needs for `ids`: the mean of `surprise`.

    All of `ids` is counted, as `counts.bits` does.
    """
    return float(surprise(network, params, ids, steps).mean())

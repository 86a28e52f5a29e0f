"""What lstmlib.tasks.text promises: one text for everybody, nothing lost, nothing said twice."""

import inspect
from collections import Counter

import numpy as np
import pytest

from lstmlib.numpy import RNN, Clockwork, Dense, Embedding, Network
from lstmlib.tasks import counts, text
from lstmlib.tasks.text import RARE, Alphabet, Corpus, overlap, read, split, windows


@pytest.fixture(scope="module")
def parts():
    return split(text.frozen())


# ------------------------------------------------------------------------------- the frozen text

def test_frozen_text_has_the_hash_that_is_written_down():
    corpus = text.frozen()
    assert corpus.sha256 == text.FROZEN_SHA256
    assert 1.1e6 < len(corpus) < 1.3e6
    assert len(corpus) == len(corpus.text)


def test_frozen_text_speaks_of_numpy_and_holds_no_indented_or_trailing_blanks():
    lines = text.frozen().text.split("\n")
    assert "Return evenly spaced values within a given interval." in lines
    assert not any(line != line.rstrip() for line in lines)
    assert "\t" not in text.frozen().text
    assert all(entry == entry.strip("\n") for entry in text.frozen().entries)


def test_entries_are_separated_by_two_blank_lines_and_nothing_else_is():
    corpus = text.frozen()
    assert corpus.text.count("\n\n\n") == len(corpus.entries) - 1
    assert tuple(corpus.text.split("\n\n\n")) == corpus.entries


def test_long_paragraphs_occur_once():
    paragraphs = Counter(p for entry in text.frozen().entries for p in entry.split("\n\n"))
    assert max(n for p, n in paragraphs.items() if len(p) >= 60) == 1


def test_what_numpy_says_at_run_time_stands_in_the_text():
    """`inspect` is asked for the summaries of NumPy's public functions, as an outsider."""
    functions = [f for module in (np, np.linalg, np.fft, np.ma)
                 for f in vars(module).values() if inspect.isroutine(f) and inspect.getdoc(f)]
    summaries = {inspect.getdoc(f).split("\n\n")[0] for f in functions}
    summaries = {s for s in summaries if len(s) < 60}          # longer ones may be repeats
    assert len(summaries) > 200
    assert sum(s in text.frozen().text for s in summaries) > 0.9 * len(summaries)


def test_line_ends_comments_and_left_out_folders_do_not_matter(tmp_path):
    rng = np.random.default_rng(0)
    first, second, third, fourth = ("".join(rng.choice(list("abcdefgh \\"), size=150))
                                    .strip().replace("\\", "x") for _ in range(4))
    source = (f'"""{first}\n\n    {second}  \n      {third}\n\n\n    {second}\n"""\n'
              f"# {fourth}\nx = 1\nadd_newdoc('m', 'f', ('g', '''{third[::-1]}\n{fourth}'''))\n"
              f"def f():\n    'too short for an entry'\n    return '{first}{second}'\n")
    for folder, body in (("unix", source), ("windows", source.replace("\n", "\r\n"))):
        (tmp_path / folder / "tests").mkdir(parents=True)
        (tmp_path / folder / "a.py").write_bytes(body.encode())
        (tmp_path / folder / "tests" / "b.py").write_bytes(body[::-1].encode())
    expected = (f"{first}\n\n{second}\n  {third}", f"{third[::-1]}\n{fourth}")
    assert text.docstrings(tmp_path / "unix") == expected
    assert text.docstrings(tmp_path / "windows") == expected


def test_near_copies_of_a_paragraph_are_dropped_and_short_ones_kept(tmp_path):
    rng = np.random.default_rng(1)
    one, two, three = ("".join(rng.choice(list("abcdefgh"), size=400)) for _ in range(3))
    for name, paragraphs in (("a", [one, "Examples", two]),
                             ("b", [three, "Examples", two[:200] + one[:200], one[::-1]])):
        body = "\n\n".join(paragraphs)
        (tmp_path / f"{name}.py").write_text(f'"""{body}"""')
    assert text.docstrings(tmp_path) == (f"{one}\n\nExamples\n\n{two}",
                                         f"{three}\n\nExamples\n\n{one[::-1]}")


def test_another_numpy_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(text, "FROZEN_NUMPY", "1.0.0")
    with pytest.raises(RuntimeError, match=r"got numpy .*, expected numpy 1\.0\.0.*read\(path\)"):
        text.frozen.__wrapped__()


def test_altered_files_are_refused(monkeypatch):
    monkeypatch.setattr(text, "FROZEN_SHA256", "0" * 64)
    with pytest.raises(RuntimeError, match="expected SHA-256 000.* altered"):
        text.frozen.__wrapped__()


# ------------------------------------------------------------------------------ files of a reader

def test_read_keeps_every_character_and_makes_newlines(tmp_path):
    body = "\n\n".join(f"Paragraph {i}: " + "word " * (i % 17) for i in range(300)) + "\n"
    path = tmp_path / "novel.txt"
    path.write_bytes(b"\xef\xbb\xbf" + body.replace("\n", "\r\n").encode())
    corpus = read(path)
    assert corpus.text == body and corpus.name == "novel.txt"
    assert 30 <= len(corpus.entries) <= 300
    assert all(entry.endswith("\n\n") for entry in corpus.entries[:-1])
    assert sum(map(len, split(corpus))) == len(body)


@pytest.mark.parametrize("body", ["one line\n" * 500, "no line end at all " * 500, "tiny"])
def test_read_cuts_texts_without_paragraphs_too(tmp_path, body):
    (tmp_path / "a.txt").write_text(body)
    corpus = read(str(tmp_path / "a.txt"))
    assert corpus.text == body and len(corpus.entries) >= 4 and all(corpus.entries)


def test_read_takes_another_encoding(tmp_path):
    (tmp_path / "a.txt").write_bytes("Über Größe".encode("latin-1"))
    assert read(tmp_path / "a.txt", encoding="latin-1").text == "Über Größe"
    (tmp_path / "b.txt").write_text("Über Größe", encoding="utf-16")
    assert read(tmp_path / "b.txt", encoding="utf-16").text == "Über Größe"


@pytest.mark.parametrize("content, message", [
    (b"", "empty"),
    (b" \n\n\t", "empty"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "binary.*byte 0"),
    (b"abc\x00\x01", "binary"),
    ("Größe".encode("latin-1"), "byte 2.*encoding="),
    ("abc".encode("utf-16-le"), "binary"),
])
def test_read_refuses_what_is_no_text(tmp_path, content, message):
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(ValueError, match=f"(?s)path: got .*a.txt.*{message}"):
        read(tmp_path / "a.txt")


def test_read_refuses_what_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere.txt.*does not exist"):
        read(tmp_path / "nowhere.txt")
    with pytest.raises(IsADirectoryError, match="folder"):
        read(tmp_path)
    with pytest.raises(TypeError, match="path: .*got int"):
        read(3)
    (tmp_path / "a.txt").write_text("abc")
    with pytest.raises(ValueError, match="encoding: .*'klingon'"):
        read(tmp_path / "a.txt", encoding="klingon")


# -------------------------------------------------------------------------------- split, overlap

def test_split_deals_out_every_entry_once_and_keeps_their_order(parts):
    corpus = text.frozen()
    assert sorted(sum((part.entries for part in parts), ())) == sorted(corpus.entries)
    position = {entry: i for i, entry in enumerate(corpus.entries)}
    for part in parts:
        order = [position[entry] for entry in part.entries]
        assert order == sorted(order)
        assert part.text == "\n\n\n".join(part.entries)


def test_split_gives_about_a_tenth_to_validation_and_to_test(parts):
    total = len(text.frozen())
    assert abs(len(parts.test) / total - 0.1) < 0.02
    assert abs(len(parts.validation) / total - 0.1) < 0.02


def test_split_is_a_rule_not_a_draw(parts):
    assert split(text.frozen()) == parts
    assert split(text.frozen(), seed=1).test != parts.test


def test_little_of_the_test_text_was_copied_from_the_training_text(parts):
    assert overlap(parts.train.text, parts.test.text, n=60) < 0.05
    assert overlap(parts.train.text, parts.validation.text, n=60) < 0.05


def test_split_needs_three_entries_and_sensible_shares():
    assert all(len(part.entries) == 1 for part in split(Corpus("x", ("long " * 99, "b", "c"))))
    with pytest.raises(ValueError, match="got 2 entries, expected at least 3"):
        split(Corpus("x", ("a", "b")))
    for wrong in ({"test": 0}, {"test": 1.5}, {"validation": -0.1}, {"validation": float("nan")},
                  {"validation": 0.5, "test": 0.5}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            split(Corpus("x", tuple("abcdef")), **wrong)


def test_overlap_counts_positions():
    assert overlap("abcdef", "abcdef", n=3) == 1
    assert overlap("abcdef", "ghijkl", n=3) == 0
    assert overlap("abcx", "abcabd", n=3) == 1 / 4
    with pytest.raises(ValueError, match="test: got 3 characters, expected at least n = 60"):
        overlap("abc", "abc")
    with pytest.raises(ValueError, match="n: "):
        overlap("abc", "abc", n=0)


# -------------------------------------------------------------------------------------- alphabet

def test_alphabet_round_trip(parts):
    alphabet = Alphabet.of(parts.train.text)
    for part in parts:
        ids = alphabet.encode(part.text)
        assert ids.min() >= 0 and ids.max() < len(alphabet) and len(ids) == len(part)
        assert alphabet.decode(ids) == alphabet.normalise(part.text)
        same = sum(a == b for a, b in zip(part.text, alphabet.decode(ids)))
        assert same > 0.999 * len(part)


def test_alphabet_gives_symbols_to_frequent_characters_only():
    alphabet = Alphabet.of("aaabbbcc\U0001f44bé", least=3)
    assert alphabet.characters == "ab" + RARE
    assert alphabet.encode("abcz\U0001f44b").tolist() == [0, 1, 2, 2, 2]
    assert alphabet.normalise("banana!") == "ba" + RARE + "a" + RARE + "a" + RARE
    assert alphabet.normalise(RARE) == RARE
    everything = Alphabet.of("a\U0001f44bé", least=1)
    assert everything.normalise("a\U0001f44bé") == "a\U0001f44bé"
    assert everything.encode("") .tolist() == []


def test_alphabet_refuses():
    alphabet = Alphabet("ab")
    with pytest.raises(ValueError, match="ids: got the value 3, expected .*0 to 2"):
        alphabet.decode([0, 3])
    with pytest.raises(ValueError, match="ids: got the value -1"):
        alphabet.decode([-1])
    with pytest.raises(ValueError, match="got 'aa', expected each character once"):
        Alphabet("aba")
    with pytest.raises(ValueError, match="text: got no character"):
        Alphabet.of("")
    with pytest.raises(TypeError, match="got Corpus.*[.]text"):
        alphabet.encode(Corpus("x", ("ab",)))


# --------------------------------------------------------------------------------------- windows

@pytest.mark.parametrize("length, steps, batch",
                         [(211, 5, 7), (211, 7, 3), (36, 5, 7), (106, 3, 5)])
def test_windows_lose_and_double_nothing_but_the_last_fraction(length, steps, batch):
    ids = np.arange(length)
    seen = [(i, t) for x, y in windows(ids, steps, batch) for i, t in zip(x.ravel(), y.ravel())]
    assert all(t == i + 1 for i, t in seen)
    inputs = sorted(i for i, _ in seen)
    assert inputs == list(range(len(inputs)))                # each once, none left out
    assert length - 1 - len(inputs) < steps * batch


@pytest.mark.parametrize("steps, batch", [(5, 7), (4, 1), (1, 5)])
def test_a_column_goes_on_where_it_stopped_also_into_the_next_pass(steps, batch):
    ids = np.arange(227)
    rows = list(windows(ids, steps, batch, passes=3))
    assert all(x.shape == y.shape == (steps, batch) for x, y in rows)
    used = (len(ids) - 1) // (steps * batch) * steps * batch
    column = np.concatenate([x for x, _ in rows])
    assert (np.diff(column, axis=0) % used == 1 % used).all()


def test_shuffled_windows_are_the_same_windows_in_another_order():
    ids = np.arange(400)
    plain = [x.tobytes() for x, _ in windows(ids, 5, 4)]
    mixed = list(windows(ids, 5, 4, shuffle=np.random.default_rng(3)))
    assert [x.tobytes() for x, _ in mixed] != plain
    assert sorted(x.tobytes() for x, _ in mixed) == sorted(plain)
    assert all((y == x + 1).all() for x, y in mixed)
    again = list(windows(ids, 5, 4, shuffle=np.random.default_rng(3)))
    assert all((a[0] == b[0]).all() for a, b in zip(mixed, again))


def test_windows_can_be_written_to_without_harm():
    ids = np.arange(50)
    ids.flags.writeable = False
    for x, _ in windows(ids, 5, 4):
        x[:] = -1
    assert (ids == np.arange(50)).all()


def test_a_text_too_short_for_one_batch_is_an_error_at_once():
    assert len(list(windows(np.arange(13), 3, 4))) == 1
    with pytest.raises(ValueError, match=r"12 symbols, expected at least steps\*batch \+ 1 = 13"):
        windows(np.arange(12), 3, 4)


@pytest.mark.parametrize("wrong, error, message", [
    ({"steps": 0}, ValueError, "steps: got 0"),
    ({"batch": -1}, ValueError, "batch: got -1"),
    ({"passes": 1.5}, TypeError, "passes: .*1.5"),
    ({"steps": True}, TypeError, "steps: .*True"),
    ({"ids": np.arange(40.0)}, TypeError, "ids: .*float64"),
    ({"ids": np.arange(40).reshape(4, 10)}, ValueError, r"ids: got shape \(4, 10\)"),
    ({"ids": "a text"}, TypeError, "ids: .*Alphabet.encode"),
    ({"shuffle": 3}, TypeError, "shuffle: got int 3, expected .*Generator"),
])
def test_windows_refuse(wrong, error, message):
    arguments = {"ids": np.arange(40), "steps": 3, "batch": 2} | wrong
    with pytest.raises(error, match=message):
        windows(**arguments)


# ---------------------------------------------------------------------------- bits of a network

def test_a_network_that_knows_nothing_needs_log2_of_the_alphabet():
    network = Network(RNN(3, 5), Dense(5, 7), Embedding(7, 3))
    params = {name: 0 * value for name, value in network.init(np.random.default_rng(0)).items()}
    ids = np.random.default_rng(1).integers(7, size=103)
    assert text.bits(network, params, ids) == pytest.approx(np.log2(7), abs=1e-12)


def test_a_network_that_repeats_a_bigram_model_is_scored_like_it():
    """The read-out is log P(next | symbol) behind a one-hot state that forgets all else."""
    K, rng = 7, np.random.default_rng(2)
    train, ids = rng.integers(K, size=500), rng.integers(K, size=211)
    bigram = counts.NGram(train, 2, K)
    network = Network(RNN(K, K), Dense(K, K), Embedding(K, K))
    table = np.log([bigram.probabilities([symbol]) for symbol in range(K)])
    params = {"embed.E": 1e3 * np.eye(K), "cell.W": np.eye(K), "cell.U": np.zeros((K, K)),
              "cell.b": np.zeros(K), "read.V": table.T, "read.b_y": np.zeros(K)}
    own = -bigram.log2(ids)
    expected = (np.log2(K) + own[1:].sum()) / len(ids)
    for steps in (1, 10, 1000):
        assert text.bits(network, params, ids, steps) == pytest.approx(expected, rel=1e-12)
        np.testing.assert_allclose(text.surprise(network, params, ids, steps),
                                   [np.log2(K), *own[1:]], rtol=1e-12)
    with pytest.raises(ValueError, match="got 1 symbol, expected at least 2"):
        text.bits(network, params, ids[:1])


def test_a_clock_goes_on_from_piece_to_piece():
    network = Network(Clockwork(3, 4, periods=[1, 2, 4, 8]), Dense(4, 7), Embedding(7, 3))
    params = network.init(np.random.default_rng(0))
    ids = np.random.default_rng(1).integers(7, size=103)
    whole = text.surprise(network, params, ids, 1000)
    np.testing.assert_allclose(text.surprise(network, params, ids, 5), whole, rtol=1e-12)


def test_cutting_the_text_into_windows_does_not_change_the_bits():
    network = Network(RNN(3, 5), Dense(5, 7), Embedding(7, 3))
    params = network.init(np.random.default_rng(0))
    ids = np.random.default_rng(1).integers(7, size=103)
    whole = text.bits(network, params, ids)
    for steps in (1, 7, 51, 102):
        assert text.bits(network, params, ids, steps) == pytest.approx(whole, rel=1e-12)

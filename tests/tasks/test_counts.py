"""What counting promises: right by hand, right against a slow twin, and a distribution always."""

from collections import Counter
from math import log2

import numpy as np
import pytest

from lstmlib.tasks import counts
from lstmlib.tasks.counts import NGram, bits


def slow(train, order, num_symbols, context, symbol):
    """Witten and Bell as a recursion over strings, for comparison."""
    if order == 0:
        return 1 / num_symbols
    history = tuple(context[len(context) - order + 1:]) if order > 1 else ()
    shorter = slow(train, order - 1, num_symbols, context, symbol)
    if len(history) < order - 1:
        return shorter
    followers = Counter(train[i] for i in range(order - 1, len(train))
                        if tuple(train[i - order + 1:i]) == history)
    if not followers:
        return shorter
    return ((followers[symbol] + len(followers) * shorter)
            / (sum(followers.values()) + len(followers)))


def test_a_bigram_model_worked_by_hand():
    """Training text a b a a c over a b c d (K = 4).

    Unigram: N = 5, D = 3:  P(a) = (3 + 3/4)/8 = 15/32, P(b) = P(c) = (1 + 3/4)/8 = 7/32,
    P(d) = (3/4)/8 = 3/32. After a: N = 3 (b, a, c), D = 3, so P(s|a) = (1 + 3 P(s))/6 for a, b,
    c and P(d|a) = 3 P(d)/6 = 3/64. After b: N = 1, D = 1, P(a|b) = (1 + 15/32)/2 = 47/64. After
    c, which nothing followed, and after d, which never came: the unigram.
    """
    a, b, c, d = range(4)
    model = NGram(np.array([a, b, a, a, c]), order=2, num_symbols=4)
    unigram = np.array([15, 7, 7, 3]) / 32
    np.testing.assert_allclose(model.probabilities([]), unigram)
    np.testing.assert_allclose(model.probabilities([a]), [77 / 192, 53 / 192, 53 / 192, 3 / 64])
    np.testing.assert_allclose(model.probabilities([b]), [47 / 64, 7 / 64, 7 / 64, 3 / 64])
    np.testing.assert_allclose(model.probabilities([c]), unigram)
    np.testing.assert_allclose(model.probabilities([d]), unigram)
    text = np.array([b, a, d])
    assert bits(model, text) == pytest.approx(-(log2(7 / 32) + log2(47 / 64) + log2(3 / 64)) / 3)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4, 7])
def test_equals_the_slow_recursion(order):
    rng = np.random.default_rng(order)
    train = rng.integers(5, size=97) * rng.integers(2, size=97)
    test = rng.integers(7, size=53)                            # 5 and 6 were never seen
    model = NGram(train, order, num_symbols=7)
    expected = [slow(train.tolist(), order, 7, test[:i].tolist(), test[i])
                for i in range(len(test))]
    np.testing.assert_allclose(2 ** model.log2(test), expected, rtol=1e-12)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 5, 12])
def test_probabilities_are_positive_and_sum_to_one_in_every_context(order):
    rng = np.random.default_rng(7 + order)
    train = rng.integers(11, size=499) // 2
    model = NGram(train, order, num_symbols=11)
    contexts = [[], [10], train[:order].tolist(), train[-order - 1:].tolist(), [10, 3, 0]]
    contexts += [rng.integers(11, size=rng.integers(13)).tolist() for _ in range(20)]
    for context in contexts:
        probabilities = model.probabilities(context)
        assert (probabilities > 0).all()
        assert probabilities.sum() == pytest.approx(1, abs=1e-12)


def test_uniform_needs_log2_of_the_alphabet():
    assert bits(NGram(np.zeros(1, dtype=int), 0, 37), np.arange(37)) == pytest.approx(log2(37))


def test_a_unigram_nears_the_entropy_and_a_bigram_sees_what_it_cannot():
    """In a b a b a b ... a letter alone is worth 1 bit, with the one before it nothing."""
    alternating = np.arange(20_000) % 2
    assert bits(NGram(alternating, 1, 2), alternating) == pytest.approx(1, abs=1e-3)
    assert bits(NGram(alternating, 2, 2), alternating) < 1e-3


def test_the_context_comes_from_the_test_text_alone():
    model = NGram(np.arange(100) % 3, order=3, num_symbols=3)
    text = np.array([2, 0, 1, 2, 0])
    np.testing.assert_array_equal(model.log2(text)[:3], model.log2(text[:3]))
    assert 2 ** model.log2(text)[0] == pytest.approx(model.probabilities([])[2])


def test_nothing_is_written_to():
    train, test = np.arange(30) % 4, np.arange(9) % 4
    train.flags.writeable = test.flags.writeable = False
    bits(NGram(train, 3, 4), test)


def test_names():
    assert [counts.name(n) for n in range(6)] == ["uniform", "unigram", "bigram", "trigram",
                                                  "4-gram", "5-gram"]


@pytest.mark.parametrize("call, error, message", [
    (lambda: NGram(np.arange(5), -1, 5), ValueError, "order: got -1"),
    (lambda: NGram(np.arange(5), 1.5, 5), TypeError, "order: got float 1.5"),
    (lambda: NGram(np.arange(5), 6, 5), ValueError, "got 5 symbols, expected at least order = 6"),
    (lambda: NGram(np.arange(5), 2, 4), ValueError, "ids: got the value 4, expected .*0 to 3"),
    (lambda: NGram("abc", 2, 4), TypeError, "ids: .*Alphabet.encode"),
    (lambda: NGram(np.arange(5.0), 2, 5), TypeError, "ids: got .*float64"),
    (lambda: NGram(np.arange(5), 2, 5).log2(np.array([5])), ValueError, "ids: got the value 5"),
    (lambda: bits(NGram(np.arange(5), 2, 5), np.arange(0)), ValueError, "ids: got shape .0,"),
])
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()

"""The numbers that the exercises of chapter 4 give in words."""

import numpy as np
import pytest

from lstmlib.check import registry
from lstmlib.check.exercises.char_rnn import loaded_nonsense, read, spell_better
from lstmlib.numpy import RNN, Adam, Dense, Embedding, Network, fit, softmax
from lstmlib.tasks import counts

K = 27


@pytest.fixture(scope="module")
def parts():
    ids = read()
    return ids[:-1400], ids[-1400:].reshape(14, 100)


def add_one(train, texts, n):
    """The bits of a table with n letters of context, one added to each count; by a loop."""
    table = {}
    for k in range(n, len(train)):
        table.setdefault(tuple(train[k - n:k]), np.ones(K))[train[k]] += 1
    prices = []
    for text in texts:
        for t in range(len(text)):
            row = table.get(tuple(text[t - n:t]), np.ones(K)) if t >= n else np.ones(K)
            prices.append(-np.log2(row[text[t]] / row.sum()))
    return np.mean(prices)


def test_the_ladder_of_spell_better(parts):
    train, held = parts
    assert len(train) // 100 == 53 and held.max() < K and np.round(np.log2(K), 2) == 4.75
    assert [round(add_one(train, held, n), 2) for n in range(4)] == [4.19, 3.47, 3.29, 3.49]


def test_the_solution_of_spell_better_is_the_library_s_counting_model(parts):
    train, held = parts
    exercise = registry.find("spell-better")
    predict = registry.function_of(exercise, registry.solution_text(exercise))
    p = predict(train, held, K)
    ours = spell_better.price(p, held)
    theirs = [-counts.NGram(train, 4, K).log2(text) for text in held]
    np.testing.assert_allclose(ours, theirs, atol=1e-9)
    assert ours.mean() < 2.8


def test_a_recurrent_network_can_do_it_too(parts):
    train, held = parts
    rng = np.random.default_rng(0)
    network = Network(RNN(16, 96), Dense(96, K), Embedding(K, 16))

    def batches():
        for _ in range(120):
            starts = rng.integers(len(train) - 31, size=24)
            window = np.stack([train[k:k + 31] for k in starts], axis=1)
            yield window[:-1], window[1:]

    params = fit(network, network.init(rng), batches(), Adam(8e-3), clip=1.0).run().params
    p = np.full((*held.shape, K), 1 / K)
    p[:, 1:] = softmax(network.forward(params, held[:, :-1].T)[0]).swapaxes(0, 1)
    assert 2.8 < spell_better.price(p, held).mean() < spell_better.TARGET
    assert spell_better.verify((train, held, K), p) is None


def test_the_nonsense_is_a_cipher_and_nothing_else():
    ids, written, loaded, before, after = loaded_nonsense.measured()
    assert before < 1.5 and after > 10
    symbols = loaded_nonsense.SYMBOLS
    pairs = {(symbols[a], symbols[b]) for a, b in zip(written, loaded)}
    assert len(pairs) == len(set(written)) == len(set(loaded)) and {("_", "j"), ("f", "v")} <= pairs
    share = np.bincount(loaded, minlength=K) / len(loaded)
    assert share.argmax() == symbols.index("j") and round(share.max(), 2) == 0.17


def test_what_speaks_against_the_other_diagnoses():
    ids = read()[:5000]
    network, params = loaded_nonsense.trained(ids)
    fresh = network.init(np.random.default_rng(5))
    assert abs(loaded_nonsense.price(network, fresh, ids) - np.log2(K)) < 0.1
    turned = params | {"cell.U": params["cell.U"].T}
    assert round(loaded_nonsense.price(network, turned, ids), 1) == 5.2
    assert np.bincount(loaded_nonsense.write(network, turned)).argmax() == 0          # the blank
    alone = softmax(network.forward(params, ids[None, :-1])[0])[0]     # a state of 0 each time
    assert -np.log2(alone[np.arange(len(ids) - 1), ids[1:]]).mean() < 3.8

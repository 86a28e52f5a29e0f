"""What the compressors promise: little for what they have read, a lot for noise, and no more."""

import numpy as np
import pytest

from lstmlib.tasks import compress


def noise(length, seed):
    """Characters that carry log2 64 = 6 bits each."""
    letters = [chr(33 + i) for i in range(64)]
    return "".join(np.random.default_rng(seed).choice(letters, size=length))


@pytest.mark.parametrize("name", compress.COMPRESSORS)
def test_a_text_that_was_read_before_costs_next_to_nothing(name):
    text = noise(10_000, seed=1)
    assert compress.bits(name, text, text) < 0.2
    line = "the cat sat on the mat. "
    assert compress.bits(name, line * 400, line * 40) < 0.1


@pytest.mark.parametrize("name", compress.COMPRESSORS)
def test_noise_costs_its_entropy(name):
    assert 6 <= compress.bits(name, noise(20_000, seed=1), noise(20_000, seed=2)) < 6.3


def test_zlib_forgets_after_32_kB_and_lzma_does_not():
    seen, later = noise(10_000, seed=1), noise(100_000, seed=2)
    assert compress.bits("zlib", seen + later, seen) > 5.9
    assert compress.bits("lzma", seen + later, seen) < 0.2


@pytest.mark.parametrize("call, error, message", [
    (lambda: compress.bits("zip", "a", "b"), ValueError, "'zip', expected one of 'zlib', 'lzma'"),
    (lambda: compress.bits("zlib", "a", ""), ValueError, "test: "),
    (lambda: compress.bits("zlib", b"a", "b"), TypeError, "train: .*bytes"),
])
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()

"""Initialisers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from lstmlib.numpy import glorot, identity, orthogonal, uniform


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (1, 1)])
@pytest.mark.parametrize("gain", [1.0, 2.0])
def test_orthogonal(shape, gain):
    Q = orthogonal(np.random.default_rng(0), shape, gain)
    assert Q.shape == shape
    assert_allclose(np.linalg.svd(Q, compute_uv=False), gain, rtol=1e-12)


def test_orthogonal_is_uniform_over_the_group():
    # Each column of a uniform one has mean 0; LAPACK's own signs would leave a bias.
    rng = np.random.default_rng(0)
    draws = np.array([orthogonal(rng, (3, 3)) for _ in range(3000)])
    # The trace of a uniform orthogonal matrix has mean 0 and variance 1.
    traces = np.trace(draws, axis1=1, axis2=2)
    assert abs(traces.mean()) < 5 / 3000 ** 0.5
    assert_allclose(traces.var(), 1, rtol=0.15)


def test_uniform_and_glorot_fill_their_bounds():
    rng = np.random.default_rng(0)
    for draw, bound in ((uniform(rng, (300, 200), 0.3), 0.3),
                        (glorot(rng, (300, 200)), (6 / 500) ** 0.5)):
        assert draw.shape == (300, 200)
        assert 0.999 * bound < np.abs(draw).max() <= bound
        assert_allclose(draw.var(), bound ** 2 / 3, rtol=0.02)


def test_identity():
    assert_array_equal(identity((2, 3), gain=0.5), [[0.5, 0, 0], [0, 0.5, 0]])


@pytest.mark.parametrize("make", [
    lambda dtype: uniform(np.random.default_rng(0), (2, 3), 1.0, dtype),
    lambda dtype: glorot(np.random.default_rng(0), (2, 3), dtype),
    lambda dtype: orthogonal(np.random.default_rng(0), (2, 3), dtype=dtype),
    lambda dtype: identity((2, 3), dtype=dtype),
])
def test_dtype_and_seed(make):
    assert make(np.float32).dtype == np.float32
    assert make(np.float64).dtype == np.float64
    assert make(">f8").dtype.isnative
    assert_array_equal(make(np.float64), make(np.float64))
    assert_array_equal(make(np.float64).astype(np.float32), make(np.float32))

"""Dense, Embedding and one_hot."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from lstmlib.numpy import Dense, Embedding, complex_step, one_hot

READOUT = "lstmlib.numpy.readout"


@pytest.mark.parametrize("leading", [(), (7,), (7, 5), (2, 7, 5)])
def test_dense_is_torchs_linear(leading):
    rng = np.random.default_rng(0)
    dense = Dense(3, 2)
    params = {"V": rng.normal(size=(2, 3)), "b_y": rng.normal(size=2)}
    h, d_y = rng.normal(size=(*leading, 3)), rng.normal(size=(*leading, 2))
    y, (grads, d_h) = dense.forward(params, h), dense.back(params, h, d_y)

    tensors = [torch.tensor(a, requires_grad=True) for a in (h, params["V"], params["b_y"])]
    expected = torch.nn.functional.linear(*tensors)
    (expected * torch.tensor(d_y)).sum().backward()
    assert_allclose(y, expected.detach().numpy(), atol=1e-13)
    for got, tensor in zip((d_h, grads["V"], grads["b_y"]), tensors):
        assert_allclose(got, tensor.grad.numpy(), atol=1e-12)
        assert got.shape == tensor.grad.numpy().shape


def dense_gradients_agree_with_complex_step(Dense):
    rng = np.random.default_rng(1)
    dense = Dense(3, 2)
    values = {"V": rng.normal(size=(2, 3)), "b_y": rng.normal(size=2),
              "h": rng.normal(size=(7, 5, 3))}
    d_y = rng.normal(size=(7, 5, 2))

    def split(v):
        return {"V": v["V"], "b_y": v["b_y"]}, v["h"]

    numeric = complex_step(lambda v: (dense.forward(*split(v)) * d_y).sum(), values)
    grads, d_h = dense.back(*split(values), d_y)
    for key, got in {**grads, "h": d_h}.items():
        assert_allclose(got, numeric[key], atol=1e-10)


def test_dense_gradients():
    dense_gradients_agree_with_complex_step(Dense)


@pytest.mark.parametrize("right, wrong", [
    ("h @ params[\"V\"].T + params[\"b_y\"]", "h @ params[\"V\"].T"),
    ("d_y @ params[\"V\"]", "0 * (d_y @ params[\"V\"])"),
    ("d_rows.T @ rows", "d_rows[:-1].T @ rows[:-1]"),
    ("d_rows.sum(axis=0)", "d_rows.mean(axis=0)"),
])
def test_planted_mistake_in_dense(planted, right, wrong):
    with pytest.raises((AssertionError, ValueError)):
        dense_gradients_agree_with_complex_step(planted(READOUT, right, wrong).Dense)


def embedding_is_a_one_hot_product(Embedding):
    rng = np.random.default_rng(2)
    table = Embedding(11, 3)
    params = {"E": rng.normal(size=(11, 3))}
    ids = rng.integers(0, 11, (7, 5))          # 35 places for 11 symbols: some come again
    d_x = rng.normal(size=(7, 5, 3))
    hot = one_hot(ids, 11)
    assert_array_equal(table.forward(params, ids), hot @ params["E"])
    assert_allclose(table.back(params, ids, d_x)["E"],
                    np.einsum("tbk,tbm->km", hot, d_x), atol=1e-13)


def test_embedding_is_a_one_hot_product():
    embedding_is_a_one_hot_product(Embedding)


@pytest.mark.parametrize("right, wrong", [
    ('return {"E": chosen.T @ d_x.reshape(-1, self.size)}',
     'd_E = 0 * params["E"]; d_E[ids.ravel()] += d_x.reshape(-1, self.size); return {"E": d_E}'),
    ("return params[\"E\"][contract", "return params[\"E\"][-1 + contract"),
])
def test_planted_mistake_in_the_embedding(planted, right, wrong):
    with pytest.raises(AssertionError):
        embedding_is_a_one_hot_product(planted(READOUT, right, wrong).Embedding)


def test_embedding_takes_a_single_symbol():
    assert_array_equal(Embedding(2, 3).forward({"E": np.eye(2, 3)}, 1), [0, 1, 0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtypes_are_kept(dtype):
    rng = np.random.default_rng(3)
    dense, table = Dense(3, 2), Embedding(5, 3)
    read, embed = dense.init(rng, dtype), table.init(rng, dtype)
    h = table.forward(embed, [[0, 4], [1, 1]])
    grads, d_h = dense.back(read, h, dense.forward(read, h))
    arrays = [h, d_h, *read.values(), *grads.values(), *table.back(embed, [[0, 4], [1, 1]],
                                                                   d_h).values()]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}
    assert one_hot([1], 2, dtype).dtype == dtype


def test_initial_parameters():
    rng = np.random.default_rng(4)
    read = Dense(100, 300).init(rng)
    assert np.abs(read["V"]).max() <= 0.1 and (read["b_y"] == 0).all()
    assert_allclose(read["V"].var(), 0.1 ** 2 / 3, rtol=0.02)
    E = Embedding(200, 200).init(rng)["E"]
    assert_allclose([E.mean(), E.var()], [0, 1], atol=0.03)

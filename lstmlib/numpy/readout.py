"""From states to answers, and from symbols to inputs: the layers around the recurrence."""

import math

import numpy as np

from lstmlib.numpy import contract
from lstmlib.numpy.init import uniform


class Dense:
    """The read-out y = V h + b_y, applied at every position alike.

    Shapes: h (..., D), y (..., N), V (N, D), b_y (N,); any leading axes. Backwards

        δV = Σ δy hᵀ        δb_y = Σ δy        δh = Vᵀ δy

    with the sums over all positions. NaN and infinities propagate.

    >>> read = Dense(input_size=2, output_size=1)
    >>> read.forward({"V": [[1.0, 2.0]], "b_y": [0.5]}, [[[3.0, 4.0]]])
    array([[[11.5]]])
    """

    def __init__(self, input_size, output_size):
        self.input_size = contract.take_size(input_size, "input_size")
        self.output_size = contract.take_size(output_size, "output_size")

    def __repr__(self):
        return f"Dense({self.input_size}, {self.output_size})"

    @property
    def param_shapes(self):
        return {"V": (self.output_size, self.input_size), "b_y": (self.output_size,)}

    def init(self, rng, dtype=np.float64):
        """V uniform between -1/sqrt(D) and 1/sqrt(D), b_y zero."""
        bound = 1 / math.sqrt(self.input_size)
        V = uniform(rng, self.param_shapes["V"], bound, dtype)
        return {"V": V, "b_y": np.zeros(self.output_size, V.dtype)}

    def forward(self, params, h):
        """y (..., N) from h (..., D)."""
        params, h = self._take(params, h)
        return h @ params["V"].T + params["b_y"]

    def back(self, params, h, d_y):
        """The gradients of the parameters, and that of h, from that of y."""
        params, h = self._take(params, h)
        d_y = contract.take_array(d_y, "d_y", h.dtype)
        contract.check_shape(d_y, "d_y", h.shape[:-1] + (self.output_size,))
        rows, d_rows = h.reshape(-1, self.input_size), d_y.reshape(-1, self.output_size)
        d_h = d_y @ params["V"]
        return {"V": d_rows.T @ rows, "b_y": d_rows.sum(axis=0)}, d_h

    def _take(self, params, h):
        params = contract.take_params(params, self.param_shapes)
        h = contract.take_array(h, "h", params["V"].dtype)
        contract.check_last_axis(h, "h", self.input_size, "D")
        return params, h


class Embedding:
    """A table with one row a symbol: x = E[id], which is one_hot(id) @ E without the product.

    Shapes: ids (...) integers from 0 to K - 1, x (..., M), E (K, M); any leading axes. Backwards
    each position adds its δx to the row it was read from.

    >>> table = Embedding(num_symbols=3, size=2)
    >>> table.forward({"E": [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]}, [2, 0])
    array([[4., 5.],
           [0., 1.]])
    """

    def __init__(self, num_symbols, size):
        self.num_symbols = contract.take_size(num_symbols, "num_symbols")
        self.size = contract.take_size(size, "size")

    def __repr__(self):
        return f"Embedding({self.num_symbols}, {self.size})"

    @property
    def param_shapes(self):
        return {"E": (self.num_symbols, self.size)}

    def init(self, rng, dtype=np.float64):
        """E standard normal, as in PyTorch."""
        rng = contract.take_generator(rng)
        dtype = contract.take_real_dtype(dtype)
        return {"E": rng.standard_normal(self.param_shapes["E"]).astype(dtype)}

    def forward(self, params, ids):
        """x (..., M) from ids (...)."""
        params = contract.take_params(params, self.param_shapes)
        return params["E"][contract.take_ids(ids, "ids", self.num_symbols)]

    def back(self, params, ids, d_x):
        """The gradient of E from that of x."""
        params = contract.take_params(params, self.param_shapes)
        ids = contract.take_ids(ids, "ids", self.num_symbols)
        d_x = contract.take_array(d_x, "d_x", params["E"].dtype)
        contract.check_shape(d_x, "d_x", ids.shape + (self.size,))
        chosen = one_hot(ids.ravel(), self.num_symbols, d_x.dtype)
        return {"E": chosen.T @ d_x.reshape(-1, self.size)}


def one_hot(ids, num_symbols, dtype=np.float64):
    """A vector of zeros with a 1 at each symbol's place: (...) integers become (..., K).

    >>> one_hot([0, 2], num_symbols=3)
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    num_symbols = contract.take_size(num_symbols, "num_symbols")
    ids = contract.take_ids(ids, "ids", num_symbols)
    return np.eye(num_symbols, dtype=contract.take_real_dtype(dtype))[ids]

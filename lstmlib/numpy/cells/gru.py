"""The gated recurrent unit whose reset gate acts after the recurrent product."""

import numpy as np

from lstmlib.numpy.activations import sigmoid
from lstmlib.numpy.cells.base import Cell, checked, checked_back, checked_rows


class GRU(Cell):
    """The gated recurrent unit, reset after the product (Cho et al. 2014, arXiv 1406.1078 v1, v2),
    with biases, which the paper leaves out. z_t keeps the old state, as there. cuDNN and PyTorch
    compute the same, but add two biases where one would do; here only n_t has two.

        r_t = σ(W_r x_t + U_r h_{t-1} + b_r)
        z_t = σ(W_z x_t + U_z h_{t-1} + b_z)
        u_t = U_n h_{t-1} + b_n'
        n_t = tanh(W_n x_t + b_n + r_t ⊙ u_t)
        h_t = z_t ⊙ h_{t-1} + (1 - z_t) ⊙ n_t

    Backwards, from the gradient δh_t of the new state:

        δa_n = δh_t ⊙ (1 - z_t) ⊙ (1 - n_t²)        δa_r = δa_n ⊙ u_t ⊙ r_t ⊙ (1 - r_t)
        δa_z = δh_t ⊙ (h_{t-1} - n_t) ⊙ z_t ⊙ (1 - z_t)      δu_t = r_t ⊙ δa_n
        δh_{t-1} = δh_t ⊙ z_t + U_rᵀ δa_r + U_zᵀ δa_z + U_nᵀ δu_t

    Shapes: x (B, M); h and the gates (B, D); W (3D, M), U (3D, D) and b (3D,) hold their blocks in
    the order r z n; "b_n" (D,) is b_n', which r_t resets. NaN and infinities propagate.

    >>> cell = GRU(input_size=1, hidden_size=1)
    >>> params = {"W": [[0.0], [0.0], [1.0]], "U": [[0.0]] * 3, "b": [0.0] * 3, "b_n": [0.0]}
    >>> cell.step(params, x=[1.0], state={"h": [0.5]})["h"].round(4)          # z = 1/2
    array([0.6308])
    """

    blocks = ("r", "z", "n")
    keeps = ("r", "z", "n", "u")

    @property
    def param_shapes(self):
        return {**super().param_shapes, "b_n": (self.hidden_size,)}

    @checked
    def step(self, params, x, state):
        """The new state h_t, the gates r_t and z_t, the candidate n_t and what r_t resets, u_t."""
        W, U, b, h = params["W"], params["U"], params["b"], state["h"]
        x_r, x_z, x_n = self.split(x @ W.T + b)
        h_r, h_z, h_n = self.split(h @ U.T)
        r = sigmoid(x_r + h_r)
        z = sigmoid(x_z + h_z)
        u = h_n + params["b_n"]
        n = np.tanh(x_n + r * u)
        return {"h": z * h + (1 - z) * n, "r": r, "z": z, "n": n, "u": u}

    @checked_back
    def step_back(self, params, x, state, new, d_new):
        """The gradients of the pre-activations and of the old state from that of the new state."""
        r, z, n, u = (new[name] for name in self.keeps)
        h, d_h = state["h"], d_new["h"]
        d_n = d_h * (1 - z) * (1 - n * n)
        d_z = d_h * (h - n) * z * (1 - z)
        d_r = d_n * u * r * (1 - r)
        d_a = np.concatenate([d_r, d_z, d_n], axis=-1)
        heard = np.concatenate([d_r, d_z, r * d_n], axis=-1)          # of U h, block by block
        return d_a, {"h": d_h * z + heard @ params["U"]}

    @checked_rows
    def gather(self, params, x, state, new, d_a):
        """The gradients of the parameters, summed over all rows, and that of each row's x."""
        d_r, d_z, d_n = self.split(d_a)
        d_u = new["r"] * d_n
        d_W = d_a.T @ x
        d_U = np.concatenate([d_r, d_z, d_u], axis=-1).T @ state["h"]
        d_b = d_a.sum(axis=0)
        d_x = d_a @ params["W"]
        return {"W": d_W, "U": d_U, "b": d_b, "b_n": d_u.sum(axis=0)}, d_x

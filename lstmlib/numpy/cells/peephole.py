"""Peepholes: gates that see the cell state itself."""

import numpy as np

from lstmlib.numpy import contract
from lstmlib.numpy.activations import sigmoid
from lstmlib.numpy.cells.base import checked, checked_back, checked_rows
from lstmlib.numpy.cells.lstm import LSTM


class Peephole(LSTM):
    """LSTM whose gates see the cell state (Gers and Schmidhuber 2000), the V of Greff et al. 2017.

    In the form of Graves 2013 (equations 7 to 11), with the full gradient; Gers's own had no tanh
    on c, and no error from gates to c (2002). i and f see the old c, o the new, each its own alone:

        a_t = W x_t + U h_{t-1} + b                  blocks i f g o, from the top
        i_t = σ(a_i + p_i ⊙ c_{t-1})   f_t = σ(a_f + p_f ⊙ c_{t-1})   g_t = tanh(a_g)
        c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
        o_t = σ(a_o + p_o ⊙ c_t)       h_t = o_t ⊙ tanh(c_t)

    Backwards δa_i, δa_f, δa_g, δa_o and δh_{t-1} are as in LSTM, and

        δc_t ← δc_t + δh_t ⊙ o_t ⊙ (1 - tanh² c_t) + p_o ⊙ δa_o
        δc_{t-1} = δc_t ⊙ f_t + p_i ⊙ δa_i + p_f ⊙ δa_f
        δp_i = Σ_t δa_i ⊙ c_{t-1}      δp_f = Σ_t δa_f ⊙ c_{t-1}      δp_o = Σ_t δa_o ⊙ c_t

    Shapes as in LSTM, and p (3, D), rows i f o. `peepholes` names the gates that see c; the rows of
    the others are not read, start at zero and get gradient 0. NaN and infinities propagate.

    >>> cell = Peephole(input_size=1, hidden_size=1, peepholes="o")
    >>> params = {"W": np.zeros((4, 1)), "U": np.zeros((4, 1)), "b": np.zeros(4),
    ...           "p": [[9.0], [9.0], [100.0]]}
    >>> new = cell.step(params, x=[0.0], state={"h": [0.0], "c": [2.0]})
    >>> new["f"], new["o"]          # f does not see c = 2, o sees the new c = 1
    (array([0.5]), array([1.]))
    """

    def __init__(self, input_size, hidden_size, peepholes="ifo", forget_bias=1.0):
        super().__init__(input_size, hidden_size, forget_bias)
        self.peepholes = _take_peepholes(peepholes)

    @property
    def param_shapes(self):
        return {**super().param_shapes, "p": (3, self.hidden_size)}

    def init(self, rng, dtype=np.float64):
        """Fresh parameters as in LSTM, peepholes uniform as weights, absent ones zero."""
        params = super().init(rng, dtype)
        params["p"] = np.stack(self.rows(params["p"]))
        return params

    def count(self):
        """The number of parameters, without the rows of p that are not read."""
        return super().count() - (3 - len(self.peepholes)) * self.hidden_size

    def rows(self, p):
        """p_i, p_f, p_o, those of gates without a peephole zero."""
        return [row if gate in self.peepholes else np.zeros_like(row)
                for gate, row in zip("ifo", p)]

    @checked
    def step(self, params, x, state):
        """The new state {"h": h_t, "c": c_t} and the gates, from x_t and the old state."""
        W, U, b = params["W"], params["U"], params["b"]
        p_i, p_f, p_o = self.rows(params["p"])
        a_i, a_f, a_g, a_o = self.split(x @ W.T + state["h"] @ U.T + b)
        i = sigmoid(a_i + p_i * state["c"])
        f = sigmoid(a_f + p_f * state["c"])
        g = np.tanh(a_g)
        c = f * state["c"] + i * g
        o = sigmoid(a_o + p_o * c)
        h = o * np.tanh(c)
        return {"h": h, "c": c, "i": i, "f": f, "g": g, "o": o}

    @checked_back
    def step_back(self, params, x, state, new, d_new):
        """The gradients of a_t and of the old state from that of the new state."""
        p_i, p_f, p_o = self.rows(params["p"])
        i, f, g, o = (new[gate] for gate in "ifgo")
        tanh_c = np.tanh(new["c"])
        d_h = d_new["h"]
        d_o = d_h * (tanh_c * o * (1 - o))
        d_c = d_new["c"] + d_h * (o * (1 - tanh_c * tanh_c)) + p_o * d_o
        d_i = d_c * (g * i * (1 - i))
        d_f = d_c * (state["c"] * f * (1 - f))
        d_g = d_c * (i * (1 - g * g))
        d_a = np.concatenate([d_i, d_f, d_g, d_o], axis=-1)
        return d_a, {"h": d_a @ params["U"], "c": d_c * f + p_i * d_i + p_f * d_f}

    @checked_rows
    def gather(self, params, x, state, new, d_a):
        """The gradients of the parameters, summed over all rows, and that of each row's x."""
        d_params, d_x = super().gather(params, x, state, new, d_a)
        d_gates = dict(zip(self.blocks, self.split(d_a)))
        seen = {"i": state["c"], "f": state["c"], "o": new["c"]}
        d_params["p"] = np.stack([
            (d_gates[gate] * seen[gate]).sum(axis=0) if gate in self.peepholes
            else np.zeros_like(row) for gate, row in zip("ifo", params["p"])])
        return d_params, d_x


def _take_peepholes(peepholes):
    """Each of the letters i, f, o at most once, in this order."""
    expected = "a string of the letters i, f and o, each at most once"
    if not isinstance(peepholes, str):
        raise TypeError(contract.problem("peepholes", contract.describe(peepholes), expected))
    kept = "".join(gate for gate in "ifo" if gate in peepholes)
    if sorted(kept) != sorted(peepholes):
        raise ValueError(contract.problem("peepholes", repr(peepholes), expected,
                                          "Name the gates that see the cell state, such as 'if'"))
    return kept

"""The clockwork network: a plain recurrent cell whose modules run at clocks of their own."""

from itertools import accumulate

import numpy as np

from lstmlib.numpy import contract
from lstmlib.numpy.cells.base import Cell, checked, checked_back, checked_rows


class Clockwork(Cell):
    """The clockwork cell (Koutník, Greff, Gomez and Schmidhuber 2014), with a tanh and biases. We
    number steps from 0, so that all modules compute at the first one; the first step of a sequence
    is the first that is read, in reverse too. Equal periods are allowed.

        h_t^m = tanh(W^m x_t + Σ_k U^{mk} h_{t-1}^k + b^m)    where t mod T_m = 0, over T_k >= T_m
        h_t^m = h_{t-1}^m                                     elsewhere: the module is idle

    Backwards δa^m = δh_t^m ⊙ (1 - h_t^m ⊙ h_t^m) where m computed; δh_{t-1}^k is the sum over these
    of U^{mk}ᵀ δa^m, and δh_t^k itself where k is idle.

    periods  T_m, integers in ascending order, fast to slow; equal ones hear each other.
             Default: 1, 2, 4, … 128 for 8 modules, or as many as D if that is less
    sizes    units of each module, D in all. Default: as even as can be, larger ones first

    Shapes: x (B, M), h (B, D), W (D, M), U (D, D), b (D,). Only entries of U where `mask` is True
    are read, counted and have a gradient; it is block-upper triangular. "active" of a step is 1
    for the units that computed and 0 for the idle ones. NaN and infinities propagate.

    >>> cell = Clockwork(input_size=1, hidden_size=2, periods=[1, 3])
    >>> params = {"W": [[1.0], [1.0]], "U": [[0.0, 0.0]] * 2, "b": [0.0, 0.0]}
    >>> cell.step(params, x=[1.0], state={"h": [0.5, 0.5]}, t=4)["h"].round(4)
    array([0.7616, 0.5   ])
    """

    keeps = ("active",)
    clocked = True

    def __init__(self, input_size, hidden_size, periods=None, sizes=None):
        super().__init__(input_size, hidden_size)
        self.periods, self.sizes = _take_modules(self.hidden_size, periods, sizes)
        clock = np.repeat(self.periods, self.sizes)              # the period of each unit
        self.mask = contract.freeze(clock[:, None] <= clock)     # row hears column
        # Slower modules stand later, so that what a module hears is one run of columns.
        self.modules = [
            (period, slice(end - size, end), slice(int(clock.searchsorted(period)), None))
            for period, size, end in zip(self.periods, self.sizes, accumulate(self.sizes))]

    def __repr__(self):
        return (f"Clockwork({self.input_size}, {self.hidden_size}, periods={self.periods}, "
                f"sizes={self.sizes})")

    def init(self, rng, dtype=np.float64):
        """Fresh parameters as of every cell, with zeros in U where nothing is heard."""
        params = super().init(rng, dtype)
        return {**params, "U": np.where(self.mask, params["U"], 0)}

    def count(self):
        """The number of parameters, without the entries of U that are not read."""
        return int(self.mask.sum()) + self.hidden_size * (self.input_size + 1)

    @checked
    def step(self, params, x, state, t=0):
        """The new state {"h": h_t} of step number t, and which units were active."""
        W, U, b = params["W"], params["U"], params["b"]
        t = contract.take_integer(t, "t", least=0)
        h, active = state["h"].copy(), np.zeros_like(state["h"])
        for period, rows, heard in self.modules:
            if t % period == 0:
                a = x @ W[rows].T + state["h"][..., heard] @ U[rows, heard].T + b[rows]
                h[..., rows] = np.tanh(a)
                active[..., rows] = 1
        return {"h": h, "active": active}

    @checked_back
    def step_back(self, params, x, state, new, d_new):
        """The gradients of a_t and of the old state from that of the new state."""
        U, active = params["U"], new["active"] != 0
        d_a = np.zeros_like(d_new["h"])
        d_h = np.where(active, 0, d_new["h"])                    # through idle units unchanged
        for _, rows, heard in self.modules:
            if active[..., rows].any():
                # Idle units may hold any number, which must not overflow; active ones hold a tanh.
                h = np.clip(new["h"][..., rows], -1, 1)
                d_a[..., rows] = np.where(active[..., rows], d_new["h"][..., rows] * (1 - h * h), 0)
                d_h[..., heard] += d_a[..., rows] @ U[rows, heard]
        return d_a, {"h": d_h}

    @checked_rows
    def gather(self, params, x, state, new, d_a):
        """The gradients of the parameters, summed over all rows, and that of each row's x."""
        d_W, d_U, d_b = (np.zeros_like(params[name]) for name in "WUb")
        d_x = np.zeros_like(x)
        for _, rows, heard in self.modules:
            on = (new["active"][:, rows] != 0).any(axis=1)
            d = d_a[on, rows]
            d_W[rows] = d.T @ x[on]
            d_U[rows, heard] = d.T @ state["h"][on, heard]
            d_b[rows] = d.sum(axis=0)
            d_x[on] += d @ params["W"][rows]
        return {"W": d_W, "U": d_U, "b": d_b}, d_x


def _take_modules(D, periods, sizes):
    """Periods and sizes of the modules as tuples, defaults filled in."""
    given = {name: _take_list(value, name)
             for name, value in (("periods", periods), ("sizes", sizes)) if value is not None}
    number = len(next(iter(given.values()), range(min(D, 8))))
    if number > D:
        raise ValueError(contract.problem("periods" if "periods" in given else "sizes",
                                          f"{number} modules", f"at most hidden_size = {D}",
                                          "Every module has at least one unit"))
    periods = given.get("periods", tuple(2 ** m for m in range(number)))
    sizes = given.get("sizes", tuple(D // number + (m < D % number) for m in range(number)))
    if list(periods) != sorted(periods):
        raise ValueError(contract.problem("periods", periods, "ascending order, fast to slow",
                                          "Sort them, together with their sizes"))
    if len(sizes) != len(periods):
        raise ValueError(contract.problem("sizes", f"{len(sizes)} sizes",
                                          f"{len(periods)}, one for each of the periods"))
    if sum(sizes) != D:
        raise ValueError(contract.problem("sizes", f"{sizes} with the sum {sum(sizes)}",
                                          f"the sum hidden_size = {D}"))
    return periods, sizes


def _take_list(value, argument):
    found = contract.take_indices(value, argument)
    if found.ndim != 1:
        raise ValueError(contract.problem(argument, f"shape {found.shape}",
                                          "a list, one integer for each module"))
    return tuple(contract.take_size(one, argument) for one in found.tolist())

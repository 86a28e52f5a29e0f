"""A step of two units of a GRU in its two forms side by side, computed in the page."""

import numpy as np
import traitlets

from lstmlib.numpy import GRU, GRUResetBefore, contract
from lstmlib.widgets.control import Control, with_elements

FORMS = {"after": GRU, "before": GRUResetBefore}
READINGS = ("keeps", "takes")


class TwoResets(Control):
    """A step of a GRU of two units, reset after and before the product, gates in the reader's hand.

        after    n = tanh(W x + r ⊙ (U h))        before   n = tanh(W x + U (r ⊙ h))
        z keeps  h' = z h + (1 - z) n             z takes  h' = (1 - z) h + z n

    ``h``, ``W`` and ``U``, (2,), (2,) and (2, 2), and the number ``x`` are the same for both; the
    candidate has no bias. ``r`` holds the two reset gates and ``z`` is the update gate of both
    units, all from 0 to 1. ``diagonal=True`` puts zeros beside the diagonal of U. ``negated=True``
    changes the sign of all weights of the gate that takes: it is 1 - z then.

    In a running notebook ``r``, ``z``, ``diagonal`` and ``negated`` can be read and set.

    >>> two = TwoResets(r=[1, 1])
    >>> [two.run(reset)["h"].round(4).tolist() for reset in ("after", "before")]
    [[0.644, -0.6702], [0.644, -0.6702]]
    """

    _esm = with_elements("resets.js")
    _css = with_elements("resets.css")

    h = traitlets.List(read_only=True).tag(sync=True)
    x = traitlets.Float(read_only=True).tag(sync=True)
    W = traitlets.List(read_only=True).tag(sync=True)
    U = traitlets.List(read_only=True).tag(sync=True)
    r = traitlets.List().tag(sync=True)
    z = traitlets.Float().tag(sync=True)
    diagonal = traitlets.Bool(False).tag(sync=True)
    negated = traitlets.Bool(False).tag(sync=True)
    first = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(self, h=(0.9, -0.6), x=0.5, W=(0.4, -0.2), U=((0.4, 1.6), (-1.4, 0.8)),
                 r=(0.9, 0.1), z=0.8, diagonal=False, negated=False):
        for name, value in (("diagonal", diagonal), ("negated", negated)):
            contract.take_flag(value, name)
        begun = {"r": _gates(r), "z": _gate(z), "diagonal": diagonal, "negated": negated}
        super().__init__(**begun)
        for name, value, shape in (("h", h, (2,)), ("W", W, (2,)), ("U", U, (2, 2))):
            self.set_trait(name, _numbers(value, name, shape))
        self.set_trait("x", contract.take_number(x, "x"))
        self.set_trait("first", begun)

    @traitlets.validate("r")
    def _check_r(self, proposal):
        return _gates(proposal["value"])

    @traitlets.validate("z")
    def _check_z(self, proposal):
        return _gate(proposal["value"])

    def run(self, reset="after", z="keeps"):
        """What the cell of lstmlib.numpy computes, by name: h, n, r and z, and u of a GRU.

        ``reset`` is "after" (GRU) or "before" (GRUResetBefore). The library's z keeps; with
        ``z="takes"`` it is what is left of the gate that takes.
        """
        for name, value, known in (("reset", reset, tuple(FORMS)), ("z", z, READINGS)):
            if value not in known:
                raise ValueError(contract.problem(name, repr(value), " or ".join(map(repr, known))))
        flipped = z == "takes" and not self.negated
        with np.errstate(divide="ignore"):      # a gate of 0 or 1 is that of an infinite bias
            a_r, a_z = (np.log(p) - np.log1p(-p) for p in map(np.array, (self.r, self.z)))
        U = np.array(self.U)
        params = {
            "W": np.concatenate([np.zeros((4, 1)), np.reshape(self.W, (2, 1))]),
            "U": np.concatenate([np.zeros((4, 2)), np.diag(np.diag(U)) if self.diagonal else U]),
            "b": np.concatenate([a_r, np.full(2, -a_z if flipped else a_z), np.zeros(2)]),
        }
        cell = FORMS[reset](input_size=1, hidden_size=2)
        if reset == "after":
            params["b_n"] = np.zeros(2)
        return cell.step(params, np.array([self.x]), {"h": np.array(self.h)})

    def __repr__(self):
        return "A step of a GRU of two units, reset after and before the product"


def _gates(value):
    values = _numbers(value, "r", (2,))
    if not all(0 <= one <= 1 for one in values):
        raise ValueError(contract.problem("r", values, "numbers from 0 to 1"))
    return values


def _gate(value):
    value = contract.take_number(value, "z")
    if not 0 <= value <= 1:
        raise ValueError(contract.problem("z", value, "a number from 0 to 1"))
    return value


def _numbers(value, name, shape):
    array = contract.take_array(value, name, np.dtype(np.float64))
    contract.check_shape(array, name, shape)
    if not np.isfinite(array).all():
        raise ValueError(contract.problem(name, "a number that is not finite", "finite numbers"))
    return array.tolist()

"""Is this gradient right? Derivatives from values of the loss alone, and a verdict."""

import math
from dataclasses import dataclass
from numbers import Complex, Real

import numpy as np

from lstmlib.numpy import contract

# How far a right gradient may lie from the numeric one: relative, and absolute per unit of loss.
TOLERANCES = {"central": (1e-5, 1e-9), "complex": (1e-9, 1e-13)}
# A numeric gradient is large enough to decide when it is this many absolute tolerances long.
DECISIVE = 1000


def numerical_gradient(loss, params, epsilon=1e-5):
    """The gradient by central differences, one parameter after the other.

        dL/dp ≈ (L(p + e) - L(p - e)) / 2e,   e = epsilon · max(1, |p|)

    Its error is of order e² from the curvature plus 1e-16/e from rounding: near 1e-5 the sum is
    least, and smaller is *worse*. `loss` takes a dict like params and returns a real number;
    params are float64. Two evaluations for each single number: keep networks small.

    >>> numerical_gradient(lambda p: p["w"][0] ** 2, {"w": np.array([3.0])})["w"].round(6)
    array([6.])
    """
    params = _take_params(params)
    epsilon = contract.take_number(epsilon, "epsilon", above=0)
    grads = {}
    for name, value in params.items():
        grads[name] = np.empty_like(value)
        for index in np.ndindex(value.shape):
            e = epsilon * max(1.0, abs(value[index]))
            above, below = value.copy(), value.copy()
            above[index] += e
            below[index] -= e
            difference = (_real_loss(loss, {**params, name: above})
                          - _real_loss(loss, {**params, name: below}))
            grads[name][index] = difference / (above[index] - below[index])
    return grads


def complex_step(loss, params, epsilon=1e-20):
    """The gradient by complex step (Squire and Trapp 1998), exact to rounding.

        dL/dp = Im L(p + i e) / e

    There is no difference and so no cancellation. `loss` gets all of params in complex128 and
    must keep the imaginary part all the way: whatever meets a parameter (inputs, state) has to be
    complex too, for instance x.astype(complex), and abs, comparisons and casts to float break it.

    >>> complex_step(lambda p: p["w"][0] ** 2, {"w": np.array([3.0])})["w"]
    array([6.])
    """
    params = {name: value.astype(np.complex128) for name, value in _take_params(params).items()}
    epsilon = contract.take_number(epsilon, "epsilon", above=0)
    grads = {}
    for name, value in params.items():
        grads[name] = np.empty(value.shape)
        for index in np.ndindex(value.shape):
            moved = value.copy()
            moved[index] += 1j * epsilon
            grads[name][index] = _complex_loss(loss, {**params, name: moved}).imag / epsilon
    return grads


METHODS = contract.Registry("method", {"central": numerical_gradient, "complex": complex_step})


@dataclass(frozen=True)
class Row:
    """What the check found for one key."""

    key: str
    verdict: str
    size: float           # the largest entry of the numeric gradient
    absolute: float       # the largest difference
    relative: float       # the largest difference relative to the larger of the two entries


@dataclass(frozen=True)
class Verdict:
    """The outcome of a gradient check: `verdict` is "agree", "disagree" or "undecided".

    `rows` holds one Row a key; print the verdict for a table. It is true only if all agree.
    The relative error is there to learn from and decides nothing: where gradients vanish it is
    large for right ones too.
    """

    verdict: str
    method: str
    rows: tuple

    def __bool__(self):
        return self.verdict == "agree"

    def __str__(self):
        width = max(len("key"), *(len(row.key) for row in self.rows))
        lines = [f"{'key':<{width}}  {'largest':>9}  {'abs error':>9}  {'rel error':>9}  verdict"]
        for row in self.rows:
            lines.append(f"{row.key:<{width}}  {row.size:9.1e}  {row.absolute:9.1e}  "
                         f"{row.relative:9.1e}  {row.verdict}")
        return "\n".join([f"{self.verdict} ({self.method})", *lines])


def gradcheck(loss, params, grads, method="central"):
    """Compare gradients with what values of the loss alone say, and pass a verdict.

    loss    takes a dict like params and returns the loss as a number
    params  flat dict of float64 arrays; put inputs and initial states in it to check theirs
    grads   the gradients in question, same keys and shapes
    method  "central" (differences, fixed ε) or "complex" (exact; see complex_step)

    A key agrees if |grad - numeric| ≤ atol · max(1, |loss|) + rtol |numeric| everywhere, with
    rtol 1e-5, atol 1e-9 for central differences and 1e-9, 1e-13 for the complex step. If all its
    numeric entries are below 1,000 times the absolute tolerance, agreement would mean nothing and
    the key is undecided; so is one whose numeric gradient is not finite. The whole agrees if each
    key does and disagrees if one does not.

    >>> verdict = gradcheck(lambda p: (p["w"] ** 2).sum(), {"w": np.array([3.0])},
    ...                     {"w": np.array([6.0])})
    >>> verdict.verdict
    'agree'
    """
    params = _take_params(params)
    grads = contract.take_like(grads, params, "grads")
    numeric = METHODS[method](loss, params)
    rtol, atol = TOLERANCES[method]
    value = _real_loss(loss, params)
    atol = atol * max(1.0, abs(value)) if math.isfinite(value) else atol
    rows = tuple(_compare(name, grads[name], numeric[name], rtol, atol) for name in params)
    found = {row.verdict for row in rows}
    overall = next(verdict for verdict in ("disagree", "undecided", "agree") if verdict in found)
    return Verdict(overall, method, rows)


def _compare(key, grad, numeric, rtol, atol):
    larger = np.maximum(np.abs(grad), np.abs(numeric))
    with np.errstate(invalid="ignore"):                    # inf - inf and inf / inf are NaN
        difference = np.abs(grad - numeric)
        relative = np.divide(difference, larger, out=np.zeros_like(larger), where=larger != 0)
    size = float(np.abs(numeric).max())
    if not math.isfinite(size):
        verdict = "undecided"
    elif not (difference <= atol + rtol * np.abs(numeric)).all():
        verdict = "disagree"
    else:
        verdict = "agree" if size >= DECISIVE * atol else "undecided"
    return Row(key, verdict, size, float(difference.max()), float(relative.max()))


def _take_params(params):
    params = contract.take_flat(params)
    for name, value in params.items():
        if value.dtype != np.float64:
            raise TypeError(contract.problem(f"params[{name!r}]", f"dtype {value.dtype}",
                                             "float64", "Check gradients in float64"))
        if value.size == 0:
            raise ValueError(contract.problem(f"params[{name!r}]", f"shape {value.shape}",
                                              "no empty axis"))
    return params


def _real_loss(loss, params):
    value = _call(loss, params)
    if not isinstance(value, Real):
        raise TypeError(contract.problem("loss", f"a result of {contract.describe(value)}",
                                         "a real number"))
    return float(value)


def _complex_loss(loss, params):
    value = _call(loss, params)
    if isinstance(value, Real) or not isinstance(value, Complex):
        raise TypeError(contract.problem(
            "loss", f"a result of {contract.describe(value)}", "a complex number",
            "Somewhere the imaginary part is lost: a cast to float, abs, or real inputs"))
    return complex(value)


def _call(loss, params):
    if not callable(loss):
        raise TypeError(contract.problem("loss", contract.describe(loss),
                                         "a function of a dict of parameters"))
    value = loss(params)
    return value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value

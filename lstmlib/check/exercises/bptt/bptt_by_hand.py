"""Three steps of a scalar cell, back by hand."""

from functools import partial

import numpy as np

from lstmlib.check.exercise import Number, Pencil, Slip
from lstmlib.numpy import RNN, bptt, unroll


H, TARGETS, U = (0.5, -0.5, 0.5, 0.0), (1.0, -1.0, -1.0), 2.0
ERRORS = tuple(h - y for h, y in zip(H[1:], TARGETS, strict=True))


def right(name):
    """By the library, from inputs that lead through these states."""
    cell = RNN(1, 1)
    x = [np.arctanh(new) - U * old for old, new in zip(H, H[1:])]
    params = {"W": [[1.0]], "U": [[U]], "b": [0.0]}
    run = unroll(cell, params, np.reshape(x, (3, 1, 1)), {"h": [[H[0]]]})
    assert np.allclose(run.outputs.ravel(), H[1:])
    errors = np.reshape(ERRORS, (3, 1, 1))
    if name == "d_u":
        return float(bptt(run, errors).params["U"][0, 0])
    rest = unroll(cell, run.params, run.inputs[1:], {"h": run.outputs[0]})
    return float(ERRORS[0] + bptt(rest, errors[1:]).state["h"][0, 0])


def wrong(name, errors=ERRORS, slope=lambda t: 1 - H[t] ** 2, u=U, heard=lambda t: H[t - 1],
          carried=None, late=False):
    """The same with something done otherwise; steps count from 1."""
    d_state, d_u, d_h = 0.0, 0.0, {}
    for t in (3, 2, 1):
        d_h[t] = errors[t - 1] + d_state
        d_a = slope(t) * d_h[t]
        d_u += (d_h[t] if late else d_a) * heard(t)
        d_state = u * (d_a if carried is None else carried(d_h[t]))
    return d_u if name == "d_u" else d_h[1]


EXERCISE = Pencil(
    title="Three steps back, on paper",
    level="routine",
    statement="""A network of one unit, with $a_t = w x_t + u\\,h_{t-1}$ and $h_t = \\tanh(a_t)$,
has read three numbers. Its state is also its output, and the loss is
$L = \\tfrac12 (h_1 - y_1)^2 + \\tfrac12 (h_2 - y_2)^2 + \\tfrac12 (h_3 - y_3)^2$. The weight is
$u = 2$. This is the record of the run:

| step $t$ | 0 | 1 | 2 | 3 |
|---|---|---|---|---|
| state $h_t$ | $\\tfrac12$ | $-\\tfrac12$ | $\\tfrac12$ | $0$ |
| target $y_t$ | | $1$ | $-1$ | $-1$ |

No table of tanh is needed, for the way there is over: the slope of tanh at $a_t$ is $1 - h_t^2$.
Nor are $w$ and the inputs. Go back from step 3. What is $\\delta h_1$, the gradient of $L$ with
respect to the state after step 1? And what is $\\delta u$, the gradient with respect to the weight,
which was used three times?""",
    numbers=[
        Number("d_h1", "δh₁", partial(right, "d_h1"), 0.005, [
            Slip(partial(wrong, "d_h1", carried=lambda d: 0), "That is h₁ - y₁, what comes from "
                 "the output of step 1 alone. Steps 2 and 3 heard of h₁ too."),
            Slip(lambda: wrong("d_h1") - ERRORS[0], "That is only what comes back from step 2. The "
                 "output of step 1 has an error of its own."),
            Slip(partial(wrong, "d_h1", errors=(ERRORS[0], ERRORS[1], 0)), "Step 3 is missing: its "
                 "error reaches h₁ by way of h₂."),
            Slip(partial(wrong, "d_h1", errors=(ERRORS[0], 0, ERRORS[2])), "Step 3 has reached h₁, "
                 "but on the way the error of step 2 itself was not added."),
            Slip(partial(wrong, "d_h1", slope=lambda t: 1), "The slopes of tanh are missing: 1 - "
                 "h₂² and 1 - h₃² lie on the way."),
            Slip(partial(wrong, "d_h1", u=1), "The weight is missing: each step back multiplies by "
                                              "u."),
            Slip(lambda: (1 - H[1] ** 2) * wrong("d_h1"), "You went one function too far: that is "
                 "δa₁, before the tanh of step 1. δh₁ is after it."),
            Slip(partial(wrong, "d_h1", errors=(0, 0, ERRORS[2])), "Only the last error has been "
                 "followed. Steps 1 and 2 have errors of their own."),
            Slip(partial(wrong, "d_h1", slope=lambda t: 1 - H[t]), "In the slope of tanh the state "
                 "stands squared: 1 - h²."),
            Slip(lambda: 2 * wrong("d_h1"), "Twice too large: the derivative of ½(h - y)² by h is "
                 "h - y, without a 2."),
            Slip(lambda: -wrong("d_h1"), "The sign is the other one: the derivative of ½(h - y)² "
                 "by h is h - y."),
        ]),
        Number("d_u", "δu", partial(right, "d_u"), 0.005, [
            Slip(partial(wrong, "d_u", carried=lambda d: 0), "The path through time is missing: "
                 "each step's δa has come from its own output only."),
            Slip(lambda: wrong("d_u") / 3, "That is the mean of the three uses. Their effects "
                                           "add."),
            Slip(lambda: ERRORS[2] * H[2], "That is the use at step 3 alone. u was used at steps 1 "
                 "and 2 as well."),
            Slip(partial(wrong, "d_u", heard=lambda t: H[t]), "You multiplied each δa by the state "
                 "after the step. At step t, u multiplied the state before."),
            Slip(partial(wrong, "d_u", heard=lambda t: H[t - 1] if t > 1 else 0), "The use at step "
                 "1 is missing: there u multiplied h₀, which is not zero here."),
            Slip(partial(wrong, "d_u", slope=lambda t: 1), "The slopes of tanh are missing: 1 - h² "
                 "at each step, from δh to δa."),
            Slip(partial(wrong, "d_u", carried=lambda d: d), "On the way from step to step you "
                 "left out the slope of tanh: it is δa, not δh, that u brings back."),
            Slip(partial(wrong, "d_u", errors=(0, 0, ERRORS[2])), "Only the last error has been "
                 "followed. There are three."),
            Slip(partial(wrong, "d_u", late=True), "You multiplied δh_t by the state before. The "
                 "slope of tanh lies between: u is heard in a_t, and so it is δa_t."),
            Slip(partial(wrong, "d_u", heard=lambda t: 1), "You added up the three δa_t: that is "
                 "the gradient of a bias. u multiplied the state before, which has to stand there."),
            Slip(partial(wrong, "d_u", heard=lambda t: H[0] if t == 1 else 0), "That is the use at "
                 "step 1 alone. u was used at steps 2 and 3 as well."),
            Slip(partial(wrong, "d_u", slope=lambda t: 1 - H[t]), "In the slope of tanh the state "
                 "stands squared: 1 - h²."),
            Slip(lambda: 2 * wrong("d_u"), "Twice too large: the derivative of ½(h - y)² by h is "
                 "h - y, without a 2."),
            Slip(partial(wrong, "d_u", u=1), "The weight is missing on the way: each step back "
                 "multiplies by u."),
            Slip(lambda: -wrong("d_u"), "The sign is the other one: the derivative of ½(h - y)² by "
                 "h is h - y."),
        ]),
    ],
    hints=(
        "Begin with the three errors h_t - y_t. At step 3 nothing comes from later: δh₃ is its "
        "error, and δa₃ = (1 - h₃²) δh₃.",
        "From step to step: δh₂ is the error of step 2 plus u δa₃. Then δa₂ = (1 - h₂²) δh₂, and "
        "so on.",
        "At step t the weight stood before h_{t-1}, so δu = δa₁ h₀ + δa₂ h₁ + δa₃ h₂. All numbers "
        "are fractions; the last ones have the denominators 4, 16 and 32.",
    ),
    passed="You have gone back through three steps with the record alone, and added up three uses "
           "of one weight. A library does the same, with matrices for u.",
)

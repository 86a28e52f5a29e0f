"""Two steps of a network of two units, on paper."""

import math

import numpy as np

from lstmlib.check.exercise import Number, Pencil, Slip

W = np.array([-1.0, 1.0])
U = np.array([[0.0, 1.0], [0.5, 0.0]])
b = np.array([0.0, -0.5])
V, b_y = np.array([2.0, 1.0]), 0.5
start, inputs = np.array([0.5, -0.5]), (1.0, 0.5)


def run(W=W, U=U, b=b, start=start, inputs=inputs, bend=np.tanh, kept=True, in_place=False):
    """The two states, (2, 2), of the network or of a slip of it."""
    h, states = start, []
    for x in inputs:
        old = h if kept else start
        new = bend(W * x + U @ old + b)
        if in_place:                       # unit v hears the new u
            new[1] = bend(W[1] * x + U[1] @ np.array([new[0], old[1]]) + b[1])
        h = new
        states.append(h)
    return np.array(states)


def logistic(a):
    return 1 / (1 + np.exp(-a))


def u_1(**slip):
    return lambda: float(run(**slip)[0, 0])


def v_2(**slip):
    return lambda: float(run(**slip)[1, 1])


def y_2(states=run, V=V, b_y=b_y):
    return lambda: float(V @ states()[1] + b_y)


TURNED = ("You have read U by columns. Row 1 of U says what u hears: nothing of u, and v once; row "
          "2 says what v hears.")
ZERO = "You have started from zero. Here the initial state is (1/2, −1/2)."
NO_TANH = "You have left out the tanh: each sum goes through one before it is a state."
TAN = "You have taken tan, the tangent. The step takes tanh, the hyperbolic tangent."
SIGN_OF_W = "You have lost a sign: W is −1 for u, so that u hears −x."
SIGN_OF_B = "You have lost a sign: the bias of v is −1/2."
EXCHANGED = "You have read 1/2 first and 1 then. The first input is 1."
LOGISTIC = "You have used the logistic function, 1/(1 + exp(−a)), in place of tanh."
NO_BIAS = "You have left out the bias: b is −1/2 for v."
NOT_KEPT = ("In step 2 you have used the initial state again. The old state of step 2 is the state "
            "after step 1.")
IN_PLACE = ("You have let v hear the new u. Both units hear the old state: write the two new "
            "values down only when both are computed.")


def by_paper():
    """The three numbers by scalar arithmetic, without matrices."""
    u, v = 0.5, -0.5
    for x in inputs:
        u, v = math.tanh(-x + v), math.tanh(x + u / 2 - 0.5)
    return u, v, 2 * u + v + 0.5


EXERCISE = Pencil(
    title="Two steps by hand",
    level="routine",
    statement=r"""
A network has one input and a state of two units, $h_t = (u_t, v_t)$. Its step and its read-out are

$$ \begin{aligned} h_t &= \tanh(W x_t + U h_{t-1} + b) \\ \hat y_t &= V h_t + b_y \end{aligned} $$

with

$$ W = \begin{pmatrix} -1 \\ 1 \end{pmatrix},\quad
U = \begin{pmatrix} 0 & 1 \\ \tfrac12 & 0 \end{pmatrix},\quad
b = \begin{pmatrix} 0 \\ -\tfrac12 \end{pmatrix}, $$

$$ V = \begin{pmatrix} 2 & 1 \end{pmatrix},\quad b_y = \tfrac12. $$

It starts from the state $u_0 = \tfrac12$, $v_0 = -\tfrac12$ and reads $x_1 = 1$, then
$x_2 = \tfrac12$. Go through both steps on paper. What is unit $u$ after the first step, unit $v$
after the second, and the second output? Keep three decimals on the way, or leave the tanh standing:
an answer may be an expression, such as `2*tanh(1/3) - 1`.
""",
    numbers=[
        Number("u_1", "u₁", expected=lambda: math.tanh(-1.5), tolerance=0.005, slips=[
            Slip(u_1(start=np.zeros(2)),
                 "That is tanh(−1), and u hears more than that. Have you started from zero? The "
                 "initial state is (1/2, −1/2)."),
            Slip(u_1(U=U.T), TURNED),
            Slip(lambda: -1.5, NO_TANH),
            Slip(u_1(bend=logistic), LOGISTIC),
            Slip(lambda: math.tanh(-0.5),
                 "That is tanh(−1/2), as if u heard +1/2 of the old state. Row 1 of U is (0, 1): u "
                 "hears v₀ alone, and v₀ is −1/2."),
            Slip(u_1(W=np.array([1.0, 1.0])), SIGN_OF_W),
            Slip(u_1(bend=np.tan), TAN),
            Slip(lambda: math.tanh(1.5), "The sign is turned: W has −1 for u, and v₀ is negative."),
        ]),
        Number("v_2", "v₂", expected=lambda: by_paper()[1], tolerance=0.005, slips=[
            Slip(v_2(start=np.zeros(2)), ZERO),
            Slip(v_2(U=U.T), TURNED),
            Slip(v_2(bend=lambda a: a), NO_TANH),
            Slip(v_2(bend=logistic), LOGISTIC),
            Slip(v_2(b=0 * b), NO_BIAS),
            Slip(v_2(b=-b), SIGN_OF_B),
            Slip(v_2(W=np.array([1.0, 1.0])), SIGN_OF_W),
            Slip(v_2(inputs=inputs[::-1]), EXCHANGED),
            Slip(v_2(bend=np.tan), TAN),
            Slip(v_2(kept=False), NOT_KEPT),
            Slip(v_2(in_place=True), IN_PLACE),
            Slip(lambda: float(run()[0, 1]), "That is v after the first step. One more."),
        ]),
        Number("y_2", "ŷ₂", expected=lambda: by_paper()[2], tolerance=0.005, slips=[
            Slip(y_2(b_y=0.0), "You have left out the bias of the read-out, 1/2."),
            Slip(y_2(V=np.array([1.0, 2.0])),
                 "You have exchanged the weights of the read-out: 2 belongs to u, 1 to v."),
            Slip(lambda: math.tanh(by_paper()[2]),
                 "You have put a tanh on the output. The read-out has none."),
            Slip(lambda: float(V @ run()[0] + b_y),
                 "That is the output of the first step. The second reads the state after two "
                 "steps."),
            Slip(y_2(lambda: run(kept=False)), NOT_KEPT),
            Slip(y_2(lambda: run(in_place=True)), IN_PLACE),
            Slip(y_2(lambda: run(U=U.T)),
                 "You have read U by columns, or left it out. Row 1 of U says what u hears: "
                 "nothing of u, and v once; row 2 says what v hears."),
            Slip(y_2(lambda: run(start=np.zeros(2))), ZERO),
            Slip(y_2(lambda: run(bend=lambda a: a)), NO_TANH),
            Slip(y_2(lambda: run(bend=logistic)), LOGISTIC),
            Slip(y_2(lambda: run(bend=np.tan)), TAN),
            Slip(y_2(lambda: run(b=0 * b)), NO_BIAS),
            Slip(y_2(lambda: run(b=-b)), SIGN_OF_B),
            Slip(y_2(lambda: run(W=np.array([1.0, 1.0]))), SIGN_OF_W),
            Slip(y_2(lambda: run(inputs=inputs[::-1])), EXCHANGED),
        ]),
    ],
    hints=(
        "Write the step as two lines, one for u and one for v, before you put in any number: u = "
        "tanh(−x + v), with the old v.",
        "The other line is v = tanh(x + u/2 − 1/2), with the old u. The first step has x = 1, u = "
        "1/2, v = −1/2 on the right.",
        "Step 1: the sums are −3/2 and 3/4. With tanh of these as the old u and v, and x = 1/2, go "
        "on; then ŷ = 2u + v + 1/2.",
    ),
    passed="You have done by hand what the machine does: both units hear the old state, and the "
           "read-out hears the new one.",
)

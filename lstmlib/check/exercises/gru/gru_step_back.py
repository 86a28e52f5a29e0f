"""One step of the GRU backwards, given what the forward pass has kept."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.check.exercises.gru import drawn
from lstmlib.numpy import GRU

NAMES = ("d_a", "d_W", "d_U", "d_b", "d_b_n", "d_h_old")


def probes(rng):
    def case(name, says, B, M, D, still=()):
        """Parameters but for those that are still, a step forwards, and an error."""
        params, x, h = drawn(rng, B, M, D, b_n=(D,))
        params |= {each: 0 * params[each] for each in still}
        new = {key: np.array(value) for key, value in GRU(M, D).step(params, x, {"h": h}).items()}
        d_h = rng.uniform(0.4, 1.5, (B, D)) * rng.choice([-1, 1], (B, D))
        return Probe(name, (params, x, h, new, d_h), says, {"B": B, "M": M, "D": D})

    yield case("one unit, U = 0", "One unit, and U is 0: so u is b_n, and the old state gets its "
               "error past the candidate alone. `d_a` has one number for each of r, z, n here: "
               "which are off?", 1, 2, 1, still="U")
    yield case("no biases", "b and b_n are 0. Look at what r's error is made of, and at "
               "`d_h_old`: which ways lead from h_t back to h_{t-1}?", 1, 2, 3, still=("b", "b_n"))
    yield case("all together, a batch of two", "With a second sequence something differs. Look at "
               "what is summed over the batch, and at what stands in each row.", 2, 3, 5)
    yield case("M = D", "This has as many inputs as units, so that a wrong matrix fits: look at "
               "each `@`.", 2, 3, 3)
    yield case("one of each", "One sequence, one input, one unit: look for an axis that gets "
               "lost.", 1, 1, 1)
    yield case("random numbers", "Everything is random here.", 5, 2, 3)


def reference(params, x, h_old, new, d_h):
    """By complex step: each argument of the step is pushed, entry by entry."""
    D = d_h.shape[1]

    def loss(W, U, b, b_n, h, a_more):
        said, heard = x @ W.T + b + a_more, h @ U.T
        gates = 1 / (1 + np.exp(-said[:, :2 * D] - heard[:, :2 * D]))
        r, z = gates[:, :D], gates[:, D:]
        n = np.tanh(said[:, 2 * D:] + r * (heard[:, 2 * D:] + b_n))
        return (d_h * (z * h + (1 - z) * n)).sum()

    point = [params["W"], params["U"], params["b"], params["b_n"], h_old,
             np.zeros((len(x), 3 * D))]
    found = []
    for k, value in enumerate(point):
        slope = np.empty(value.shape)
        for index in np.ndindex(value.shape):
            pushed = value.astype(complex)
            pushed[index] += 1e-20j
            slope[index] = loss(*point[:k], pushed, *point[k + 1:]).imag / 1e-20
        found.append(slope)
    d_W, d_U, d_b, d_b_n, d_h_old, d_a = found
    return d_a, d_W, d_U, d_b, d_b_n, d_h_old


STACK, HEARD = "d_a = np.concatenate([d_a_r, d_a_z, d_a_n]", "[d_a_r, d_a_z, d_u], axis=1)"
OLD = 'd_h * z + d_heard @ params["U"]'
SLOPE_R, SLOPE_Z, SLOPE_N = "d_r * r * (1 - r)", "d_z * z * (1 - z)", "d_n * (1 - n ** 2)"


def order(letters, whose):
    return Mistake(
        f"blocks in the order {' '.join(letters)}",
        f"The errors are right, and stand side by side as {' '.join(letters)}, {whose}. All shapes "
        "fit. Here the blocks are r z n.",
        swap=[("[d_a_r, d_a_z, d_a_n]", "[" + ", ".join(f"d_a_{each}" for each in letters) + "]"),
              ("[d_a_r, d_a_z, d_u]", "[" + ", ".join({"n": "d_u"}.get(each, f"d_a_{each}")
                                                      for each in letters) + "]")])


EXERCISE = Code(
    title="One step of a GRU, backwards",
    level="standard",
    statement=r"""Forwards, a step of this book's GRU makes $h_t$ of $x_t$ and $h_{t-1}$:

$$\begin{aligned}
r_t &= \sigma(W_r x_t + U_r h_{t-1} + b_r) \\
z_t &= \sigma(W_z x_t + U_z h_{t-1} + b_z) \\
u_t &= U_n h_{t-1} + b'_n \\
n_t &= \tanh(W_n x_t + b_n + r_t \odot u_t) \\
h_t &= z_t \odot h_{t-1} + (1 - z_t) \odot n_t
\end{aligned}$$

The blocks stand in the order r z n. Call $a_r$, $a_z$ and $a_n$ what goes into the two σ and the
tanh. Now the way back. Given are

- `params`: a dict with `"W"` $(3D, M)$, `"U"` $(3D, D)$, `"b"` $(3D,)$ and `"b_n"` $(D,)$, which is
  $b'_n$; and `x` $(B, M)$, a row for each sequence;
- `h_old`: the state before the step, $h_{t-1}$, $(B, D)$;
- `new`: what the step has computed, `"r"`, `"z"`, `"n"`, `"u"` and `"h"`, each $(B, D)$;
- `d_h`, $(B, D)$: the error at $h_t$, complete.

Return, in this order, `d_a` $(B, 3D)$, the errors of $a_r$, $a_z$ and $a_n$ side by side; `d_W`,
`d_U`, `d_b` and `d_b_n`, shaped as the parameters, added up over the batch; and `d_h_old`, what
this step owes to $h_{t-1}$, $(B, D)$. Two of them are written already.

Here is the step back of another cell: a plain layer whose output passes a gate, $h_t = o \odot g$
with $o = \sigma(a_o)$ and $g = \tanh(a_g)$.""",
    example='''def gated_step_back(params, x, h_old, o, g, d_h):
    d_o = d_h * g                               # each factor gets the other
    d_g = d_h * o
    d_a_o = d_o * o * (1 - o)                   # slopes, from the values
    d_a_g = d_g * (1 - g ** 2)
    d_a = np.concatenate([d_a_o, d_a_g], axis=1)
    d_W, d_U, d_b = d_a.T @ x, d_a.T @ h_old, d_a.sum(axis=0)
    d_h_old = d_a @ params["U"]
    return d_a, d_W, d_U, d_b, d_h_old


params = {"W": np.ones((2, 2)), "U": np.ones((2, 1)), "b": np.zeros(2)}
one = np.ones((3, 1))                           # three sequences, one unit
found = gated_step_back(params, np.ones((3, 2)), 0.5 * one, 0.8 * one,
                        0.1 * one, one)
print([each.shape for each in found])''',
    task="Now the GRU. In how many places does the old state stand in its equations? A dozen short "
         "lines.",
    starter='''def gru_step_back(params, x, h_old, new, d_h):
    """The errors of a, of W, U and both biases, and of the old h."""
    r, z, n, u = new["r"], new["z"], new["n"], new["u"]
    ...
    d_W, d_b = d_a.T @ x, d_a.sum(axis=0)
    return d_a, d_W, d_U, d_b, d_b_n, d_h_old''',
    returns=NAMES,
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("the sign of z's error",
                "z's error is made with n - h_{t-1}. z multiplies the old state with a plus, the "
                "candidate with a minus. (It would be right for a z that takes the new.)",
                swap=[("(h_old - n)", "(n - h_old)")]),
        Mistake("z as the share that takes",
                "Your way back is that of h = (1 - z) h + z n, in all its lines. The cache comes "
                "from the other GRU: z keeps the old state.",
                swap=[("d_h * (1 - z)", "d_h * z"), ("(h_old - n)", "(n - h_old)"),
                      ("d_h * z + d_heard", "d_h * (1 - z) + d_heard")]),
        Mistake("z hears of the old state only", "z's error is d_h times h_{t-1}. z stands in two "
                "places: in front of the candidate there is 1 - z.",
                swap=[("(h_old - n)", "h_old")]),
        Mistake("z hears of the candidate only", "z's error is made with the candidate alone. z "
                "multiplies the old state as well.", swap=[("(h_old - n)", "-n")]),
        Mistake("the new state in z's error", "z's error is made with h_t. The two that z chooses "
                "between are h_{t-1} and n_t.", swap=[("(h_old - n)", '(new["h"] - n)')]),
        Mistake("the candidate with z", "The candidate gets the share z of the error. Its share in "
                "h_t is 1 - z.", swap=[("d_h * (1 - z)", "d_h * z")]),
        Mistake("the candidate with all", "The candidate gets the whole error of h_t. Its share in "
                "h_t is 1 - z.", swap=[("d_h * (1 - z)", "d_h")]),
        Mistake("no slope for the candidate", "The error of n becomes that of a_n unchanged. "
                "Between the two stands a tanh.", swap=[(SLOPE_N, "d_n")]),
        Mistake("no slope for z", "The error of z becomes that of a_z unchanged. Between the two "
                "stands a σ.", swap=[(SLOPE_Z, "d_z")]),
        Mistake("no slope for r", "The error of r becomes that of a_r unchanged. Between the two "
                "stands a σ.", swap=[(SLOPE_R, "d_r")]),
        Mistake("no slopes for the gates", "The errors of r and z are handed on as those of a_r "
                "and a_z. Between them stands a σ each time.",
                swap=[(SLOPE_R, "d_r"), (SLOPE_Z, "d_z")]),
        Mistake("no slopes at all", "The errors of r, z and n are handed on as those of a. Each of "
                "the three has been through σ or tanh.",
                swap=[(SLOPE_R, "d_r"), (SLOPE_Z, "d_z"), (SLOPE_N, "d_n")]),
        Mistake("the slope of σ for the candidate", "The candidate gets the slope of σ. It went "
                "through tanh.", swap=[(SLOPE_N, "d_n * n * (1 - n)")]),
        Mistake("the slope of tanh for the gates", "The gates get the slope of tanh. They went "
                "through σ.", swap=[(SLOPE_R, "d_r * (1 - r ** 2)"),
                                    (SLOPE_Z, "d_z * (1 - z ** 2)")]),
        Mistake("squashed again", "The candidate's slope is taken as 1 - tanh(n)². n has been "
                "through tanh already.", swap=[(SLOPE_N, "d_n * (1 - np.tanh(n) ** 2)")]),
        Mistake("the old state in r's error",
                "r's error is made with h_{t-1}, as in a GRU that resets before the product. Here "
                "r multiplies u, the whole bracket.",
                swap=[("d_r = d_a_n * u", "d_r = d_a_n * h_old")]),
        Mistake("r's error without b_n", "r's error is made with U_n h. r multiplies the whole "
                "bracket, b_n included: `u` has it.",
                swap=[("d_r = d_a_n * u", 'd_r = d_a_n * (u - params["b_n"])')]),
        Mistake("r's error in front of the tanh", "r's error is made with that of n. r stands "
                "inside the tanh: the error has to pass its slope first.",
                swap=[("d_r = d_a_n * u", "d_r = d_n * u")]),
        Mistake("r's error with the candidate", "r's error is made with n. The other factor beside "
                "r is u.", swap=[("d_r = d_a_n * u", "d_r = d_a_n * n")]),
        Mistake("r's error with r", "r's error is made with r. In r * u each factor gets the other "
                "one.", swap=[("d_r = d_a_n * u", "d_r = d_a_n * r")]),
        Mistake("r hears nothing", "r's error is 0 in your way back. It stands in the candidate, "
                "in front of u.", swap=[("d_r = d_a_n * u", "d_r = 0 * u")]),
        Mistake("the bracket without its gate",
                "U_n and b_n get the candidate's whole error. On the way to them it passes r: they "
                "have a share r in the candidate. So d_a alone will not do for U.",
                swap=[("d_u = d_a_n * r", "d_u = d_a_n")]),
        Mistake("the gate for b_n alone",
                "b_n has its factor r; `d_U` and the way to the old h lack it in the candidate's "
                "block. U_n stands in the same bracket, so d_a alone will not do for U.",
                swap=[("d_U = d_heard.T", "d_U = d_a.T"), (OLD, 'd_h * z + d_a @ params["U"]')]),
        Mistake("r passed on the way to x, too",
                "The candidate's error is multiplied by r everywhere. That is right for U_n, b_n "
                "and h; what x and b said went in past r.",
                swap=[(STACK, "d_a = np.concatenate([d_a_r, d_a_z, d_u]")]),
        Mistake("b_n as b", "b_n gets the same error as the candidate's block of b. r stands "
                "before b_n, and not before b.", swap=[("d_b_n = d_u", "d_b_n = d_a_n")]),
        Mistake("U without the gate", "In `d_U` the candidate's block lacks the factor r; on the "
                "way to the old h you have it.", swap=[("d_U = d_heard.T", "d_U = d_a.T")]),
        Mistake("the old state without the gate", "On the way to the old h the candidate's error "
                "lacks the factor r; in `d_U` you have it.",
                swap=[(OLD, 'd_h * z + d_a @ params["U"]')]),
        Mistake("no straight way to the old state", "The old state gets its error through U only. "
                "In the last equation it stands as itself, in front of it z.",
                swap=[(OLD, 'd_heard @ params["U"]')]),
        Mistake("the straight way without z", "The old state gets the whole error of h_t. In the "
                "last equation z stands before it.", swap=[(OLD, 'd_h + d_heard @ params["U"]')]),
        Mistake("the straight way with 1 - z", "The old state gets the share 1 - z. z keeps: the "
                "old state's share is z.",
                swap=[(OLD, 'd_h * (1 - z) + d_heard @ params["U"]')]),
        Mistake("only the straight way", "The old state hears nothing through U. Both gates and "
                "the candidate have listened to it.", swap=[(OLD, "d_h * z")]),
        Mistake("the old state through the candidate only",
                "Of the three blocks of U only the candidate's leads back to the old state in your "
                "code. The gates heard it as well.",
                swap=[(OLD, 'd_h * z + d_u @ np.split(params["U"], 3)[2]')]),
        Mistake("the old state through the gates only",
                "Of the three blocks of U the candidate's is missing on the way to the old state.",
                swap=[(OLD, 'd_h * z + (d_heard @ params["U"]'
                            ' - d_u @ np.split(params["U"], 3)[2])')]),
        Mistake("the way of the other reset",
                "On the way to the old state r multiplies what comes out of U_n, as in the GRU "
                "that resets before the product. Here it multiplies what goes in.",
                swap=[(OLD, 'd_h * z + d_a[:, :-r.shape[1]] @ params["U"][:-r.shape[1]]'
                            ' + r * (d_a_n @ params["U"][-r.shape[1]:])')]),
        Mistake("the other GRU's way back",
                "That is the way back of the GRU that resets before the product, in all its lines: "
                "r meets h there, and U_n the reset h. Here r stands behind U_n: it meets u.",
                swap=[("d_r = d_a_n * u", 'd_r = (d_a_n @ np.split(params["U"], 3)[2]) * h_old'),
                      ("d_u = d_a_n * r", "d_u = d_a_n"),
                      ("d_heard.T @ h_old", "np.concatenate([d_a_r.T @ h_old, d_a_z.T @ h_old, "
                       "d_a_n.T @ (r * h_old)])"),
                      (OLD, 'd_h * z + d_a[:, :-r.shape[1]] @ params["U"][:-r.shape[1]]'
                            ' + r * (d_a_n @ params["U"][-r.shape[1]:])')]),
        Mistake("blocks of U transposed",
                "On the way to the old h each block of U is transposed once too often. The forward "
                "pass has h @ U_k.T; with rows as sequences, the way back has no transpose.",
                swap=[(OLD, 'd_h * z + sum(part @ block.T for part, block in '
                            'zip(np.split(d_heard, 3, axis=1), np.split(params["U"], 3)))')]),
        Mistake("the new state in d_U", "`d_U` is made with h_t. U multiplied the state before the "
                "step.", swap=[("d_heard.T @ h_old", 'd_heard.T @ new["h"]')]),
        Mistake("the reset state in d_U", "`d_U` is made with r h, in the candidate's block, as in "
                "the GRU that resets before the product.",
                swap=[("d_heard.T @ h_old", "np.concatenate([d_a_r.T @ h_old, d_a_z.T @ h_old, "
                       "d_a_n.T @ (r * h_old)])")]),
        Mistake("x for the old state", "`d_U` is made with x. That fits only where M = D: U "
                "multiplied the old state.", swap=[("d_heard.T @ h_old", "d_heard.T @ x")]),
        Mistake("a mean for b_n", "`d_b_n` is a mean over the batch. b_n was used once a sequence: "
                "it adds up.", swap=[("d_u.sum(axis=0)", "d_u.mean(axis=0)")]),
        Mistake("b_n not added up", "`d_b_n` has a row for each sequence. b_n is one for all: add "
                "up over the batch.", swap=[("d_u.sum(axis=0)", "d_u")]),
        order("zrn", "as Keras and ONNX have them"),
        order("nzr", "from the last equation to the first"),
        Mistake("joined along the batch",
                "`np.concatenate` without `axis=1` puts the errors below each other, as if they "
                "were more sequences. They belong side by side.",
                swap=[("d_a_n], axis=1)", "d_a_n])"), ("d_u], axis=1)", "d_u])")]),
        Mistake("U transposed as a whole", "On the way to the old h U is transposed. With a column "
                "for each sequence it would be; here a row is a sequence.",
                swap=[(OLD, 'd_h * z + d_heard @ params["U"].T')]),
    ],
    hints=(
        "Begin with the last equation: h_t hands its error to z, to the candidate and to the old "
        "state itself. Then through the tanh, and there to r and to u.",
        "z stands in two places, with a plus and a minus. In r * u each factor gets the other, and "
        "the error of the sum in which it stands is that of a_n.",
        "U and b_n hear of u, so you need two stacks: one with the candidate's error whole, for x "
        "and b, and one with that of u in its place, for h.",
    ),
    passed="With this and a loop from the end to the beginning a GRU learns. Look at the first way "
           "to the old state: d_h times z, past every matrix, as c's error went past them in the "
           "LSTM.",
)

"""A GRU with one unit, set by hand: it keeps a number, and turns its sign over when told."""

import itertools

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import GRU, unroll

STEPS, WITHIN, TURNS = 120, 0.05, 10
NAMES = ("W", "U", "b", "b_n", "V")


def sequences():
    """Inputs (T, B, 3) of value, set and turn, and what is to be said, (T, B); values up to 1."""
    rng = np.random.default_rng(11)
    often = np.array([0, 0.01, 0.03, 0.05, 0.1, 0.3, 0.5])
    values = rng.uniform(-1, 1, (STEPS, len(often)))
    orders = np.stack([rng.uniform(size=values.shape) < often,
                       rng.uniform(size=values.shape) < 0.25], -1)
    orders[0, 1:3], values[0, 1:3] = (True, False), (0.9, -0.5)
    orders[:, 0] = False, False
    orders[5, 0], values[5, 0] = (True, False), 0.8
    held, turns, due = np.zeros(len(often)), np.zeros(len(often), int), []
    for now, (setting, turning) in zip(values, orders.transpose(0, 2, 1)):
        turning &= ~setting & (turns < TURNS)
        turns = np.where(setting, 0, turns + turning)
        now[turning] = 0
        held = np.where(setting, now, np.where(turning, -held, held))
        due.append(held)
    return np.concatenate([values[..., None], orders], -1).astype(float), np.array(due)


X, DUE = sequences()
SET, TURN = X[..., 1] == 1, X[..., 2] == 1
IDLE = ~SET & ~TURN


def right(said):
    """Is it right, what was said, as a part of the largest value?"""
    return np.abs(said - DUE).max() < WITHIN


def malformed(got):
    """What is wrong with the shapes, or the numbers; None where nothing is."""
    for name, shape in {"W": (3, 3), "U": (3, 1), "b": (3,), "b_n": (1,)}.items():
        if np.shape(got[name]) != shape:
            return (f"`{name}` has shape {np.shape(got[name])}, expected {shape}: one unit, blocks "
                    "r z n, and the inputs value, set, turn.")
    if np.size(got["V"]) != 1:
        return f"`V` has shape {np.shape(got['V'])}, expected one number."
    for name in NAMES:
        array = np.asarray(got[name])
        if array.dtype.kind not in "biuf" or not np.isfinite(array).all():
            return f"`{name}` must consist of real, finite numbers."


def verify(args, got):
    """None where it does its work; the name of a mistake, or a sentence, where it does not."""
    (largest,) = args
    said = malformed(got)
    if said:
        return said
    params = {name: np.asarray(got[name], float) for name in NAMES[:-1]}
    V = float(np.asarray(got["V"], float).ravel()[0]) / largest
    x = X * [largest, 1, 1]

    def passes(V, **changed):
        return right(V * unroll(GRU(3, 1), params | changed, x).outputs[..., 0])

    if passes(V):
        return None
    if passes(-V):
        return "the sign turned"
    turned = np.array([1, -1, 1])
    if passes(V, W=turned[:, None] * params["W"], U=turned[:, None] * params["U"],
              b=turned * params["b"]):
        return "the update gate the wrong way round"
    for order in itertools.permutations(range(3)):
        if passes(V, **{name: params[name][list(order)] for name in "WUb"}):
            return "blocks in another order"
    if passes(V, W=np.vstack([params["W"][0, [0, 2, 1]], params["W"][1:]])):
        return "r shut at a turn and open at a set"
    for order in itertools.permutations(range(3)):
        if passes(V, W=params["W"][:, order]):
            return "inputs exchanged"
    if passes(V, W=params["W"].T):
        return "rows for columns"
    if passes(V, b_n=np.zeros(1)):
        return "b_n speaks"
    if passes(V, U=params["U"] * [[0], [0], [1]]):
        return "a gate hears the state"
    return by_part(params, V, x, unroll(GRU(3, 1), params, x))


def by_part(params, V, x, run):
    """The first part that fails although the others do their duty."""
    said, u, b_n = x @ params["W"][2] + params["b"][2], params["U"][2, 0], params["b_n"][0]

    def played(r, z):
        """What is shown with the gates as given, (T, B) each, and the candidate as it is."""
        h, shown = np.zeros(X.shape[1]), []
        for t in range(STEPS):
            h = z[t] * h + (1 - z[t]) * np.tanh(said[t] + r[t] * (u * h + b_n))
            shown.append(h)
        return np.array(shown)

    r, z = 1.0 - SET, IDLE * 1.0
    shown = played(r, z)
    fitted = (shown * DUE).sum() / max((shown ** 2).sum(), 1e-300)
    if not right(fitted * shown):
        return candidate(params, np.abs(x[..., 0]).max())
    seen = {name: run.sequence(name)[..., 0] for name in "rz"}
    if not right(fitted * played(r, seen["z"])):
        if seen["z"][SET].mean() > 0.02:
            return "z stays open at a set"
        if seen["z"][TURN].mean() > 0.02:
            return "z stays open at a turn"
        return "the memory leaks away"
    if not right(fitted * played(seen["r"], z)):
        if seen["r"][SET].mean() > 0.02:
            return "r stays open at a set"
        return "r is not open at a turn"
    if not right(V * shown):
        return "the wrong scale" if abs(V / fitted - 1) > 0.15 else "bent by the tanh"
    return ("Each gate does its duty nearly well enough, and together they miss by too much. Push "
            "the pre-activations further from 0, on both sides.")


def candidate(params, largest):
    """What is wrong with a candidate that fails even behind gates that do their duty."""
    value, setting, turning = params["W"][2]
    bias, b_n, u = params["b"][2], params["b_n"][0], params["U"][2, 0]
    if abs(value) * largest < 1e-6:
        return "nothing to write"
    if max(abs(setting + bias), abs(turning + bias + b_n)) > 0.01 * abs(value) * largest:
        return "the candidate hears something else"
    if u > -0.2:
        return "nothing is turned over"
    return "it grows or shrinks at a turn" if abs(u + 1) > 0.004 else "bent by the tanh"


def probes(rng):
    for largest in (1.0, 10.0, 0.2, float(np.round(rng.uniform(2, 5), 1))):
        yield Probe(f"values up to {largest:g}", (largest,),
                    "Run your weights on a short sequence, as in the example, and look at h step "
                    "by step.")


R, Z, N = "[0.0, -20.0, 0.0]", "[0.0, -20.0, -20.0]", "[0.05 / largest, 0.0, 0.0]"
BIASES, SCALE = "[10.0, 10.0, 0.0]", "V = 20.0 * largest"
UN = "U = np.array([[0.0], [0.0], [-1.0]])"

EXERCISE = Code(
    title="Set, keep, turn over",
    level="open",
        statement=rf"""Set the gates yourself. A GRU with **one** unit reads three numbers a step: a
*value*, a *set* and a *turn*; set and turn are 0 or 1, and never both 1 at one step. It holds a
number, which is 0 at the beginning:

- at a step with set = 1 the number becomes the value;
- at a step with turn = 1 its sign is turned over (the value is 0 at these steps);
- at all other steps it stays as it is, for up to {STEPS} steps, whatever values go by.

At every step it says the number that it holds after that step: $y_t = V h_t$ with one number $V$.
Between two sets there are at most {TURNS} turns. It starts from $h_0 = 0$, and its step is

$$\begin{{aligned}}
r_t &= \sigma(W_r x_t + U_r h_{{t-1}} + b_r) \\
z_t &= \sigma(W_z x_t + U_z h_{{t-1}} + b_z) \\
n_t &= \tanh\bigl(W_n x_t + b_n + r_t\,(U_n h_{{t-1}} + b'_n)\bigr) \\
h_t &= z_t\, h_{{t-1}} + (1 - z_t)\, n_t
\end{{aligned}}$$

The values lie between $-s$ and $s$; your function is given $s$ as `largest` and returns `W` `(3,
3)` with a row for each of r, z, n and a column for each of value, set, turn; `U` `(3, 1)`, `b`
`(3,)`, `b_n` `(1,)` (which is $b'_n$) and the number `V`. There are many right answers: what the
network says must be right within a twentieth of $s$ at every step of several long sequences.

Here is another job, done by the same cell: say half of the value plus half of what was said
before.""",
    example='''from lstmlib.numpy import GRU, unroll

W = np.array([[0.0, 0.0, 0.0],        # r: wherever it stands
              [0.0, 0.0, 0.0],        # z: one half, always
              [0.1, 0.0, 0.0]])       # n: the value, written small
params = {"W": W, "U": np.zeros((3, 1)), "b": np.zeros(3),
          "b_n": np.zeros(1)}
x = np.array([[0.8, 0, 0], [0.4, 1, 0],       # value, set, turn
              [0.0, 0, 1], [0.2, 0, 0]])
run = unroll(GRU(3, 1), params, x[:, None])
print("value set turn     h  10 h")
for (v, order, turn), h in zip(x, run.outputs[:, 0, 0]):
    print(f"{v:5} {order:3.0f} {turn:4.0f} {h:5.3f} {10 * h:5.2f}")''',
    task="Now set, keep and turn over. When must each gate be open, and when shut? Write it down "
         "in words first.",
    starter='''def set_and_turn(largest):
    """W, U, b, b_n and V, for values from -largest to largest."""
    ...
    return W, U, b, b_n, V''',
    returns=NAMES,
    probes=probes,
    verify=verify,
    mistakes=[
        Mistake("the update gate the wrong way round",
                "With the signs of z's row turned your network does it. z keeps the old state "
                "here, in PyTorch and in Keras: open means kept. (In Chung's GRU, where z takes "
                "the new, yours is right.)",
                swap=[(Z, "[0.0, 20.0, 20.0]"), (BIASES, "[10.0, -10.0, 0.0]")]),
        Mistake("z stays open at a set",
                "At a set your z still keeps some of the old number. What is not kept is replaced: "
                "at a set z has to be shut, and far enough.", swap=[(Z, "[0.0, -10.0, -20.0]")]),
        Mistake("z stays open at a turn",
                "At a turn your z still keeps some of the old number, and the turned one gets what "
                "is left. Turning over is replacing, by something made of the old.",
                swap=[(Z, "[0.0, -20.0, 0.0]")]),
        Mistake("the memory leaks away",
                "Where nothing is ordered your z keeps too small a share: 0.99 looks like much, "
                "and after 120 steps 0.3 of it is left. Push its bias up, and see that no value "
                "moves it.", swap=[(BIASES, "[10.0, 4.0, 0.0]")]),
        Mistake("r stays open at a set",
                "At a set your candidate still hears the old number, and the new one is mixed with "
                "it. To set is to forget what was there: that is what r is for.",
                swap=[(R, "[0.0, 0.0, 0.0]")]),
        Mistake("r is not open at a turn",
                "At a turn your r is not, or not wholly, open, and the candidate hears too little "
                "of the old number to turn it over.", swap=[(BIASES, "[0.0, 10.0, 0.0]")]),
        Mistake("r shut at a turn and open at a set",
                "Your r hears the wrong order of the two. At which of them must the candidate know "
                "the old number?", swap=[(R, "[0.0, 0.0, -20.0]")]),
        Mistake("nothing is turned over",
                "Your candidate does not hear minus the old number: look at the sign of its entry "
                "in U, or whether it has one.", swap=[(UN, UN.replace("-1.0", "1.0"))]),
        Mistake("it grows or shrinks at a turn",
                "At a turn the number is not only turned, but made larger or smaller as well; ten "
                "turns later that shows. What must U_n be, for h to become -h?",
                swap=[(UN, UN.replace("-1.0", "-1.2"))]),
        Mistake("bent by the tanh",
                "Gates and signs are right, but each set and each turn goes through a tanh, and "
                "large numbers come out bent, ten turns running. Near 0 a tanh is as good as "
                "straight: write small, whatever `largest` is, and read large.",
                swap=[(N, "[0.5 / largest, 0.0, 0.0]"), (SCALE, "V = 2.0 * largest")]),
        Mistake("the candidate hears something else",
                "What is written is not the value, or not the value alone: set, turn or a bias "
                "speak in the candidate. The gates decide when; the candidate says what.",
                swap=[(N, "[0.05 / largest, 0.05, 0.0]")]),
        Mistake("nothing to write", "Your candidate does not hear the value, so nothing can be "
                "set.", swap=[(N, "[0.0, 0.0, 0.0]")]),
        Mistake("the wrong scale",
                "The right number is held, larger or smaller than it should be: V has to undo the "
                "weight with which it was written.", swap=[(SCALE, "V = largest")]),
        Mistake("the sign turned",
                "It says the right number with the other sign. Look at the signs of V and of the "
                "candidate's weight.", swap=[(SCALE, "V = -20.0 * largest")]),
        Mistake("blocks in another order",
                "With its blocks in another order your network does it. They are r, z, n, from the "
                "top: in W, U and b alike.",
                swap=[("return W, U, b, b_n, V",
                       "order = [1, 0, 2]; return W[order], U[order], b[order], b_n, V")]),
        Mistake("inputs exchanged",
                "With its columns in another order your network does it. The columns of W are "
                "value, set, turn.",
                swap=[("return W, U, b, b_n, V", "return W[:, [1, 0, 2]], U, b, b_n, V")]),
        Mistake("rows for columns",
                "With W turned around your network does it. W has a row for each of r, z, n and a "
                "column for each of value, set, turn.",
                swap=[("return W, U, b, b_n, V", "return W.T, U, b, b_n, V")]),
        Mistake("b_n speaks",
                "With b_n = 0 your network does it. Whenever r is open, b_n is written along with "
                "the old number.", swap=[("b_n = np.zeros(1)", "b_n = np.full(1, 0.02)")]),
        Mistake("a gate hears the state",
                "Without the first two entries of U your network does it: a gate listens to the "
                "number it is to keep. It has to know the orders only.",
                swap=[(UN, "U = np.array([[-400.0], [0.0], [-1.0]])")]),
    ],
    hints=(
        "Two questions. At which steps may the old number not stay as it is? And at which of these "
        "must the candidate know it, and at which not?",
        "A gate that is open unless told: bias 10, and -20 on what shuts it. One of the gates "
        "hears one of the two orders, the other both.",
        "With its gate open and a value of 0 the candidate is tanh(U_n h). What must U_n be, and "
        "how small must h be, for that to be -h, ten times running? V makes up for it.",
    ),
    passed="z says when to write, r whether what is written knows of the past: to set is to "
           "write and forget, to turn over is to write and remember. An LSTM does it with three "
           "gates.",
)

"""An LSTM with one unit, set by hand: it keeps the last marked number and says it when asked."""

import itertools

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import LSTM, unroll

STEPS, WITHIN = 150, 0.05


def sequences():
    """Inputs (T, B, 3) of value, mark and ask, and what is to be said, (T, B); values up to 1."""
    rng = np.random.default_rng(150)
    often = np.array([0, 0, 0.02, 0.05, 0.1, 0.3, 0.5])
    values = rng.uniform(-1, 1, (STEPS, len(often)))
    mark = rng.uniform(size=values.shape) < often
    mark[0, :2], values[0, :2] = True, (0.9, -0.5)
    ask = ~mark & (rng.uniform(size=values.shape) < 0.2)
    mark[-1], ask[-1] = False, True
    held, due = np.zeros(len(often)), []
    for t in range(STEPS):
        held = np.where(mark[t], values[t], held)
        due.append(held * ask[t])
    return np.stack([values, mark, ask], -1).astype(float), np.array(due)


X, DUE = sequences()
MARK, ASK = X[..., 1] == 1, X[..., 2] == 1


def right(said):
    """Is it right, what was said, as a part of the largest value?"""
    return np.abs(said - DUE).max() < WITHIN


def played(i, f, g, o):
    """What is shown, h, if the gates and the candidate stand as given, each (T, B)."""
    c, shown = np.zeros(X.shape[1]), []
    for t in range(STEPS):
        c = f[t] * c + i[t] * g[t]
        shown.append(o[t] * np.tanh(c))
    return np.array(shown)


def verify(args, got):
    (largest,) = args
    said = malformed(got)
    if said:
        return said
    W, U, b = (np.asarray(got[name], float) for name in ("W", "U", "b"))
    V = float(np.asarray(got["V"], float).ravel()[0]) / largest

    def run(W, U, b):
        return unroll(LSTM(3, 1), {"W": W, "U": U, "b": b}, X * [largest, 1, 1])

    def passes(W, U, b, V):
        return right(V * run(W, U, b).outputs[..., 0])

    if passes(W, U, b, V):
        return None
    if passes(W, U, b, -V):
        return "the sign turned"
    for order in itertools.permutations(range(4)):
        if passes(W[list(order)], U[list(order)], b[list(order)], V):
            return "blocks in another order"
    for order in itertools.permutations(range(3)):
        if passes(W[:, order], U, b, V):
            return "inputs exchanged"
    if U.any() and passes(W, 0 * U, b, V):
        return "it hears itself"
    seen = run(W, U, b)
    return by_part({name: seen.sequence(name)[..., 0] for name in "ifgo"}, V)


def malformed(got):
    for name, shape in {"W": (4, 3), "U": (4, 1), "b": (4,)}.items():
        array = np.asarray(got[name])
        if array.shape != shape:
            return (
                f"`{name}` has shape {array.shape}, expected {shape}: a row for each of the blocks"
                " i f g o"
                + (", a column for each of the three inputs." if name == "W" else ".")
            )
    if np.size(got["V"]) != 1:
        return f"`V` has shape {np.shape(got['V'])}, expected one number."
    for name, array in got.items():
        if np.asarray(array).dtype.kind not in "biuf" or not np.isfinite(array).all():
            return f"`{name}` must consist of real, finite numbers."


def by_part(seen, V):
    """The first part that fails although all others do their duty."""
    duty = {"i": MARK * 1.0, "f": 1.0 - MARK, "o": ASK * 1.0}
    shown = played(**duty, g=seen["g"])
    if not shown.any():
        return "nothing to write"
    fitted = (shown * DUE).sum() / (shown**2).sum()
    if not right(fitted * shown):
        near_0 = seen["g"][np.abs(X[..., 0]) < 0.05]
        pure = np.abs(near_0).max() < 0.2 * np.abs(seen["g"]).max()
        return "bent by the tanh" if pure else "the candidate hears something else"
    for name, judged in (("i", input_gate), ("f", forget_gate), ("o", output_gate)):
        if not right(fitted * played(**{**duty, name: seen[name]}, g=seen["g"])):
            return judged(seen[name])
    if not right(V * shown):
        return "bent by the tanh" if 0.85 < V / fitted < 1.15 else "the wrong scale"
    return (
        "Each gate does its duty nearly well enough, and together they miss by too much. "
        "Push the pre-activations further from 0, on both sides."
    )


def input_gate(i):
    if max(np.ptp(i[MARK]), np.ptp(i[~MARK])) > 0.1:
        return "the input gate hears something else"
    return "the input gate stays shut at a mark" if i[MARK].mean() < 0.9 else "the input gate leaks"


def forget_gate(f):
    idle = ~MARK & ~ASK
    if f[MARK].mean() > 0.5 > f[idle].mean():
        return "the forget gate the wrong way round"
    if f[MARK].mean() > 0.05:
        return "the forget gate stays open at a mark"
    return (
        "asking clears the memory"
        if f[ASK].mean() < f[idle].mean() - 0.1
        else "the memory leaks away"
    )


def output_gate(o):
    return (
        "the output gate stays shut at an ask" if o[ASK].mean() < 0.9 else "the output gate leaks"
    )


def probes(rng):
    for largest in (1.0, 10.0, 0.2, float(np.round(rng.uniform(2, 5), 1))):
        yield Probe(
            f"values up to {largest:g}",
            (largest,),
            "Run your weights on a short sequence, as in the example, and look at c step by step.",
        )


IN, KEEP, NEW, OUT = (
    "[0.0, 20.0, 0.0]",
    "[0.0, -20.0, 0.0]",
    "[0.1 / largest, 0.0, 0.0]",
    "[0.0, 0.0, 20.0]",
)
BIASES, SCALE = "[-10.0, 10.0, 0.0, -10.0]", "V = 10.0 * largest"

EXERCISE = Code(
    title="The last marked number",
    level="open",
    statement=f"""Set the switches yourself. An LSTM with **one** unit reads three numbers a step: a *value*, a *mark* and an *ask*; mark and ask are 0 or 1, and never both 1 at one step. It shall

- keep the number that was marked last, whatever values go by, for up to {STEPS} steps,
- say it at each step with ask = 1 (0, if nothing has been marked yet; it may be asked many times),
- and keep silent, that is say 0, at all other steps.

What it says is $y_t = V h_t$ with one number $V$. It starts from $h_0 = c_0 = 0$, and its step is

$$\\begin{{aligned}}
a_t &= W x_t + U h_{{t-1}} + b \\\\
i, f, o &= \\sigma(a_i), \\sigma(a_f), \\sigma(a_o) \\qquad g = \\tanh(a_g) \\\\
c_t &= f_t \\odot c_{{t-1}} + i_t \\odot g_t \\\\
h_t &= o_t \\odot \\tanh(c_t)
\\end{{aligned}}$$

With one unit, $W$ has four rows, for i, f, g and o, and three columns, for value, mark and ask. The values lie between $-s$ and $s$; your function is given $s$ as `largest` and returns `W` `(4, 3)`, `U` `(4, 1)`, `b` `(4,)` and the number `V`. There are many right answers: what the network says must be right within a twentieth of $s$ at every step of several long sequences.

Here is another job, done by the same cell: count the marks, and show a tenth for each, always.""",
    example="""from lstmlib.numpy import LSTM, unroll

W = np.array([[0.0, 20.0, 0.0],       # i: open at a mark, by 20 - 10
              [0.0, 0.0, 0.0],        # f: always open, by its bias
              [0.0, 0.0, 0.0],        # g: always about 0.1, by its bias
              [0.0, 0.0, 0.0]])       # o: always open, by its bias
U = np.zeros((4, 1))
b = np.array([-10.0, 10.0, 0.1, 10.0])
x = np.array([[0.3, 0, 0], [0.5, 1, 0],       # value, mark, ask
              [-0.2, 0, 1], [0.9, 1, 0]])
run = unroll(LSTM(3, 1), {"W": W, "U": U, "b": b}, x[:, None])
c = [state["c"][0, 0] for state in run.history[1:]]
print("value mark ask      c      h")
for (v, mark, ask), now, h in zip(x, c, run.outputs[:, 0, 0]):
    print(f"{v:5} {mark:4.0f} {ask:3.0f} {now:6.3f} {h:6.3f}")""",
    task=(
        "Now the keeper of the last marked number: when must each gate be open, and when shut?"
        " Write it down in words first."
    ),
    starter='''def last_marked(largest):
    """W, U, b and V, for values from -largest to largest."""
    U = np.zeros((4, 1))
    ...
    return W, U, b, V''',
    returns=("W", "U", "b", "V"),
    probes=probes,
    verify=verify,
    mistakes=[
        Mistake(
            "the input gate leaks",
            "Where nothing is marked, your input gate is not shut far enough: some of each value"
            " gets in, and over 150 steps even a hundredth adds up. Its bias must be so negative"
            " that σ of it is below a thousandth or so.",
            swap=[(BIASES, "[-3.0, 10.0, 0.0, -10.0]"), (IN, "[0.0, 13.0, 0.0]")],
        ),
        Mistake(
            "the input gate stays shut at a mark",
            "At a mark your input gate is not open: little or nothing of the number is written. The"
            " weight on the mark must outweigh the bias, and by several units.",
            swap=[(IN, "[0.0, 5.0, 0.0]")],
        ),
        Mistake(
            "the input gate hears something else",
            "Your input gate moves with the value, with the ask or with its own h. It has to know"
            " one thing only: is there a mark?",
            swap=[(IN, "[20.0, 20.0, 0.0]")],
        ),
        Mistake(
            "the forget gate stays open at a mark",
            "At a mark, what was kept before is still there, and the new number is added to it."
            " When the new one comes in, the old one must go.",
            swap=[(KEEP, "[0.0, 0.0, 0.0]")],
        ),
        Mistake(
            "the forget gate the wrong way round",
            "Your forget gate is open at a mark and shut otherwise. Open means kept: it has to be"
            " open all the time, but for the marks.",
            swap=[(KEEP, "[0.0, 20.0, 0.0]"), (BIASES, "[-10.0, -10.0, 0.0, -10.0]")],
        ),
        Mistake(
            "the memory leaks away",
            "Between mark and ask your forget gate keeps too small a share: 0.99 looks like much,"
            " and after 150 steps 0.22 of it is left. Push its bias up.",
            swap=[(BIASES, "[-10.0, 5.0, 0.0, -10.0]")],
        ),
        Mistake(
            "asking clears the memory",
            "Your forget gate shuts when somebody asks, so the second ask finds nothing. Showing is"
            " the output gate's business alone.",
            swap=[(KEEP, "[0.0, -20.0, -20.0]")],
        ),
        Mistake(
            "the output gate leaks",
            "Your network speaks unasked: the output gate is not shut where ask is 0. Look at its"
            " bias, and at what else opens it.",
            swap=[(BIASES, "[-10.0, 10.0, 0.0, -1.0]")],
        ),
        Mistake(
            "the output gate stays shut at an ask",
            "When asked, your network says too little: the output gate is not open. The weight on"
            " the ask must outweigh the bias, and by several units.",
            swap=[(OUT, "[0.0, 0.0, 9.0]")],
        ),
        Mistake(
            "bent by the tanh",
            "Gates and memory do their duty, but the number goes through two tanhs, and large"
            " numbers come out bent: 0.5 and 1 are not one to two any more. Near 0 a tanh is as"
            " good as straight: write small, whatever `largest` is, and read large.",
            swap=[(NEW, "[1.0 / largest, 0.0, 0.0]"), (SCALE, "V = 1.56 * largest")],
        ),
        Mistake(
            "the candidate hears something else",
            "What is written is not the value, or not the value alone: mark, ask or a bias speak in"
            " the candidate. The gates decide when; the candidate says what.",
            swap=[(NEW, "[0.1 / largest, 0.1, 0.0]")],
        ),
        Mistake(
            "nothing to write",
            "Your candidate is 0 whatever comes in, so there is nothing to write. Which input shall"
            " be kept?",
            swap=[(NEW, "[0.0, 0.0, 0.0]")],
        ),
        Mistake(
            "the wrong scale",
            "The right number is kept and shown at the right steps, larger or smaller than it"
            " should be: V has to undo the weight with which it was written.",
            swap=[(SCALE, "V = largest")],
        ),
        Mistake(
            "the sign turned",
            "It says the right number with the other sign. Look at the signs of V and of the"
            " candidate's weight.",
            swap=[(SCALE, "V = -10.0 * largest")],
        ),
        Mistake(
            "blocks in another order",
            "With its rows in another order your network does it. The rows are i, f, g, o, from the"
            " top: for W, U and b alike.",
            swap=[
                (
                    "return W, U, b, V",
                    "order = [0, 1, 3, 2]; return W[order], U[order], b[order], V",
                )
            ],
        ),
        Mistake(
            "inputs exchanged",
            "With its columns in another order your network does it. The columns of W are value,"
            " mark, ask.",
            swap=[("return W, U, b, V", "return W[:, [0, 2, 1]], U, b, V")],
        ),
        Mistake(
            "it hears itself",
            "Without U your network does it. When it speaks, it hears its own h a step later, and a"
            " gate or the candidate is moved by that.",
            swap=[("U = np.zeros((4, 1))", "U = np.full((4, 1), 200.0)")],
        ),
    ],
    hints=(
        (
            "Three questions, one for each gate. When must the number come in? When must the old"
            " one go? When must it be shown? Each has one input as its answer."
        ),
        (
            "A gate that is shut unless told: bias -10, and 20 on what tells it. A gate that is"
            " open unless told: the other way around. Two of the gates hear the same input."
        ),
        (
            "For the candidate: a number up to 0.1 passes both tanhs almost straight. With which"
            " weight is that so for values up to `largest`, and what must V be to make up for it?"
        ),
    ),
    passed=(
        "Input gate for the moment of writing, forget gate for the moment of clearing, output gate"
        " for the moment of showing: one number, protected for 150 steps among noise, which no"
        " plain unit can do."
    ),
)

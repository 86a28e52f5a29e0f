"""A cell of 1997, its weights set by hand, that keeps the last letter of a stream: what was written has to be undone."""

import itertools

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

STEPS = 1500


def streams():
    """Inputs (T, B, 3) of T, P and a number, and the last letter so far, 1 or -1, (T, B)."""
    rng = np.random.default_rng(1997)
    often = np.repeat([0.0, 0.003, 0.03, 0.3, 1.0], 6)
    is_T = np.tile([0.05, 0.2, 0.5, 0.5, 0.8, 0.95], 5)
    letter = rng.uniform(size=(STEPS, len(often))) < often
    letter[0] = True
    sign = np.where(rng.uniform(size=letter.shape) < is_T, 1.0, -1.0)
    sign[0, :3], sign[0, 3:6] = 1, -1
    number, last, due = rng.uniform(-1, 1, letter.shape), np.zeros(len(often)), []
    for now, which in zip(letter, sign):
        last = np.where(now, which, last)
        due.append(last)
    return np.stack([letter & (sign > 0), letter & (sign < 0), number], -1).astype(float), np.array(due)


X, DUE = streams()


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def run(W, U, b, x):
    """Gates and states of the cell of 1997 with one unit, from zeros: a dict of (T, B) each."""
    h, c, found = np.zeros(x.shape[1]), np.zeros(x.shape[1]), []
    into = x @ W.T + b
    with np.errstate(all="ignore"):
        for a in into:
            a = a + h[:, None] * U[:, 0]
            squashed = sigmoid(a)
            i, g, o = squashed[:, 0], 4 * squashed[:, 1] - 2, squashed[:, 2]
            c = c + i * g
            h = o * (2 * sigmoid(c) - 1)
            found.append((i, g, o, c, h))
    return dict(zip("igoch", np.moveaxis(np.array(found), 1, 0)))


def letters(word, silence=0):
    """Inputs of one sequence: these letters in silence, then nothing for a while."""
    x = np.zeros((len(word) + silence, 1, 3))
    for t, letter in enumerate(word):
        if letter != "-":
            x[t, 0, "TP".index(letter)] = 1
    return x


def verify(args, got):
    (level,) = args
    said = malformed(got)
    if said:
        return said
    W, U, b = (np.asarray(got[name], float) for name in ("W", "U", "b"))

    def passes(W, U, b, sign=1):
        return all((run(W, U, b, X[:T])["h"] * DUE[:T] * sign >= level).all() for T in (50, STEPS))

    if passes(W, U, b):
        return None
    if passes(W, U, b, -1):
        return "T and P exchanged"
    for order in itertools.permutations(range(3)):
        if passes(W[list(order)], U[list(order)], b[list(order)]):
            return "blocks in another order"
    for order in itertools.permutations(range(3)):
        if passes(W[:, order], U, b):
            return "inputs exchanged"
    return by_behaviour(W, U, b, level) or told(W, U, b, level)


def malformed(got):
    for name, shape in {"W": (3, 3), "U": (3, 1), "b": (3,)}.items():
        array = np.asarray(got[name])
        if array.shape != shape:
            four = array.ndim and len(array) == 4
            return f"`{name}` has shape {array.shape}, expected {shape}: " + (
                "the cell of 1997 has three blocks, i g o, and no forget gate."
                if four else "a row for each of the blocks i g o."
            )
        if array.dtype.kind not in "biuf" or not np.isfinite(array).all():
            return f"`{name}` must consist of real, finite numbers."


def by_behaviour(W, U, b, level):
    """Letters in silence first, one question at a time; then silence, then the numbers."""
    def shown(word, silence=0):
        return run(W, U, b, letters(word, silence))

    once = {letter: shown(letter) for letter in "TP"}
    if max(seen["o"][-1, 0] for seen in once.values()) < 0.1:
        return "the output gate stays shut"
    size = {letter: abs(seen["c"][-1, 0]) for letter, seen in once.items()}
    if max(size.values()) < 0.01:
        return "nothing is written"
    if size["T"] * size["P"] > 0 and once["T"]["c"][-1, 0] * once["P"]["c"][-1, 0] > 0:
        return "both letters write the same way"
    if min(size.values()) < 0.01:
        return "only one letter writes"
    many, few = (np.abs(shown("T" * n)["c"][-1, 0]) for n in (60, 6))
    if many > 3 * few:
        return "it piles up"
    signs = [shown(letter * 40)["h"][:, 0] * sign for letter, sign in (("T", 1), ("P", -1))]
    if min(each[1:].min() for each in signs) < 0:
        return "undone too much"
    if min(abs(shown(letter * 40)["c"][-2:, 0]).max() for letter in "TP") > 1:
        return "too far out"
    switched = [shown(one * 40 + other) for one, other in ("TP", "PT")]
    if switched[0]["h"][-1, 0] > -level / 2 or switched[1]["h"][-1, 0] < level / 2:
        return "too weak to switch"
    quiet = [shown(letter, STEPS)["h"][:, 0] for letter in "TP"]
    if min(each[-1] / each[0] for each in quiet) < 0.7 or max(each[-1] / each[0] for each in quiet) > 1.4:
        return "the input gate leaks"
    silent = X * [1, 1, 0]
    if (run(W, U, b, silent)["h"] * DUE >= level).all():
        return "the numbers get in"
    if (run(W, U, b, silent)["h"] * DUE > 0).all():
        return "too small"


def told(W, U, b, level):
    h = run(W, U, b, X)["h"]
    t, k = np.unravel_index((h * DUE).argmin(), h.shape)
    return (
        f"Nearly. At the worst step h is {h[t, k]:.3f}, where it should be "
        + (f"at least {level:g}" if DUE[t, k] > 0 else f"at most -{level:g}")
        + f" (step {t + 1} of a stream whose last letter was a {'T' if DUE[t, k] > 0 else 'P'}; c = "
        f"{run(W, U, b, X)['c'][t, k]:.3f}). Try long runs of one letter, then the other, and a long silence."
    )


def probes(rng):
    for level in (0.1, 0.2, 0.3):
        yield Probe(
            f"level {level:g}",
            (level,),
            "Run your weights on T, T, P, then silence, as in the example, and look at c step by"
            " step.",
        )


IN, NEW = "[20.0, 20.0, 0.0]", "[w, -w, 0.0]"
LISTENS, BIASES = "np.array([[0.0], [u], [0.0]])", "np.array([-12.0, 0.0, 10.0])"

EXERCISE = Code(
    title="To forget without a forget gate",
    level="open",
    statement=rf"""A cell of 1997 with **one** unit reads a stream of letters and numbers. Its step has no forget gate:

$$\begin{{aligned}}
a_t &= W x_t + U h_{{t-1}} + b \\
i_t &= \sigma(a_i) \qquad o_t = \sigma(a_o) \\
g_t &= 4\,\sigma(a_g) - 2 \\
c_t &= c_{{t-1}} + i_t\, g_t \\
h_t &= o_t\, (2\,\sigma(c_t) - 1)
\end{{aligned}}$$

The input $x_t$ has three entries: the first is 1 where a **T** comes and else 0, the second is 1 where a **P** comes and else 0, and the third is a **number** between $-1$ and $1$, another at every step, which means nothing. Most steps of some streams bring no letter; in others there is one at every step, often the same many times in a row.

The unit shall show which letter came **last**: from its step on and until the next letter comes, $h_t \geq \ell$ after a T and $h_t \leq -\ell$ after a P, through {STEPS:,} steps, from $h_0 = c_0 = 0$, at every single step. Your function is given $\ell$ as `level` (0.1, 0.2 and 0.3 are tried) and returns `W` $(3, 3)$, `U` $(3, 1)$ and `b` $(3,)$, rows in the order i g o. There are many right answers; yours is run on thirty streams.

Nothing that was ever written wears off. So how can a P take the place of five T?""",
    example="""def watch(W, U, b, inputs):
    \"\"\"Run one unit of the cell of 1997, and print c and h.\"\"\"
    h = c = 0.0
    for x in inputs:
        i, g, o = 1 / (1 + np.exp(-(W @ x + U[:, 0] * h + b)))
        c = c + i * (4 * g - 2)
        h = o * (2 / (1 + np.exp(-c)) - 1)
        print(x, f"c = {c:6.3f}  h = {h:6.3f}")


# T writes 1, P writes -1, and nobody looks at what is there already.
T, P, neither = [1, 0, 0.0], [0, 1, 0.0], [0, 0, 0.5]
W = np.array([[20, 20, 0], [1.1, -1.1, 0], [0, 0, 0.0]])
watch(W, np.zeros((3, 1)), np.array([-12, 0, 10.0]), [T, T, neither, P])""",
    task="After two T a single P does not do. Set the weights so that it does; five to ten lines. Work out on paper first what has to be written in each of the four cases, T or P coming in, T or P in the memory.",
    starter='''def without_forgetting(level):
    """W, U and b of a cell of 1997 that keeps the last letter."""
    ...
    return W, U, b''',
    returns=("W", "U", "b"),
    probes=probes,
    verify=verify,
    mistakes=[
        Mistake(
            "it piles up",
            "Many T in a row make c larger and larger, and then one P can't bring it below 0: a"
            " step writes less than 2. What is there already has to count: the candidate can hear"
            " it, through h and U, and with which sign?",
            swap=[(LISTENS, "np.zeros((3, 1))")],
        ),
        Mistake(
            "undone too much",
            "The second of two equal letters turns the sign of h: the candidate listens to h too"
            " strongly, and takes away more than there was. After a T, another T should write"
            " nothing, or nearly.",
            swap=[("u = -w / aim", "u = -4 * w / aim")],
        ),
        Mistake(
            "too far out",
            "After many equal letters c stands further out than 1. A step can take away less than"
            " 2, so the other letter can't bring it to its own side. Where does c come to rest?"
            " Where the candidate has nothing more to write, that is where a = 0.",
            swap=[("u = -w / aim", "u = -w / 0.6")],
        ),
        Mistake(
            "too weak to switch",
            "After one letter the other one does not bring h over to its own side, or only just. In"
            " one step c has to go from where it rests on the one side to the other: how much is"
            " that, and does the candidate, times the open input gate, come to so much?",
            swap=[(IN, "[12.0, 12.0, 0.0]")],
        ),
        Mistake(
            "the input gate leaks",
            "In a long silence h does not stay: the input gate lets something in at every step, and"
            " a thousand steps add up. Its bias has to be so negative that σ of it is a hundred"
            " thousandth or less, and only letters may open it, not h.",
            swap=[(BIASES, "np.array([-6.0, 0.0, 10.0])")],
        ),
        Mistake(
            "the numbers get in",
            "With the numbers set to 0 these weights do all that is asked; with them they do not."
            " Nobody needs to hear the third input.",
            swap=[(NEW, "[w, -w, w]"), (IN, "[20.0, 20.0, 3.0]")],
        ),
        Mistake(
            "both letters write the same way",
            "A T and a P move c to the same side. In the candidate's row they need different"
            " signs, and the bias must not outweigh them.",
            swap=[(NEW, "[w, w, 0.0]")],
        ),
        Mistake(
            "only one letter writes",
            "One of the letters writes nothing into an empty memory. The input gate has to open for"
            " both, and the candidate to hear both.",
            swap=[(IN, "[20.0, 0.0, 0.0]")],
        ),
        Mistake(
            "nothing is written",
            "After a letter c is still 0, or nearly. Does the input gate open, and has the"
            " candidate something to write?",
            swap=[(NEW, "[0.0, 0.0, 0.0]")],
        ),
        Mistake(
            "the output gate stays shut",
            "The output gate is shut after a letter, so h is nearly 0, and U hears nothing either."
            " It has to be open at every step.",
            swap=[(BIASES, "np.array([-12.0, 0.0, -10.0])")],
        ),
        Mistake(
            "T and P exchanged",
            "It keeps the last letter, with the signs exchanged: T should be above 0, P below.",
            swap=[(NEW, "[-w, w, 0.0]")],
        ),
        Mistake(
            "too small",
            "It keeps the last letter by its sign, but h comes nearer to 0 than `level`, after one"
            " letter or after both. Let c rest further out, on both sides.",
            swap=[("aim = 1.15 * level", "aim = 0.8 * level")],
        ),
        Mistake(
            "blocks in another order",
            "With its rows in another order it does all that is asked. They stand i g o, from the"
            " top: for W, U and b alike.",
            swap=[("return W, U, b", "order = [0, 2, 1]; return W[order], U[order], b[order]")],
        ),
        Mistake(
            "inputs exchanged",
            "With its columns in another order it does all that is asked. The columns of W are T,"
            " P, number.",
            swap=[("return W, U, b", "return W[:, [2, 0, 1]], U, b")],
        ),
    ],
    hints=(
        "Let c rest at m after a T and at -m after a P. In the four cases the step has to write 0,"
        " 0, 2m and -2m. Which of them depends on the letter, which on the memory?",
        "The input gate opens for letters only, the output gate is always open, and the candidate"
        " hears the letter and h: a = w + u h at a T, -w + u h at a P. For a T that finds a T,"
        " a should be 0.",
        "4σ(a) - 2 is 2 tanh(a / 2). With h = tanh(m / 2) at rest: the first wish gives u, and"
        " 2 tanh(w) = 2m gives w. Begin with the m that belongs to a little more than `level`.",
    ),
    passed="It forgets by undoing: it sees what it holds, through h, and writes the difference."
    " Trained cells of 1997 found such ways on the stream too, if errors could travel through h. A"
    " forget gate does it with one weight.",
)

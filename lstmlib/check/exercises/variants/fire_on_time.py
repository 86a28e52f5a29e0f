"""Open: a unit with peepholes, set by hand, that counts in silence and fires on time."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

LOUD, QUIET, LARGEST, REST = 0.5, 0.05, 1e6, 500
OTHER_ORDERS = [("ifog", "ifo"), ("iofg", "iof"), ("ifgo", "iof")]


def probes(rng):
    for k in (5, 1, 12, 40):
        yield Probe(f"k = {k}", (k,), "Run your weights on silence, a spike, silence, as in the"
                    " example, and look at c and the gates step by step.")


def run(W, b, p, x):
    """c, h and the gates of one unit that hears the line x alone, each as long as x."""
    sigmoid = lambda a: (1 + np.tanh(a / 2)) / 2
    c, found = 0.0, []
    for line in x:
        a = W * line + b
        i, f = sigmoid(a[0] + p[0] * c), sigmoid(a[1] + p[1] * c)
        c = f * c + i * np.tanh(a[2])
        o = sigmoid(a[3] + p[2] * c)
        found.append((c, o * np.tanh(c), o))
    return np.array(found).T


def spikes(at, T):
    x = np.zeros(T)
    x[list(at)] = 1
    return x


def due(x, k):
    """Where it has to fire: k steps after each spike."""
    return np.r_[np.zeros(k), x[:-k]] > 0


def right(h, x, k):
    """At each step: as it should be?"""
    return np.where(due(x, k), h > LOUD, np.abs(h) < QUIET)


def verify(args, got):
    k, = args
    W, b, p = (np.asarray(got[name], dtype=float) for name in ("W", "b", "p"))
    for name, value, size in (("W", W, 4), ("b", b, 4), ("p", p, 3)):
        if value.shape != (size,):
            return f"{name} has shape {value.shape}, expected ({size},)."
        if not np.isfinite(value).all() or np.abs(value).max() > LARGEST:
            return f"{name} holds a number that is not finite or beyond ±{LARGEST:,.0f}."
    said = judged(W, b, p, k)
    if said:
        for blocks, rows in OTHER_ORDERS:
            put, looks = ([order.index(gate) for gate in plain]
                          for order, plain in ((blocks, "ifgo"), (rows, "ifo")))
            if judged(W[put], b[put], p[looks], k) is None:
                return "the blocks in another order"
    return said


def judged(W, b, p, k):
    """What is wrong with these weights, if something is."""
    silent = run(W, b, p, np.zeros(REST))[1]
    if (np.abs(silent) >= QUIET).any():
        return "it fires without a spike"
    x = spikes([3], 3 * k + 40)
    said = one_spike(W, b, p, x, k)
    if said:
        return said
    x = spikes([REST], REST + k + 5)
    if not right(run(W, b, p, x)[1], x, k).all():
        return "it counts while it waits"
    x = spikes([3], k + REST)
    if not right(run(W, b, p, x)[1], x, k).all():
        return "it fires again"
    x = spikes([2, 2 + 2 * k + 30], 4 * k + 60)
    if not right(run(W, b, p, x)[1], x, k).all():
        return "the second time it is wrong"
    lines = [np.full(12, k + 2)]
    for seed in range(3):
        lines.append(k + 1 + np.random.default_rng(seed).integers(1, 2 * k + 20, size=12))
    for between in lines:
        x = spikes(np.cumsum(between), 42 * k + 300)
        h = run(W, b, p, x)[1]
        if not right(h, x, k).all():
            wrong = int(np.argmin(right(h, x, k)))
            since = wrong - int(np.flatnonzero(x[:wrong + 1])[-1]) if x[:wrong + 1].any() else wrong
            return (f"Single spikes are answered as they should be. In a line with twelve spikes h"
                    f" is {h[wrong]:.2f} at a step that comes {since} steps after a spike, with"
                    f" k = {k}. Is the cell as it was at the beginning when the next spike comes?")
    return None


def one_spike(W, b, p, x, k):
    """What a single spike brings about, if it is not what it should."""
    c, h, o = run(W, b, p, x)
    if right(h, x, k).all():
        return None
    at = int(np.argmax(x))
    loud = np.flatnonzero(np.abs(h) >= QUIET) - at
    if not len(loud):
        if o[at + k] > LOUD:
            return "too little in the cell to be heard"
        return "the spike is not heard" if np.ptp(c) < 1e-6 else "it never fires"
    if 0 in loud:
        return "the spike itself is heard"
    if h[at + k] < -LOUD:
        return "it fires with the wrong sign"
    full = loud[h[at + loud] > LOUD]
    if k in full:
        after = loud[loud > k]
        if full[0] == k and loud[0] < k:
            return "it is heard while it counts"
        if loud[0] == k and after[0] == k + 1:
            return "it does not stop"
        if loud[0] == k and (full > k).any():
            return "it fires again"
        if loud[0] == k:
            return (f"It fires on time, and {after[0]} steps after the spike something is heard"
                    f" once more: h is {h[at + after[0]]:.2f} there. What is left in the cell?")
    if o[at + k] > LOUD and set(loud) <= {k}:
        return "too little in the cell to be heard"
    if list(full) == [k - 1] or list(full) == [k + 1]:
        return "one step too early" if full[0] < k else "one step too late"
    if len(full):
        steps = f"{full[0]} step{'s' * bool(full[0] > 1)}"
        more = ", and does not leave it at that" * (len(full) > 1)
        return f"After a spike it fires {steps} later{more}. Asked for is once, at k = {k}."
    most = int(np.argmax(h[at:]))
    return (f"With k = {k}, h is {h[at + k]:.2f} at the step where it should fire. Its largest"
            f" value after the spike is {h[at + most]:.2f}, {most} steps after it.")


DELTA, MARK, SHARP = "delta = 0.5 / k", "mark = 1 + (k - 0.5) * delta", "sharp = 60 / delta"
SPIKE, P = "W = np.array([spike, -spike, 20.0, 0.0])", "p = np.array([100.0, -sharp, sharp])"
B_I, B_F, B_O = "b_i = -p[0] * 0.75", "b_f = -p[1] * mark", "b_o = -p[2] * mark"

EXERCISE = Code(
    title="Fire on time",
    level="open",
    statement=rf"""One unit with peepholes hears one line, $x_t$: now and then there is a **spike**,
$x_t = 1$, and else silence, $x_t = 0$. It shall be silent itself, and **fire once, exactly $k$
steps after each spike**: $h_t > {LOUD}$ at that step, and $|h_t| < {QUIET}$ at every other one,
before the first spike, while it counts, and between firing and the next spike.

$$\begin{{aligned}}
i_t &= \sigma(w_i x_t + b_i + p_i c_{{t-1}}) \qquad f_t = \sigma(w_f x_t + b_f + p_f c_{{t-1}}) \\
g_t &= \tanh(w_g x_t + b_g) \\
c_t &= f_t c_{{t-1}} + i_t g_t \\
o_t &= \sigma(w_o x_t + b_o + p_o c_t) \qquad h_t = o_t \tanh(c_t)
\end{{aligned}}$$

with $c_0 = 0$. It does not hear its own $h$ (there is no $U$), and while it counts it is silent:
what it has in the cell it can only know through its peepholes.

The silence may last {REST} steps before the first spike and {REST} after it, and from one spike to
the next it is at least $k + 2$ steps, so that one count is over when the next begins. $k$ is given;
1, 5, 12 and 40 are tried. Return `W` $(4,)$ and `b` $(4,)$, in the order i f g o, and `p` $(3,)$,
in the order i f o. No number may be beyond a million.

There is no training: choose the weights. Below is a unit that counts the steps since a spike, and
can't keep it to itself.""",
    example="""def watch(W, b, p, x):
    \"\"\"Run one unit with peepholes on the line x, and print c, o and h.\"\"\"
    sigmoid = lambda a: (1 + np.tanh(a / 2)) / 2
    c = 0.0
    for t, line in enumerate(x):
        a = W * line + b
        i, f = sigmoid(a[0] + p[0] * c), sigmoid(a[1] + p[1] * c)
        c = f * c + i * np.tanh(a[2])
        o = sigmoid(a[3] + p[2] * c)
        h = o * np.tanh(c)
        print(f"{t}: x = {line}  c = {c:6.3f}  o = {o:.3f}  h = {h:6.3f}")


# o is always open; a spike clears c, and every silent step writes 0.1
W, b = np.array([-40.0, -40, 0, 0]), np.array([20.0, 20, 0.1003, 20])
watch(W, b, np.zeros(3), [0, 0, 1, 0, 0, 0])""",
    task="That one has no peepholes, is never silent, and counts whether or not there was a spike."
    " Decide first where $c$ rests, where it is after a spike, and how it moves from there; then"
    " who has to look at it, and at which mark. Eight to twelve lines.",
    starter='''def timer(k):
    """W, b and p of a unit that fires k steps after a spike."""
    ...
    return W, b, p''',
    returns=("W", "b", "p"),
    probes=probes,
    verify=verify,
    mistakes=[
        Mistake(
            "it fires without a spike",
            "In a long silence, without a single spike, h does not stay near 0. Something is"
            " written while it should wait (at rest the input gate must be shut, or the candidate"
            " 0), or the output gate does not stay shut on what is there.",
            swap=[(P, "p = np.array([0.0, -sharp, sharp])"), (B_I, "b_i = 20.0")],
        ),
        Mistake(
            "the spike is not heard",
            "The spike changes nothing in the cell. Look at W: something has to open the input gate"
            " and write.",
            swap=[(SPIKE, "W = np.zeros(4)")],
        ),
        Mistake(
            "the spike itself is heard",
            "h speaks up in the very step of the spike. The output gate must be shut there: it sees"
            " the new c.",
            swap=[(SPIKE, "W = np.array([spike, -spike, 20.0, 2 * spike])")],
        ),
        Mistake(
            "it never fires",
            "After a spike nothing is heard. Does c move while it counts, and does it ever pass the"
            " mark at which the output gate opens?",
            swap=[(B_I, "b_i = -p[0] * 1.2")],
        ),
        Mistake(
            "too little in the cell to be heard",
            "The output gate opens on time, and h is small all the same: h = o tanh(c), and there"
            " is too little in c. A count that has to be heard must end above 0.55.",
            source='''def timer(k):
    delta, sharp = 0.15 / k, 400.0 * k
    mark, spike = 0.3 + (k - 0.5) * delta, 2000.0 * k
    W = np.array([spike, -spike, np.arctanh(0.3) - np.arctanh(delta), 0.0])
    p = np.array([400.0, -sharp, sharp])
    return W, np.array([-90.0, sharp * mark, np.arctanh(delta), -sharp * mark]), p''',
        ),
        Mistake(
            "it fires with the wrong sign",
            "It fires on time, and h is negative there: c is. Count on the other side of 0.",
            source='''def timer(k):
    delta, sharp = 0.5 / k, 120.0 * k
    mark, spike = 1 + (k - 0.5) * delta, 600.0 * k
    W = np.array([spike, -spike, -20.0, 0.0])
    p = np.array([-100.0, sharp, -sharp])
    return W, np.array([-75.0, sharp * mark, -np.arctanh(delta), -sharp * mark]), p''',
        ),
        Mistake(
            "it does not stop",
            "It fires on time, and goes on. When it has fired the cell has to be emptied: which"
            " gate can do that, and by what can it know in silence that it is time?",
            swap=[(P, "p = np.array([100.0, 0.0, sharp])"), (B_F, "b_f = 20.0")],
        ),
        Mistake(
            "it fires again",
            "After one spike it is heard on time and, a while later, once more: when it has fired,"
            " it begins to count anew, or creeps back to the mark. Where c lands after the firing"
            " it has to rest: no gate may write there.",
            swap=[(P, "p = np.array([sharp, -sharp, sharp])"), (B_I, "b_i = -p[0] * delta / 2")],
        ),
        Mistake(
            "it is heard while it counts",
            "It fires on time, and is heard before: the output gate opens by and by. It has to be"
            " shut one step before the mark, and open at it: how large must p_o be, when two steps"
            " are so little apart?",
            swap=[(P, "p = np.array([100.0, -sharp, 20.0])")],
        ),
        Mistake(
            "one step too early",
            "It fires one step too early. The output gate sees the new c: go through the steps"
            " after the spike and count how often something has been written by step k.",
            swap=[(MARK, "mark = 1 + (k - 1.5) * delta")],
        ),
        Mistake(
            "one step too late",
            "It fires one step too late. The output gate sees the new c: go through the steps after"
            " the spike and count how often something has been written by step k.",
            swap=[(MARK, "mark = 1 + (k + 0.5) * delta")],
        ),
        Mistake(
            "it counts while it waits",
            "After a short silence it is on time; with a long one before the first spike it is"
            " not. Something gathers in the cell while nothing happens.",
            swap=[
                (P, "p = np.array([9.0, -sharp, sharp])"),
                (SPIKE, "W = np.array([spike, 0.0, 20.0, 0.0])"),
            ],
        ),
        Mistake(
            "the second time it is wrong",
            "The first spike is answered on time and the second is not: the second finds something"
            " in the cell that the first did not. Either nothing must be left, or a spike has to"
            " begin by clearing.",
            swap=[(SPIKE, "W = np.array([spike, 0.0, 20.0, 0.0])")],
        ),
        Mistake(
            "the blocks in another order",
            "These weights would do it, were they read in another order. W and b stand as i f g o,"
            " with the candidate third, and p stands as i f o.",
            swap=[
                (
                    "b = np.array([b_i, b_f, np.arctanh(delta), b_o])",
                    "W, b = W[[0, 1, 3, 2]], np.array([b_i, b_f, b_o, np.arctanh(delta)])",
                ),
            ],
        ),
    ],
    hints=(
        "Three states: rest, counting, full. Let each be a range of c, with room between them:"
        " rest below, counting above it, full at the top. A spike lifts c from rest into counting.",
        "The input gate sees by p_i whether c is in the counting range, and only then writes a"
        " small step; the output gate sees by p_o whether c is full. A gate that shall turn at a"
        " mark m has b = -p m, and the larger p, the sharper.",
        "A spike writes 1 and clears what was there (w_f very negative). Steps of 0.5 / k lead to"
        " 1.5; the mark of o, and with the other sign of f, lies half a step below. That of i lies"
        " at 0.75. p_o and p_f must be large against k.",
    ),
    passed="It counts, and says nothing till it is time: this is what a shut output gate hides and"
    " a peephole sees. Set to 0, p would leave you a unit that can't know when. Whether"
    " training finds such weights is another question.",
)

"""One step of an LSTM backwards, given what the forward pass has kept."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.check.exercises.backward import forward

NAMES = ("d_a", "d_W", "d_U", "d_b", "d_h_old", "d_c_old")


def probes(rng):
    def drawn(B, M, D, h=1.0, c=1.0, **fixed):
        params, x, (old, new) = forward(rng, 1, B, M, D, **fixed)
        errors = rng.uniform(0.4, 1.5, (2, B, D)) * rng.choice([-1, 1], (2, B, D))
        return (params, x[0], old, new, h * errors[0], c * errors[1]), {"B": B, "M": M, "D": D}

    args, sizes = drawn(1, 2, 1, h=0, U=np.zeros((4, 1)))
    yield Probe("only an error at c", args, "Here `d_h` is 0 and U is 0: the error comes in at c_t alone, goes into i, f and g, and on to c_{t-1}. "
                "Look at f * c_old + i * g, and at the slopes. `d_a` has one number for each of i, f, g, o here: which are off?", sizes)
    args, sizes = drawn(1, 2, 1, c=0, U=np.zeros((4, 1)))
    yield Probe("only an error at h", args, "Here `d_c` is 0 and U is 0: the error comes in at h_t alone. h = o * tanh(c) hands it to o, and to c, and from there it goes on to i, f, g and the old c. `d_a` has one number for each of i, f, g, o here.", sizes)
    args, sizes = drawn(2, 3, 5)
    yield Probe("both, a batch of two", args, "With U open and a second sequence something differs. Look at `d_h_old`, and at what is summed over the batch.", sizes)
    args, sizes = drawn(2, 3, 3)
    yield Probe("M = D", args, "This has as many inputs as units, so that a wrong matrix fits: look at each `@`.", sizes)
    args, sizes = drawn(1, 1, 1)
    yield Probe("one of each", args, "One sequence, one input, one unit: look for an axis that gets lost.", sizes)
    args, sizes = drawn(5, 2, 3)
    yield Probe("random numbers", args, "Everything is random here.", sizes)


def reference(params, x, old, new, d_h, d_c):
    """By complex step: each argument of the step is pushed, entry by entry."""
    D = d_h.shape[1]

    def loss(W, U, b, h, c, a_more):
        a = x @ W.T + h @ U.T + b + a_more
        share = 1 / (1 + np.exp(-a))
        c_new = share[:, D:2 * D] * c + share[:, :D] * np.tanh(a[:, 2 * D:3 * D])
        return (d_h * share[:, 3 * D:] * np.tanh(c_new) + d_c * c_new).sum()

    point = [params["W"], params["U"], params["b"], old["h"], old["c"], np.zeros((len(x), 4 * D))]
    found = []
    for k, value in enumerate(point):
        slope = np.empty(value.shape)
        for index in np.ndindex(value.shape):
            pushed = value.astype(complex)
            pushed[index] += 1e-20j
            slope[index] = loss(*point[:k], pushed, *point[k + 1:]).imag / 1e-20
        found.append(slope)
    d_W, d_U, d_b, d_h_old, d_c_old, d_a = found
    return d_a, d_W, d_U, d_b, d_h_old, d_c_old


def order(letters, whose):
    return Mistake(f"blocks in the order {' '.join(letters)}",
                   f"The four errors are right, and stand below each other as {' '.join(letters)}, which is the order of {whose}. "
                   "All shapes fit; each gate gets the error of another. Here the rows are i f g o.",
                   swap=[("[d_a_i, d_a_f, d_a_g, d_a_o]", "[" + ", ".join(f"d_a_{name}" for name in letters) + "]")])


def no_slope(name, word):
    return Mistake(f"no slope for the {word}", f"The error of {name} becomes that of a_{name} unchanged. Between the two stands a σ, and σ has a slope.",
                   swap=[(f"d_{name} * {name} * (1 - {name})", f"d_{name}")])


SIGMA_AGAIN = [(f"d_{name} * {name} * (1 - {name})", f"d_{name} / (1 + np.exp(-{name})) / (1 + np.exp({name}))") for name in "ifo"]

EXERCISE = Code(
    title="One step of an LSTM, backwards",
    level="standard",
    statement=r"""Forwards, a step of an LSTM makes $h_t$ and $c_t$ of $x_t$, $h_{t-1}$ and $c_{t-1}$:

$$\begin{aligned}
a_t &= W x_t + U h_{t-1} + b \\
i_t &= \sigma(a_i) \quad f_t = \sigma(a_f) \quad o_t = \sigma(a_o) \\
g_t &= \tanh(a_g) \\
c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
h_t &= o_t \odot \tanh(c_t)
\end{aligned}$$

$a_t$ consists of four blocks of $D$ rows, in the order $a_i, a_f, a_g, a_o$. ($g$ is the candidate, also written $\tilde c$.) Now the way back. Given are

- `params`: a dict with `"W"` $(4D, M)$, `"U"` $(4D, D)$ and `"b"` $(4D,)$; and `x` $(B, M)$, a row for each sequence;
- `old`: the state before the step, `old["h"]` and `old["c"]`, $(B, D)$;
- `new`: what the step has computed, `"i"`, `"f"`, `"g"`, `"o"`, `"c"`, `"h"`, each $(B, D)$, squashed already;
- `d_h`, $(B, D)$: the error at $h_t$, complete; and `d_c`, $(B, D)$: what step $t+1$ owes to $c_t$, its forget gate included. What reaches $c_t$ *through $h_t$* is not in it yet.

Return, in this order, `d_a` $(B, 4D)$, a row for each sequence; `d_W`, `d_U`, `d_b`, shaped as the parameters, added up over the batch; and `d_h_old` and `d_c_old`, what this step owes to $h_{t-1}$ and $c_{t-1}$, $(B, D)$.

Here is the step back of another, smaller cell: two blocks, a gate $k$ that keeps and a candidate $g$, and a state $h_t = k \odot h_{t-1} + (1 - k) \odot g$.""",
    example='''def small_step_back(params, x, h_old, k, g, d_h):
    d_k = d_h * (h_old - g)                     # h uses k twice
    d_g = d_h * (1 - k)
    d_a_k = d_k * k * (1 - k)                   # slope of the sigmoid,
    d_a_g = d_g * (1 - g ** 2)                  # slope of tanh: from values
    d_a = np.concatenate([d_a_k, d_a_g], axis=1)
    d_W, d_U, d_b = d_a.T @ x, d_a.T @ h_old, d_a.sum(axis=0)
    d_h_old = d_h * k + d_a @ params["U"]       # past the gate, through it
    return d_a, d_W, d_U, d_b, d_h_old


params = {"W": np.ones((2, 2)), "U": np.ones((2, 1)), "b": np.zeros(2)}
one = np.ones((3, 1))                           # three sequences, one unit
found = small_step_back(params, np.ones((3, 2)), 0.5 * one, 0.8 * one,
                        0.1 * one, one)
print([each.shape for each in found])''',
    task="Now the LSTM: four blocks, two errors that come in and two that go out. It takes about a dozen lines.",
    starter='''def lstm_step_back(params, x, old, new, d_h, d_c):
    """The errors of a, of W, U and b, and of the old h and c."""
    i, f, g, o = new["i"], new["f"], new["g"], new["o"]
    ...
    return d_a, d_W, d_U, d_b, d_h_old, d_c_old''',
    returns=NAMES,
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("no road from h up to c", "`d_c` is used as it came in. But h_t = o * tanh(c_t): the error at h_t reaches c_t too, and through it i, f and g.",
                swap=[("d_c + d_h * o * slope", "d_c")]),
        Mistake("the error at c lost", "What step t+1 owes to c_t, the argument `d_c`, is not used: c hears of h only. So the cell's own road through time is closed.",
                swap=[("d_c + d_h * o * slope", "d_h * o * slope")]),
        Mistake("the output gate missing on the way up to c", "From h up to c the error passes the slope of tanh in your code, and not the output gate.",
                swap=[("d_c + d_h * o * slope", "d_c + d_h * slope")]),
        Mistake("the slope of tanh missing on the way up to c", "From h up to c the error passes the output gate in your code, and not the tanh.",
                swap=[("d_c + d_h * o * slope", "d_c + d_h * o")]),
        Mistake("the old c in the slope of tanh", "The slope on the way from h up to c is taken at c_{t-1}. h_t was made of the new c.",
                swap=[("slope = 1 - tanh_c ** 2", 'slope = 1 - np.tanh(old["c"]) ** 2')]),
        Mistake("the slope of tanh without its tanh", "The slope on the way from h up to c is taken as 1 - c². c is what goes into the tanh, not what comes out.",
                swap=[("slope = 1 - tanh_c ** 2", 'slope = 1 - new["c"] ** 2')]),
        Mistake("the square inside the tanh", "The slope on the way from h up to c is taken as 1 - tanh(c²). First the tanh, then the square: mind where the bracket closes.",
                swap=[("slope = 1 - tanh_c ** 2", 'slope = 1 - np.tanh(new["c"] ** 2)')]),
        Mistake("the slope of tanh from h", "The slope on the way from h up to c is taken as 1 - h². h has been through the gate o; tanh(c) alone is meant.",
                swap=[("slope = 1 - tanh_c ** 2", 'slope = 1 - new["h"] ** 2')]),
        Mistake("all of c's error times the slope", "What came from step t+1 is multiplied by o and the slope of tanh, too. Only the road through h passes them.",
                swap=[("d_c + d_h * o * slope", "(d_c + d_h) * o * slope")]),
        Mistake("the forget gate on arrival", "`d_c` passes the forget gate as it comes in, and what goes on to c_{t-1} passes none. What comes in has passed its own, f_{t+1}, already; f_t stands on the way out.",
                swap=[("d_c + d_h * o * slope", "d_c * f + d_h * o * slope"), ("d_c_old = d_c * f", "d_c_old = d_c")]),
        Mistake("the forget gate on arrival, too", "`d_c` passes the forget gate as it comes in, and again on the way out. What comes in has passed its own, f_{t+1}, already.",
                swap=[("d_c + d_h * o * slope", "d_c * f + d_h * o * slope")]),
        Mistake("c for tanh(c) at the output gate", "o multiplied tanh(c), and so the error of o is d_h times tanh(c), not times c.",
                swap=[("d_o = d_h * tanh_c", 'd_o = d_h * new["c"]')]),
        Mistake("h for tanh(c) at the output gate", "The error of o is made with h. h = o * tanh(c) has the gate in it already; o's other factor is tanh(c) alone.",
                swap=[("d_o = d_h * tanh_c", 'd_o = d_h * new["h"]')]),
        Mistake("the output gate hears of c", "The error of o is made of that of c. o is used in h alone: its error is made of `d_h`.",
                swap=[("d_o = d_h * tanh_c", "d_o = d_c * tanh_c")]),
        Mistake("slope for value at the output gate", "The error of o is d_h times the slope of tanh. A factor gets the *other factor's value*, and that is tanh(c).",
                swap=[("d_o = d_h * tanh_c", "d_o = d_h * slope")]),
        Mistake("i and g exchanged", "The error of i is made with i, and that of g with g. In i * g each factor gets the other one.",
                swap=[("d_i = d_c * g", "d_i = d_c * i"), ("d_g = d_c * i", "d_g = d_c * g")]),
        Mistake("the new c at the forget gate", "The error of f is made with c_t. f multiplied the memory as it was before the step.",
                swap=[('d_f = d_c * old["c"]', 'd_f = d_c * new["c"]')]),
        Mistake("the old h at the forget gate", "The error of f is made with the old h. f multiplied the old c.",
                swap=[('d_f = d_c * old["c"]', 'd_f = d_c * old["h"]')]),
        Mistake("no slopes at all", "The errors of i, f, g and o are handed on as those of a, so σ and tanh are passed as if they were not there. Each has a slope.",
                swap=[*((f"d_{name} * {name} * (1 - {name})", f"d_{name}") for name in "ifo"), ("d_g * (1 - g ** 2)", "d_g")]),
        no_slope("i", "input gate"),
        no_slope("f", "forget gate"),
        no_slope("o", "output gate"),
        Mistake("no slope for the candidate", "The error of g becomes that of a_g unchanged. Between the two stands a tanh, and tanh has a slope.",
                swap=[("d_g * (1 - g ** 2)", "d_g")]),
        Mistake("σ taken of the gates again", "The slopes are taken as σ(i) (1 - σ(i)) and so on. i, f and o have been through σ already: the slope in terms of the value needs no σ.",
                swap=SIGMA_AGAIN),
        Mistake("the slope of σ for the candidate", "All four blocks get the slope of σ. The candidate went through a tanh, whose slope is another.",
                swap=[("d_g * (1 - g ** 2)", "d_g * g * (1 - g)")]),
        Mistake("the slope of tanh for the gates", "All four blocks get the slope of tanh. Three of them went through σ.",
                swap=[(f"d_{name} * {name} * (1 - {name})", f"d_{name} * (1 - {name} ** 2)") for name in "ifo"]),
        Mistake("tanh taken of the candidate again", "The slope of the candidate is taken as 1 - tanh(g)². g has been through tanh already.",
                swap=[("d_g * (1 - g ** 2)", "d_g * (1 - np.tanh(g) ** 2)")]),
        Mistake("the candidate's slope without its square", "The slope of the candidate is taken as 1 - g; the g stands there squared.",
                swap=[("d_g * (1 - g ** 2)", "d_g * (1 - g)")]),
        order("ifog", "many a hand-written file, gates first"),
        order("igfo", "TensorFlow 1 and Haiku"),
        order("iofg", "ONNX"),
        order("figo", "texts that begin with the forget gate"),
        order("fiog", "texts that begin with the forget gate and end with the candidate"),
        Mistake("blocks of U transposed", "On the way to the old h each D × D block of U is transposed once too often. The forward pass has h @ U_k.T for a block; with rows as sequences, the way back has no transpose.",
                swap=[('d_a @ params["U"]', 'sum(part @ block.T for part, block in zip(np.split(d_a, 4, axis=1), np.split(params["U"], 4)))')]),
        Mistake("W for U on the way to the old h", "The error of the old h is made with W. That fits only where M = D: W leads to x.",
                swap=[('d_a @ params["U"]', 'd_a @ params["W"]')]),
        Mistake("the old h gets the error of h again", "`d_h` itself is added to what goes to the old h. h_t does not use h_{t-1} directly, only through U.",
                swap=[('d_a @ params["U"]', 'd_h + d_a @ params["U"]')]),
        Mistake("the old h hears of the output gate only", "Only one of the four blocks reaches the old h. All four layers read it, the candidate's too.",
                swap=[('d_a @ params["U"]', 'd_a_o @ np.split(params["U"], 4)[3]')]),
        Mistake("the old h does not hear of the candidate", "The three gates' blocks reach the old h, the candidate's does not. It read h_{t-1} as well.",
                swap=[('d_a @ params["U"]', 'd_a @ params["U"] - d_a_g @ np.split(params["U"], 4)[2]')]),
        Mistake("the old c gets it all", "All of the error at c_t goes on to c_{t-1}. In the line of c_t a gate stands before the old c.",
                swap=[("d_c_old = d_c * f", "d_c_old = d_c")]),
        Mistake("slope for value on the way to the old c", "On to c_{t-1} the error is multiplied by f (1 - f). That is the way into a_f; to the old c the gate is a factor, by its value.",
                swap=[("d_c_old = d_c * f", "d_c_old = d_c * f * (1 - f)")]),
        Mistake("the old c does not hear of h", "On to c_{t-1} goes only what came in as `d_c`. At c_t the error from h has joined it; the whole goes on.",
                swap=[("d_c = d_c + d_h * o * slope", "came, d_c = d_c, d_c + d_h * o * slope"), ("d_c_old = d_c * f", "d_c_old = came * f")]),
        Mistake("the old c through the input gate", "On to c_{t-1} the error passes the input gate in your code. Before c_{t-1} stands another gate.",
                swap=[("d_c_old = d_c * f", "d_c_old = d_c * i")]),
        Mistake("the new h in the gradient of U", "`d_U` is made with h_t. U multiplied the h of the step before.",
                swap=[('d_U = d_a.T @ old["h"]', 'd_U = d_a.T @ new["h"]')]),
        Mistake("c in the gradient of U", "`d_U` is made with the old c. U multiplied the old h.",
                swap=[('d_U = d_a.T @ old["h"]', 'd_U = d_a.T @ old["c"]')]),
        Mistake("W and U exchanged", "`d_W` is made with the old h and `d_U` with x. That fits only where M = D.",
                swap=[("d_W = d_a.T @ x", 'd_W = d_a.T @ old["h"]'), ('d_U = d_a.T @ old["h"]', "d_U = d_a.T @ x")]),
        Mistake("means over the batch", "The gradients of the parameters are means over the sequences. A loss that wants a mean says so in `d_h` and `d_c` already; here everything adds.",
                swap=[("d_W = d_a.T @ x", "d_W = d_a.T @ x / len(x)"), ('d_U = d_a.T @ old["h"]', 'd_U = d_a.T @ old["h"] / len(x)'),
                      ("d_b = d_a.sum(axis=0)", "d_b = d_a.mean(axis=0)")]),
        Mistake("a mean for the bias alone", "`d_b` is a mean over the batch, while `d_W` and `d_U` are sums, as they should be. b was used once a sequence: it adds too.",
                swap=[("d_b = d_a.sum(axis=0)", "d_b = d_a.mean(axis=0)")]),
        Mistake("the old h and c exchanged", "The last two have changed places: first `d_h_old`, then `d_c_old`.",
                swap=[("d_h_old, d_c_old\n", "d_c_old, d_h_old\n")]),
        Mistake("the four errors joined along the batch", "`np.concatenate` without `axis=1` puts the four errors below each other, as if they were more sequences. They belong side by side, in one row for each sequence.",
                swap=[("d_a_o], axis=1)", "d_a_o])")]),
        Mistake("rows and columns that do not meet", "In one of the products the 4D numbers of a sequence meet the B sequences: `d_a @ x`, say, or `U.T @ d_a` as on paper, where `d_a` is one column. Here it has a row for each sequence; follow the example.",
                swap=[("d_W = d_a.T @ x", "d_W = d_a @ x")]),
        Mistake("U transposed as a whole", "On the way to the old h U is transposed. With a column for each sequence it would be; here `d_a` has a row for each, and stands on the left.",
                swap=[('d_a @ params["U"]', 'd_a @ params["U"].T')]),
    ],
    hints=(
        "Begin at the end: first complete the error at c_t, then hand it to the factors in f * c_old + i * g, and the error at h_t to o.",
        "Each factor of a product gets the other factor. Then the slopes: a gate's is gate * (1 - gate), the candidate's 1 - g ** 2, all from values in `new`.",
        "`np.concatenate` joins the four errors to `d_a`, in the order i f g o. The rest is the example's: `d_a.T @` what the matrix multiplied, a sum for b, `d_a @ params[\"U\"]` for the old h; and the old c gets its share of the completed error, through one gate.",
    ),
    passed="This is the whole of the LSTM's way back. Called once a step from the end to the beginning, it is back-propagation through time.",
)

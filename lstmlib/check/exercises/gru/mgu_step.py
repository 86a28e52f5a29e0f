"""One step of the minimal gated unit."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.check.exercises.gru import drawn, pushed
from lstmlib.numpy import MGU


def probes(rng):
    sizes = {"B": 1, "M": 3, "D": 2}
    params, x, h = drawn(rng, **sizes, blocks="fn")
    silent = {name: 0 * value for name, value in params.items()}

    def alone(name, says, **kept):
        return Probe(name, (silent | kept, x, h), says, sizes)

    candidate = np.r_[np.zeros((2, 2)), params["U"][2:]]
    yield alone("f = 0", "W and U are 0, and the bias pushes f to 0. What does the last equation "
                "say of h then?", b=pushed(2, "fn", f=-40, n=1))
    yield alone("f = 1", "W is 0, the bias pushes f to 1, and only the candidate hears the state: "
                "h is the tanh of U_n h, plus the candidate's bias.",
                b=np.r_[40, 40, 0.5, -0.7], U=candidate)
    yield alone("one f open", "W is 0, f is 1 in entry 0 and 0 in entry 1. So U_n hears the first "
                "entry of h only; and the second entry is kept.", b=np.r_[40, -40, 0.5, -0.7],
                U=candidate)
    yield alone("only the biases", "W and U are 0. Only b and the old h are left.", b=params["b"])
    yield alone("only W", "U and b are 0: gate and candidate hear W x alone.", W=params["W"])
    yield alone("only U", "W and b are 0: the gate hears h, the candidate what f lets through of "
                "it.", U=params["U"])
    for B, M, D, name, says in (
            (2, 3, 5, "all together, a batch of 2", "Each part alone is right; together they are "
             "not."),
            (2, 3, 3, "M = D", "This has as many inputs as units, so that a transposed block fits; "
             "look at the order of each product."),
            (1, 1, 1, "one of each", "One sequence, one input, one unit: look for an axis that "
             "gets lost."),
            (3, 5, 2, "random numbers", "Everything is random here.")):
        yield Probe(name, drawn(rng, B, M, D, blocks="fn"), says, {"B": B, "M": M, "D": D})


def reference(params, x, h):
    return MGU(x.shape[1], h.shape[1]).step(params, x, {"h": h})["h"]


MIX, CANDIDATE = "(1 - f) * h + f * n", "np.tanh(x_n + (f * h) @ U_n.T)"
AFTER = "np.tanh(x_n + f * (h @ U_n.T))"

EXERCISE = Code(
    title="One gate for two jobs",
    level="standard",
        statement=r"""The minimal gated unit of Zhou and others (2016) has a single gate. It decides
what the candidate hears of the past, and how much of the state gives way to the candidate:

$$\begin{aligned}
f_t &= \sigma(W_f x_t + U_f h_{t-1} + b_f) \\
n_t &= \tanh\bigl(W_n x_t + U_n (f_t \odot h_{t-1}) + b_n\bigr) \\
h_t &= (1 - f_t) \odot h_{t-1} + f_t \odot n_t
\end{aligned}$$

`params` is a dict with `"W"` `(2D, M)`, `"U"` `(2D, D)` and `"b"` `(2D,)`, two blocks of $D$ rows,
one below the other, in the order f n. `x` is a batch of inputs, `(B, M)`, and `h` the old state,
`(B, D)`: a row is a sequence. Return the new state, `(B, D)`.

The example is a simpler cell yet, whose gate and candidate hear the input alone, and whose gate
keeps: $h_t = k_t \odot h_{t-1} + (1 - k_t) \odot g_t$.""",
    example='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def deaf_step(params, x, h):
    a = x @ params["W"].T + params["b"]          # (B, 2D)
    a_k, a_g = np.split(a, 2, axis=-1)
    k, g = sigmoid(a_k), np.tanh(a_g)
    return k * h + (1 - k) * g


params = {"W": np.full((4, 3), 0.2), "b": np.array([3.0, -3.0, 0, 0])}
deaf_step(params, np.ones((1, 3)), np.array([[0.9, 0.9]])).round(3)''',
    task="Now the minimal gated unit, which does hear its past. Five lines.",
    starter='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def mgu_step(params, x, h):
    """h after one step."""
    ...
    return h_new''',
    returns="h",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("f keeps",
                "Your f keeps the old state. Here it takes the new: the share f of h makes room. "
                "(Flax has it your way round. In a GRU the two meanings of z are the same family "
                "of cells; here f resets as well, so this is another cell.)",
                swap=[(MIX, "f * h + (1 - f) * n")]),
        Mistake("reset after the product",
                "U_n hears all of h, and f multiplies what comes out. Here f multiplies each entry "
                "of h before U_n mixes them, as in the printed GRU.", swap=[(CANDIDATE, AFTER)]),
        Mistake("the bracket of the GRU",
                "U_n hears all of h, and f multiplies what comes out, with the candidate's bias. "
                "Here f multiplies h, before U_n, and no bias.",
                swap=[(CANDIDATE, "np.tanh(x_n - np.split(params['b'], 2)[1]"
                                  " + f * (h @ U_n.T + np.split(params['b'], 2)[1]))")]),
        Mistake("f keeps, and resets after the product",
                "That is Flax' minimal gated unit, and another cell than the paper's, in two "
                "places: here f takes the new, and multiplies h before the product.",
                swap=[(CANDIDATE, AFTER), (MIX, "f * h + (1 - f) * n")]),
        Mistake("no reset", "The candidate hears all of h. The gate has two jobs, and this is the "
                "one that is missing.", swap=[(CANDIDATE, "np.tanh(x_n + h @ U_n.T)")]),
        Mistake("1 - f in the candidate", "The candidate hears (1 - f) h: what is kept. It is to "
                "hear f h: what makes room for it.",
                swap=[(CANDIDATE, "np.tanh(x_n + ((1 - f) * h) @ U_n.T)")]),
        Mistake("f on all of the candidate", "f multiplies what x says as well. It belongs to h "
                "alone.", swap=[(CANDIDATE, "np.tanh(f * (x_n + h @ U_n.T))")]),
        Mistake("reset state in the mean", "In the last line f h is kept in the place of h: the "
                "share is taken twice.", swap=[(MIX, "(1 - f) * (f * h) + f * n")]),
        Mistake("f on both sides", "Old and new both get the share f. The two shares have to make "
                "1.", swap=[(MIX, "f * h + f * n")]),
        Mistake("the old state lost", "h is f n alone: nothing is kept.", swap=[(MIX, "f * n")]),
        Mistake("only the candidate", "You return the candidate. The gate has yet to choose "
                "between it and the old state.", swap=[(MIX, "n")]),
        Mistake("all of the old state kept", "The old h is kept whole. Its share is 1 - f.",
                swap=[(MIX, "h + f * n")]),
        Mistake("all of the candidate added", "The candidate is added whole. Its share is f.",
                swap=[(MIX, "(1 - f) * h + n")]),
        Mistake("blocks taken as n f", "The blocks are taken as n f; the shapes fit all the same. "
                "Here the gate's come first.", swap=[("x_f, x_n", "x_n, x_f"),
                                                     ("U_f, U_n", "U_n, U_f")]),
        Mistake("sigmoid candidate", "The candidate goes through σ, like the gate. It is a tanh.",
                swap=[("np.tanh", "sigmoid")]),
        Mistake("tanh for the gate", "The gate goes through tanh. It is a share between 0 and 1: "
                "σ.", swap=[("f = sigmoid", "f = np.tanh")]),
        Mistake("candidate not squashed", "The candidate is written as it comes, without its tanh.",
                swap=[("np.tanh", "")]),
        Mistake("the gate deaf to h", "f hears the input only, as in the example. Here it listens "
                "to the old state, too.", swap=[("x_f + h @ U_f.T", "x_f")]),
        Mistake("the candidate deaf to h", "The candidate hears the input only, as in the example. "
                "Here it hears f h as well.", swap=[(CANDIDATE, "np.tanh(x_n)")]),
        Mistake("b missing", "b is not added.", swap=[(' + params["b"]', "")]),
        Mistake("the candidate without its bias", "The candidate lacks its block of b, the second.",
                swap=[(CANDIDATE, "np.tanh(x_n - np.split(params['b'], 2)[1] + (f * h) @ U_n.T)")]),
        Mistake("b added twice", "b is added to both products. There is one bias for both.",
                swap=[("x_f + h @ U_f.T", "x_f + h @ U_f.T + np.split(params[\"b\"], 2)[0]"),
                      (CANDIDATE,
                       'np.tanh(x_n + (f * h) @ U_n.T + np.split(params["b"], 2)[1])')]),
        Mistake("U's blocks not turned around",
                "Your products with U are h @ U_k, without a transpose. The blocks are square, so "
                "it fits, and it is wrong: a sequence is a row here.",
                swap=[("U_f.T", "U_f"), ("U_n.T", "U_n")]),
        Mistake("products as on paper",
                "`W_f @ x` is right for a column. Here a row is a sequence, so each product of the "
                "equations turns around, as in the example.",
                swap=[('np.split(x @ params["W"].T + params["b"], 2, axis=-1)',
                       '(block @ x + part for block, part in '
                       'zip(np.split(params["W"], 2), np.split(params["b"], 2)))'),
                      ("h @ U_f.T", "U_f @ h"), ("(f * h) @ U_n.T", "U_n @ (f * h)")]),
        Mistake("cut along the batch",
                "Without an axis `np.split` cuts the first one, the batch. The blocks of W x lie "
                "side by side in a row: axis=-1.", swap=[(", 2, axis=-1)", ", 2)")]),
    ],
    hints=(
        "In words: the gate as ever, from x and h. The candidate from x and from what the gate "
        "lets through of h. Then the mean of old and new.",
        "U in two blocks: `np.split(params[\"U\"], 2)`. The gate's product is with h, the "
        "candidate's with another vector.",
        "f from `x_f + h @ U_f.T`, n from x_n and `(f * h) @ U_n.T`. In the last line the "
        "candidate has the share f.",
    ),
    passed="Two blocks for the GRU's three: a third fewer parameters than a GRU without its second "
           "bias, half of an LSTM's. The price: what gives way to the candidate is also what the "
           "candidate hears, so a unit can't forget without having listened.",
)

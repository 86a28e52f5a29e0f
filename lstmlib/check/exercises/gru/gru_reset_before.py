"""One step of the GRU as it was printed: reset before the product."""

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe
from lstmlib.check.exercises.gru import drawn, pushed
from lstmlib.numpy import GRUResetBefore


def probes(rng):
    sizes = {"B": 1, "M": 3, "D": 2}
    params, x, h = drawn(rng, **sizes)
    silent = {name: 0 * value for name, value in params.items()}

    def alone(name, says, **kept):
        return Probe(name, (silent | kept, x, h), says, sizes)

    def heard(D):
        """U with a candidate's block alone: r and z do not hear the state."""
        U = drawn(rng, 1, 1, D)[0]["U"]
        return np.r_[np.zeros((2 * D, D)), U[2 * D:]]

    yield alone("z = 1", "W and U are 0, and the bias pushes z to 1: the state is kept, whatever "
                "the candidate is.", b=pushed(2, z=40, n=1))
    yield alone("z = 0, r = 1", "W is 0, the biases push z to 0 and r to 1, and only the "
                "candidate hears the state: h is the tanh of U_n h, plus the candidate's bias.",
                b=np.r_[40, 40, -40, -40, 0.5, -0.7], U=heard(2))
    yield alone("z = 0, r = 0", "W is 0, the biases push z and r to 0. Nothing of the old state "
                "gets through: h is the tanh of the candidate's bias.",
                b=np.r_[-40, -40, -40, -40, 0.5, -0.7], U=heard(2))
    yield alone("z = 0, one r open", "W is 0, the biases push z to 0, and r is 1 in entry 0 and 0 "
                "in entry 1. So U_n hears the first entry of h and not the second, and *both* "
                "entries of the candidate hear what it says.",
                b=np.r_[40, -40, -40, -40, 0.5, -0.7], U=heard(2))
    yield alone("only the biases", "W and U are 0. Only b and the old h are left.", b=params["b"])
    yield alone("only W", "U and b are 0: all three hear W x alone.", W=params["W"])
    yield alone("only U", "W and b are 0: all three hear the old state alone, the candidate what "
                "r lets through of it.", U=params["U"])
    for B, M, D, name, says in (
            (2, 3, 5, "all together, a batch of 2", "Each part alone is right; together they are "
             "not. Look at what r multiplies, and when."),
            (2, 3, 3, "M = D", "This has as many inputs as units, so that a transposed block fits; "
             "look at the order of each product."),
            (1, 1, 1, "one of each", "One sequence, one input, one unit: look for an axis that "
             "gets lost."),
            (3, 5, 2, "random numbers", "Everything is random here.")):
        yield Probe(name, drawn(rng, B, M, D), says, {"B": B, "M": M, "D": D})


def reference(params, x, h):
    return GRUResetBefore(x.shape[1], h.shape[1]).step(params, x, {"h": h})["h"]


MIX, CANDIDATE = "z * h + (1 - z) * n", "np.tanh(x_n + (r * h) @ U_n.T)"

EXERCISE = Code(
    title="The printed form",
    level="standard",
        statement=r"""In the GRU's first paper, by Cho and others, as it was printed in 2014, the
reset gate acts *before* the product: $U_n$ hears only what $r$ lets through of each entry of the
old state,

$$\begin{aligned}
r_t &= \sigma(W_r x_t + U_r h_{t-1} + b_r) \\
z_t &= \sigma(W_z x_t + U_z h_{t-1} + b_z) \\
n_t &= \tanh\bigl(W_n x_t + U_n (r_t \odot h_{t-1}) + b_n\bigr) \\
h_t &= z_t \odot h_{t-1} + (1 - z_t) \odot n_t
\end{aligned}$$

`params` is a dict with `"W"` `(3D, M)`, `"U"` `(3D, D)` and `"b"` `(3D,)`, three blocks of $D$
rows, one below the other, in the order r z n. `x` is a batch of inputs, `(B, M)`, and `h` the old
state, `(B, D)`: a row is a sequence. Return the new state, `(B, D)`.

The example is a plain cell with a gate in front of its *input*: $h_t = \tanh\bigl(W_g (s_t \odot
x_t) + U_g h_{t-1}\bigr)$ with $s_t = \sigma(W_s x_t)$.""",
    example='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def picky_step(W_s, W_g, U_g, x, h):
    s = sigmoid(x @ W_s.T)              # (B, M): a share for each input
    return np.tanh((s * x) @ W_g.T + h @ U_g.T)


W_s = np.diag([40.0, -40.0])            # lets x_1 through, and not x_2
W_g = np.array([[1.0, 1.0], [0.0, 1.0]])
x, h = np.array([[0.5, 3.0]]), np.zeros((1, 2))
picky_step(W_s, W_g, np.eye(2), x, h).round(3)''',
    task="Now the printed GRU. Five or six lines. What can't be done in one product any more?",
    starter='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def printed_step(params, x, h):
    """h after one step."""
    U_r, U_z, U_n = np.split(params["U"], 3)
    ...
    return h_new''',
    returns="h",
    probes=probes,
    reference=reference,
    conventions=[
        Convention(
            "z takes the new",
            "You let z take the new: h = (1 - z) h + z n, as Chung and others (2014), MUT1 to "
            "MUT3 and many drawings do. In the paper that is meant here, by Cho and others, z "
            "keeps the old, as in the equation above.",
            swap=[(MIX, "(1 - z) * h + z * n")]),
    ],
    mistakes=[
        Mistake("reset after the product",
                "U_n hears all of h, and r multiplies what comes out. That is the form of cuDNN "
                "and PyTorch. Here entry k of r belongs to entry k of h, before U_n mixes them.",
                swap=[(CANDIDATE, "np.tanh(x_n + r * (h @ U_n.T))")]),
        Mistake("the bracket of the other GRU",
                "U_n hears all of h, and r multiplies what comes out, with the candidate's bias. "
                "That is nearly PyTorch's form. Here r multiplies h, before U_n, and no bias.",
                swap=[(CANDIDATE, "np.tanh(x_n - np.split(params['b'], 3)[2]"
                                  " + r * (h @ U_n.T + np.split(params['b'], 3)[2]))")]),
        Mistake("the past heard twice",
                "U h is in the candidate twice, once whole and once reset, as happens after one "
                "sum for all three blocks. The candidate hears r h only.",
                swap=[(CANDIDATE, "np.tanh(x_n + h @ U_n.T + (r * h) @ U_n.T)")]),
        Mistake("r on all of the candidate",
                "r multiplies what x and the bias say as well, after the product. It belongs to h "
                "alone, and before it.", swap=[(CANDIDATE, "np.tanh(r * (x_n + h @ U_n.T))")]),
        Mistake("r on x's part", "r multiplies W_n x and leaves h alone. It is the past that is "
                "reset.", swap=[(CANDIDATE, "np.tanh(r * x_n + h @ U_n.T)")]),
        Mistake("r outside the tanh", "r multiplies the finished candidate. It stands inside, in "
                "front of the old state.", swap=[(CANDIDATE, "r * np.tanh(x_n + h @ U_n.T)")]),
        Mistake("no reset", "r is made and never used: the candidate always hears all of the past.",
                swap=[(CANDIDATE, "np.tanh(x_n + h @ U_n.T)")]),
        Mistake("reset before and after", "r multiplies h, and once more what U_n has made of it. "
                "Once is enough: before.",
                swap=[(CANDIDATE, "np.tanh(x_n + r * ((r * h) @ U_n.T))")]),
        Mistake("1 - r", "You let the share 1 - r of the past through. r is the share that gets "
                "through, although it is called the reset gate.",
                swap=[(CANDIDATE, "np.tanh(x_n + ((1 - r) * h) @ U_n.T)")]),
        Mistake("z in the place of r", "z stands in front of the old state in the candidate, and r "
                "is not used.", swap=[(CANDIDATE, "np.tanh(x_n + (z * h) @ U_n.T)")]),
        Mistake("the gate inside the matrix",
                "`U_n * r` does it for one sequence. In a batch each has an r of its own, and the "
                "matrix is one for all. Reset the state, then multiply.",
                swap=[(CANDIDATE, "np.tanh(x_n + h @ (U_n * r).T)")]),
        Mistake("the gates hear the reset state",
                "z hears r h. Only the candidate does; z and r hear the old state whole.",
                swap=[("z = sigmoid(x_z + h @ U_z.T)", "z = sigmoid(x_z + (r * h) @ U_z.T)")]),
        Mistake("reset state in the mean",
                "In the last line a share of r h is kept. r is for the candidate only; z alone "
                "says how much of h is kept.", swap=[(MIX, "z * (r * h) + (1 - z) * n")]),
        Mistake("the old state lost", "h is (1 - z) n alone: nothing is kept.",
                swap=[(MIX, "(1 - z) * n")]),
        Mistake("only the candidate", "You return the candidate. z has yet to choose between it "
                "and the old state.", swap=[(MIX, "n")]),
        Mistake("z on both sides", "Old and new both get the share z. What z does not keep is "
                "replaced: the candidate's share is 1 - z.", swap=[(MIX, "z * h + z * n")]),
        Mistake("all of the candidate added", "The candidate is added whole. Its share is 1 - z.",
                swap=[(MIX, "z * h + n")]),
        Mistake("all of the old state kept", "The old h is kept whole. Its share is z.",
                swap=[(MIX, "h + (1 - z) * n")]),
        Mistake("r and z exchanged",
                "The blocks are taken as z r n, as Keras and ONNX have them; or the two gates have "
                "changed places. Here the blocks stand r z n.",
                swap=[("U_r, U_z, U_n = ", "U_z, U_r, U_n = "), ("x_r, x_z,", "x_z, x_r,")]),
        Mistake("sigmoid candidate", "The candidate goes through σ, like the gates. So nothing "
                "negative can ever be written. It is a tanh.", swap=[("np.tanh", "sigmoid")]),
        Mistake("candidate not squashed", "The candidate is written as it comes, without its tanh.",
                swap=[("np.tanh", "")]),
        Mistake("tanh for both gates", "Both gates go through tanh. A gate is a share between 0 "
                "and 1: σ.",
                swap=[("r = sigmoid", "r = np.tanh"), ("z = sigmoid", "z = np.tanh")]),
        Mistake("b missing", "b is not added. Each of the three has its block of it.",
                swap=[("x @ params[\"W\"].T + params[\"b\"]", "x @ params[\"W\"].T")]),
        Mistake("the candidate without its bias", "The candidate lacks its block of b, the third.",
                swap=[(CANDIDATE, "np.tanh(x_n - np.split(params['b'], 3)[2] + (r * h) @ U_n.T)")]),
        Mistake("cut along the batch",
                "Without an axis `np.split` cuts the first one, the batch. The blocks of W x lie "
                "side by side in a row: axis=-1.", swap=[(", 3, axis=-1)", ", 3)")]),
        Mistake("U's blocks not turned around",
                "Your products with U are h @ U_k, without a transpose. The blocks are square, so "
                "it fits, and it is wrong: a sequence is a row here.",
                swap=[("U_r.T", "U_r"), ("U_z.T", "U_z"), ("U_n.T", "U_n")]),
        Mistake("U_n not turned around",
                "The candidate's product lacks the transpose that the other two have. It fits, "
                "because U_n is square.", swap=[("U_n.T", "U_n")]),
        Mistake("products as on paper",
                "`W_r @ x` is right for a column. Here a row is a sequence, so each product of the "
                "equations turns around, as in the example.",
                swap=[('np.split(x @ params["W"].T + params["b"], 3, axis=-1)',
                       '(block @ x + part for block, part in '
                       'zip(np.split(params["W"], 3), np.split(params["b"], 3)))'),
                      ("h @ U_r.T", "U_r @ h"), ("h @ U_z.T", "U_z @ h"),
                      ("(r * h) @ U_n.T", "U_n @ (r * h)")]),
        Mistake("the old state overwritten",
                "`h *= r` writes into the old state that you were given: the last line keeps a "
                "share of r h, and so does whoever called you. Make a new array.",
                swap=[("    n = np.tanh(x_n + (r * h) @ U_n.T)",
                       "    h *= r\n    n = np.tanh(x_n + h @ U_n.T)")]),
        Mistake("r multiplied as a matrix",
                "`r @ h` multiplies whole rows with each other. A gate takes its share entry by "
                "entry: `*`.", swap=[("(r * h)", "(r @ h)")]),
    ],
    hints=(
        "The two gates are as ever. The candidate has to wait for r: its product with U_n comes "
        "afterwards, and has another vector in it.",
        "What x and the biases say can still be made for all three at once: "
        "`np.split(x @ W.T + b, 3, axis=-1)`.",
        "r and z from h, then the candidate's product from `r * h`, with `U_n.T` on its right. The "
        "last line is the mean of h and n.",
    ),
    passed="Same letters, same shapes, another cell: put PyTorch's weights in here, and nothing "
           "warns you. With a single unit and no second bias the two forms are the same; with two "
           "units they part.",
)

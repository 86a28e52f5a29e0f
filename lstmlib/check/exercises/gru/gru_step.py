"""One step of the GRU that resets after the product."""

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe
from lstmlib.check.exercises.gru import drawn, pushed
from lstmlib.numpy import GRU


def probes(rng):
    sizes = {"B": 1, "M": 3, "D": 2}
    params, x, h = drawn(rng, **sizes, b_n=(2,))
    silent = {name: 0 * value for name, value in params.items()}
    candidate = np.r_[np.zeros((4, 2)), params["U"][4:]]

    def alone(name, says, **kept):
        return Probe(name, (silent | kept, x, h), says, sizes)

    yield alone("z = 1", "W and U are 0, and the bias pushes z to 1: the state is kept, whatever "
                "the candidate is. Look at the last equation, and at which block of b is z's. If "
                "the shapes do not fit: a sequence is a row here, so the blocks lie side by side, "
                "along the last axis.", b=pushed(2, z=40, n=1), b_n=params["b_n"])
    yield alone("z = 0, r = 1", "W and U are 0, the biases push z to 0 and r to 1. So h is the "
                "candidate, the tanh of b_n as it stands in b plus the other b_n, and nothing is "
                "left of the old state.", b=np.r_[40, 40, -40, -40, 0.5, -0.7], b_n=params["b_n"])
    yield alone("z = 0, r = 0", "W is 0, the biases push z and r to 0. With the reset gate shut "
                "nothing of U_n h and of the b_n that goes with it gets through: h is the tanh of "
                "the candidate's block of b.", b=np.r_[-40, -40, -40, -40, 0.5, -0.7], U=candidate,
                b_n=params["b_n"])
    yield alone("only the biases", "W and U are 0. Only b, b_n and the old h are left: look at "
                "what each block is squashed with, at what r multiplies, and at the shares z and "
                "1 - z.", b=params["b"], b_n=params["b_n"])
    yield alone("only W", "U and both biases are 0: all three hear W x alone, and r has nothing "
                "to reset.", W=params["W"])
    yield alone("only U", "W and the biases are 0: all three hear U h alone, with the old h, and "
                "of the candidate's part r lets a share through.", U=params["U"])
    for B, M, D, name, says in (
            (2, 3, 5, "all together, a batch of 2", "Each part alone is right; together they are "
             "not. Look at what r multiplies: not x's part."),
            (2, 3, 3, "M = D", "This has as many inputs as units, so that a transposed block fits; "
             "look at the order of each product."),
            (1, 1, 1, "one of each", "One sequence, one input, one unit: look for an axis that "
             "gets lost."),
            (7, 2, 3, "more sequences than numbers", "Look for something that is taken along the "
             "axis of the batch."),
            (3, 5, 2, "random numbers", "Everything is random here.")):
        yield Probe(name, drawn(rng, B, M, D, b_n=(D,)), says, {"B": B, "M": M, "D": D})


def reference(params, x, h):
    return GRU(x.shape[1], h.shape[1]).step(params, x, {"h": h})["h"]


MIX, CANDIDATE = "z * h + (1 - z) * n", "np.tanh(x_n + r * u)"
BLOCKS = "h_r, h_z, h_n = np.split(h @ U.T, 3, axis=-1)"
AHEAD = "np.tanh(x_n + (r * h) @ np.split(U, 3)[2].T + {})"


def order(letters, whose=""):
    of_x, of_h = (", ".join(f"{side}_{name}" for name in letters) for side in "xh")
    return Mistake(
        f"blocks taken as {' '.join(letters)}",
        f"The blocks are taken as {' '.join(letters)}{whose}; the shapes fit all the same. Here "
        "they stand r z n.", swap=[("x_r, x_z, x_n", of_x), ("h_r, h_z, h_n", of_h)])


EXERCISE = Code(
    title="One step of a GRU",
    level="standard",
        statement=r"""One step of a GRU turns an input $x_t$ and the old state $h_{t-1}$ into the
new state $h_t$:

$$\begin{aligned}
r_t &= \sigma(W_r x_t + U_r h_{t-1} + b_r) \\
z_t &= \sigma(W_z x_t + U_z h_{t-1} + b_z) \\
n_t &= \tanh\bigl(W_n x_t + b_n + r_t \odot (U_n h_{t-1} + b'_n)\bigr) \\
h_t &= z_t \odot h_{t-1} + (1 - z_t) \odot n_t
\end{aligned}$$

This is the form of cuDNN and PyTorch: the reset gate $r$ acts *after* the product with $U_n$, and
$z$ *keeps* the old state. ($n$ is the candidate; $\sigma(a) = 1/(1 + e^{-a})$; $\odot$ multiplies
entry by entry.)

`params` is a dict. `"W"` `(3D, M)`, `"U"` `(3D, D)` and `"b"` `(3D,)` consist of three blocks of
$D$ rows, one below the other, in the order r z n; `"b_n"` `(D,)` is $b'_n$. `x` is a batch of
inputs, `(B, M)`, and `h` the old state, `(B, D)`: a row is a sequence. Return the new state, `(B,
D)`.

Here is the step of the cell that you know, the LSTM, with its four blocks.""",
    example='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def lstm_step(params, x, h, c):
    W, U, b = params["W"], params["U"], params["b"]
    a = x @ W.T + h @ U.T + b                          # (B, 4D)
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=-1)       # (B, D) each
    c = sigmoid(a_f) * c + sigmoid(a_i) * np.tanh(a_g)
    return sigmoid(a_o) * np.tanh(c), c


M, D = 3, 2
params = {"W": np.full((4 * D, M), 0.1), "U": np.eye(4 * D, D),
          "b": np.zeros(4 * D)}
h, c = lstm_step(params, np.ones((1, M)), np.array([[0.5, -0.5]]),
                 np.ones((1, D)))
print(h.round(3), c.round(3))''',
    task="Now the GRU. One sum for all blocks will not do here: why? Six or seven lines.",
    starter='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gru_step(params, x, h):
    """h after one step."""
    W, U, b, b_n = params["W"], params["U"], params["b"], params["b_n"]
    ...
    return h_new''',
    returns="h",
    probes=probes,
    reference=reference,
    conventions=[
        Convention(
            "z takes the new",
            "You let z take the new: h = (1 - z) h + z n. So do Chung and others (2014), MUT1 to "
            "MUT3 and minGRU. It is the same family of cells; but the same weights mean another "
            "network there. Cho and others, PyTorch, Keras, ONNX and this book let z keep the old, "
            "as the equation above does: weights from there want z h + (1 - z) n.",
            swap=[(MIX, "(1 - z) * h + z * n")]),
    ],
    mistakes=[
        Mistake("reset before the product",
                "r multiplies h, and U_n comes after it. That is a GRU too, the one printed in "
                "2014, with weights of its own; here r multiplies what U_n has made of h, b_n "
                "included.", swap=[(CANDIDATE, AHEAD.format("b_n"))]),
        Mistake("h reset before the product, b_n after",
                "r multiplies h before U_n, and multiplies b_n as well. Here first the whole of "
                "U_n h + b_n is made, and then r takes its share.",
                swap=[(CANDIDATE, AHEAD.format("r * b_n"))]),
        Mistake("reset before the product, and no b_n",
                "That is the GRU printed in 2014: r multiplies h, then comes U_n, and there is no "
                "second bias. Here first the whole bracket is made, U_n h + b_n, and then r takes "
                "its share of it.",
                swap=[(CANDIDATE, AHEAD.format("0 * b_n"))]),
        Mistake("r on all but b_n",
                "r multiplies what x says as well, and b_n is added outside. It is the other way "
                "round: x's part stands outside, U_n h and b_n stand in r's bracket.",
                swap=[(CANDIDATE, "np.tanh(r * (x_n + h_n) + b_n)")]),
        Mistake("r resets b_n only",
                "U_n h is added past the reset gate, as in one sum for all three blocks, and r "
                "takes its share of b_n alone. The candidate needs x's part and h's part apart.",
                swap=[(CANDIDATE, "np.tanh(x_n + h_n + r * b_n)")]),
        Mistake("b_n outside the reset",
                "r resets U_n h, and your b_n is added after it. b_n stands inside, so that a shut "
                "reset gate silences it, too. (Outside, it would be one more b.)",
                swap=[("u = h_n + b_n", "u = h_n"), (CANDIDATE, "np.tanh(x_n + r * u + b_n)")]),
        Mistake("b_n left out", "`params[\"b_n\"]` is not used: b has a block for the candidate, "
                "and b_n is a second bias beside it, which r can reset.",
                swap=[("u = h_n + b_n", "u = h_n")]),
        Mistake("r on all of the candidate",
                "r multiplies what x says as well. A shut reset gate is to make the cell deaf to "
                "its past, not to the input.", swap=[(CANDIDATE, "np.tanh(r * (x_n + u))")]),
        Mistake("r on x's part",
                "r multiplies W_n x and leaves U_n h alone. It is the past that is reset.",
                swap=[(CANDIDATE, "np.tanh(r * x_n + u)")]),
        Mistake("r outside the tanh",
                "r multiplies the finished candidate. It stands inside the tanh, in front of the "
                "part that comes from h.", swap=[(CANDIDATE, "r * np.tanh(x_n + u)")]),
        Mistake("no reset", "r is made and never used: the candidate always hears all of the past.",
                swap=[(CANDIDATE, "np.tanh(x_n + u)")]),
        Mistake("1 - r", "You let the share 1 - r of the past through. r is the share that gets "
                "through, although it is called the reset gate.",
                swap=[(CANDIDATE, "np.tanh(x_n + (1 - r) * u)")]),
        Mistake("z in the place of r", "z stands in front of the past in the candidate, and r is "
                "not used. (One gate for both: that is nearly the minimal gated unit.)",
                swap=[(CANDIDATE, "np.tanh(x_n + z * u)")]),
        Mistake("the past heard twice",
                "U h is in the candidate twice, once reset and once whole. For r and z the sum of "
                "both products is right; the candidate needs them apart.",
                swap=[(CANDIDATE, "np.tanh(x_n + h_n + r * u)")]),
        Mistake("the past is not heard by the candidate",
                "U_n h is left out: r resets b_n only.", swap=[("u = h_n + b_n", "u = b_n")]),
        Mistake("reset state in the mean",
                "In the last line you keep a share of r h. r is for the candidate only; z alone "
                "says how much of h is kept.", swap=[(MIX, "z * (r * h) + (1 - z) * n")]),
        Mistake("the old state lost", "h is (1 - z) n alone: nothing is kept, and the cell has no "
                "memory but the one in its candidate.", swap=[(MIX, "(1 - z) * n")]),
        Mistake("only the candidate", "You return the candidate. z has yet to choose between it "
                "and the old state.", swap=[(MIX, "n")]),
        Mistake("z on both sides", "Old and new both get the share z. What z does not keep is "
                "replaced: the candidate's share is 1 - z.", swap=[(MIX, "z * h + z * n")]),
        Mistake("1 - z on both sides", "Old and new both get the share 1 - z.",
                swap=[(MIX, "(1 - z) * (h + n)")]),
        Mistake("all of the candidate added", "The candidate is added whole. Its share is 1 - z; "
                "without it h could grow beyond 1.", swap=[(MIX, "z * h + n")]),
        Mistake("all of the old state kept", "The old h is kept whole. Its share is z; without it "
                "nothing is ever let go.", swap=[(MIX, "h + (1 - z) * n")]),
        Mistake("r in the place of z", "r says how much is kept, and z is not used. The last line "
                "is z's.", swap=[(MIX, "r * h + (1 - r) * n")]),
        Mistake("1 - r for the candidate's share", "Old and new are mixed with the shares z and "
                "1 - r. The two shares have to make 1: what z does not keep is replaced.",
                swap=[(MIX, "z * h + (1 - r) * n")]),
        Mistake("h squashed again", "The mean of old and new goes through a tanh. It is between -1 "
                "and 1 already, and a state that is squashed at each step does not keep.",
                swap=[(MIX, "np.tanh(z * h + (1 - z) * n)")]),
        Mistake("r and z exchanged",
                "Two things do this: the blocks taken as z r n, as Keras and ONNX have them, where "
                "here they stand r z n; or r in the place of z and z in that of r.",
                swap=[("x_r, x_z,", "x_z, x_r,"), ("h_r, h_z,", "h_z, h_r,")]),
        order("rnz"),
        order("nzr"),
        order("nrz"),
        order("znr"),
        Mistake("sigmoid candidate", "The candidate goes through σ, like the gates. So nothing "
                "negative can ever be written. It is a tanh.",
                swap=[("n = np.tanh(", "n = sigmoid(")]),
        Mistake("candidate not squashed", "The candidate is written as it comes, without its tanh: "
                "one step could write any amount.", swap=[("n = np.tanh(", "n = (")]),
        Mistake("tanh for r", "The reset gate goes through tanh. A gate is a share between 0 and "
                "1; a tanh could turn the sign of the past.",
                swap=[("r = sigmoid", "r = np.tanh")]),
        Mistake("tanh for z", "z goes through tanh. It is a share between 0 and 1: a negative one "
                "would keep less than nothing.", swap=[("z = sigmoid", "z = np.tanh")]),
        Mistake("tanh for both gates", "Both gates go through tanh. A gate is a share between 0 "
                "and 1: σ.",
                swap=[("r = sigmoid", "r = np.tanh"), ("z = sigmoid", "z = np.tanh")]),
        Mistake("gates not squashed", "The gates multiply as they come out of the matrices, "
                "without σ, so they are no shares.",
                swap=[("r = sigmoid", "r = "), ("z = sigmoid", "z = ")]),
        Mistake("gates deaf to h", "r and z hear the input only. U has blocks for them as well: "
                "they listen to the old state.",
                swap=[("x_r + h_r", "x_r"), ("x_z + h_z", "x_z")]),
        Mistake("gates deaf to x", "r and z hear the old state only. Their blocks of W and b are "
                "not used.", swap=[("x_r + h_r", "h_r"), ("x_z + h_z", "h_z")]),
        Mistake("b missing", "b is not added. It stands beside W x, for all three.",
                swap=[("x @ W.T + b", "x @ W.T")]),
        Mistake("b's third block left out",
                "The candidate has two biases, and yours has b_n alone. Its block of b stands "
                "beside W_n x, where r does not reach it.",
                swap=[(CANDIDATE, "np.tanh(x_n - np.split(b, 3)[2] + r * u)")]),
        Mistake("b added to both products",
                "b is added to W x and to U h. PyTorch does keep two biases; here there is one b, "
                "and a second bias for the candidate alone, b_n.",
                swap=[("h @ U.T", "h @ U.T + b")]),
        Mistake("b on the wrong product",
                "b is added to U h: r and z don't mind, but in the candidate r resets it. b stands "
                "beside W x, b_n beside U_n h.",
                swap=[("x @ W.T + b", "x @ W.T"), ("h @ U.T", "h @ U.T + b")]),
        Mistake("b_n in the place of b", "In the candidate b_n stands beside x's part and b's "
                "third block beside U_n h. The one that r resets is `b_n`.",
                swap=[("u = h_n + b_n", "u = h_n + np.split(b, 3)[2]"),
                      (CANDIDATE, "np.tanh(x_n - np.split(b, 3)[2] + b_n + r * u)")]),
        Mistake("the reset made with the candidate's own block",
                "The candidate is reset by a share made of its own pre-activation. r has a block "
                "of its own, the first.", swap=[("r = sigmoid(x_r + h_r)",
                                                 "r = sigmoid(x_n + h_n)")]),
        Mistake("cut along the batch",
                "Without an axis `np.split` cuts the first one, the batch. The blocks lie side by "
                "side in a row: axis=-1.",
                swap=[("x @ W.T + b, 3, axis=-1", "x @ W.T + b, 3"),
                      ("h @ U.T, 3, axis=-1", "h @ U.T, 3")]),
        Mistake("products as on paper",
                "`W @ x` is right for a column. Here a row is a sequence, so each product of the "
                "equations turns around, as in the example.",
                swap=[("x @ W.T", "W @ x"), ("h @ U.T", "U @ h")]),
        Mistake("products as on paper, block by block",
                "`W_r @ x` is right for a column. Here a row is a sequence, so each product of the "
                "equations turns around, as in the example.",
                swap=[("np.split(x @ W.T + b, 3, axis=-1)",
                       "(block @ x + part for block, part in zip(np.split(W, 3), np.split(b, 3)))"),
                      ("np.split(h @ U.T, 3, axis=-1)",
                       "(block @ h for block in np.split(U, 3))")]),
        Mistake("no transposes",
                "x @ W and h @ U: a row of W makes one entry, so in rows it is x @ W.T, and the "
                "same for U, as in the example.",
                swap=[("x @ W.T", "x @ W"), ("h @ U.T", "h @ U")]),
        Mistake("blocks of U transposed",
                "Each D × D block of U is transposed: h @ U_k where h @ U_k.T is right. It fits, "
                "because the blocks are square, and it is wrong.",
                swap=[(BLOCKS, "h_r, h_z, h_n = (h @ block for block in np.split(U, 3))")]),
        Mistake("U_n transposed",
                "The candidate's block of U is transposed: h @ U_n where h @ U_n.T is right. It "
                "fits, because the block is square, and it is wrong.",
                swap=[("u = h_n + b_n", "u = h @ np.split(U, 3)[2] + b_n")]),
        Mistake("W and U exchanged",
                "W multiplies h and U multiplies x. That fits only where M = D: W is for the "
                "input.", swap=[("x @ W.T", "x @ U.T"), ("h @ U.T", "h @ W.T")]),
        Mistake("blocks interleaved",
                "You take every third number for a gate, as by a reshape to (D, 3). A block is D "
                "numbers in a row: first all of r, then all of z.",
                swap=[("np.split(x @ W.T + b, 3, axis=-1)",
                       "np.moveaxis((x @ W.T + b).reshape(len(x), -1, 3), -1, 0)"),
                      ("np.split(h @ U.T, 3, axis=-1)",
                       "np.moveaxis((h @ U.T).reshape(len(h), -1, 3), -1, 0)")]),
    ],
    hints=(
        "Make the two products apart from each other, (B, 3D) each, and split each into three. "
        "Where do the two biases belong?",
        "r and z: σ of x's part plus h's part. For the candidate r comes between: first make the "
        "whole bracket behind it, U_n h and its bias.",
        "`x_r, x_z, x_n = np.split(x @ W.T + b, 3, axis=-1)`, the same for h without b. Then a "
        "line each for r, z, the bracket, n, and the mean of h and n.",
    ),
    passed="Two gates, one state, and one bracket that the reset gate can silence. Call it once a "
           "symbol, each time with the state it gave back, and it reads.",
)

"""A GRU whose inputs are multiplied before the loop begins."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import GRU, unroll


def drawn(rng, T, B, M, D):
    """Parameters, inputs and first state, all random, none of them small."""
    draw = lambda *shape: np.round(rng.uniform(0.3, 1.2, shape) * rng.choice([-1, 1], shape), 2)
    params = {"W": draw(3 * D, M), "U": draw(3 * D, D), "b": draw(3 * D), "b_n": draw(D)}
    return params, draw(T, B, M), draw(B, D)


def probes(rng):
    sizes = {"T": 3, "B": 1, "M": 5, "D": 2}
    params, x, h = drawn(rng, **sizes)
    silent = {name: 0 * value for name, value in params.items()}

    def alone(name, says, **kept):
        return Probe(name, (silent | kept, x, h), says, sizes)

    yield alone("only W", "U and all biases are 0: every step hears W x alone, and nothing but the "
                "mean with the old state goes from step to step.", W=params["W"])
    yield alone("only b", "W and U are 0. b is the same at every step; it can be added once, "
                "before the loop, and then not again.", b=params["b"])
    yield alone("only b_n", "Everything but b_n is 0. r stands before it at every step: what of it "
                "is known before the loop?", b_n=params["b_n"])
    yield alone("only U", "W and the biases are 0. Each step hears the state of the step before, "
                "the first one the `h` that is given.", U=params["U"])
    for T, B, M, D, name, says in (
            (1, 2, 3, 5, "a single step", "One step. What is hoisted and what is done in the loop "
             "must together be one step of the GRU."),
            (2, 3, 5, 2, "two steps", "Everything is random; the second step must hear the state "
             "after the first."),
            (5, 1, 3, 2, "a batch of one", "One sequence: look for an axis that gets lost."),
            (3, 2, 5, 5, "M = D", "As many inputs as units, so that a transposed block fits."),
            (3, 3, 5, 2, "T = B", "As many steps as sequences, so that swapped axes fit."),
            (7, 5, 3, 2, "random numbers", "Everything is random here. Are the steps and the "
             "sequences still where they were?")):
        yield Probe(name, drawn(rng, T, B, M, D), says, {"T": T, "B": B, "M": M, "D": D})


def reference(params, x, h):
    W = params["W"]
    cell = GRU(W.shape[1], len(W) // 3)
    return {"inputs": np.einsum("km,tbm->tbk", W, x) + params["b"],
            "outputs": unroll(cell, params, x, {"h": h}).outputs}


INPUTS = "inputs = x @ W.T + b"
SPLIT = "x_r, x_z, x_n = np.split(inputs[t], 3, axis=-1)"
HEARD = "h_r, h_z, h_n = np.split(h @ U.T, 3, axis=-1)"
CANDIDATE = "n = np.tanh(x_n + r * (h_n + b_n))"
NEW, OUTPUTS = "h = z * h + (1 - z) * n", "outputs = np.empty((T, B, D))"
KEPT = "b_n = params[\"b_n\"]"

EXERCISE = Code(
    title="Out of the loop",
    level="standard",
    statement=r"""What a step hears of its input does not depend on the state. So it can be done before the loop begins, for all steps at once: one large product in place of $T$ small ones. A GPU is far better at one large product, and the loop is left with less.

Do it for the GRU of PyTorch and cuDNN, whose reset comes after the product:

$$\begin{aligned}
r_t &= \sigma(W_r x_t + b_r + U_r h_{t-1}) \\
z_t &= \sigma(W_z x_t + b_z + U_z h_{t-1}) \\
n_t &= \tanh\bigl(W_n x_t + b_n + r_t \odot (U_n h_{t-1} + b_n')\bigr) \\
h_t &= z_t \odot h_{t-1} + (1 - z_t) \odot n_t
\end{aligned}$$

`params` has `"W"` $(3D, M)$, `"U"` $(3D, D)$ and `"b"` $(3D,)$, three blocks one below the other in the order r z n, and `"b_n"` $(D,)$, which is $b_n'$. `x` is a batch of sequences, $(T, B, M)$: axis 0 is time, and a row of `x[t]` is a sequence. `h` $(B, D)$ is the state before the first step. Return

- `inputs`, $(T, B, 3D)$: of all steps, **everything that can be known before the loop** and enters a sum as it is: what stands in the equations without an $h$ and without an $r_t$ in front;
- `outputs`, $(T, B, D)$: the states $h_1$ to $h_T$.

Inside the loop, neither `x` nor `W` may be read. (The check sees your numbers, and not how you came by them: that it is one product, and outside, is up to you.) Here it is for the plain cell.""",
    example="""def plain_outputs(W, U, b, x, h):
    inputs = x @ W.T + b               # (T, B, D): all steps, one product
    outputs = []
    for t in range(len(x)):
        h = np.tanh(inputs[t] + h @ U.T)
        outputs.append(h)
    return inputs, np.array(outputs)


W, U, b = np.full((2, 3), 0.1), np.eye(2), np.zeros(2)
inputs, outputs = plain_outputs(W, U, b, np.ones((4, 1, 3)), np.zeros((1, 2)))
print(inputs.shape, outputs[:, 0].round(3).tolist())""",
    task="Now the GRU. Seven to nine lines; which of its two biases for $n$ goes out of the loop?",
    starter='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def hoisted_gru(params, x, h):
    """What is known before the loop, and all states."""
    W, U, b = params["W"], params["U"], params["b"]
    b_n = params["b_n"]
    T, B, D = len(x), *h.shape
    ...
    return inputs, outputs''',
    returns=("inputs", "outputs"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("b_n' hoisted as well",
                "b_n' has gone out of the loop with the others. r stands in front of it, and r "
                "hears the state: it isn't known before its step.",
                swap=[(INPUTS, "inputs = x @ W.T + b + np.r_[np.zeros(2 * D), b_n]"),
                      (CANDIDATE, "n = np.tanh(x_n + r * h_n)")]),
        Mistake("b_n' forgotten", "b_n', the bias inside the bracket behind r, is not added.",
                swap=[(CANDIDATE, "n = np.tanh(x_n + r * h_n)")]),
        Mistake("b_n' outside the bracket",
                "b_n' is added in the loop, and r does not multiply it. It stands inside the "
                "bracket.", swap=[(CANDIDATE, "n = np.tanh(x_n + r * h_n + b_n)")]),
        Mistake("b left in the loop",
                "`inputs` has the products alone. b is the same at every step: add it before the "
                "loop, where it is one operation in place of T.",
                swap=[(INPUTS, "inputs = x @ W.T"),
                      (SPLIT, SPLIT.replace("inputs[t]", "inputs[t] + b"))]),
        Mistake("b forgotten", "b is added nowhere.", swap=[(INPUTS, "inputs = x @ W.T")]),
        Mistake("b added twice",
                "`inputs` is right, and in the loop b is added once more. What is hoisted has to "
                "go from where it was.",
                swap=[(SPLIT, SPLIT.replace("inputs[t]", "inputs[t] + b"))]),
        Mistake("r on the input as well",
                "r multiplies W_n x + b_n, too. It stands in front of the bracket with the state "
                "alone.", swap=[(CANDIDATE, "n = np.tanh(r * (x_n + h_n + b_n))")]),
        Mistake("r on the bias alone",
                "U h is in the candidate without r, as happens after one sum for all three blocks. "
                "r multiplies the whole bracket: cut U h up by itself.",
                swap=[(CANDIDATE, "n = np.tanh(x_n + h_n + r * b_n)")]),
        Mistake("reset before the product",
                "r multiplies the state before U_n does. In this GRU the product comes first, "
                "which is why one product serves all three blocks.",
                swap=[(CANDIDATE, "n = np.tanh(x_n + (r * h) @ U[2 * D:].T + r * b_n)")]),
        Mistake("reset before the product, as on paper",
                "This is the GRU of the first papers: r multiplies the state, and the product "
                "comes after it. Here the product, and the addition of b_n', come first.",
                swap=[(CANDIDATE, "n = np.tanh(x_n + (r * h) @ U[2 * D:].T + b_n)")]),
        Mistake("no reset", "r is made and not used.",
                swap=[(CANDIDATE, "n = np.tanh(x_n + h_n + b_n)")]),
        Mistake("z takes the new",
                "Your z takes the new: (1 - z) h + z n. Others write the GRU so, with other "
                "weights; in the equations here z keeps the old.",
                swap=[(NEW, "h = (1 - z) * h + z * n")]),
        Mistake("blocks taken as z r n",
                "The blocks are taken as z r n, as Keras stores them (its n stands last as well). "
                "Here they stand r z n.",
                swap=[(SPLIT, SPLIT.replace("x_r, x_z", "x_z, x_r")),
                      (HEARD, HEARD.replace("h_r, h_z", "h_z, h_r"))]),
        Mistake("the state's blocks in another order",
                "The blocks of the inputs are taken as r z n and those of U h as z r n, so that "
                "each gate hears the other's state.",
                swap=[(HEARD, HEARD.replace("h_r, h_z", "h_z, h_r"))]),
        Mistake("the state stands still",
                "Every step begins in the `h` that was given: what a step makes isn't handed on "
                "to the next.",
                swap=[(NEW, "h_new = z * h + (1 - z) * n"),
                      ("outputs[t] = h", "outputs[t] = h_new")]),
        Mistake("the state given is not used",
                "The loop begins at zeros. It should begin in the state `h` that is given.",
                swap=[(OUTPUTS, OUTPUTS + "\n    h = np.zeros((B, D))")]),
        Mistake("the state before the step",
                "outputs[t] is the state before step t: the first one is the `h` that is given, "
                "and the last one is missing.",
                swap=[(SPLIT, "outputs[t] = h\n        " + SPLIT),
                      (NEW + "\n        outputs[t] = h", NEW)]),
        Mistake("a step ahead",
                "Step t hears the input of step t + 1, and the last one hears its own again: the "
                "index of `inputs` is off by one.",
                swap=[(SPLIT, SPLIT.replace("inputs[t]", "inputs[min(t + 1, T - 1)]"))]),
        Mistake("the first input at every step",
                "Every step hears the same input, that of the first step.",
                swap=[(SPLIT, SPLIT.replace("inputs[t]", "inputs[0]"))]),
        Mistake("steps and sequences mixed in the reshape",
                "You have made T B rows for the one product, and cut them up as (B, T) afterwards. "
                "The rows come in the order of x: first all sequences of step 0, then those of "
                "step 1. Cut them as (T, B).",
                swap=[(INPUTS, "inputs = (x.reshape(T * B, -1) @ W.T + b)"
                               ".reshape(B, T, -1).transpose(1, 0, 2)")]),
        Mistake("W not turned",
                "`x @ W` where `x @ W.T` is right. A sequence is a row here, so each product of "
                "the equations turns around.", swap=[(INPUTS, "inputs = x @ W + b")]),
        Mistake("products as on paper",
                "`W @ x` is right for a column. Here a row is a sequence: x comes first, and W is "
                "turned.", swap=[(INPUTS, "inputs = W @ x + b")]),
        Mistake("U transposed",
                "U's blocks are turned round, one by one: a row of U h belongs to a unit that "
                "hears. A row is a sequence here, so the product is h @ U.T.",
                swap=[(HEARD, "h_r, h_z, h_n = (h @ block for block in np.split(U, 3))")]),
        Mistake("backwards in time",
                "The loop runs from the last step to the first.",
                swap=[("for t in range(T)", "for t in reversed(range(T))")]),
        Mistake("U h hoisted as well",
                "U h has gone out of the loop, too. It was made once from the first state; every "
                "step has another. That is the product that can't be hoisted.",
                swap=[(OUTPUTS, OUTPUTS + "\n    first = h"),
                      (HEARD, HEARD.replace("h @ U.T", "first @ U.T"))]),
    ],
    hints=(
        "Cross out of the equations whatever has an h in it, or an r in front. What is left, for "
        "all t at once, is `inputs`.",
        "`x @ W.T + b` does it for an x of three axes as well. In the loop there is one product, "
        "h @ U.T, for all three blocks, and `np.split(..., 3, axis=-1)` cuts it up.",
        "inputs = x @ W.T + b before the loop. In it: cut inputs[t] and h @ U.T into three each; "
        "r, z from sums; n = np.tanh(x_n + r * (h_n + b_n)); the mean; note h.",
    ),
    passed="Right for every step. With `inputs` from one product of T·B rows, what is left in the "
           "loop are T products as small as they must be: that is what fast recurrent code does "
           "first. And the bias that had to stay inside is why this GRU has one more than the "
           "other.",
)

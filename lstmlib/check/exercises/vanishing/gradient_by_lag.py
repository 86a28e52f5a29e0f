"""How much of an error at the end arrives at the inputs before it."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import RNN, unroll

TINY = 1e-30


def kept(rng, T, B, M, D, W=None, U=None):
    """A run of the library's plain cell: W, U, its states h_0 ... h_T, and an error at its end."""
    params = {"W": rng.normal(size=(D, M)) if W is None else W,
              "U": rng.normal(size=(D, D)) / np.sqrt(D) if U is None else U,
              "b": 0.3 * rng.normal(size=D)}
    h_0 = rng.uniform(-0.6, 0.6, size=(B, D))
    run = unroll(RNN(M, D), params, 0.5 * rng.normal(size=(T, B, M)), {"h": h_0})
    h = np.concatenate([h_0[None], run.outputs])
    return params["W"], params["U"], h, rng.normal(size=(B, D))


def probes(rng):
    one = np.array([[1.0]])
    yield Probe("one unit, two steps",
                args=(one, 0.5 * one, np.array([0.0, 0.6, -0.8]).reshape(3, 1, 1), one),
                says="One unit and two steps, from 0 to 0.6 to -0.8, W = 1, U = 0.5, an error of "
                     "1 at the end: through which slope does it go first?")
    yield Probe("a single step", args=kept(rng, 1, 3, 2, 5), sizes={"T": 1, "B": 3, "M": 2, "D": 5},
                says="A single step: the error at its end goes through its tanh and through W, "
                     "and that is all.")
    yield Probe("two steps", args=kept(rng, 2, 3, 2, 5), sizes={"T": 2, "B": 3, "M": 2, "D": 5},
                says="Two steps: sizes[0] is for the last input, sizes[1] for the one before it, "
                     "to which the error comes by way of U.")
    yield Probe("as many inputs as units", args=kept(rng, 3, 2, 5, 5), sizes={"T": 3, "B": 2},
                says="M = D: here every transpose and every exchange of W and U fits, right or "
                     "wrong.")
    yield Probe("U the identity", args=kept(rng, 5, 2, 3, 7, U=np.eye(7)),
                sizes={"T": 5, "B": 2, "M": 3, "D": 7},
                says="With U the identity only the slopes are multiplied, step by step: 1 - h², "
                     "with the h that each step made.")
    for T, B, M, D in ((7, 5, 3, 2), (11, 2, 3, 5)):
        yield Probe(f"a random network, {T} steps", args=kept(rng, T, B, M, D),
                    sizes={"T": T, "B": B, "M": M, "D": D},
                    says=f"{T} steps and {B} sequences.")


def reference(W, U, h, d_last):
    """By complex step: push entry m of the input of step t, and run to the end."""
    T, M = len(h) - 1, W.shape[1]
    given = np.arctanh(h[1:]) - h[:-1] @ U.T
    sizes = np.zeros((T, h.shape[1]))
    for t in range(T):
        d_x = []
        for m in range(M):
            new = np.tanh(h[t] @ U.T + given[t] + TINY * 1j * W[:, m])
            for k in range(t + 1, T):
                new = np.tanh(new @ U.T + given[k])
            d_x.append((d_last * new.imag / TINY).sum(axis=1))
        sizes[T - 1 - t] = np.linalg.norm(d_x, axis=0)
    return sizes


EXERCISE = Code(
    title="The gradient, lag by lag",
    level="standard",
    statement=r"""A plain network $h_t = \tanh(a_t)$, $a_t = W x_t + U h_{t-1} + b$, has read $B$
sequences of $T$ steps. You get `W` of shape $(D, M)$, `U` of shape $(D, D)$, and what the run has
kept: `h` of shape $(T+1, B, D)$, where `h[0]` are the initial states and `h[t]` those after step
$t$. There is a loss at the end only: `d_last`, of shape $(B, D)$, is its gradient at the last
state, $\delta h_T$.

The error goes back step by step:

$$ \begin{aligned} \delta a_t &= (1 - h_t^2) \odot \delta h_t \\
\delta x_t &= W^\top \delta a_t \\
\delta h_{t-1} &= U^\top \delta a_t \end{aligned} $$

(These are columns; in code a row is a sequence of the batch.) Wanted is how much arrives at each
input: `sizes` of shape $(T, B)$, where `sizes[k, b]` is the length $\lVert \delta x_{T-k} \rVert$
of the gradient at the input $k$ steps before the last, for sequence $b$. So `sizes[0]` belongs to
the last input, and `sizes[T - 1]` to the first.""",
    example='''# The same for a network without a tanh, h_t = W x_t + U h_{t-1}:
# there are no slopes, and no state is needed. In rows W^T d is d @ W.
def linear_by_lag(W, U, d_last, T):
    sizes, d_h = [], d_last
    for lag in range(T):
        sizes.append(np.linalg.norm(d_h @ W, axis=1))
        d_h = d_h @ U
    return np.array(sizes)

U = 0.5 * np.array([[0.0, 1.0], [1.0, 0.0]])
d_last = np.array([[3.0, 4.0]])
print(linear_by_lag(np.eye(2), U, d_last, T=4)[:, 0])''',
    task="Write the same for the network with the tanh. Its slopes are those of the states that "
         "the run has kept: which one, at which step?",
    starter='''def gradient_by_lag(W, U, h, d_last):
    """The size of the gradient at the input k steps back, (T, B)."""
    T = len(h) - 1
    sizes, d_h = [], d_last
    ...
    return np.array(sizes)''',
    returns="sizes",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "U where its transpose is due",
            "In rows U^T δa reads `d_a @ U`. You have `d_a @ U.T`, which is the way forward. U is "
            "square, so that it fits.",
            swap=[("d_h = d_a @ U", "d_h = d_a @ U.T")],
        ),
        Mistake(
            "no slopes",
            "Your error passes the tanh unchanged, as in the example. Each step multiplies it by "
            "1 - h², unit by unit.",
            swap=[("d_a = (1 - h[t] ** 2) * d_h", "d_a = d_h")],
        ),
        Mistake(
            "the slope of the state before",
            "At step t you take the slope at h[t-1], the state that the step started from; or "
            "your loop begins at T - 1 (`range(T)` ends there), which comes to the same. The tanh "
            "of step t made h[t], and the first to be passed is that of h[T].",
            swap=[("h[t] ** 2", "h[t - 1] ** 2")],
        ),
        Mistake(
            "the first state at lag 0",
            "`h[-lag]` with lag 0 is h[0], for -0 is 0: the first state, not the last. The last is "
            "`h[T]`, so for each lag `h[T - lag]`.",
            swap=[("h[t] ** 2", "h[t - T] ** 2")],
        ),
        Mistake(
            "the product as on paper",
            "A product such as `W.T @ d_a` or `U.T @ d_a` is right for a column. Here a row is a "
            "sequence of the batch, so both turn around: `d_a @ W`, `d_a @ U`.",
            swap=[("d_a @ W", "W.T @ d_a")],
        ),
        Mistake(
            "1 - h without the square",
            "The slope of tanh, written with its result h, is 1 - h². You have 1 - h.",
            swap=[("1 - h[t] ** 2", "1 - h[t]")],
        ),
        Mistake(
            "tanh applied twice",
            "You take 1 - tanh(h)². But h is the result of the tanh already: its slope is 1 - h².",
            swap=[("1 - h[t] ** 2", "1 - np.tanh(h[t]) ** 2")],
        ),
        Mistake(
            "the logistic slope",
            "h (1 - h) is the slope of the logistic function. This network has a tanh: 1 - h².",
            swap=[("1 - h[t] ** 2", "h[t] * (1 - h[t])")],
        ),
        Mistake(
            "the slope after U",
            "δh_{t-1} is multiplied by the slopes of step t only after U: the order is tanh "
            "first, then U^T. And on its way to the input the error passes the same tanh.",
            swap=[("d_x = d_a @ W", "d_x = d_h @ W"),
                  ("d_h = d_a @ U", "d_h = (1 - h[t] ** 2) * (d_h @ U)")],
        ),
        Mistake(
            "no slope on the way to the input",
            "On its way back in time your error passes the tanh, but not on its way to the input: "
            "δx is W^T δa, not W^T δh.",
            swap=[("d_x = d_a @ W", "d_x = d_h @ W")],
        ),
        Mistake(
            "no slope on the way back",
            "On its way to the input your error passes the tanh, but not on its way back in time: "
            "δh_{t-1} is U^T δa_t, not U^T δh_t.",
            swap=[("d_h = d_a @ U", "d_h = d_h @ U")],
        ),
        Mistake(
            "after U instead of before it",
            "You take δx from δh_{t-1}, after the way through U. To the input of step t the way "
            "goes from δa_t, past W alone.",
            swap=[("d_x = d_a @ W", "d_x = d_a @ U @ W")],
        ),
        Mistake(
            "forward in time",
            "Your loop runs from the first step to the last. The error stands at the end: it "
            "passes step T first, and step 1 last.",
            swap=[("range(T, 0, -1)", "range(1, T + 1)")],
        ),
        Mistake(
            "one step too many",
            "You go on to h[0], and have one row too many. h[0] is the initial state: no step of "
            "this run made it, and no input stands before it.",
            swap=[("range(T, 0, -1)", "range(T, -1, -1)")],
        ),
        Mistake(
            "one step too few",
            "A row is missing: your loop ends before step 1 (`range` leaves out its end).",
            swap=[("range(T, 0, -1)", "range(T, 1, -1)")],
        ),
        Mistake(
            "by step instead of by lag",
            "Your rows run from the first input to the last. sizes[0] belongs to the last input, "
            "lag 0.",
            swap=[("return np.array(sizes)", "return np.array(sizes)[::-1]")],
        ),
        Mistake(
            "squares of lengths",
            "You return the sum of the squares, without the root.",
            swap=[("np.linalg.norm(d_x, axis=1)", "(d_x ** 2).sum(axis=1)")],
        ),
        Mistake(
            "sizes of entries added",
            "You add up the sizes of the entries. The length is the root of the sum of squares.",
            swap=[("np.linalg.norm(d_x, axis=1)", "np.abs(d_x).sum(axis=1)")],
        ),
        Mistake(
            "means for lengths",
            "You divide by the number of entries: a root of a mean, not a length.",
            swap=[("np.linalg.norm(d_x, axis=1)", "np.sqrt((d_x ** 2).mean(axis=1))")],
        ),
        Mistake(
            "the gradient at the state",
            "You return the length of δh. Asked is that of the gradient at the input, δx = W^T δa.",
            swap=[("np.linalg.norm(d_x, axis=1)", "np.linalg.norm(d_h, axis=1)")],
        ),
        Mistake(
            "the gradient at the state before",
            "You return the length of δh_{t-1}, after the way through U. To the input of step t "
            "the way goes from δa_t through W: δx = W^T δa.",
            swap=[("np.linalg.norm(d_x, axis=1)", "np.linalg.norm(d_a @ U, axis=1)")],
        ),
        Mistake(
            "the gradient at the pre-activation",
            "You return the length of δa. One more product takes it to the input: δx = W^T δa.",
            swap=[("np.linalg.norm(d_x, axis=1)", "np.linalg.norm(d_a, axis=1)")],
        ),
        Mistake(
            "the error never moves",
            "Each step begins anew with d_last: what step t found is not handed on to step t - 1.",
            swap=[("d_h = d_a @ U", "d_h = d_last")],
        ),
        Mistake(
            "the error enters at every step",
            "You add d_last at each step. There is a loss at the end only; before it all comes by "
            "way of U.",
            swap=[("d_h = d_a @ U", "d_h = d_a @ U + d_last")],
        ),
        Mistake(
            "parts of that at lag 0",
            "You divide by the first row. That is what the chapter's figure draws; here the sizes "
            "themselves are asked for.",
            swap=[("return np.array(sizes)", "return np.array(sizes) / sizes[0]")],
        ),
        Mistake(
            "one mean for all sequences",
            "You take the mean over the batch. Here each sequence keeps its own column: axis 0 of "
            "d_x is the batch, axis 1 the entries of one input.",
            swap=[("np.linalg.norm(d_x, axis=1)", "np.linalg.norm(d_x, axis=1).mean()")],
        ),
        Mistake(
            "one length over the batch",
            "Your length is taken over all sequences together. Each sequence keeps its own: take "
            "the norm along the axis of the input's entries.",
            swap=[("np.linalg.norm(d_x, axis=1)", "np.linalg.norm(d_x)")],
        ),
        Mistake(
            "the length along the wrong axis",
            "You take the length over the sequences, for each entry of the input. It is the other "
            "way round: `axis=1`.",
            swap=[("np.linalg.norm(d_x, axis=1)", "np.linalg.norm(d_x, axis=0)")],
        ),
    ],
    hints=(
        "One loop, from step T down to step 1, with four lines in it: the pre-activation's "
        "gradient, the input's, its length, the state's.",
        "The tanh of step t made h[t]. What you have in d_h at the beginning of the round for "
        "step t is δh_t; at its end it must be δh_{t-1}.",
        "In rows: `d_x = d_a @ W` and `d_h = d_a @ U`, both from d_a, which is d_h times the "
        "slopes. The length of each row is `np.linalg.norm(d_x, axis=1)`.",
    ),
    passed="This is the curve that the chapter draws for each of its networks. Divide by the first "
           "row, take the mean over the sequences, plot it "
    "on a logarithmic axis: a straight line that falls is a network deaf to its past.",
)

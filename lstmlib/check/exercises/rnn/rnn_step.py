"""One step of the plain recurrent cell."""

import math

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def _case(rng, B, M, D, scale=1.0):
    params = {"W": scale * rng.normal(size=(D, M)), "U": scale * rng.normal(size=(D, D)),
        "b": rng.normal(size=D)}
    return params, rng.normal(size=(B, M)), rng.uniform(-1, 1, size=(B, D))


def _without(case, *names):
    params, x, h = case
    return {name: 0 * value if name in names else value for name, value in params.items()}, x, h


def probes(rng):
    B, M, D = 2, 3, 5
    sizes = {"B": B, "M": M, "D": D}
    yield Probe("only the bias: W and U are zero", _without(_case(rng, B, M, D), "W", "U"),
                "With W and U zero each row of the new state is tanh(b), whatever x and h are: "
                "look at how `b` enters the sum, and at what is done to the sum.", sizes)
    yield Probe("only the input: U and b are zero", _without(_case(rng, B, M, D), "U", "b"),
                "With U and b zero the new state is the tanh of W x: look at how `W` meets "
                "`x`.", sizes)
    yield Probe("only the old state: W and b are zero", _without(_case(rng, B, M, D), "W", "b"),
                "With W and b zero the new state is the tanh of U h: look at how `U` meets the old "
                "state.", sizes)
    yield Probe("one sequence alone, all terms", _case(rng, 1, M, D),
                "Each term is right by itself; look at how the three are put together.",
                {"B": 1, "M": M, "D": D})
    yield Probe("as many inputs as units", _case(rng, B, 3, 3),
                "Here M = D = 3, so that every matrix is square and every transpose fits: is each "
                "one the way it should be?", {"B": B})
    yield Probe("three sequences of three numbers for three units", _case(rng, 3, 3, 3),
                "Here B = M = D = 3, so that everything fits everything: which axis do you sum "
                "over?")
    yield Probe("very large sums", _case(rng, B, M, D, scale=900.0),
                "Some sums are beyond 800 here, where exp overflows; the tanh is just 1 or "
                "−1.", sizes)
    for name in ("a random case", "another random case"):
        yield Probe(name, _case(rng, 7, 3, 5),
            "Each term is right by itself; look at how they are put together.",
                    {"B": 7, "M": 3, "D": 5})


def _dot(row, column):
    return math.fsum(r * c for r, c in zip(row, column))


def reference(params, x, h):
    W, U, b = (params[name].tolist() for name in ("W", "U", "b"))
    return np.array([
        [math.tanh(_dot(W[i], row) + _dot(U[i], old) + b[i]) for i in range(len(b))]
        for row, old in zip(x.tolist(), h.tolist())])


EXERCISE = Code(
    title="One step",
    level="routine",
    statement=r"""
The plain recurrent cell makes a new state $h_t$ from an input $x_t$ and the old state $h_{t-1}$:

$$ h_t = \tanh(W x_t + U h_{t-1} + b) $$

The equation is written for one sequence, with vectors as columns. Your function gets a batch of $B$
sequences, and in code **each row is a sequence**: `x` has shape (B, M), the old state `h` has shape
(B, D). `params` is a dict with `W` (D, M), `U` (D, D) and `b` (D,). Return the new state, (B, D).
Leave `params`, `x` and `h` as they are.
""",
    example='''
def leaky_step(params, x, s):
    """Another cell: each unit keeps a share of what it had."""
    P, keep = params["P"], params["keep"]     # (D, M) and (D,)
    heard = x @ P.T                           # (B, M) by (M, D): (B, D)
    return keep * s + (1 - keep) * heard      # (D,) meets every row


params = {"P": np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]),
          "keep": np.array([0.5, 0.9])}
leaky_step(params, x=np.array([[1.0, 2.0, 3.0]]), s=np.array([[10.0, 10.0]]))
''',
    task="Write the step of the plain cell in the same way: three or four lines, one for each term "
         "and one for the whole.",
    starter='''
def rnn_step(params, x, h):
    """The new state (B, D) from an input (B, M) and the old state (B, D)."""
    W, U, b = params["W"], params["U"], params["b"]
    ...
    return h_new
''',
    returns="h_new",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("the logistic function in place of tanh",
                "Your state lies between 0 and 1, so that no unit can ever be negative: the cell "
                "bends its sum with a tanh, not with 1/(1 + exp(−a)).",
                swap=[("np.tanh(a)", "1 / (1 + np.exp(-a))")]),
        Mistake("the logistic function, stretched",
                "Your curve runs from −1 to 1, but half as steep: 2/(1 + exp(−a)) − 1 is the tanh "
                "of a/2. The cell takes the tanh of a.",
                swap=[("np.tanh(a)", "2 / (1 + np.exp(-a)) - 1")]),
        Mistake("no tanh at all",
                "You return the sum a itself. It is still to be bent: without that the state has "
                "no bounds.",
                swap=[("np.tanh(a)", "a")]),
        Mistake("a rectifier in place of tanh",
                "You cut the sum off at zero. That is another cell (max(0, a) is used for counting "
                "later in this book); this one takes the tanh.",
                swap=[("np.tanh(a)", "np.maximum(a, 0)")]),
        Mistake("tanh twice",
                "The sum goes through two tanh in a row; one is enough.",
                swap=[("np.tanh(a)", "np.tanh(np.tanh(a))")]),
        Mistake("a tanh from exponentials that overflow",
                "(exp(a) − exp(−a)) / (exp(a) + exp(−a)) is right on paper; from about a = 710 on "
                "exp(a) is infinite, and infinite over infinite is NaN. `np.tanh` has no such "
                "wall.",
                swap=[("np.tanh(a)", "(np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a))")]),
        Mistake("U as it stands, not transposed",
                "`h @ U` fits, since U is square, and is wrong: it sums over the rows of U instead "
                "of its columns, so that the links run backwards, from the unit that hears to the "
                "unit that is heard. Rows as sequences need the transpose, as for W.",
                swap=[("h @ U.T", "h @ U")]),
        Mistake("W as it stands, not transposed",
                "`x @ W` fits only if M = D, and then it multiplies with the transpose of what is "
                "meant. In code a row is a sequence, so that W x becomes `x` times a transpose.",
                swap=[("x @ W.T", "x @ W")]),
        Mistake("neither W nor U transposed",
                "`x @ W` and `h @ U`: in code a row is a sequence, so that W x and U h need the "
                "transposes. Where M = D both fit without, and only the numbers tell.",
                swap=[("x @ W.T", "x @ W"), ("h @ U.T", "h @ U")]),
        Mistake("W and U exchanged",
                "You multiply x by U and h by W. W weighs what comes in, U weighs what was; with M "
                "= D they fit the wrong way round too.",
                swap=[("x @ W.T", "x @ U.T"), ("h @ U.T", "h @ W.T")]),
        Mistake("the input has no part in it",
                "Your new state does not change when x does: the term W x is missing.",
                swap=[("from_input + from_state", "from_state")]),
        Mistake("U times the input, twice the input",
                "Both your terms are made from x; the second, with U, belongs to the old state h.",
                swap=[("h @ U.T", "x @ U.T")]),
        Mistake("the old state has no part in it",
                "Your new state does not change when the old one does: either the term U h is "
                "missing, or h is set to zeros inside the function. This cell then has no memory.",
                swap=[("h @ U.T", "np.zeros_like(h)")]),
        Mistake("the first sequence's state for all",
                "All your rows read the old state of row 0. Each sequence has a state of its own: "
                "use the whole of h, (B, D).",
                swap=[("h @ U.T", "h[0] @ U.T")]),
        Mistake("no bias",
                "The bias b is missing from the sum.",
                swap=[(" + b", "")]),
        Mistake("the bias twice",
                "The bias is added twice, once with each product perhaps. PyTorch keeps two "
                "biases, which add up; here there is one.",
                swap=[(" + b", " + 2 * b")]),
        Mistake("one bias for all units",
                "Each unit has its own bias; you add one number (the first of b, or a sum or mean "
                "over b) to all of them.",
                source='''
def rnn_step(params, x, h):
    return np.tanh(x @ params["W"].T + h @ params["U"].T + params["b"][0])
'''),
        Mistake("one bias for all units, their sum",
                "You add the sum of all biases to every unit. Each unit has a bias of its own: b "
                "as it stands, (D,), meets the last axis.",
                swap=[(" + b", " + b.sum()")]),
        Mistake("one bias for all units, their mean",
                "You add the mean of all biases to every unit. Each unit has a bias of its own: b "
                "as it stands, (D,), meets the last axis.",
                swap=[(" + b", " + b.mean()")]),
        Mistake("the bias outside the tanh",
                "You add b after the tanh. It belongs to the sum inside: it shifts the point at "
                "which the unit turns from minus to plus, and the state stays between −1 and 1.",
                source='''
def rnn_step(params, x, h):
    return np.tanh(x @ params["W"].T + h @ params["U"].T) + params["b"]
'''),
        Mistake("the bias along the batch",
                "You add b along the batch, so that each sequence gets one entry of it. That fits "
                "only where B = D; each unit has its own bias. (`W @ x.T` has the units in its "
                "rows: there b would have to be a column.)",
                swap=[(" + b", " + b[:, None]")]),
        Mistake("tanh of each term, then the sum",
                "You take the tanh of the terms and add up afterwards. Add first: one tanh over "
                "the whole sum.",
                source='''
def rnn_step(params, x, h):
    return np.tanh(x @ params["W"].T) + np.tanh(h @ params["U"].T) + np.tanh(params["b"])
'''),
        Mistake("tanh of the input's part only",
                "Only W x + b goes through your tanh, and U h is added outside it. All three terms "
                "belong inside.",
                source='''
def rnn_step(params, x, h):
    return np.tanh(x @ params["W"].T + params["b"]) + h @ params["U"].T
'''),
        Mistake("tanh of the input's part only, the bias outside",
                "Only W x goes through your tanh; U h and b are added outside it. All three terms "
                "belong inside.",
                source='''
def rnn_step(params, x, h):
    return np.tanh(x @ params["W"].T) + h @ params["U"].T + params["b"]
'''),
        Mistake("tanh of the state's part only",
                "Only U h goes through your tanh, with or without the bias. All three terms belong "
                "inside.",
                source='''
def rnn_step(params, x, h):
    return x @ params["W"].T + np.tanh(h @ params["U"].T + params["b"])
'''),
        Mistake("a tanh of the old state first",
                "You take the tanh of h before U weighs it. The old state went through its tanh in "
                "the step before; now it is used as it is.",
                swap=[("h @ U.T", "np.tanh(h) @ U.T")]),
        Mistake("the old state added",
                "You add the new to the old state. The plain cell replaces it: what is to last "
                "must come through U.",
                swap=[("np.tanh(a)", "h + np.tanh(a)")]),
        Mistake("the product where a sum should be",
                "You multiply W x and U h entry by entry. They are added.",
                swap=[("from_input + from_state", "from_input * from_state")]),
        Mistake("U entry by entry",
                "You multiply h with the diagonal of U, so that each unit hears only itself. U h "
                "is a matrix product: every unit hears every unit.",
                swap=[("h @ U.T", "h * np.diag(U)")]),
        Mistake("the equation as it stands",
                "`W @ x + U @ h` is the equation for one column. Your x and h have sequences as "
                "rows, and (D, M) does not fit before (B, M); where all sizes are equal it fits, "
                "and is wrong. With rows x comes first, and the matrix is transposed.",
                source='''
def rnn_step(params, x, h):
    return np.tanh(params["W"] @ x + params["U"] @ h + params["b"])
'''),
        Mistake("columns, and the bias in a row",
                "`W @ x.T + U @ h.T` is (D, B): its columns are sequences, and b, (D,), does not "
                "fit there. Let rows be sequences all the way: x comes first, and the matrix is "
                "transposed.",
                source='''
def rnn_step(params, x, h):
    return np.tanh(params["W"] @ x.T + params["U"] @ h.T + params["b"])
'''),
        Mistake("tanh of the products only",
                "W x and U h go through a tanh each, and b is added outside. Add first: one tanh "
                "over the whole sum.",
                source='''
def rnn_step(params, x, h):
    return np.tanh(x @ params["W"].T) + np.tanh(h @ params["U"].T) + params["b"]
'''),
        Mistake("the bias taken off",
                "You take b off the sum. It is added.",
                swap=[(" + b", " - b")]),
        Mistake("the result lies on its side",
                "You return (D, B): columns are sequences, as in the equation. In code rows are: "
                "return the transpose.",
                source='''
def rnn_step(params, x, h):
    return np.tanh(params["W"] @ x.T + params["U"] @ h.T + params["b"][:, None])
'''),
    ],
    hints=(
        "Begin with the shapes: x is (B, M), W is (D, M), and what you want is (B, D). Which "
        "product of the two has that shape?",
        "W x of the equation becomes `x @ W.T` when rows are sequences; U h becomes the same with "
        "h and U. The bias (D,) may be added as it is: NumPy adds it to each row.",
        "Three terms, one sum, one `np.tanh` over the whole sum; give the result the name h_new.",
    ),
    passed="Your step is right for any batch, the square case and sums where exp overflows "
           "included: with a loop around it you have a recurrent network.",
)

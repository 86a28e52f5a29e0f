"""One step of gradient descent for a layer with a softmax."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def layer(rng, N, M):
    return {"W": rng.normal(size=(N, M)), "b": rng.normal(size=N)}


def zeros(N, M):
    return {"W": np.zeros((N, M)), "b": np.zeros(N)}


def probes(rng):
    def batch(B, N, M, rate):
        return layer(rng, N, M), rng.normal(size=(B, M)), np.arange(B) * 2 % N, rate

    every = "The loss is a mean over the batch, so each example's slope counts 1/B."
    yield Probe("one example, all weights zero",
                (zeros(2, 3), np.array([[1.0, 0.0, -2.0]]), np.array([1]), 1.0),
                "The probabilities are 1/2 and 1/2, the right answer is number 1: its score should "
                "rise and the other fall.", {"B": 1, "N": 2, "M": 3})
    yield Probe("inputs of zero",
                (layer(rng, 3, 2), np.zeros((5, 2)), np.array([0, 0, 1, 2, 0]), 0.5),
                "With x = 0 only b can change anything: W must stay, and b moves by the mean of "
                "(p - y).", {"B": 5, "N": 3, "M": 2})
    yield Probe("learning rate zero", batch(5, 3, 2, 0.0),
                "With a learning rate of 0 nothing moves.", {"B": 5, "N": 3, "M": 2})
    yield Probe("one random example", batch(1, 5, 3, 0.7),
                "One example: the gradient of W is (p - y) times x, entry by entry.",
                {"B": 1, "N": 5, "M": 3})
    yield Probe("a batch", batch(7, 3, 5, 0.3), every, {"B": 7, "N": 3, "M": 5})
    yield Probe("as many answers as inputs", batch(2, 3, 3, 0.3),
                "N = M: a transposed matrix fits here, and is still wrong.",
                {"B": 2, "N": 3, "M": 3})
    sure = {"W": np.array([[0.0], [1.0], [2.0]]), "b": np.zeros(3)}
    yield Probe("very sure", (sure, np.array([[900.0], [-1.0]]), np.array([1, 0]), 0.1),
                "One example has scores up to 1800, where exp overflows, the other's are near 0: "
                "in each row its own largest score must be taken off before exp.",
                {"B": 2, "N": 3, "M": 1})
    yield Probe("a larger batch", batch(11, 5, 2, 2.0), every, {"B": 11, "N": 5, "M": 2})


def price(W, b, x, answers):
    """Mean nats, in complex numbers too."""
    s = x @ W.T + b
    s = s - s.real.max(axis=1, keepdims=True)
    return (np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(answers)), answers]).mean()


def reference(params, x, answers, rate):
    """Each weight in turn by a complex step: the slope is the imaginary part over the step."""
    moved = []
    for name in ("W", "b"):
        slope = np.zeros_like(params[name])
        for place in np.ndindex(slope.shape):
            at = {key: value.astype(complex) for key, value in params.items()}
            at[name][place] += 1e-20j
            slope[place] = price(**at, x=x, answers=answers).imag / 1e-20
        moved.append(params[name] - rate * slope)
    return tuple(moved)


EXERCISE = Code(
    title="One step downhill",
    level="standard",
    statement=r"""
A layer takes each of $B$ examples to $N$ scores, $s = Wx + b$, with `params["W"]` of shape `(N, M)`
and `params["b"]` of shape `(N,)`. The examples are the *rows* of `x`, shape `(B, M)`. A softmax
makes probabilities $p$ of the scores of each example, and the right answers are `answers`, shape
`(B,)`, numbers from $0$ to $N-1$. The loss is the mean price

$$ \text{loss} = \frac1B \sum_{\text{examples}} -\ln p[\text{right answer}] $$

in nats, that is with the natural logarithm. Its slope with respect to the scores of one example is
$(p - y)/B$: the probabilities, minus 1 at the right answer, divided by the number of examples.

Take one step of gradient descent with learning rate `rate`: every parameter $v$ becomes $v -
\text{rate} \cdot \partial\,\text{loss}/\partial v$. Return the new $W$ and the new $b$, and leave
the old ones in `params` as they are. Scores of 1,800 must not overflow.""",
    example='''\
def step_of_numbers(params, x, y, rate):
    """One step for a layer that should say the numbers y, (B, N): squared error."""
    s = x @ params["W"].T + params["b"]
    d_s = 2 * (s - y) / len(x)                    # slope of each score
    W = params["W"] - rate * d_s.T @ x            # (N, B) @ (B, M)
    b = params["b"] - rate * d_s.sum(axis=0)      # b is added in every row
    return W, b


W, b = step_of_numbers({"W": np.zeros((1, 2)), "b": np.zeros(1)},
                       x=np.array([[1.0, 2.0]]), y=np.array([[3.0]]), rate=0.1)
print(W, b)''',
    task="""
The example does it for a layer whose scores are the answer, and are to come near to given numbers.
Yours has a softmax and a price in between.""",
    starter='''\
def descent_step(params, x, answers, rate):
    """The W and b of a softmax layer after one step of gradient descent."""
    ...
    return W, b''',
    returns=("W", "b"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("uphill",
                "The step goes uphill: the loss rises. Either the gradient is added, or the slope "
                "is y - p instead of p - y.",
                swap=[('params["W"] - rate', 'params["W"] + rate'),
                      ('params["b"] - rate', 'params["b"] + rate')]),
        Mistake("sum over the batch",
                "Your step is B times too large: the loss is a mean over the examples, so each "
                "slope is divided by B.",
                swap=[("d_s = d_s / B", "d_s = d_s")]),
        Mistake("divided twice by B",
                "The gradient of b is divided by B twice: once in the slopes, and again by taking "
                "a mean over the rows. One of the two is enough.",
                swap=[("d_s.sum(axis=0)", "d_s.mean(axis=0)")]),
        Mistake("W without its mean",
                "b moves by a mean over the examples, W by a sum: one of the two has lost its 1/B. "
                "Divide the slopes of the scores by B, and both have it.",
                swap=[("rate * d_s.T @ x", "rate * B * d_s.T @ x")]),
        Mistake("divided by B and N",
                "You divide by all B times N entries, perhaps with a mean() over the whole array. "
                "The loss is a mean over the B examples only.",
                swap=[("d_s = d_s / B", "d_s = d_s / d_s.size")]),
        Mistake("divided by N",
                "You divide by N, the number of answers. The loss is a mean over the examples: "
                "divide by B, the number of rows.",
                swap=[("d_s = d_s / B", "d_s = d_s / d_s.shape[1]")]),
        Mistake("the answers forgotten",
                "The slope is only p: the 1 at the right answer has not been taken off, so the "
                "step makes every answer less likely, the right one too.",
                swap=[("d_s[np.arange(B), answers] -= 1", "d_s = d_s")]),
        Mistake("the number of the answer taken off",
                "You take the number of the right answer, 0, 1, 2 and so on, off all its row. What "
                "is taken off is a 1, and only at the right answer's place.",
                swap=[("d_s[np.arange(B), answers] -= 1", "d_s = d_s - answers[:, None]")]),
        Mistake("off in every row",
                "p[:, answers] -= 1 takes 1 off in the columns of all the right answers, in every "
                "row. Each row has one right answer: index rows and columns together.",
                swap=[("d_s[np.arange(B), answers] -= 1", "d_s[:, answers] -= 1")]),
        Mistake("1 off everywhere",
                "You take 1 off every probability of a row. It comes off in one place only, that "
                "of the right answer.",
                swap=[("d_s[np.arange(B), answers] -= 1", "d_s -= 1")]),
        Mistake("only at the right answer",
                "Only the right answer's slope is kept. The others have one too: p itself, which "
                "pushes their scores down.",
                swap=[("d_s[np.arange(B), answers] -= 1", "d_s *= np.eye(d_s.shape[1])[answers]\n"
                                                         "    d_s[np.arange(B), answers] -= 1")]),
        Mistake("the softmax derived twice",
                "You multiply p - y by p (1 - p) as well. That factor is in p - y already: it is "
                "the slope of the price through logarithm and softmax together.",
                swap=[("d_s = d_s / B", "d_s = d_s * p * (1 - p) / B")]),
        Mistake("softmax over the batch",
                "Your probabilities add up to 1 in each column, over the examples. They should in "
                "each row: the softmax runs over the N answers of one example.",
                swap=[("s.max(axis=1, keepdims=True)", "s.max(axis=0, keepdims=True)"),
                      ("e.sum(axis=1, keepdims=True)", "e.sum(axis=0, keepdims=True)")]),
        Mistake("one softmax for the batch",
                "You divide the exponentials by their sum over the whole batch. Each example's "
                "probabilities add up to 1 by themselves: sum along axis 1.",
                swap=[("s.max(axis=1, keepdims=True)", "s.max()"),
                      ("e.sum(axis=1, keepdims=True)", "e.sum()")]),
        Mistake("scores for probabilities",
                "The slope is s - y: you have used the scores where the probabilities belong.",
                swap=[("d_s = p.copy()", "d_s = s.copy()")]),
        Mistake("the squared error's slope",
                "2 (s - y) is the slope of the squared error, from the example. For the price, the "
                "slope of the scores is p - y, with the probabilities and without a 2.",
                swap=[("d_s = p.copy()", "d_s = s.copy()"),
                      ("d_s = d_s / B", "d_s = 2 * d_s / B")]),
        Mistake("a 2 too many",
                "Everything moves twice as far as it should. The 2 in the example comes from the "
                "square; the price has none.",
                swap=[("d_s = d_s / B", "d_s = 2 * d_s / B")]),
        Mistake("one after the other",
                "W moves as it should, but the slopes for b are taken with the new W. All slopes "
                "of one step belong to the parameters before it.",
                source='''\
def descent_step(params, x, answers, rate):
    W, b = params["W"], params["b"]
    for name in "Wb":
        s = x @ W.T + b
        e = np.exp(s - s.max(axis=1, keepdims=True))
        d_s = (e / e.sum(axis=1, keepdims=True) - np.eye(len(b))[answers]) / len(x)
        if name == "W":
            W = W - rate * d_s.T @ x
        else:
            b = b - rate * d_s.sum(axis=0)
    return W, b
'''),
        Mistake("the bias left alone",
                "b has not moved. It is a parameter too. Either it was left out, or its slopes "
                "were summed over the answers as well, and that sum is always 0: sum over the "
                "examples only, axis 0.",
                swap=[('params["b"] - rate * d_s.sum(axis=0)', 'params["b"].copy()')]),
        Mistake("the slopes for b summed over the answers",
                "You sum the slopes for b along axis 1, over the answers: that leaves one number "
                "for each example, and it is always 0. Each answer has its own bias: sum over the "
                "examples, axis 0.",
                swap=[("d_s.sum(axis=0)", "d_s.sum(axis=1)")]),
        Mistake("the weights left alone",
                "W has not moved. Its slope is d_s times x, summed over the examples: a product of "
                "matrices.",
                swap=[('params["W"] - rate * d_s.T @ x', 'params["W"].copy()')]),
        Mistake("no bias in the scores",
                "The scores are made without b: s = Wx + b.",
                swap=[('x @ params["W"].T + params["b"]', 'x @ params["W"].T')]),
        Mistake("transposed gradient",
                "The gradient of W is transposed: x.T @ d_s has the shape (M, N). That fits only "
                "where M = N, and there it moves the wrong weights. W has the shape (N, M).",
                swap=[("d_s.T @ x", "x.T @ d_s")]),
        Mistake("transposed weights",
                "You compute x @ W. The rows of W belong to the answers, so it is x @ W.T; without "
                ".T it fits only where M = N.",
                swap=[('x @ params["W"].T', 'x @ params["W"]')]),
        Mistake("bits",
                "This is the gradient of the price in bits. Here the loss is in nats, without the "
                "factor 1 / ln 2.",
                swap=[("d_s = d_s / B", "d_s = d_s / B / np.log(2)")]),
        Mistake("no maximum",
                "The gradient is right, and exp overflows on large scores. Take each row's largest "
                "score off first.",
                swap=[("s - s.max(axis=1, keepdims=True)", "s")]),
        Mistake("one maximum for all examples",
                "You take off the largest score of the whole batch. An example far below it "
                "becomes all zeros, and 0 / 0 is nan: each row needs its own largest score.",
                swap=[("s.max(axis=1, keepdims=True)", "s.max()")]),
        Mistake("the maximum of a column",
                "You take off the largest score of each column (axis 0). Then the scores of one "
                "example lose different amounts, and its probabilities change.",
                swap=[("s.max(axis=1, keepdims=True)", "s.max(axis=0)")]),
        Mistake("clipped",
                "You cut the scores off at some bound. Two scores beyond it become equal, though "
                "one is far more probable than the other. Move the whole row instead.",
                swap=[("s - s.max(axis=1, keepdims=True)", "np.clip(s, -500, 500)")]),
        Mistake("one example after the other",
                "You take a step for each example, and the next one already meets the new "
                "weights. Here all slopes belong to the old parameters: add them up, then take "
                "one step.",
                source='''\
def descent_step(params, x, answers, rate):
    W, b = params["W"].copy(), params["b"].copy()
    for row, answer in zip(x, answers):
        s = W @ row + b
        e = np.exp(s - s.max())
        d_s = (e / e.sum() - np.eye(len(b))[answer]) / len(x)
        W -= rate * np.outer(d_s, row)
        b -= rate * d_s
    return W, b
'''),
        Mistake("no learning rate",
                "The learning rate is missing: the whole gradient is taken off.",
                swap=[("rate * d_s.T @ x", "d_s.T @ x"), ("rate * d_s.sum", "d_s.sum")]),
        Mistake("gradients returned",
                "You return the gradients. Asked for are the parameters after the step: old value "
                "minus rate times gradient.",
                swap=[('params["W"] - rate * d_s.T @ x', "d_s.T @ x"),
                      ('params["b"] - rate * d_s.sum(axis=0)', "d_s.sum(axis=0)")]),
        Mistake("only what is taken off",
                "You return rate times gradient, which is what the step takes off. Asked for are "
                "the parameters after it: old value minus this.",
                swap=[('params["W"] - rate * d_s.T @ x', "rate * d_s.T @ x"),
                      ('params["b"] - rate * d_s.sum(axis=0)', "rate * d_s.sum(axis=0)")]),
        Mistake("only the change",
                "You return by how much the parameters change. Asked for are the parameters "
                "after the step: old value plus change.",
                swap=[('params["W"] - rate * d_s.T @ x', "-rate * d_s.T @ x"),
                      ('params["b"] - rate * d_s.sum(axis=0)', "-rate * d_s.sum(axis=0)")]),
    ],
    hints=(
        "Four stations: scores, probabilities, slopes of the scores, step. The first and the last "
        "stand in the example.",
        "The slopes of the scores begin as a copy of the probabilities, (B, N). From one entry of "
        "each row 1 is taken off, and then all is divided by B.",
        "Pick the entries with `[np.arange(B), answers]`. The gradient of W is `d_s.T @ x`, that "
        "of b is `d_s.sum(axis=0)`.",
    ),
    passed="A whole step of learning, with every slope from the chain rule: your step agrees with "
           "slopes measured one weight at a time.",
)

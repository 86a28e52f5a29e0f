"""The loss of a padded batch and its gradient: a mean over the real steps."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import log_softmax, softmax_cross_entropy


def drawn(rng, lengths, K, T=None):
    T, B = T or max(lengths), len(lengths)
    log_p = log_softmax(2 * rng.normal(size=(T, B, K)))
    return log_p, rng.integers(K, size=(T, B)), np.array(lengths)


def probes(rng):
    yield Probe("one string, nothing padded", drawn(rng, [3], 2),
                "Three steps of one string: the loss is the mean of three numbers.",
                {"T": 3, "B": 1, "K": 2})
    even = np.full((3, 2, 5), -np.log(5))
    yield Probe("all answers equally likely",
                (even, rng.integers(5, size=(3, 2)), np.array([1, 3])),
                "Every place costs ln 5, so the mean over the real steps is ln 5 as well, however "
                "much padding there is.", {"T": 3, "B": 2, "K": 5})
    yield Probe("two lengths", drawn(rng, [4, 2], 3),
                "Six real steps, in a rectangle of eight places. Each of the six has the same "
                "weight in the mean.", {"T": 4, "B": 2, "K": 3})
    log_p, targets, lengths = drawn(rng, [2, 4], 3)
    log_p[2:, 0] = -np.inf
    log_p[3, 0] = np.nan
    yield Probe("padding without a price", (log_p, targets, lengths),
                "Behind the end of string 0 stand -inf and NaN, as a network may produce on "
                "nothing. They must not be touched: 0 times NaN is NaN.", {"T": 4, "B": 2, "K": 3})
    yield Probe("as many steps as strings", drawn(rng, [2, 4, 1, 3], 3),
                "Here T = B = 4, so that a mask that lies the wrong way fits: time goes down.",
                {"K": 3})
    yield Probe("all shorter than the array", drawn(rng, [2, 5, 3], 2, T=7),
                "No string is as long as the array: the last two steps are padding for all.",
                {"T": 7, "B": 3, "K": 2})
    for k, (lengths, K) in enumerate((([5, 2], 3), ([1, 7, 4, 3, 6], 2), ([6, 5, 1], 7))):
        yield Probe(f"a random batch ({k + 1})", drawn(rng, lengths, K),
                    "Take the strings one by one, each cut at its end; add up, and divide once.",
                    {"T": max(lengths), "B": len(lengths), "K": K})


def reference(log_p, targets, lengths):
    real = np.array([[t < n for n in lengths] for t in range(len(log_p))])
    return softmax_cross_entropy(np.where(real[..., None], log_p, 0.0), targets, real)


MASK, N = "np.arange(T)[:, None] < lengths", "n = real.sum()"
LOSS, GRAD = "loss = -np.where(real, picked, 0).sum() / n", "d = np.exp(log_p) - np.eye(K)[targets]"
D_LOGITS = "d_logits = np.where(real[..., None], d, 0) / n"

EXERCISE = Code(
    title="The loss of a padded batch",
    level="standard",
    statement=r"""A batch of $B$ strings has been filled up to $T$ steps, behind the end of each
string. `lengths`, shape $(B,)$, says how many steps of each are real, at least 1. For each place
there are the logarithms of $K$ probabilities, `log_p` of shape $(T, B, K)$, and the symbol that was
right, `targets` of shape $(T, B)$. What stands in the padding means nothing, and may be anything,
$-\infty$ and NaN included in `log_p`.

The price of a place is $-\ln p$ of its target. Return

- `loss`: the mean price over the **real** steps, all strings thrown together, each step with the
  same weight;
- `d_logits`, shape $(T, B, K)$: the gradient of that loss with respect to the *logits* $s$, of
  which $p$ is the softmax. For a single place of price $\ell$ that is $\partial \ell / \partial s =
  p - e$, where $e$ is 1 at the target and 0 elsewhere. In the padding it is 0.""",
    example='''# one place, K = 3: its price, and the gradient at its logits
p, target = np.array([0.2, 0.5, 0.3]), 1
print("price", -np.log(p[target]).round(4), "gradient", p - np.eye(3)[target])

# a mask meets a NaN: a product keeps it, a choice does not
prices, real = np.array([0.5, np.nan]), np.array([True, False])
print(real * prices, np.where(real, prices, 0))''',
    task="""Write it for a batch. Of each place's $K$ logarithms the one at its target is
`np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]`, of shape $(T, B)$.""",
    starter='''def padded_loss(log_p, targets, lengths):
    """The mean over the real steps, and its gradient at the logits."""
    T, B, K = log_p.shape
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    ...
    return loss, d_logits''',
    returns=("loss", "d_logits"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("divided by all places",
                "You leave the padding out of the sum and divide by T times B all the same. Then "
                "the loss gets smaller the more padding a batch happens to hold. Divide by the "
                "number of real steps.", swap=[(N, "n = T * B")]),
        Mistake("the gradient divided by all places",
                "The loss is right. Its gradient is divided by T times B; a gradient has the same "
                "divisor as the loss it belongs to.",
                swap=[(D_LOGITS, D_LOGITS.replace("/ n", "/ (T * B)"))]),
        Mistake("the loss divided by all places",
                "The gradient is right. The loss is divided by T times B, as `mean` does after "
                "`np.where`: the places that were left out are still counted.",
                swap=[(LOSS, "loss = -np.where(real, picked, 0).mean()")]),
        Mistake("a mean of means",
                "You take the mean of each string first and then the mean of the strings, so that "
                "a step of a short string weighs more. Some do that on purpose; asked for is the "
                "same weight for every step.",
                swap=[(LOSS, "loss = -(np.where(real, picked, 0).sum(0) / real.sum(0)).mean()"),
                      (D_LOGITS, "d_logits = np.where(real[..., None], d, 0) / "
                                 "real.sum(0)[:, None] / B")]),
        Mistake("a mean of means in the loss only",
                "Your gradient gives every step the same weight, your loss does not: it takes the "
                "mean of each string first, then the mean of those.",
                swap=[(LOSS, "loss = -(np.where(real, picked, 0).sum(0) / real.sum(0)).mean()")]),
        Mistake("not divided",
                "You add up and do not divide. A longer batch then has a larger loss and a longer "
                "gradient.", swap=[(N, "n = 1")]),
        Mistake("the gradient of the sum",
                "The loss is a mean and your gradient that of the sum: it lacks the division.",
                swap=[(D_LOGITS, D_LOGITS.replace(" / n", ""))]),
        Mistake("divided by the strings",
                "You divide by B, the number of strings. The mean is over steps.",
                swap=[(N, "n = B")]),
        Mistake("divided by the steps of the array",
                "You divide by T alone, or by the length of the longest string. Count the real "
                "steps of all strings.", swap=[(N, "n = T")]),
        Mistake("padding counts",
                "The padding is in the sum and in the number of places. `lengths` is not used.",
                swap=[(MASK, "np.ones((T, B), dtype=bool)")]),
        Mistake("padding counts in the sum",
                "You divide by the number of real steps, but the padding is still in the sum, and "
                "in the gradient.",
                swap=[(LOSS, "loss = -picked.sum() / n"), (D_LOGITS, "d_logits = d / n")]),
        Mistake("padding in the gradient",
                "The loss leaves the padding out, your gradient does not. There it must be 0: what "
                "stands behind an end must not move a weight.",
                swap=[(D_LOGITS, "d_logits = d / n")]),
        Mistake("times 0",
                "You multiply by the mask. That removes any number but these: 0 times infinity is "
                "NaN, and so is 0 times NaN. Choose, with `np.where` or `picked[real]`.",
                swap=[(LOSS, "loss = -(real * picked).sum() / n"),
                      (D_LOGITS, "d_logits = real[..., None] * d / n")]),
        Mistake("the loss times 0",
                "In the loss you multiply by the mask: 0 times NaN is NaN. The gradient, where you "
                "choose, is right.", swap=[(LOSS, "loss = -(real * picked).sum() / n")]),
        Mistake("the gradient times 0",
                "In the gradient you multiply by the mask: 0 times NaN is NaN. The loss, where you "
                "choose, is right.",
                swap=[(D_LOGITS, "d_logits = real[..., None] * d / n")]),
        Mistake("one step too many",
                "The first place behind each end counts, too. With length n the real steps are 0 "
                "to n - 1.", swap=[(MASK, "np.arange(T)[:, None] <= lengths")]),
        Mistake("one step too many in the sum",
                "You divide by the right number, but the first place behind each end is still in "
                "the sum. With length n the real steps are 0 to n - 1.",
                swap=[(MASK, "np.arange(T)[:, None] <= lengths"), (N, "n = lengths.sum()")]),
        Mistake("a mask made from the numbers",
                "You take for real what has a finite price. The padding may hold any number, a "
                "finite one as well: only the lengths say what is real.",
                swap=[(MASK, "np.isfinite(picked)")]),
        Mistake("one step too few",
                "The last real step of each string is left out. With length n the real steps are "
                "0 to n - 1.", swap=[(MASK, "np.arange(T)[:, None] < lengths - 1")]),
        Mistake("the mask upside down",
                "What counts is the padding, and the strings are left out.",
                swap=[(MASK, "np.arange(T)[:, None] >= lengths")]),
        Mistake("the padding looked for in front",
                "You take the last steps of the array for the real ones. The padding is behind "
                "each end.", swap=[(MASK, "np.arange(T)[::-1, None] < lengths")]),
        Mistake("the mask lies the wrong way",
                "Your mask has a row for each string. It has to lie as `targets` does: (T, B).",
                swap=[(MASK, "np.arange(T) < lengths[:, None]")]),
        Mistake("the sign of the gradient",
                "It points downhill: e - p. A gradient points uphill, and the optimiser takes the "
                "minus.", swap=[(GRAD, "d = np.eye(K)[targets] - np.exp(log_p)")]),
        Mistake("the gradient of the logarithms",
                "That is the gradient with respect to `log_p`: -1 at the target and nothing "
                "elsewhere. The logits of the other symbols count, too: they share the softmax.",
                swap=[(GRAD, "d = -np.eye(K)[targets]")]),
        Mistake("the target left out of the gradient",
                "Your gradient is p alone. At the target 1 has to be taken off.",
                swap=[(GRAD, "d = np.exp(log_p)")]),
        Mistake("only at the target",
                "Your gradient is right at the target and 0 elsewhere. The logits of the other "
                "symbols have a gradient too, their p: pushed up, they take from the target.",
                swap=[(GRAD, "d = (np.exp(log_p) - 1) * np.eye(K)[targets]")]),
        Mistake("half of the gradient masked",
                "In the padding you leave out p and still take off the 1 at the target. Mask the "
                "difference.",
                swap=[(D_LOGITS, "d_logits = (np.where(real[..., None], np.exp(log_p), 0) - "
                                 "np.eye(K)[targets]) / n")]),
        Mistake("logarithms for probabilities",
                "The gradient is p - e, and you take log p for p: `log_p` holds logarithms.",
                swap=[(GRAD, "d = log_p - np.eye(K)[targets]")]),
        Mistake("the sign of the loss",
                "The loss comes out negative: a price is minus the logarithm.",
                swap=[(LOSS, "loss = np.where(real, picked, 0).sum() / n")]),
    ],
    hints=(
        "First the mask, (T, B), from the step numbers and the lengths. How many True has it?",
        "`np.where(real, picked, 0)` chooses, and never looks at what it does not choose. For the "
        "gradient the mask needs a third axis: `real[..., None]`.",
        "The loss is minus a sum over n, with `n = real.sum()`. The gradient at a place is p - e, "
        "0 in the padding, all over the same n.",
    ),
    passed="A batch now costs what its strings cost one by one, and no number behind an end can "
           "get into a loss, a mean or a gradient.",
)

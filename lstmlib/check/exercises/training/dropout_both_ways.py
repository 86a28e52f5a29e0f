"""Dropout on the way up and on the way back, from given dice."""

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe


def drawn(rng, T, B, D):
    h, d_y = rng.normal(size=(T, B, D)), rng.normal(size=(T, B, D))
    return h, d_y, rng.uniform(size=(T, B, D))


def probes(rng):
    u = np.array([0.1, 0.3, 0.5, 0.7, 0.9]).reshape(1, 1, 5)
    ones = np.ones((1, 1, 5))
    sizes = {"T": 1, "B": 1, "D": 5}
    yield Probe("five ones, p = 0.4", (ones, 2 * ones, u, 0.4, True),
                "The dice show 0.1 0.3 0.5 0.7 0.9, and p is 0.4: the first two are dropped, the "
                "others divided by 0.6. Use the dice in `u`; throw none of your own.", sizes)
    yield Probe("in use", (ones, 2 * ones, u, 0.4, False),
                "`training` is False: nothing is dropped and nothing scaled, whatever the dice "
                "show.", sizes)
    yield Probe("p = 0", (*drawn(rng, 3, 2, 5), 0.0, True),
                "With p = 0 nothing is dropped: everything goes through as it is.",
                {"T": 3, "B": 2, "D": 5})
    h, d_y, u = drawn(rng, 2, 3, 5)
    h[:, :, :2] = 0
    yield Probe("numbers that are 0 anyway", (h, d_y, u, 0.5, True),
                "Some of the numbers are 0 without being dropped. Nothing shows on the way up; on "
                "the way back their gradient has to arrive.", {"T": 2, "B": 3, "D": 5})
    yield Probe("as many steps as units", (*drawn(rng, 3, 2, 3), 0.3, True),
                "Each number of each step and each string has its own die.", {"B": 2})
    for T, B, D, p in ((5, 3, 2, 0.2), (7, 2, 5, 0.75)):
        yield Probe(f"random numbers, p = {p}", (*drawn(rng, T, B, D), p, True),
                    "The general case: dropped where the die is below p, the rest divided.",
                    {"T": T, "B": B, "D": D})
    yield Probe("random numbers, in use", (*drawn(rng, 5, 3, 2), 0.75, False),
                "In use the numbers and their gradients pass unchanged.",
                {"T": 5, "B": 3, "D": 2})


def reference(h, d_y, u, p, training):
    y, d_h = h.copy(), d_y.copy()
    if training:
        for place in np.ndindex(h.shape):
            factor = 0.0 if u[place] < p else 1 / (1 - p)
            y[place], d_h[place] = h[place] * factor, d_y[place] * factor
    return y, d_h


KEPT, MASK, BACK = "kept = u >= p", "mask = kept / (1 - p)", "d_h = mask * d_y"

EXERCISE = Code(
    title="Dropout, up and back",
    level="standard",
    statement=r"""Between two layers, $h$ of the lower one goes up to the upper one, at every step:
`h` has shape $(T, B, D)$. In training each of its numbers is dropped, that is set to 0, with the
probability $p$, and what is left is divided by $1 - p$, so that the mean over all throws of the
dice is $h$ again. In use nothing is dropped, and nothing is divided.

The dice have been thrown: `u`, of the same shape as `h`, holds numbers between 0 and 1. A number is
**dropped where its $u$ is below $p$**. `training` is True or False, $0 \le p < 1$. What comes back
from the upper layer is `d_y`, the gradient with respect to what went up. Return

- `y`: what goes up;
- `d_h`: the gradient with respect to `h`, made from `d_y`.""",
    example='''# noise of another kind: each number is multiplied by its own random factor
def noisy(h, d_y, factor, training):
    if not training:
        return h, d_y
    return factor * h, factor * d_y      # back: what y gains when h gains 1

h = np.array([1.0, -2.0])
print(*noisy(h, np.ones(2), np.array([0.9, 1.1]), training=True))''',
    task="Now the same for dropout: three to six lines.",
    starter='''def dropout(h, d_y, u, p, training):
    """What goes up, and what comes back."""
    ...
    return y, d_h''',
    returns=("y", "d_h"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("not divided",
                "What is left is not divided by 1 - p. The upper layer then gets less in training "
                "than in use, and the network you use is not the one you trained.",
                swap=[(MASK, "mask = kept * 1.0")]),
        Mistake("multiplied by 1 - p",
                "You multiply by 1 - p where a division is due: what is left has to make up for "
                "what is missing, so it must grow.", swap=[(MASK, "mask = kept * (1 - p)")]),
        Mistake("divided by p",
                "You divide by p. The share that is left is 1 - p (at p = 0.5 you would never "
                "notice).", swap=[(MASK, "mask = kept / p")]),
        Mistake("the wrong ones are dropped",
                "You keep what should be dropped: u is below p with probability p, and those go.",
                swap=[(KEPT, "kept = u < p")]),
        Mistake("p taken for the share that is kept",
                "You keep a share of p and divide by p. That is TensorFlow 1's `keep_prob`; here, "
                "as in today's libraries, p is the probability of being dropped.",
                swap=[(KEPT, "kept = u < p"), (MASK, "mask = kept / p")]),
        Mistake("dropped in use",
                "`training` is not looked at: the dice stay on when the network is used. Two "
                "evaluations of the same network then differ.",
                swap=[("if training:", "if True:")]),
        Mistake("only in use",
                "The two cases are exchanged: you drop when the network is used, and not when it "
                "is trained.", swap=[("if training:", "if not training:")]),
        Mistake("scaled twice",
                "You divide by 1 - p in training and multiply by 1 - p in use. One of the two is "
                "enough; here it is the division.",
                swap=[("mask = np.ones(h.shape)", "mask = np.full(h.shape, 1 - p)")]),
        Mistake("divided in use",
                "In use you divide by 1 - p as well. Nothing is missing there, so nothing has to "
                "be made up for.",
                swap=[("mask = np.ones(h.shape)", "mask = np.full(h.shape, 1 / (1 - p))")]),
        Mistake("one mask for all steps",
                "The mask of the first step serves for all. Some do that in the loop of a "
                "recurrent network, on purpose; between layers, as asked here, each step has its "
                "own dice.", swap=[(KEPT, "kept = np.broadcast_to(u[:1] >= p, u.shape)")]),
        Mistake("one mask for all strings",
                "All strings of the batch share the mask of the first. Each has its own dice.",
                swap=[(KEPT, "kept = np.broadcast_to(u[:, :1] >= p, u.shape)")]),
        Mistake("all units or none",
                "All units of a step fall together. Each has its own die.",
                swap=[(KEPT, "kept = np.broadcast_to(u[..., :1] >= p, u.shape)")]),
        Mistake("divided by the share that happened to be left",
                "You divide by the share that was kept this time. That ties all numbers to each "
                "other's dice; divide by 1 - p, the share one expects.",
                swap=[(MASK, "mask = kept / max(kept.mean(), 1e-300)")]),
        Mistake("the way back without the mask",
                "What comes back goes past the dice: `d_y` unchanged. What was not sent up can't "
                "have changed anything, so its gradient is 0.", swap=[(BACK, "d_h = d_y * 1.0")]),
        Mistake("the way back without the division",
                "On the way back you drop, but you do not divide: what was sent up with a factor "
                "gets its gradient back with the same factor.",
                swap=[(BACK, "d_h = (mask > 0) * d_y")]),
        Mistake("nothing dropped on the way back",
                "On the way back you divide, but you drop nothing. What was not sent up can't have "
                "changed anything: its gradient is 0.",
                swap=[(BACK, "d_h = d_y / (1 - p) if training else d_y * 1.0")]),
        Mistake("the factor twice on the way back",
                "The factor 1/(1 - p) is in your gradient twice. y is mask times h, so d_h is mask "
                "times d_y, once.", swap=[(BACK, "d_h = mask * mask * d_y")]),
        Mistake("the dice on the way back in use",
                "In use h goes up as it is, but what comes back still meets the mask. Both ways "
                "have the same factor, and in use it is 1.",
                swap=[(BACK, "d_h = (u >= p) / (1 - p) * d_y")]),
        Mistake("h in the gradient",
                "Your gradient has h in it. What y gains when h gains 1 is the factor of this "
                "number, however large h is.", swap=[(BACK, "d_h = mask * h * d_y")]),
        Mistake("h in the gradient, in training",
                "In training your gradient has h in it. What y gains when h gains 1 is the factor "
                "of this number, however large h is.",
                swap=[(BACK, "d_h = mask * (h if training else 1.0) * d_y")]),
        Mistake("the mask read off y",
                "On the way back you take every y that is 0 for dropped. A number may be 0 by "
                "itself; keep the mask.", swap=[(BACK, "d_h = (y != 0) * mask * d_y")]),
        Mistake("the mask goes up",
                "You send the mask up in place of mask times h.",
                swap=[("y = mask * h", "y = mask")]),
    ],
    conventions=[
        Convention("scaled in use",
                   "You divide nothing in training, and multiply by 1 - p in use. That is dropout "
                   "as first published (Srivastava and others 2014). The two differ by a constant "
                   "factor, so it trains as well; today's libraries divide in training, so that a "
                   "network in use needs to know nothing of it.",
                   swap=[(MASK, "mask = kept * 1.0"),
                         ("mask = np.ones(h.shape)", "mask = np.full(h.shape, 1 - p)")]),
        Convention("the other end of the dice",
                   "You keep what is below 1 - p, where the text drops what is below p. The chance "
                   "is the same and so is the training; only with the same dice do the two "
                   "programs differ. (PyTorch and Flax draw what is kept, with the chance 1 - p.)",
                   swap=[(KEPT, "kept = u < 1 - p")]),
    ],
    hints=(
        "Make one array, the factor of each number: 0 where it is dropped, and what where it is "
        "not? In use it is 1 everywhere.",
        "y is this factor times h. If h grows by a little, by how much does y grow? That is the "
        "way back.",
        "`(u >= p) / (1 - p)` is the factor in training. Both results are products with it.",
    ),
    passed="On the way up and on the way back stands the same factor, and in use it is 1: the "
           "network that is judged is the one that was trained, on average.",
)

"""A training loop over windows: reset or carry, zero, backward, clip, step."""

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe

BACKWARD = '''def backward(w, grad, x, y, h):
    """The loss of one window and its last state; ADDS the gradient to `grad`."""
    loss, d_h = 0.0, np.zeros(3)
    for x_t, y_t in zip(x, y):
        heard = np.array([x_t, h, 1.0])
        h = np.tanh(w @ heard)
        d_h = (1 - h * h) * (heard + w[1] * d_h)
        loss += (h - y_t) ** 2 / len(x)
        grad += 2 * (h - y_t) * d_h / len(x)
    return loss, h'''


def drawn(rng, fresh, T=3, rate=0.1, limit=100.0):
    N = len(fresh)
    w = np.array([1.2, 0.9, 0.3]) * rng.choice([-1, 1], 3) * rng.uniform(0.7, 1.3, 3)
    return (w, rng.normal(size=(N, T)), rng.uniform(-0.9, 0.9, (N, T)), np.array(fresh, dtype=bool),
            rate, limit)


def probes(rng):
    yield Probe("one window", drawn(rng, [1]),
                "A single window: the state begins at 0, then backward, then one step.",
                {"N": 1, "T": 3})
    yield Probe("two windows, two texts", drawn(rng, [1, 1]),
                "Each window begins a text, so nothing is carried. The second update has the "
                "gradient of the second window alone.", {"N": 2, "T": 3})
    yield Probe("two windows of one text", drawn(rng, [1, 0]),
                "The second window goes on where the first stopped: it begins in its last state.",
                {"N": 2, "T": 3})
    yield Probe("a threshold that is always passed", drawn(rng, [1, 1], limit=0.001),
                "The threshold is 0.001, so both gradients are shortened to that before they are "
                "used. What is noted is their length before.", {"N": 2, "T": 3})
    yield Probe("two texts of two windows", drawn(rng, [1, 0, 1, 0]),
                "The third window begins a text: it must not hear of the first one. The second "
                "and the fourth go on.", {"N": 4, "T": 3})
    yield Probe("a text of five windows", drawn(rng, [1, 0, 0, 0, 0], rate=0.3, limit=0.4),
                "Five windows of one text, some gradients clipped.", {"N": 5, "T": 3})
    for k, limit in enumerate((0.3, 0.001, 100.0)):
        fresh = [1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1]
        T = (2, 5, 3)[k]
        yield Probe(f"five texts, threshold {limit}", drawn(rng, fresh, T, 0.2, limit),
                    "Eleven windows of five texts. The first loss that is off says how far it "
                    "goes well.", {"N": 11, "T": T})


def reference(w, x, y, fresh, rate, limit):
    """Gradients by complex step through a window's states, written down anew."""
    def states(w, x, h):
        found = []
        for x_t in x:
            h = np.tanh(w[0] * x_t + w[1] * h + w[2])
            found.append(h)
        return np.array(found)

    losses, norms, last = [], [], 0.0
    for n, begins in enumerate(fresh):
        start = 0.0 if begins else last
        price = lambda w: ((states(w, x[n], start) - y[n]) ** 2).mean()
        g = np.array([price(w + 1e-30j * unit).imag / 1e-30 for unit in np.eye(3)])
        losses.append(price(w))
        norms.append(np.sqrt((g ** 2).sum()))
        last = states(w, x[n], start)[-1]
        w = w - rate * g * min(1.0, limit / norms[-1])
    return w, np.array(losses), np.array(norms)


RESET = "        if fresh[n]:\n            h = 0.0\n"
ZERO, BACK = "        grad = np.zeros(3)\n", "        loss, h = backward(w, grad, x[n], y[n], h)\n"
NORM = "        norm = np.sqrt((grad ** 2).sum())\n"
CLIP = "        if norm > limit:\n            grad = grad * (limit / norm)\n"
STEP = "        w = w - rate * grad\n"
BEGIN = "    losses, norms = [], []\n"

EXERCISE = Code(
    title="The loop, in the right order",
    level="standard",
    statement=r"""The smallest of all networks, $h_t = \tanh(w_0 x_t + w_1 h_{t-1} + w_2)$, is to
follow a curve: its loss on a window is the mean of $(h_t - y_t)^2$. It is trained on $N$ windows of
$T$ steps, in order: `x` and `y` have the shape $(N, T)$. Where `fresh[n]` is True, window $n$
begins a new text and the network begins at $h = 0$; where it is False, the window goes on where the
window before ended, and so does the state. (The first is always fresh.)

`backward(w, grad, x, y, h)` is given. It runs one window from the state `h` and returns the loss
and the last state. The gradient it **adds** to the array `grad`, as PyTorch's `backward` adds to
`.grad`: what was in it stays in it.

Write the loop: for each window one update of plain gradient descent, $w \leftarrow w -
\text{rate}\, g$, where $g$ is the gradient of this window's loss, shortened to the length `limit`
if it is longer. Return

- `w`: the weights after the last update, in a new array;
- `losses`, shape $(N,)$: what `backward` returned for each window;
- `norms`, shape $(N,)$: the length of each window's gradient *before* it is shortened.""",
    example='''# a gradient that is added to, as `backward` does it: two slopes, one sum
def slope(grad, x):
    grad += 2 * (3 * x - 1) * x

grad = np.zeros(1)
for x in (1.0, 2.0):
    slope(grad, x)
    print("after x =", x, grad)          # the second line holds both''',
    task="Six to nine lines are missing; put each where it belongs.",
    starter=BACKWARD + '''


def train(w, x, y, fresh, rate, limit):
    """The weights, and the loss and the gradient's length of every window."""
    losses, norms = [], []
    h = 0.0
    for n in range(len(x)):
        ...
        losses.append(loss)
        norms.append(norm)
    return w, losses, norms''',
    returns=("w", "losses", "norms"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("gradients never set back",
                "`backward` adds, and nothing ever sets `grad` back to zero: from the second "
                "window on you step along a sum, with every old gradient in it. (PyTorch: "
                "`zero_grad`.)",
                swap=[(ZERO, ""), (BEGIN, BEGIN + "    grad = np.zeros(3)\n")]),
        Mistake("gradients never set back, and a copy shortened",
                "`grad` is never set back to zero, so old gradients stay in it; and you shorten a "
                "copy, so that they stay at full length. Each window needs a `grad` of zeros.",
                swap=[(ZERO, ""), (BEGIN, BEGIN + "    grad = np.zeros(3)\n"),
                      (CLIP, "        step = grad * min(1.0, limit / norm)\n"),
                      (STEP, "        w = w - rate * step\n")]),
        Mistake("gradients set back at new texts only",
                "You set `grad` back where a text begins. The state goes on from window to window; "
                "a gradient never does.",
                swap=[(RESET, "        if fresh[n]:\n            h, grad = 0.0, np.zeros(3)\n"),
                      (ZERO, "")]),
        Mistake("set back too late",
                "You set `grad` to zero after `backward` and before the step: the weights never "
                "move.", swap=[(ZERO, ""), (BACK, ZERO + BACK + ZERO)]),
        Mistake("no step",
                "The weights come back as they were given: there is no step in the loop, or `grad` "
                "is set to zero between the measuring and the step.", swap=[(STEP, "")]),
        Mistake("a step behind",
                "You step before `backward`, along the gradient of the window before; that of the "
                "last window is never used.",
                swap=[(BEGIN, BEGIN + "    grad = np.zeros(3)\n"),
                      (STEP, ""), (ZERO, STEP + ZERO)]),
        Mistake("shortened too late, or not at all",
                "The step is taken with the gradient at its full length. Whether you shorten it "
                "afterwards or never makes no difference: clip between `backward` and the step.",
                swap=[(CLIP, "")]),
        Mistake("always as long as the limit",
                "You bring every gradient to the length `limit`, the short ones too. Only those "
                "that are longer are shortened.",
                swap=[(CLIP, "        grad = grad * (limit / norm)\n")]),
        Mistake("shortened to 1",
                "What is too long you bring to the length 1. It is to have the length `limit`.",
                swap=[(CLIP, "        if norm > limit:\n            grad = grad / norm\n")]),
        Mistake("clipped entry by entry",
                "You cut each entry off at the limit. Asked is the other rule: one factor for the "
                "whole gradient, so that its direction is kept.",
                swap=[(CLIP, "        grad = np.clip(grad, -limit, limit)\n")]),
        Mistake("the limit on the step",
                "You shorten the step, rate times gradient. The limit is for the gradient.",
                swap=[(CLIP, ""), (STEP, "        step = rate * grad\n"
                                         "        if rate * norm > limit:\n"
                                         "            step = step * limit / (rate * norm)\n"
                                         "        w = w - step\n")]),
        Mistake("the length after clipping",
                "All is right but the numbers you note: they are the lengths after shortening, so "
                "none is above the limit. From those nobody can choose a limit: measure before.",
                swap=[(NORM, ""), (CLIP, "        grad = grad * min(1.0, limit / np.sqrt((grad ** "
                                         "2).sum()))\n" + NORM)]),
        Mistake("the square for the length",
                "The norms are squares of lengths (and are compared with the limit as such): the "
                "root is missing.", swap=[(NORM, "        norm = (grad ** 2).sum()\n")]),
        Mistake("the state never set back",
                "`fresh` is not heeded: the first window of a text begins in the last state of "
                "another.", swap=[(RESET, "")]),
        Mistake("the state never carried",
                "Every window begins at h = 0. Where `fresh[n]` is False it should go on from the "
                "last state of the window before.", swap=[(RESET, "        h = 0.0\n")]),
        Mistake("carried and set back the wrong way round",
                "You set the state back where the text goes on, and carry it where a new one "
                "begins.", swap=[(RESET, "        if not fresh[n]:\n            h = 0.0\n")]),
        Mistake("set back after the window",
                "You set the state back after a fresh window, so that the second window of each "
                "text begins at 0 and the first does not. It has to happen before the window is "
                "read.", swap=[(RESET, ""), (STEP, STEP + RESET)]),
        Mistake("the loss of the new weights",
                "You call `backward` once more after the step and note that loss. Asked is the "
                "loss that the update was made from.",
                source=BACKWARD + '''
def train(w, x, y, fresh, rate, limit):
    losses, norms, h = [], [], 0.0
    for n in range(len(x)):
        start = 0.0 if fresh[n] else h
        grad = np.zeros(3)
        _, h = backward(w, grad, x[n], y[n], start)
        norm = np.sqrt((grad ** 2).sum())
        w = w - rate * grad * min(1.0, limit / norm)
        losses.append(backward(w, np.zeros(3), x[n], y[n], start)[0])
        norms.append(norm)
    return w, losses, norms'''),
        Mistake("the state read again with the new weights",
                "After the step you run the window once more and carry the state of the new "
                "weights. It costs a second run; asked is the state that `backward` handed back, "
                "as everybody carries it.",
                swap=[(BACK, "        loss, later = backward(w, grad, x[n], y[n], h)\n"),
                      (STEP, STEP + "        _, h = backward(w, np.zeros(3), x[n], y[n], h)\n")]),
        Mistake("uphill",
                "The step goes along the gradient: the loss rises. Take it off.",
                swap=[(STEP, "        w = w + rate * grad\n")]),
        Mistake("the rate left out",
                "You take off the gradient itself. It is multiplied by `rate`.",
                swap=[(STEP, "        w = w - grad\n")]),
    ],
    conventions=[
        Convention("PyTorch's millionth",
                   "You divide by the length plus 1e-6, as PyTorch's `clip_grad_norm_` does, so "
                   "that a gradient of zero makes no 0/0. What is shortened is then shorter than "
                   "the limit by a hair.",
                   swap=[(CLIP, "        grad = grad * min(1.0, limit / (norm + 1e-6))\n")]),
    ],
    hints=(
        "Write down in words what happens to one window: where does its state come from, when is "
        "`grad` made zero, when is it filled, measured, shortened, used?",
        "Zero before `backward`, the length after it, then the shortening, then the step. And the "
        "state: `backward` hands back the last one; keep it, and drop it where `fresh[n]` says so.",
        "First `if fresh[n]: h = 0.0`, then `grad = np.zeros(3)`, then `loss, h = backward(...)`. "
        "Three things are left, in the order: measure, shorten, step (with `w = w - ...`, which "
        "makes a new array).",
    ),
    passed="Zero, backward, clip, step; numbers are carried inside a text and nothing across its "
           "end. Any other order runs as well, and raises no error.",
)

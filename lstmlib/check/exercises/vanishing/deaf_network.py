"""Diagnosis: units at the ends of the tanh."""

import numpy as np

from lstmlib.check.exercise import Choice, Option
from lstmlib.numpy import RNN, Adam, Dense, Network, bptt, fit, orthogonal, softmax_cross_entropy
from lstmlib.tasks import Recall

GAP, D, UPDATES, LIMIT = 20, 24, 200, 10.0
LAGS = (1, 2, 5, 10, 20)


def measured(brightness):
    """What one network shows: lamps that are on feed this number to it, those that are off 0."""
    task = Recall(GAP)
    net = Network(RNN(task.input_size, D), Dense(D, task.output_size), loss=task.loss)
    start = net.init(np.random.default_rng(0))
    start["cell.U"] = orthogonal(np.random.default_rng(1), (D, D))
    training, testing = np.random.default_rng(2), np.random.default_rng(3)

    def batch(rng, size):
        inputs, targets, mask = task.batch(rng, batch=size)
        return brightness * inputs, targets, mask

    batches = (batch(training, 32) for _ in range(UPDATES))
    fitted = fit(net, start, batches, Adam(1e-3), clip=LIMIT).run()
    x, y, mask = batch(testing, 400)
    outputs, _ = net.forward(fitted.params, x)
    history = fitted.history

    logits, run = net.forward(start, x)
    _, d_logits = softmax_cross_entropy(logits, y, mask)
    head = {name: start[f"read.{name}"] for name in ("V", "b_y")}
    _, d_outputs = net.readout.back(head, run.outputs, d_logits)
    d_x = np.linalg.norm(bptt(run, d_outputs).inputs, axis=-1)
    sigma = np.linalg.svd(start["cell.U"], compute_uv=False)
    V = start["read.V"]
    moved = np.linalg.norm(fitted.params["read.V"] - V) / np.linalg.norm(V)
    rows = {
        "right (chance 0.25)": f"{task.score(outputs, y, mask):.1f}",
        "loss, first ten updates": f"{np.mean(history['loss'][:10]):.1f}",
        "loss, last ten (ln 4 = 1.4)": f"{np.mean(history['loss'][-10:]):.1f}",
        f"updates clipped, of {UPDATES}": f"{np.sum(np.array(history['norm']) > LIMIT)}",
        "V moved, part of its length": f"{moved:.1f}",
        "U: least singular value": f"{sigma[-1]:.2f}",
        "U: largest singular value": f"{sigma[0]:.2f}",
        "states beyond ±0.99, share": f"{np.mean(np.abs(run.outputs) > 0.99):.2f}",
    }
    for lag in LAGS:
        rows[f"gradient {lag} back / last"] = f"{np.median(d_x[-1 - lag]) / np.median(d_x[-1]):.0e}"
    return rows


def symptoms():
    """The two networks side by side."""
    sick, well = measured(255), measured(1)
    lines = [f"{'sick':>6} {'well':>6}", f"{'':16}{UPDATES} UPDATES OF TRAINING"]
    for name in sick:
        if name.startswith("U: least"):
            lines.append(f"{'':16}BEFORE TRAINING")
        lines.append(f"{sick[name]:>6} {well[name]:>6}   {name}")
    return "\n".join(lines)


EXERCISE = Choice(
    kind="diagnosis",
    title="A network that is deaf to its past",
    level="standard",
    statement=r"""Of nine lamps in a row one is lit at each step. The first step shows one of four
symbols (lamp 1 to 4), twenty steps of distraction follow (lamp 5 to 8), then lamp 9 asks: which
was the first? A tanh network of 24 units, $h_t = \tanh(W x_t + U h_{t-1} + b)$ with $s_t = V h_t +
b_y$, is trained on it by Adam at a rate of 0.001, with clipping. In one laboratory it learns the
task; in another, which took over the code, it does not. Below the two are measured side by side.
Both have the same initial weights, and $U$ begins as an orthogonal matrix. The last rows are about
the gradient at the inputs, for the loss at the last step: how much arrives 1, 2, 5, 10 and 20
steps back, as part of what arrives at the last input.

What is wrong with the sick one?""",
    symptoms=symptoms,
    options=[
        Option(
            "`U` begins too small: each step stretches by less than 1, and the product vanishes",
            "The singular values of U say otherwise: all of them are 1, in both networks. What "
            "else is a factor of each step's Jacobian?",
        ),
        Option(
            "the gradient explodes, and clipping at 10 shortens nearly every update to next to "
            "nothing",
            "Then gradients would grow from lag to lag, and the row on clipping would show it. "
            "Read both.",
        ),
        Option(
            "the backward pass does not hand the error on: δh of the step before gets nothing by "
            "way of `U`",
            "Then the gradient one step back would be exactly 0, not merely small. And is an "
            "error of the backward pass visible in the states?",
        ),
        Option(
            "the inputs are not scaled: a lit lamp feeds 255 instead of 1, and the units stand at "
            "the ends of the tanh",
            right=True,
        ),
        Option(
            "the learning rate is far too small: 200 updates have not changed anything yet",
            "V has moved, and the loss has come down from where it began to that of guessing. A "
            "small rate does not explain either why the gradient falls so fast with the lag: that "
            "was measured before training.",
        ),
        Option(
            "the answers are shuffled: the targets do not belong to these inputs",
            "Then the gradients would be as long as in the well one and reach as far back. A "
            "wrong target changes what the error says, not how it travels.",
        ),
    ],
    hints=(
        "Two rows were measured before any training and differ by much. So look for something "
        "that is wrong from the start, and not for something that training did.",
        "A step's Jacobian is diag(1 - h²) U. U is the same in both. What does the other factor "
        "come to when a state stands at 0.99, or closer to 1?",
        "What can push nearly all units to the ends of the tanh although W, U and b are the same? "
        "The only other thing that goes into a = W x + U h + b.",
    ),
    passed="Nearly all states stand beyond ±0.99, where the slope 1 - h² is below 0.02: an "
           "orthogonal U keeps the length, and the tanh takes it away. Look at a histogram of "
    "the states before you touch anything else; then divide the inputs by 255.",
)

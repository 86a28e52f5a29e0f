"""Diagnosis: a validation part that is cheaper than random letters can be."""

import numpy as np

from lstmlib.check.exercise import Choice, Option


def trained(updates=480):
    """The broken experiment: what it pays every 20 updates, and for each example at the end."""
    from lstmlib.numpy import Adam, bits, log_softmax, one_hot, softmax

    rng = np.random.default_rng(0)

    def draw():
        letters = rng.integers(4, size=(240, 9))
        return one_hot(letters[:, :8], 4).reshape(240, 32), letters[:, 8]

    x, answers = draw()
    fresh = draw()
    order = rng.permutation(np.tile(np.arange(240), 3))
    parts = {"training": (x[order[:432]], answers[order[:432]]),
             "validation": (x[order[432:]], answers[order[432:]]), "fresh letters": fresh}
    params = {"W": rng.uniform(-1, 1, (64, 32)) / np.sqrt(32), "b": np.zeros(64),
              "V": rng.uniform(-1, 1, (4, 64)) / 8, "b_y": np.zeros(4)}

    def forward(x):
        h = np.tanh(x @ params["W"].T + params["b"])
        return h, h @ params["V"].T + params["b_y"]

    def prices(x, answers):
        return bits(-log_softmax(forward(x)[1])[np.arange(len(answers)), answers])

    course, optimiser = {name: [] for name in parts}, Adam(0.02)
    for update in range(updates + 1):
        if update % 20 == 0:
            for name, part in parts.items():
                course[name].append(prices(*part).mean())
        batch = rng.choice(432, 32, replace=False)
        x, answers = (array[batch] for array in parts["training"])
        h, s = forward(x)
        d_s = (softmax(s) - one_hot(answers, 4)) / 32
        d_a = d_s @ params["V"] * (1 - h ** 2)
        params = optimiser.step(params, {"W": d_a.T @ x, "b": d_a.sum(axis=0),
                                         "V": d_s.T @ h, "b_y": d_s.sum(axis=0)})
    return course, {name: prices(*part) for name, part in parts.items()}


def symptoms():
    from lstmlib.plot import COLOURS, INK, axes, figure

    course, prices = trained()
    colours = {"training": COLOURS["past"], "validation": COLOURS["y"],
               "fresh letters": COLOURS["x"]}
    fig, (left, right) = axes(5.0, 5.2, rows=2)
    updates = 20 * np.arange(len(course["training"]))
    for name, colour in colours.items():
        left.plot(updates, course[name], color=colour)
    left.axhline(2, color=INK, ls=":", lw=1)
    left.text(480, 2.12, "2 bits", ha="right")
    left.text(170, 0.35, "training", color=colours["training"], ha="right")
    left.text(330, 1.25, "validation", color=colours["validation"])
    left.text(180, 3.6, "fresh letters", color=colours["fresh letters"], ha="right")
    left.set_ylim(0, 5.4)
    left.set_xlabel("updates")
    left.set_ylabel("bits per letter")
    for name in ("fresh letters", "validation"):
        values = np.sort(prices[name])
        rank = 100 * (np.arange(len(values)) + 0.5) / len(values)
        right.plot(rank, values, ".", ms=3.5, color=colours[name])
    right.text(84, 1.0, "validation", color=colours["validation"], ha="right")
    right.text(62, 7.0, "fresh letters", color=colours["fresh letters"], ha="right")
    right.set_xlabel("examples, the cheapest first (%)")
    right.set_ylabel("bits at the end")
    return figure(fig, "fig-too-good", "Above, the mean price in the course of training. Below, "
                                       "every single example at the end: one dot each.",
                  "Above: three curves that start at 2 bits. Training falls to nearly 0. "
                  "Validation falls below 2 bits and comes to rest near 1. Fresh letters rise "
                  "without a turn, to almost 5. Below: the prices in rising order. Nine in ten "
                  "validation examples cost next to nothing; the last tenth climbs in steps of "
                  "three equal dots from 1 to 20 bits. The fresh letters climb evenly over the "
                  "same range.")


EXERCISE = Choice(
    kind="diagnosis",
    title="Too good to be true",
    level="standard",
    statement=r"""
Letters *a* to *d* have been drawn independently of one another, each with probability $\tfrac14$.
Nobody can guess the next one: **whoever pays less than 2 bits a letter on average has seen the
answers.** A student tries all the same. He cuts 240 examples out of such letters, eight letters as
the input and the ninth as the answer; he prepares them, divides them by lot into a training and a
validation part, and trains a network with 64 hidden units by gradient descent, in batches of 32.
Later he draws 240 fresh examples.

On the validation part he ends at 1 bit. What has gone wrong? Look at both panels before you look at
the answers.""",
    symptoms=symptoms,
    options=[
        Option("The net overfits: had he stopped where the validation part was cheapest, all would "
               "be well.",
               "The net learns by heart, yes, and the fresh letters show what that costs. But then "
               "the validation part should cost more and more too, like the fresh letters, and "
               "never less than 2 bits. It falls, so there is nothing to stop at."),
        Option("The batches were drawn from all examples, those of the validation part among them.",
               "Then the net would have met every validation example, and all of them would be "
               "cheap by now, as in training. Below, a few are not: they cost as much as fresh "
               "letters do."),
        Option("While he prepared them each example was written several times, and the division by "
               "lot came after that.",
               right=True),
        Option("The window is one letter off: the last letter of the input is the answer itself.",
               "Then the answer would stand in every input, in the fresh ones too, and the fresh "
               "letters would be cheap. They cost almost 5 bits on average."),
        Option("The first letters were not drawn evenly, so they can be guessed; the fresh ones "
               "were.",
               "Uneven letters would make each example somewhat cheaper. They would not split the "
               "validation part in two: nine in ten for nearly nothing, the others as dear as "
               "fresh letters."),
        Option("The mean over the validation part is divided by too large a number.",
               "Then the curve would be too low from the start. Before the first update all three "
               "stand at 2 bits, as they should. And the panel below shows single prices, without "
               "a mean."),
    ],
    hints=(
        "The net can't have worked the answers out. Of most validation examples it knows them, "
        "though, and of a few it does not.",
        "Follow one cheap validation example: how could the net know its answer, if the batches "
        "came from the training part only?",
        "Look at the dear ones closely: they come in threes, three dots at exactly the same price. "
        "What kind of three examples would that be?",
    ),
    passed="Nine in ten validation examples have a copy of themselves in the training part, and "
           "their answers are known by heart. The few whose copies all fell into the validation "
           "part cost what fresh letters cost. First divide, then copy, shift or cut: whatever "
           "makes one example into several comes after the division.",
)

"""A diagnosis: overlapping windows, dealt to training and validation by lot."""

import numpy as np

from lstmlib.check.exercise import Choice, Option
from lstmlib.check.exercises.char_rnn import read
from lstmlib.numpy import RNN, Adam, Dense, Embedding, Network, bits, fit
from lstmlib.plot import COLOURS, axes, figure

STEPS, UPDATES, EVERY = 20, 900, 50


def cut(ids, apart):
    """Windows of STEPS inputs and one target more that begin `apart` places apart, (STEPS + 1, windows)."""
    starts = range(0, len(ids) - STEPS, apart)
    return np.stack([ids[start:start + STEPS + 1] for start in starts], axis=1)


def curves():
    """Bits on training, validation and test windows after 1, 50, 100, ... updates, {name: values}."""
    ids, rng = read(), np.random.default_rng(0)
    known = cut(ids[:5000], apart=3)
    known = known[:, rng.permutation(known.shape[1])]
    parts = {"validation": known[:, :166], "training": known[:, 166:], "test": cut(ids[5000:], apart=STEPS)}

    def batches():
        for _ in range(UPDATES):
            window = parts["training"][:, rng.integers(parts["training"].shape[1], size=24)]
            yield window[:-1], window[1:]

    network = Network(RNN(12, 60), Dense(60, 27), Embedding(27, 12))
    found = {"update": [], **{name: [] for name in parts}}
    for record in fit(network, network.init(rng), batches(), Adam(0.015), clip=1.0):
        if record.step == 1 or record.step % EVERY == 0:
            found["update"].append(record.step)
            for name, windows in parts.items():
                some = windows[:, :400]
                found[name].append(bits(network.evaluate(record.params, some[:-1], some[1:]).loss))
    return found


def symptoms():
    found = curves()
    fig, ax = axes(height=3.2)
    for name, colour, above in (("test", "c", 0.15), ("validation", "y", 0.2), ("training", "h", -0.32)):
        ax.plot(found["update"], found[name], color=COLOURS[colour])
        ax.text(found["update"][-1], found[name][-1] + above, name, color=COLOURS[colour], ha="right")
    ax.set(xlim=(0, UPDATES), ylim=(0, 5), xlabel="updates", ylabel="bits per character")
    return figure(fig, "fig-leaky-split", "What the three parts cost while the network trains.",
                  "Three curves that start together between 4.5 and 4.7 bits. Training falls to about 1.3 bits and validation "
                  "stays within 0.3 bits of it all the way. Test falls to about 3.1 bits at 150 updates and then rises to about 3.6.")


EXERCISE = Choice(
    kind="diagnosis",
    title="Too good to be true",
    level="standard",
    statement="""A plain recurrent network of 60 units is trained on 5,000 letters of documentation, with Adam, in windows of 20. One in ten windows was
put aside for validation, to stop by; the next 1,700 letters of the same documentation are the test. Early stopping never stepped in: the
validation cost was still falling, or level, after 900 updates. Then somebody drew the test as well.

The three curves begin together, a little above 4.5 bits. What is wrong?""",
    symptoms=symptoms,
    options=[
        Option("The learning rate is too high: the steps overshoot.",
               "Then the training curve would jump or climb. It falls all the way; it is the test alone that rises."),
        Option("The state is not carried from one window to the next.",
               "That makes the first letters of a window dearer, in all three parts alike. It cannot part the validation from the test."),
        Option("The targets are the inputs themselves, not shifted by one letter.",
               "Then all three curves would fall to nearly 0, the test too: who has learned to copy a letter can copy any text."),
        Option("Windows that overlap were dealt to training and validation by lot, so most letters of a validation window stand in training windows too.",
               right=True),
        Option("The test was measured in nats or in perplexity, the other two in bits.",
               "Then the three would differ from the first update on. They begin together; and a wrong unit cannot turn a fall into a rise."),
        Option("The network is too small for this text.",
               "A network that is too small stalls on its training part. This one gets to 1.3 bits there, where counting pairs of letters stays above 3: it "
               "is learning the text by heart."),
    ],
    hints=("Which two curves keep together, and which one parts from them? A cause that touches all three alike is ruled out.",
           "A network has gone over 5,000 letters again and again. What should happen to its cost on letters that it has never seen?",
           "The validation cost behaves as if those letters had been seen. Ask how a window came to be in one part or in the other."),
    passed="Yes. With windows that begin every three letters, a letter stands in about seven of them, and nearly every letter of a validation window was "
           "trained on in another. So the validation curve is a second training curve, and stops nothing. Divide the text first, by whole "
           "entries, and cut windows afterwards.",
)

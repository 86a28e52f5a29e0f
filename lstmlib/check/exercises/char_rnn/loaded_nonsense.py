"""A diagnosis: weights that are loaded beside another numbering of the letters."""

import numpy as np

from lstmlib.check.exercise import Choice, Option
from lstmlib.check.exercises.char_rnn import read
from lstmlib.numpy import RNN, Adam, Dense, Embedding, Network, bits, fit, softmax

SYMBOLS = "_abcdefghijklmnopqrstuvwxyz"        # the blank is shown as _
STEPS, UPDATES, WRITTEN = 20, 400, 2000


def trained(ids):
    """A network and its parameters, trained on a text."""
    rng = np.random.default_rng(0)
    network = Network(RNN(12, 60), Dense(60, 27), Embedding(27, 12))

    def batches():
        for _ in range(UPDATES):
            starts = rng.integers(len(ids) - STEPS, size=24)
            window = np.stack([ids[k:k + STEPS + 1] for k in starts], axis=1)
            yield window[:-1], window[1:]

    return network, fit(network, network.init(rng), batches(), Adam(0.015), clip=1.0).run().params


def price(network, params, ids):
    """Bits per character of a text."""
    return bits(network.evaluate(params, ids[:-1, None], ids[1:, None]).loss)


def write(network, params, length=WRITTEN):
    """What it writes at temperature 1, as symbols."""
    rng, ids, state, written = np.random.default_rng(1), np.array([[0]]), None, []
    for _ in range(length):
        logits, run = network.forward(params, ids, state)
        ids, state = rng.choice(27, size=(1, 1), p=softmax(logits[0, 0])), run.state
        written.append(ids.item())
    return np.array(written)


def common(ids):
    """The six most common symbols with their shares."""
    share = np.bincount(ids, minlength=27) / len(ids)
    first = np.argsort(-share, kind="stable")[:6]
    return "   ".join(f"{SYMBOLS[k]} {share[k]:4.0%}" for k in first)


def measured():
    """The text, what was written before and after loading, and the three prices."""
    ids = read()[:5000]
    network, params = trained(ids)
    other = np.random.default_rng(8).permutation(27)      # what symbol k is called today
    written = write(network, params)
    loaded = np.argsort(other)[written]
    return ids, written, loaded, price(network, params, ids), price(network, params, other[ids])


def symptoms():
    ids, written, loaded, before, after = measured()
    show = lambda some: "".join(SYMBOLS[k] for k in some[200:260])
    return "\n".join([
        "bits per character of the text it was trained on",
        f"  yesterday, after training        {before:5.2f}",
        f"  today, after loading             {after:5.2f}",
        f"  knowing nothing                  {np.log2(27):5.2f}",
        "",
        "most common characters, in 100 (_ is the blank)",
        f"  in the text                {common(ids)}",
        f"  in what it writes today    {common(loaded)}",
        "",
        "a piece of what it writes",
        f"  yesterday   {show(written)}",
        f"  today       {show(loaded)}"])


EXERCISE = Choice(
    kind="diagnosis",
    title="Nonsense after loading",
    level="standard",
    statement="""
A plain recurrent network has been trained on 5,000 letters of documentation, small letters and
blanks, 27 symbols. Its program makes a list of the characters that occur in the text and gives
each of them a number; the network reads and writes these numbers. Yesterday it trained for a few
seconds and saved the weights. Today the same program is started again, reads the same text, loads
the weights, and instead of words it writes what stands below. What is wrong?""",
    symptoms=symptoms,
    options=[
        Option(
            "U was transposed on the way: it is square, so nothing complained.",
            "That ruins what the state carries, and the price rises: to 5.2 bits, when we try it. "
            "But the biases of the read-out are what they were, so the blank would still be the "
            "most common character. Here it is j.",
        ),
        Option(
            "The weights were not loaded; the network is a fresh one.",
            "A fresh network knows nothing and says so: it pays about 4.75 bits and writes all "
            "letters alike. This one pays more than twice as much. It is sure of something, and "
            "wrong.",
        ),
        Option(
            "The temperature is far too high.",
            "Then all characters would come up about equally often, and here one makes up 17 in "
            "100. Besides, a temperature acts on what is drawn; the price of a given text has "
            "none in it.",
        ),
        Option(
            "The state is not handed on from one character to the next.",
            "Then it would know the last letter only, and do about as well as a table of pairs. "
            "The blank would still be the most common character, and no text would cost 10 bits.",
        ),
        Option("The characters are numbered in another order than yesterday.", right=True),
        Option(
            "It has learned its text by heart, and fails on anything else.",
            "What is priced here *is* the text it was trained on. Learned by heart, it would be "
            "cheap.",
        ),
    ],
    hints=(
        "Worse than knowing nothing: one can pay over 4.75 bits only by being sure of the wrong "
        "thing. Whoever guesses without a clue does not get there.",
        "Compare the shares of the most common characters in the text and in what it writes, "
        "without looking at which characters they are.",
        "Write yesterday's piece above today's, letter above letter. Which letter stands below "
        "each blank, and below each f?",
    ),
    passed=(
        "Yes: the same network, behind another alphabet. j stands wherever it means a blank, v "
        "wherever it means an f. An alphabet made from a Python `set` is in another order in "
        "every process; sort it, and save it with the weights."
    ),
)

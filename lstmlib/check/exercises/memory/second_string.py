"""Diagnosis: an LSTM with a forget gate that is lost from the second string of a stream on."""

import numpy as np

from lstmlib.check.exercise import Choice, Option
from lstmlib.numpy import LSTM, Adam, Dense, Network, fit
from lstmlib.tasks import ContinualReber, EmbeddedReber
from lstmlib.tasks.reber import FOREVER, SYMBOLS

UNITS, UPDATES, STEPS, STREAMS = 8, 1000, 600, 60


def trained():
    """A network and its parameters, after as many single strings as it needs to be perfect."""
    rng, net, single = np.random.default_rng(3), Network(LSTM(7, UNITS), Dense(UNITS, 7)), EmbeddedReber()
    first = net.init(rng)
    batches = (single.batch(rng, 20) for _ in range(UPDATES))
    return net, fit(net, first, batches, Adam(0.01), clip=1.0).run().params


def read(net, params, stream, begins, wiped):
    """Outputs and largest cell states over the streams; parts of the state are wiped where strings begin."""
    weights = {name: params[f"cell.{name}"] for name in ("W", "U", "b")}
    state, outputs, sizes = net.cell.zero_state(stream.shape[1]), [], []
    for x_t, new in zip(stream, begins[..., None]):
        state = {name: np.where(new & (name in wiped), 0.0, state[name]) for name in "hc"}
        state = net.cell.step(weights, x_t, state)
        outputs.append(state["h"])
        sizes.append(np.abs(state["c"]).max(axis=1))
    head = {name: params[f"read.{name}"] for name in ("V", "b_y")}
    return net.readout.forward(head, np.array(outputs)), np.array(sizes).mean(axis=1)


def symptoms():
    """Letters right, by string and by what is wiped; and how large c is."""
    net, params = trained()
    stream, following, mask = ContinualReber(steps=STEPS).batch(np.random.default_rng(101), STREAMS)
    place = FOREVER.path(following, mask)
    asked = np.isin(place, [FOREVER.number[letter, "close"] for letter in "TP"])
    begins = np.zeros_like(asked)
    begins[3:] = asked[:-3]                    # the letter is asked for; it comes; E; B
    string = np.cumsum(asked, axis=0)
    began = np.maximum.accumulate(np.where(begins, np.arange(STEPS)[:, None], 0), axis=0)
    gap = np.arange(STEPS)[:, None] - began - 1
    T, P = map(SYMBOLS.index, "TP")

    def right(wiped, where):
        logits, _ = read(net, params, stream, begins, wiped)
        good = (logits[..., T] > logits[..., P]) == (following == T)
        return [f"{5 * round(20 * good[asked & some].mean()):4}" for some in where]

    strings = [string == 1, string == 2, string == 3, string > 10]
    gaps = [(string == 1) & (gap <= 8), (string == 1) & (gap > 8)]
    _, sizes = read(net, params, stream, begins, "")
    lines = ["LETTER RIGHT, %, BY STRING", "   1   2   3 11 on"]
    for name, wiped in (("as it is", ""), ("h and c wiped", "hc"), ("h alone wiped", "h"), ("c alone wiped", "c")):
        lines.append("".join(right(wiped, strings)) + f"     {name}")
    lines += ["", "LETTER RIGHT, %, IN STRING 1", *(f"{share}  letter came {when} steps before" for share, when in
              zip(right("", gaps), ("5 to 8", "more than 8"))), "", "LARGEST ENTRY OF C, AS IT IS",
              *(f"{sizes[t - 1]:4.0f}  after {t} symbols" for t in (10, 100, 600))]
    return "\n".join(lines)


EXERCISE = Choice(
    kind="diagnosis",
    title="Lost in the second string",
    level="standard",
    statement=r"""A string begins with *B* and then a letter, *T* or *P*; a walk of at least five symbols follows that says nothing about the letter; then comes the same letter again, and *E*. In a stream the next *B* follows each *E*. An LSTM with a forget gate (8 units, forget bias 1 at the start) was trained to say what comes next, and is put to work on streams, its state running on from string to string. About the remembered letter it is right in the first string of every stream. From the second on it might as well toss a coin.

Below is what was measured on 60 fresh streams of 600 symbols, rounded to 5 %. *Wiped* means: somebody who knew where strings begin set that part of the state to 0 before each *B* that begins one. What is wrong?""",
    symptoms=symptoms,
    options=[
        Option(
            "The forget gate leaks: with a bias of 1 the half-life is two steps, and the letter is"
            " gone before it is asked for.",
            "Then it would be gone in the first string as well, and most of all where it has to be"
            " kept long. It is right there, however long ago the letter was.",
        ),
        Option(
            "c grows with every symbol, as in a cell of 1997, until the tanh behind it is flat.",
            "Then c would be larger after 600 symbols than after 10. It stays where it was: there"
            " is a forget gate, and it does keep c small.",
        ),
        Option(
            "The gates hear h, and h still speaks of the last string, so the gates open at the"
            " wrong steps.",
            "Then setting h to 0 where a string begins would help. It does not; setting c to 0"
            " does, with h as it is.",
        ),
        Option(
            "It was trained on single strings, where c always began at 0: nothing ever asked its"
            " forget gate to clear what a string leaves behind.",
            right=True,
        ),
        Option(
            "It has learned the strings of its training by heart, and those of the stream are new"
            " to it.",
            "Then the first strings of the streams would be new to it as well. And with its state"
            " set to 0 it is right in all strings of the same streams.",
        ),
        Option(
            "The input gate stands open to the walk, and what the walk writes covers the letter.",
            "The walk in the first string is like all others, and there the letter survives it. So"
            " it does in every string that begins with a c of 0.",
        ),
    ],
    hints=(
        "Compare the first row with the second. In which respect do the two differ at the beginning"
        " of a string, and in which do they not?",
        "The third and fourth row say where the trouble sits: in h, or in c?",
        "So something stands in c at the beginning of a string that should not. Who could have"
        " cleared it, and why did it never learn to?",
    ),
    passed="There is a gate that could clear c, and in training c was always clear. Train it on the"
    " stream, with the state carried from window to window, and it learns to: the gate makes"
    " forgetting learnable, and the stream makes it learn.",
)

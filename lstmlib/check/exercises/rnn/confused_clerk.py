"""A reader of letters that answers the same request in three ways."""

import numpy as np

from lstmlib.check.exercise import Choice, Option
from lstmlib.numpy import RNN, Adam, Dense, Network, fit, one_hot, softmax
from lstmlib.tasks import letters

REQUESTS = ["b", "ab", "cb", "b", "b", "abcdedc", "b", "edcb", "cd"]


def clerk():
    """A trained reader of the walk a b c d e d c b a ..., and its parameters."""
    rng = np.random.default_rng(2)
    reader = Network(RNN(5, 5), Dense(5, 5))
    walks = (letters.there_and_back(rng, batch=32, steps=10, one_hot=True)[:2] for _ in range(400))
    return reader, fit(reader, reader.init(rng), walks, Adam(0.02)).run().params


def answer(reader, params, word, state):
    """The probabilities of the next letter (5,), and the state after the word."""
    logits, run = reader.forward(params, one_hot(letters.ids(word), 5)[:, None], state)
    return softmax(logits)[-1, 0], run.state


def _told(p):
    likely = [k for k in np.argsort(-p, kind="stable") if p[k] > 0.2]
    if p.max() > 0.97:
        return f"{letters.LETTERS[likely[0]]}, sure"
    return ", ".join(f"{letters.LETTERS[k]} {100 * p[k]:.0f} %" for k in likely)


def symptoms():
    reader, params = clerk()
    before = {name: value.copy() for name, value in params.items()}
    lines, state = [f"    {'read':7}  {'at the counter':14}  fresh start"], None
    for number, word in enumerate(REQUESTS, 1):
        p, state = answer(reader, params, word, state)
        alone, _ = answer(reader, params, word, None)
        lines.append(f"{number:>2}  {word:7}  {_told(p):14}  {_told(alone)}")
    same = all(np.array_equal(before[name], params[name]) for name in params)
    lines += ["", f"weights, to the last bit: {'the same' if same else 'changed'}",
              "one request at a time: B = 1"]
    return "\n".join(lines)


EXERCISE = Choice(
    kind="diagnosis",
    title="The confused clerk",
    level="standard",
    statement=r"""
A small trained network has read many walks along five letters, there and back, *a b c d e d c b a b
c …*, and says which letter comes next. It is put behind a counter. Visitors come one after the
other; each hands in a piece of a walk, and is told the letters that may come next and their
probabilities (those above 20 %, and *sure* from 97 % on). The pieces have nothing to do with one
another. After a single *b* both *a* and *c* are possible, and nothing can tell which.

Below is a morning's log. In the last column the same request was put to a fresh copy of the
program, as its first. **What is wrong at the counter?**
""",
    symptoms=symptoms,
    options=[
        Option("The network was trained for too short a time.",
               "Then the fresh copy, which has the same weights, would err too. It is right in all "
               "requests, and unsure only where nobody can be sure."),
        Option("The weights are changed a little by each request.",
               "They are the same to the last bit before and after. What else of the first request "
               "is still there at the second?"),
        Option("U is transposed in the program that answers.",
               "Then words of two letters and more would suffer, since U acts between the letters. "
               "Those are all right; it is single letters that go wrong."),
        Option("Each request starts from the state that the request before it left.", right=True),
        Option("The answer is read from the state before the last letter, instead of the one after "
               "it.",
               "Then the answer to `ab` would be that to `a`, which is `b` for certain. It is `c`. "
               "And the fresh copy would do the same."),
        Option("Within a batch, sequences get the states of their neighbours.",
               "Every request is a batch of one: there are no neighbours beside it. But there are "
               "some before it."),
    ],
    hints=(
        "Compare the rows with the request b. The weights are the same each time, and so is the "
        "input. What is left that may differ?",
        "Which requests are answered as on a fresh start, and which are not? Look at their "
        "lengths, and at what was read just before.",
        "After `cb` the clerk says, to a single `b`, that a `d` may follow: no walk goes from `b` "
        "to `d`. It does not take this `b` for a first letter. What carries over from one word to the "
        "next?",
    ),
    passed="The state is not set back between requests: each visitor's letters are read as if they "
           "went on from the last one's. The first letter of a word suffers, and from the second "
           "on the word itself sets the state right. Start each sequence from its own initial "
           "state.",
)

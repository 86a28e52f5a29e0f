"""Diagnosis: right alone, wrong in company."""

import numpy as np

from lstmlib.check.exercise import Choice, Option
from lstmlib.numpy import LSTM, Adam, Dense, Network, clip, one_hot

K, D, SHORTEST, LONGEST, B = 8, 16, 4, 21, 20
NET = Network(LSTM(K, D), Dense(D, 4))
BEHIND = ((0, 3), (4, 7), (8, 11), (12, 17))


def strings(rng, lengths):
    """Strings of noise, 4 to 7; four places before the end one of the letters 0 to 3."""
    made = [4 + rng.integers(4, size=n) for n in lengths]
    letters = rng.integers(4, size=len(lengths))
    for string, letter in zip(made, letters):
        string[-4] = letter
    return made, letters


def padded(some):
    """Inputs (T, B, K): zeros behind each end."""
    inputs = np.zeros((max(map(len, some)), len(some), K))
    for b, string in enumerate(some):
        inputs[:len(string), b] = one_hot(string, K)
    return inputs


def trained():
    """Trained on batches in which all strings have one length, asked at the last step."""
    rng, adam = np.random.default_rng(0), Adam(2e-2)
    params = NET.init(rng)
    for _ in range(250):
        n = int(rng.integers(SHORTEST, LONGEST + 1))
        some, letters = strings(rng, [n] * 24)
        asked = np.arange(n)[:, None] == np.full(24, n - 1)
        found = NET.loss_and_grads(params, padded(some), np.where(asked, letters, 0), mask=asked)
        params = adam.step(params, clip(found.grads, 1.0)[0])
    return params


def answers(params, some):
    """The patient: its answer to each string of a batch."""
    scores, _ = NET.forward(params, padded(some))
    return scores[-1].argmax(axis=-1)


def measured():
    """Shares of right answers, alone and in company, and how many answers change."""
    params, rng = trained(), np.random.default_rng(7)
    batches = [strings(rng, rng.integers(SHORTEST, LONGEST + 1, size=B)) for _ in range(20)]
    alone, right, behind = [], [], []
    again = beside = longer = 0
    for some, letters in batches:
        said, lengths = answers(params, some), np.array([len(s) for s in some])
        alone += [answers(params, [s])[0] == y for s, y in zip(some, letters)]
        right += list(said == letters)
        behind += list(lengths.max() - lengths)
        again += (answers(params, some) != said).sum()
        others = strings(rng, lengths[10:])[0]
        beside += (answers(params, some[:10] + others) != said)[:10].sum()
        longer += (answers(params, some + strings(rng, [40])[0])[:B] != said).sum()
    equal = (strings(rng, [n] * B) for n in range(SHORTEST, LONGEST + 1))
    even = [answers(params, some) == letters for some, letters in equal]
    right, behind = np.array(right), np.array(behind)
    by_place = {(low, high): right[(behind >= low) & (behind <= high)].mean()
                for low, high in BEHIND}
    return np.mean(alone), np.mean(even), right.mean(), by_place, (again, beside, longer)


def symptoms():
    alone, even, mixed, by_place, (again, beside, longer) = measured()
    rows = [("one string at a time", alone), ("20 together, of one length", even),
            ("20 together, as they come", mixed)]
    rows += [(f"  {low:2} to {high:2} empty steps behind", share)
             for (low, high), share in by_place.items()]
    lines = ["RIGHT ANSWERS (guessing: 0.25)"] + [f"{name:32}{share:5.2f}" for name, share in rows]
    lines += ["", "20 AS THEY COME: HOW MANY CHANGE", f"read a second time    {again:4} of 400",
              "half exchanged, others of the", f"same lengths: the rest{beside:4} of 200",
              f"one of 40 steps added {longer:4} of 400"]
    return "\n".join(lines)


EXERCISE = Choice(
    kind="diagnosis",
    title="Right alone, wrong in company",
    level="standard",
    statement="""An LSTM reads strings of 4 to 21 symbols, nearly all of them noise. The fourth
symbol from the end is one of four letters, and when the string is over the network is to say which.
It was trained on batches in which all strings had the same length. Now it is in use, on batches of
20 strings **as they come**: the short ones are filled up with zeros behind their end, to the length
of the longest. Here is what its user has measured on 400 strings, in 20 batches: first the share of
right answers, and then how many answers change if the same batches are read again; if ten of the
strings in each are exchanged for others of the same lengths (counted are the answers to the ten
that stayed); and if one string of 40 steps is added to each. What is wrong with the program?""",
    symptoms=symptoms,
    options=[
        Option("The padding was counted in the training loss, so that the network learned to "
               "answer for zeros.",
               "In training all strings of a batch had one length, so there was no padding to "
               "count. And one string at a time it answers all: what it learned is sound."),
        Option("The batch is turned by `reshape`, so that strings get mixed.",
               "Then an answer would depend on the other strings' symbols. Half of them were "
               "exchanged, and not one answer to the others changed."),
        Option("The dice of dropout are still on.",
               "Then the same batches would not give the same answers twice. They do, all 400. And "
               "dice would spare neither the lone strings nor those of one length."),
        Option("The answer is read off the last row of the batch, and not at each string's own "
               "end.", right=True),
        Option("The state is carried from one batch into the next.",
               "Then a second time, after other batches, some answers would differ; and lone "
               "strings, read one after the other, would suffer as well."),
        Option("It can't cope with short strings: it was mostly trained on longer ones.",
               "Alone, the short ones are answered rightly, too. And a string of 40 added beside "
               "them changes answers, although they stay as short as they were."),
    ],
    hints=(
        "What do the first two rows have in common that the third has not?",
        "The answers do not depend on *what* the other strings say, but on how long they are. "
        "What does the length of another string change for yours?",
        "Follow the shortest string of a batch: what does the network read after its end, for how "
        "many steps, and at which step does the program look at the scores?",
    ),
    passed="What it reads behind the end moves its state, and the more of it, the further. A mask "
           "in the loss can't help here. Take the output at each string's own end, or tell the "
           "library the `lengths`.",
)

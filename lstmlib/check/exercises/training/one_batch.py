"""Strings of any length in one batch: inputs, targets and mask, time first."""

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe


def drawn(rng, lengths, K=9):
    """Strings with so many steps each; they have one symbol more."""
    return [rng.integers(K, size=n + 1).tolist() for n in lengths]


def probes(rng):
    yield Probe("one string", ([[3, 1, 4, 1, 5]],),
                "One string of five symbols: four steps, at each the symbol and the one after it. "
                "Nothing is padding.", {"T": 4, "B": 1})
    yield Probe("two strings of one length", ([[1, 2, 3, 4], [5, 6, 7, 8]],),
                "Nothing is padding here. String 0 is column 0, string 1 is column 1.",
                {"T": 3, "B": 2})
    yield Probe("a short one behind a long one", ([[1, 2, 3, 4], [5, 6]],),
                "String 1 has one step, 5 with the target 6. Below it the column is filled up: "
                "zeros, and False in the mask.", {"T": 3, "B": 2})
    yield Probe("a short one in front", ([[5, 6, 7], [1, 2, 3, 4, 8]],),
                "The strings come in any order of length, and each keeps its column.",
                {"T": 4, "B": 2})
    yield Probe("zeros that are symbols", ([[0, 2, 0, 4], [0, 0]],),
                "Here 0 is a symbol of the strings as well. So a 0 does not say whether a place "
                "is padding: only the lengths do.", {"T": 3, "B": 2})
    yield Probe("as many steps as strings", (drawn(rng, [2, 4, 1, 3]),),
                "Here T = B = 4, so that exchanged axes fit: time goes down, strings stand side "
                "by side.")
    for k, lengths in enumerate(([5, 3, 7], [2, 7, 4, 1, 3], [3, 2])):
        yield Probe(f"random strings ({k + 1})", (drawn(rng, lengths),),
                    "Random strings. Read column b from above and compare with string b.",
                    {"T": max(lengths), "B": len(lengths)})


def reference(strings):
    T, B = max(len(s) for s in strings) - 1, len(strings)
    inputs, targets, mask = (np.zeros((T, B), dtype=int) for _ in range(3))
    for t in range(T):
        for b, string in enumerate(strings):
            if t + 1 < len(string):
                inputs[t, b], targets[t, b], mask[t, b] = string[t], string[t + 1], 1
    return inputs, targets, mask == 1


COUNT, IN, OUT = "len(string) - 1 for", "inputs[b, :n] = string[:-1]", "targets[b, :n] = string[1:]"
MASK, RESULT = "np.arange(T)[:, None] < lengths", "return inputs.T, targets.T, mask"

EXERCISE = Code(
    title="Strings of any length in one batch",
    level="routine",
    statement="""`strings` is a list of lists of whole numbers, the symbols: at least two symbols
each, of different lengths. A network reads a string symbol by symbol and is to say, at each step,
**the next one**. So a string of $n + 1$ symbols has $n$ steps.

Make one batch of $B$ strings, with the number $T$ of steps that the longest of them has. Return
three arrays of shape $(T, B)$, time first, one column for each string, in their order:

- `inputs`: the symbol that is read at the step;
- `targets`: the one that comes after it;
- `mask`: True where the string has a step, False behind its end.

Behind the end `inputs` and `targets` are 0.""",
    example='''# the two rows that one string gives
string = [3, 1, 4, 1, 5]
print("read ", string[:-1])
print("asked", string[1:])

# and two ways to turn a table: only one of them keeps the strings together
table = np.array([[1, 2, 3], [7, 8, 9]])             # a string in each row
print(table.transpose(), table.reshape(3, 2), sep="\\n\\n")''',
    task="Write the whole function: six to nine lines.",
    starter='''def one_batch(strings):
    """inputs, targets and mask, (T, B) each."""
    ...
    return inputs, targets, mask''',
    returns=("inputs", "targets", "mask"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("reshape for transpose",
                "You fill the table string by string and bring it into the form (T, B) with "
                "`reshape`, which writes the same numbers row by row into the new shape: pieces of "
                "several strings in one column. `transpose` (or `.T`) turns a table.",
                swap=[(RESULT, "return inputs.reshape(T, B), targets.reshape(T, B), mask")]),
        Mistake("reshape for transpose, mask and all",
                "All three tables, the mask too, are brought into the form (T, B) with `reshape`. "
                "So mask and symbols fit each other, and a column is still made of pieces of "
                "several strings. `transpose` (or `.T`) turns a table.",
                swap=[(RESULT, "return inputs.reshape(T, B), targets.reshape(T, B), "
                               "mask.T.reshape(T, B)")]),
        Mistake("the batch first",
                "Your arrays are (B, T), a string in each row. Here time comes first: (T, B).",
                swap=[(RESULT, "return inputs, targets, mask.T")]),
        Mistake("only the mask is turned wrong",
                "Inputs and targets are right. The mask has a row for each string, (B, T); it "
                "must lie as the others do.",
                swap=[(RESULT, "return inputs.T, targets.T, mask.T")]),
        Mistake("targets not shifted",
                "Each target is the symbol that was just read. A network learns to copy within a "
                "minute, at no loss at all: asked is the one after it.",
                swap=[(OUT, "targets[b, :n] = string[:-1]")]),
        Mistake("inputs and targets exchanged",
                "Each target is the symbol before its input. The network is to say what comes, "
                "not what was.", swap=[(RESULT, "return targets.T, inputs.T, mask")]),
        Mistake("a last step without an answer",
                "A string of n + 1 symbols has n steps: behind its last symbol nothing comes that "
                "one could ask for. You read that one, too, and give it 0 as its target.",
                swap=[(COUNT, "len(string) for"), (IN, "inputs[b, :n] = string"),
                      (OUT, "targets[b, :n - 1] = string[1:]")]),
        Mistake("a row too many",
                "Your mask is right where a string has a step, but the arrays are a row too long: "
                "you read the last symbol as well, with nothing to ask behind it. A string of n + "
                "1 symbols has n steps, so T is one less than the longest string.",
                swap=[(COUNT, "len(string) for"), (IN, "inputs[b, :n] = string"),
                      (OUT, "targets[b, :n - 1] = string[1:]"),
                      (MASK, "np.arange(T)[:, None] < lengths - 1")]),
        Mistake("the first symbol asked for at the end",
                "At the end of each string the target is its own first symbol: `np.roll` brings "
                "back at one end what leaves at the other. Behind the last symbol nothing comes, "
                "so it is not a step.",
                swap=[(COUNT, "len(string) for"), (IN, "inputs[b, :n] = string"),
                      (OUT, "targets[b, :n] = np.roll(string, -1)")]),
        Mistake("a mask one step too long",
                "The mask is True one place beyond the end of each string that is shorter than T. "
                "Count steps, not symbols; and rows are counted from 0.",
                swap=[(MASK, "np.arange(T)[:, None] <= lengths")]),
        Mistake("a mask one step too short",
                "The mask ends one step early: the last target of each string would never count. "
                "Steps 0 to n - 1 are n of them.",
                swap=[(MASK, "np.arange(T)[:, None] < lengths - 1")]),
        Mistake("a mask of ones",
                "The mask is True everywhere: padding counts like any symbol, and the network is "
                "asked for 0 again and again behind every string.",
                swap=[(MASK, "np.ones((T, B), dtype=bool)")]),
        Mistake("a mask upside down",
                "The mask is True where there is padding (as in the masks of PyTorch's "
                "transformers, which say what to leave out). Here True says what counts.",
                swap=[(MASK, "np.arange(T)[:, None] >= lengths")]),
        Mistake("a mask made from the inputs",
                "You take each input that is 0 for padding. But 0 is a symbol like the others: a "
                "step at which it is read would be left out. The lengths say what is real.",
                swap=[(MASK, "inputs.T != 0")]),
        Mistake("a mask made from the targets",
                "You take each target that is 0 for padding. But 0 is a symbol like the others: "
                "where it is the answer the step would never count. The lengths say what is real.",
                swap=[(MASK, "targets.T != 0")]),
        Mistake("padded in front",
                "The short strings stand at the end of their columns, with the padding before "
                "them. Here every string begins at step 0, and is filled up behind.",
                swap=[(IN, "inputs[b, T - n:] = string[:-1]"),
                      (OUT, "targets[b, T - n:] = string[1:]"),
                      (MASK, "np.arange(T)[::-1, None] < lengths")]),
        Mistake("cut to the shortest",
                "All strings are cut to the length of the shortest. Then nothing is padding, and "
                "most of the text is thrown away: fill up, in place of cutting.",
                swap=[("T, B = max(lengths), len(strings)", "T, B = min(lengths), len(strings)"),
                      (IN, "inputs[b] = string[:T]"), (OUT, "targets[b] = string[1:T + 1]")]),
        Mistake("sorted by length",
                "The columns are sorted, the longest string first. Old ways of packing asked for "
                "that; here each string keeps its place, or answers land beside the wrong one.",
                swap=[("def one_batch(strings):",
                       "def one_batch(strings):\n"
                       "    strings = sorted(strings, key=len, reverse=True)")]),
        Mistake("the last symbol left in the inputs",
                "Behind the end of each shorter string its last symbol stands in `inputs`, as when "
                "whole strings are filled up and then the last row is cut off. No step reads it: "
                "False in the mask, and 0 in `inputs`.",
                swap=[(IN, "inputs[b, :n + 1] = string[:T]")]),
        Mistake("filled up with the last symbol",
                "Behind its end each string repeats its last symbol. Asked for are zeros there; "
                "and where the mask is True nothing differs.",
                swap=[(IN, "inputs[b] = [*string[:-1], *[string[-1]] * (T - n)]"),
                      (OUT, "targets[b] = [*string[1:], *[string[-1]] * (T - n)]")]),
    ],
    conventions=[
        Convention("-100 behind the end",
                   "Your targets are -100 behind the end. That is PyTorch's way: its "
                   "`cross_entropy` leaves out targets of -100 (`ignore_index`), so that no mask "
                   "is needed. It serves as well as a 0 beside a mask.",
                   swap=[("inputs, targets = np.zeros((2, B, T), dtype=int)",
                          "inputs, targets = np.zeros((2, B, T), dtype=int)\n    targets -= 100")]),
        Convention("-1 behind the end",
                   "You fill up with -1 behind the end, in inputs and targets, as Keras' "
                   "`Masking(mask_value=-1)` would have it: a number that is no symbol. It has to "
                   "be replaced before it is looked up in a table, where -1 is the last row.",
                   swap=[("inputs, targets = np.zeros((2, B, T), dtype=int)",
                          "inputs, targets = np.full((2, B, T), -1)")]),
    ],
    hints=(
        "How many steps has each string? The largest of these numbers is T. Begin with two tables "
        "of zeros.",
        "Fill them string by string, a row each, (B, T): the first n places of row b. Then turn "
        "them.",
        "The mask needs no loop: a column of step numbers, `np.arange(T)[:, None]`, compared with "
        "the row of lengths has the shape (T, B).",
    ),
    passed="One rectangle, each string in a column of its own, each symbol beside the one that "
           "comes after it, and a mask that knows where each string ends.",
)

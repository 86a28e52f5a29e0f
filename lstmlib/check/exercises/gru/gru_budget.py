"""How many parameters the gated cells have, by whose biases, and how wide a GRU may be."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import GRU, LSTM, MGU, GRUResetBefore

NAMES = ("lstm", "gru", "gru_before", "gru_two", "mgu", "units")


def probes(rng):
    yield Probe("4 inputs, 5 units", (4, 5), "A row has 4 + 5 weights and a bias: a block of 5 "
                "rows has 50 numbers. How many blocks has each cell, and which biases besides? Try "
                "`units` one by one: a GRU of 6 units would have 204 parameters.", {})
    for M, D in ((2, 5), (7, 3), (16, 16), (1, 30), (9, 24), (3, 11), (5, 37),
                 (int(rng.integers(2, 9)), int(rng.integers(40, 60)))):
        yield Probe(f"{M} input{'s' * (M > 1)}, {D} units", (M, D), "Count block by block. For "
                    "`units`, try D, D + 1 and so on, as long as the GRU is no dearer than the "
                    "LSTM.", {})


def reference(M, D):
    """From the shapes of the library's arrays."""
    def count(kind, units=D, again=()):
        shapes = kind(M, units).param_shapes
        return sum(int(np.prod(shapes[name])) for name in [*shapes, *again])

    lstm = count(LSTM)
    units = max(width for width in range(1, 2 * D + 2) if count(GRU, width) <= lstm)
    return (lstm, count(GRU), count(GRUResetBefore), count(GRUResetBefore, again="b"), count(MGU),
            units)


BLOCK, LSTM_PRICE, BEFORE = "block = D * (M + D + 1)", "lstm = 4 * block", "gru_before = 3 * block"
OWN, TWO, MGU_PRICE = "inputs + units + 1) + units", "gru_two = 3 * (block + D)", "mgu = 2 * block"
WIDER = "while gru_count(M, units + 1) <= lstm:\n        units += 1"

EXERCISE = Code(
    title="What two gates cost",
    level="routine",
        statement=r"""All gated cells are built of *blocks*: a gate is one, and a candidate is one.
A block has a row for each of the $D$ units, with $M$ weights for the input, $D$ for the old state,
and a bias. Write `what_it_costs(M, D)`, which returns six whole numbers: how many parameters these
have,

- `lstm`: the LSTM of this book,
- `gru`: this book's GRU, reset after the product. It has one bias a row, and the rows of the
  candidate have a second one, which the reset gate can silence,
- `gru_before`: the GRU that resets before the product, one bias a row,
- `gru_two`: PyTorch's GRU, which has two biases in every row,
- `mgu`: the minimal gated unit, one gate and a candidate, one bias a row,

and

- `units`: the largest number of units with which *this book's* GRU, with the same $M$ inputs, has
  no more parameters than the LSTM with $D$ units.

The example does the same for two read-outs, one with a hidden layer and one without.""",
    example='''def plain(D, N):
    return N * (D + 1)                       # V is (N, D), b_y is (N,)


def with_a_layer(D, N, H):
    return H * (D + 1) + N * (H + 1)


D, N, H = 10, 50, 5
wider = max(k for k in range(1, 100) if with_a_layer(k, N, H) <= plain(D, N))
plain(D, N), with_a_layer(D, N, H), wider''',
    task="How many blocks has each? Eight lines or so.",
    starter='''def what_it_costs(M, D):
    """Five counts, and the units of a GRU at the LSTM's price."""
    ...
    return lstm, gru, gru_before, gru_two, mgu, units''',
    returns=NAMES,
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("gates counted for blocks",
                "You count the gates: three for the LSTM, two for a GRU, one for the minimal gated "
                "unit. The candidate is a block as well. (That is one way in which the GRU came to "
                "be called a third smaller.)",
                swap=[(LSTM_PRICE, "lstm = 3 * block"), ("3 * units", "2 * units"),
                      (BEFORE, "gru_before = 2 * block"), (TWO, "gru_two = 2 * (block + D)"),
                      (MGU_PRICE, "mgu = block")]),
        Mistake("the candidate of the GRU forgotten",
                "You count two blocks for a GRU, because it has two gates. Its candidate is a "
                "block as well, as it is in the LSTM's four.",
                swap=[("3 * units", "2 * units"), (BEFORE, "gru_before = 2 * block"),
                      (TWO, "gru_two = 2 * (block + D)")]),
        Mistake("the candidate forgotten, but for the LSTM",
                "You count two blocks for a GRU and one for the minimal gated unit: their gates. "
                "The candidate is a block as well, as it is in the LSTM's four.",
                swap=[("3 * units", "2 * units"), (BEFORE, "gru_before = 2 * block"),
                      (TWO, "gru_two = 2 * (block + D)"), (MGU_PRICE, "mgu = block")]),
        Mistake("the second bias left out",
                "Your `gru` costs no more than `gru_before`. Its candidate has a second bias.",
                swap=[(OWN, "inputs + units + 1)")]),
        Mistake("a second bias in all blocks",
                "You give this book's GRU two biases in each row. Only its candidate has a second "
                "one; in r and z a sum would do the same.", swap=[(OWN, "inputs + units + 2)")]),
        Mistake("the second bias as one number",
                "You add one number for the second bias. The candidate has D rows, and each has "
                "one.", swap=[(OWN, "inputs + units + 1) + 1")]),
        Mistake("PyTorch's second bias in one block",
                "You give PyTorch's GRU the second bias in one block. It keeps two in every row.",
                swap=[(TWO, "gru_two = 3 * block + D")]),
        Mistake("PyTorch with one bias",
                "You count PyTorch's GRU with one bias a row. It keeps two.",
                swap=[(TWO, "gru_two = 3 * block")]),
        Mistake("PyTorch's biases counted three times",
                "You have two biases *more* a row for PyTorch. It is two in all.",
                swap=[(TWO, "gru_two = 3 * (block + 2 * D)")]),
        Mistake("the minimal unit as one block", "The minimal gated unit has one gate, and a "
                "candidate: two blocks.", swap=[(MGU_PRICE, "mgu = block")]),
        Mistake("no biases", "You count the two matrices. A row has a bias as well.",
                swap=[(BLOCK, "block = D * (M + D)"), (OWN, "inputs + units) + units")]),
        Mistake("no biases at all", "You count the two matrices. A row has a bias as well, or "
                "two: read for each cell how many.",
                swap=[(BLOCK, "block = D * (M + D)"), (OWN, "inputs + units)"),
                      (TWO, "gru_two = 3 * block")]),
        Mistake("one bias for a block",
                "A block has a single bias in your count. It has one for each of its D rows.",
                swap=[(BLOCK, "block = D * (M + D) + 1"),
                      ("return 3 * units * (inputs + units + 1) + units",
                       "return 3 * (units * (inputs + units) + 1) + units")]),
        Mistake("a row of U counted once",
                "You count a row of U as one number. Every unit hears all D of the old state.",
                swap=[(BLOCK, "block = D * (M + 2)"), (OWN, "inputs + 2) + units")]),
        Mistake("M and D exchanged", "Your blocks have a row for each input. They have one for "
                "each unit.",
                swap=[(BLOCK, "block = M * (M + D + 1)"), (TWO, "gru_two = 3 * (block + M)"),
                      ("return 3 * units * (inputs + units + 1) + units",
                       "return 3 * inputs * (inputs + units + 1) + inputs")]),
        Mistake("four thirds of the width",
                "You take a third more units, because there is a quarter less to pay. But U grows "
                "with the square of the width.", swap=[(WIDER, "units = 4 * D // 3")]),
        Mistake("the width by the ratio of the prices",
                "Your `units` grows by as much as the GRU of D units is cheaper. But U grows with "
                "the square of the width.", swap=[(WIDER, "units = D * lstm // gru")]),
        Mistake("the width of PyTorch's GRU",
                "Your `units` is the width of a GRU with two biases in every row. Asked is that of "
                "this book's.", swap=[(WIDER, WIDER.replace("gru_count(M, units + 1)",
                                                            "3 * (units + 1) * (M + units + 3)"))]),
        Mistake("the width of the other GRU",
                "Your `units` is the width of a GRU without its second bias. Asked is that of this "
                "book's.", swap=[(WIDER, WIDER.replace("gru_count(M, units + 1)",
                                                       "3 * (units + 1) * (M + units + 2)"))]),
        Mistake("one unit too many", "Your GRU is the first that is dearer than the LSTM. Take the "
                "one before it.", swap=[(WIDER, WIDER + "\n    units += 1")]),
        Mistake("cheaper, not as cheap", "Where the GRU costs exactly as much as the LSTM you take "
                "one unit less. No more than its price is asked for: `<=`.",
                swap=[("<= lstm", "< lstm")]),
        Mistake("as many units as the LSTM", "Your `units` is D. A GRU of D units is cheaper than "
                "the LSTM: there is money left for some more.", swap=[(WIDER, "")]),
    ],
    hints=(
        "First the price of one block. Then: how many blocks is a gate, and how many is a "
        "candidate?",
        "Four blocks, three, and two. This book's GRU has D numbers more than `gru_before`, "
        "PyTorch's 3 D more.",
        "For `units` a function inside or above yours that counts a GRU of any width, and `while` "
        "one unit more is still no dearer than the LSTM, take one unit more.",
    ),
    passed="A GRU is a quarter smaller than an LSTM, exactly so where both keep their biases "
           "alike, and at the same price some 15 % wider, if there are many units. Whoever "
           "compares the two says which is meant.",
    tolerance=1e-9,
)

"""The widest stack of equal LSTM layers that a number of parameters pays for."""

import math

from lstmlib.check.exercise import Code, Convention, Mistake, Probe
from lstmlib.numpy import LSTM, Dense, Stack


def counted(M, N, L, D):
    """By asking the library."""
    stack = Stack([LSTM(M if k == 0 else D, D) for k in range(L)])
    return stack.count() + sum(math.prod(shape) for shape in Dense(D, N).param_shapes.values())


def probes(rng):
    yield Probe(
        "one layer",
        (2, 3, 1, counted(2, 3, 1, 5) + 7),
        "One layer: an LSTM that reads 2 numbers, and a read-out of 3. Five units cost 4 · 5 · (2 +"
        " 5 + 1) + 3 · 5 + 3 = 178.",
    )
    yield Probe(
        "two layers, a single unit each",
        (1, 1, 2, counted(1, 1, 2, 1)),
        "With one unit a layer and one input both layers cost 4 · (1 + 1 + 1) = 12, and the"
        " read-out 2: 26, which is the budget. What is just met is not exceeded.",
    )
    yield Probe(
        "two layers, just enough",
        (7, 3, 2, counted(7, 3, 2, 4)),
        "How many numbers does the second layer read at each step? And which layer does the"
        " read-out see?",
    )
    yield Probe(
        "two layers, one parameter too few",
        (7, 3, 2, counted(7, 3, 2, 5) - 1),
        "The budget is one parameter less than what 5 units a layer cost.",
    )
    yield Probe(
        "many inputs, three layers",
        (101, 2, 3, counted(101, 2, 3, 6) + 40),
        "Only one of the three layers sees the 101 inputs.",
    )
    yield Probe(
        "many outputs, three layers",
        (2, 101, 3, counted(2, 101, 3, 6) + 40),
        "The read-out to 101 numbers sees one of the three layers.",
    )
    for M, N, L, D in ((5, 11, 2, 23), (3, 2, 4, 17), (13, 7, 5, 9), (1, 1, 3, 13)):
        for more in (0, -1):
            name = f"{L} layers, {'exactly' if not more else '1 less than'} what {D} units cost"
            yield Probe(
                name,
                (M, N, L, counted(M, N, L, D) + more),
                "Compute what your network costs, and what one with a unit more in each layer would"
                " cost.",
            )
    for name in ("a random case", "another random case"):
        M, N, L = (int(n) for n in rng.integers([2, 2, 2], [40, 40, 6]))
        yield Probe(
            name,
            (M, N, L, int(rng.integers(8_000, 60_000))),
            "Compute what your network costs, and what one with a unit more in each layer would"
            " cost.",
        )


def reference(M, N, L, budget):
    """(8L - 4) D² + (4M + 4L + N) D + N ≤ budget, solved for D."""
    square, linear = 8 * L - 4, 4 * M + 4 * L + N
    D = (math.isqrt(linear * linear + 4 * square * (budget - N)) - linear) // (2 * square)
    return D, counted(M, N, L, D)


FIRST, FURTHER = "first = 4 * D * (M + D + 1)", "further = 4 * D * (D + D + 1)"
READOUT, SUM = "readout = N * D + N", "first + (L - 1) * further + readout"


def blocks(number, extra="1"):
    return [
        (FIRST, f"first = {number} * D * (M + D + {extra})"),
        (FURTHER, f"further = {number} * D * (D + D + {extra})"),
    ]


SHARED = """
def widest_stack(M, N, L, budget):
    def cost(D, layers):
        return 4 * D * (M + D + 1) + (layers - 1) * 4 * D * (2 * D + 1) + N * D + N

    D = 1
    while cost(D + 1, 1) <= {price}:
        D += 1
    return {width}, cost({width}, L)
"""

EXERCISE = Code(
    title="The widest stack for the money",
    level="routine",
    statement=r"""A network consists of $L$ LSTM layers above each other, all of them with the same
number of units $D$, and of a read-out $\hat y_t = V h_t + b_y$ of $N$ numbers from the topmost
layer. The inputs have $M$ numbers. A layer has four blocks, each with a row of $W$, a row of $U$
and one bias a unit, as in chapter 6.

To compare depths fairly, all get the same budget of parameters. Write
`widest_stack(M, N, L, budget)`. It returns two whole numbers:

- `D`, the **largest** width with which the network has *at most* `budget` parameters, and
- `count`, how many parameters it then has, read-out included.

The budget always suffices for one unit a layer. The example does the same for layers without a
loop.""",
    example="""# L plain layers tanh(W x + b) above each other, D units each, no read-out
def layers_cost(M, D, L):
    return (D * M + D) + (L - 1) * (D * D + D)


[(L, layers_cost(M=50, D=10, L=L)) for L in (1, 2, 3)]""",
    task="Count first, then search or solve (with budgets up to 60,000). Seven lines or so.",
    starter='''def widest_stack(M, N, L, budget):
    """The width of each layer, and what the network then costs."""
    ...
    return D, count''',
    returns=("D", "count"),
    tolerance=1e-9,
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "every layer reads x",
            "You count every layer as if it read M numbers. A layer above the first reads the h of"
            " the one below: how many numbers is that?",
            swap=[(FURTHER, "further = first")],
        ),
        Mistake(
            "the upper layers read x as well",
            "You count the upper layers as if they read x beside the h from below. In this stack"
            " they read h alone.",
            swap=[(FURTHER, "further = 4 * D * (M + D + D + 1)")],
        ),
        Mistake(
            "no way up",
            "For the layers above the first you count U and b, and no W. What comes from below goes"
            " through a matrix, too.",
            swap=[(FURTHER, "further = 4 * D * (D + 1)")],
        ),
        Mistake(
            "one layer counted",
            "You count one layer, whatever L is. Each has weights of its own; if all used the same,"
            " they would be one layer, used L times.",
            swap=[(SUM, "first + readout")],
        ),
        Mistake(
            "a layer too many",
            "You count L layers above the first: L + 1 in all.",
            swap=[("(L - 1)", "L")],
        ),
        Mistake(
            "the first layer as one of the others",
            "You count all L layers as if they read D numbers. The first one reads M.",
            swap=[(FIRST, "first = 4 * D * (D + D + 1)")],
        ),
        Mistake(
            "the read-out sees all layers",
            "Your V has a column for every unit of every layer. The read-out sees the topmost layer"
            " alone.",
            swap=[(READOUT, "readout = N * L * D + N")],
        ),
        Mistake(
            "a read-out for each layer",
            "You count a read-out for each layer. There is one, above the topmost.",
            swap=[(SUM, "first + (L - 1) * further + L * readout")],
        ),
        Mistake(
            "the read-out is left out",
            "V and b_y are parameters as well, and come out of the same budget.",
            swap=[(SUM, "first + (L - 1) * further")],
        ),
        Mistake(
            "no bias in the read-out",
            "You count V but not b_y, one number for each output.",
            swap=[(READOUT, "readout = N * D")],
        ),
        Mistake(
            "D biases in the read-out",
            "b_y is added to the N outputs: it has N entries, not D.",
            swap=[(READOUT, "readout = N * D + D")],
        ),
        Mistake(
            "no biases in the layers",
            "You count W and U. Each of the four blocks has D biases, in every layer.",
            swap=blocks(4, "0"),
        ),
        Mistake(
            "no biases at all",
            "You count matrices only. Each block has D biases, in every layer, and the read-out N.",
            swap=[*blocks(4, "0"), (READOUT, "readout = N * D")],
        ),
        Mistake(
            "three blocks",
            "You count three blocks a layer. The gates are three; the candidate has a W, a U and a"
            " b too.",
            swap=blocks(3),
        ),
        Mistake(
            "one block",
            "You count one block a layer: that is a plain network. An LSTM has four.",
            swap=blocks(1),
        ),
        Mistake(
            "peepholes counted",
            "You count three more numbers a unit, as for cells with peepholes. These have none.",
            swap=[
                (FIRST, "first = 4 * D * (M + D + 1) + 3 * D"),
                (FURTHER, "further = 4 * D * (D + D + 1) + 3 * D"),
            ],
        ),
        Mistake(
            "one unit too many",
            "Your network is the first that costs more than the budget. Take one unit less.",
            swap=[("return D, cost(D)", "return D + 1, cost(D + 1)")],
        ),
        Mistake(
            "less than the budget",
            "A network that costs exactly the budget is allowed: `<=`, not `<`.",
            swap=[("<= budget", "< budget")],
        ),
        Mistake(
            "the count of the next width",
            "Your width is right. `count` is what the first network costs that is too dear, one"
            " unit wider.",
            swap=[("return D, cost(D)", "return D, cost(D + 1)")],
        ),
        Mistake(
            "the budget instead of the count",
            "Your width is right. `count` is what the network costs, which is seldom the whole"
            " budget.",
            swap=[("return D, cost(D)", "return D, budget")],
        ),
        Mistake(
            "the width of one layer, shared out",
            "You take the width that one layer could have and divide it by L. The price of a layer"
            " does not grow like its width, but nearly like the square of it.",
            source=SHARED.format(price="budget", width="D // L"),
        ),
        Mistake(
            "the budget shared out",
            "You give each layer an equal part of the budget. Layers of the same width do not cost"
            " the same: count the whole network.",
            source=SHARED.format(price="budget / L", width="D"),
        ),
    ],
    conventions=[
        Convention(
            "two biases",
            "You count two biases a unit in each block, as PyTorch and cuDNN keep them, one for W"
            " and one for U. This book, Keras' LSTM and most papers have one.",
            swap=blocks(4, "2"),
        ),
    ],
    hints=(
        (
            "Write down the shapes of W, U and b for the first layer, then for the second. What is"
            " different?"
        ),
        (
            "A function inside yours that gives the cost for any D serves for both answers. The"
            " layers from the second on are all alike."
        ),
        (
            "The first layer costs 4 D (M + D + 1), each further one 4 D (2 D + 1), the read-out N"
            " D + N. `while` a unit more can be paid for, add 1 to D."
        ),
    ),
    passed=(
        "Now a depth can be compared with another one at the same price. What is better in such a"
        " comparison is better by its depth; what is only larger would be better anyway."
    ),
)

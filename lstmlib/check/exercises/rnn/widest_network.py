"""The widest recurrent network that a number of parameters pays for."""

import math

from lstmlib.check.exercise import Code, Mistake, Probe


def _cost(M, N, D):
    return D * M + D * D + D + N * D + N


def probes(rng):
    yield Probe("one input, one output, a single unit", (1, 1, 5, _cost(1, 1, 1)),
                "W, U, b, V and b_y have one entry each here: 5 parameters, and 5 is the budget. A "
                "budget that is just met is not exceeded.")
    yield Probe("a parameter too little for a single unit", (1, 1, 5, 4),
                "Even one unit costs 5 parameters here, so that the answer is 0.")
    yield Probe("just enough for 3 units", (2, 5, 7, _cost(2, 5, 3)),
                "With M = 2, N = 5 and D = 3 the five arrays have 6 + 9 + 3 + 15 + 5 = 38 entries.")
    yield Probe("one less for 3 units", (2, 5, 7, _cost(2, 5, 3) - 1),
                "With M = 2, N = 5 and D = 3 the five arrays have 38 entries, and the budget is "
                "37.")
    yield Probe("many inputs", (101, 3, 11, _cost(101, 3, 4) + 50),
                "Write down the shapes of W, U, b, V and b_y with M = 101 and N = 3, and count "
                "once more.")
    yield Probe("many outputs", (3, 101, 11, _cost(3, 101, 4) + 50),
                "Write down the shapes of W, U, b, V and b_y with M = 3 and N = 101, and count "
                "once more.")
    for M, N, D in ((5, 7, 13), (7, 2, 31), (2, 11, 47)):
        for more in (0, -1, 1, -N - 1, 1 - N - D):
            away = f"{abs(more)} {'more' if more > 0 else 'less'} than" if more else "exactly"
            yield Probe(f"{away} what {D} units cost", (M, N, 10, _cost(M, N, D) + more),
                        "Compute what your network costs, and what one with a unit more would "
                        "cost.")
    for name in ("a random case", "another random case", "a third random case"):
        M, N, T = (int(n) for n in rng.integers(2, 60, size=3))
        yield Probe(name, (M, N, T, int(rng.integers(2_000, 60_000))),
                    "Compute what your network costs, and what one with a unit more would cost.")


def reference(M, N, T, budget):
    if budget < _cost(M, N, 1):
        return 0
    linear = M + N + 1                     # D² + linear D ≤ budget - N, solved for D
    return (math.isqrt(linear * linear + 4 * (budget - N)) - linear) // 2


EXERCISE = Code(
    title="The widest network for the money",
    level="standard",
    statement=r"""
Networks are compared fairly at an equal number of parameters. Take the recurrent network

$$ \begin{aligned} h_t &= \tanh(W x_t + U h_{t-1} + b) \\ \hat y_t &= V h_t + b_y \end{aligned} $$

with inputs of $M$ numbers, a state of $D$ numbers and outputs of $N$ numbers. It reads sequences of
$T$ steps. Write a function that gets `M`, `N`, `T` and a `budget`, all whole numbers, and returns
the **largest** $D$ for which the network has *at most* `budget` parameters; 0 if even one unit
costs more.
""",
    example='''
def widest_window_net(M, N, T, budget):
    """The same for a net without a loop, shown T inputs side by side."""
    def cost(D):
        hidden = D * T * M + D                     # W (D, T M) and b (D,)
        readout = N * D + N                        # V (N, D) and b_y (N,)
        return hidden + readout

    return max(D for D in range(budget) if cost(D) <= budget)


widest_window_net(M=5, N=5, T=10, budget=1000)
''',
    task="Write it for the recurrent network: count, then search or solve (with budgets up to "
         "60,000).",
    starter='''
def widest(M, N, T, budget):
    """The largest D that costs at most `budget` parameters, or 0."""
    ...
    return D
''',
    returns="D",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("a copy of the weights for each step",
                "You multiply by the number of steps. Unrolled, the network looks like T layers, "
                "but all of them use one and the same W, U and b: the number of parameters has "
                "nothing to do with T.",
                swap=[("D * M + D * D + D", "T * (D * M + D * D + D)")]),
        Mistake("a copy of everything for each step",
                "You multiply by the number of steps, the read-out too. All steps use one and the "
                "same five arrays: the number of parameters has nothing to do with T.",
                swap=[("cell + readout", "T * (cell + readout)")]),
        Mistake("the width of the window net",
                "You count T M inputs to each unit, as for a net that sees all steps side by side. "
                "Here each step reads M numbers, through one W of shape (D, M).",
                swap=[("D * M", "D * T * M")]),
        Mistake("the read-out is left out",
                "You count the cell alone. V and b_y are parameters as well.",
                swap=[("cell + readout", "cell")]),
        Mistake("the recurrent weights are left out",
                "You count W, b, V and b_y: a layer without the loop. U is missing.",
                swap=[("D * D + ", "")]),
        Mistake("one recurrent weight a unit",
                "You count D links, from each unit to itself. Every unit hears every unit: U is a "
                "matrix.",
                swap=[("D * D + ", "D + ")]),
        Mistake("no biases",
                "You count W, U and V; b and b_y are parameters as well.",
                swap=[("D * M + D * D + D", "D * M + D * D"), ("N * D + N", "N * D")]),
        Mistake("no bias in the cell",
                "You count W and U, but not b, one for each unit of the state.",
                swap=[("D * M + D * D + D", "D * M + D * D")]),
        Mistake("no bias in the read-out",
                "You count V, but not b_y, one for each output.",
                swap=[("N * D + N", "N * D")]),
        Mistake("one entry in b_y",
                "You count a single bias for the read-out. b_y is a vector: one entry for each "
                "output.",
                swap=[("N * D + N", "N * D + 1")]),
        Mistake("one entry in b_y for each unit",
                "You count D biases for the read-out. b_y is added to the N outputs: it has N "
                "entries.",
                swap=[("N * D + N", "N * D + D")]),
        Mistake("a read-out for each step",
                "You count the read-out T times. It is used at each step, and is one and the same "
                "V and b_y.",
                swap=[("N * D + N", "T * (N * D + N)")]),
        Mistake("one bias for each layer",
                "You count a single bias for the cell and a single one for the read-out. A bias is "
                "a vector: one entry for each unit, one for each output.",
                swap=[("D * M + D * D + D", "D * M + D * D + 1"), ("N * D + N", "N * D + 1")]),
        Mistake("D parameters too many in the cell",
                "You count D (M + D + 2) for the cell: either a second bias (PyTorch keeps one "
                "beside W and one beside U, the equation here has a single b), or the state "
                "itself, which is not a parameter: it moves while the network reads.",
                swap=[("D * M + D * D + D", "D * M + D * D + 2 * D")]),
        Mistake("input and output mixed up",
                "You count as if the inputs had N numbers and the outputs M. The terms with D come "
                "out the same, but b_y has one entry for each output.",
                swap=[("N * D + N", "N * D + M")]),
        Mistake("one unit too many",
                "You return the first D that costs more than the budget. The largest that fits is "
                "one less.",
                swap=[("return D", "return D + 1")]),
        Mistake("less than the budget",
                "You stop before the budget is used up: a network that costs exactly the budget is "
                "allowed (`<=`, not `<`).",
                swap=[("<= budget", "< budget")]),
        Mistake("rounded instead of cut off",
                "You solved for D and rounded to the nearest whole number. Rounded up it costs "
                "more than the budget: take the whole part.",
                source='''
import numpy as np


def widest(M, N, T, budget):
    linear = M + N + 1
    exact = (np.sqrt(linear ** 2 + 4 * (budget - N)) - linear) / 2
    return max(round(exact), 0)
'''),
        Mistake("rounded up",
                "You solved for D and rounded up. Unless the solution is a whole number, that "
                "costs more than the budget: take the whole part.",
                source='''
import numpy as np


def widest(M, N, T, budget):
    linear = M + N + 1
    exact = (np.sqrt(linear ** 2 + 4 * (budget - N)) - linear) / 2
    return max(int(np.ceil(exact)), 0)
'''),
        Mistake("a fraction of a unit",
                "You solved for D and return the fraction. The largest whole number below it is "
                "asked for.",
                source='''
import numpy as np


def widest(M, N, T, budget):
    linear = M + N + 1
    return (np.sqrt(linear ** 2 + 4 * (budget - N)) - linear) / 2
'''),
        Mistake("one unit at least",
                "Where even a single unit costs more than the budget the answer is 0; you return "
                "1.",
                swap=[("return D", "return max(D, 1)")]),
    ],
    hints=(
        "Write the shapes of all five arrays under the equation: W, U, b, V, b_y. Is T among the "
        "letters?",
        "The cell has D M + D D + D entries, the read-out N D + N. Begin with D = 0, and go up "
        "while a unit more can be paid for.",
        "`while` the cost of D + 1 is `<= budget`, add 1 to D. (Or solve D² + (M + N + 1) D + N ≤ "
        "budget and cut off the fraction.)",
    ),
    passed="You can name the size of a recurrent network that is as large as another, whatever the "
           "length of the sequences: the comparisons of this book rest on such counts.",
)

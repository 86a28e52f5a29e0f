"""Who hears whom in a clockwork network, unit by unit."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def probes(rng):
    some = rng.integers(1, 4, size=3)
    for name, periods, sizes, says in (
        ("two modules of one unit", [1, 2], [1, 1],
         "The fast unit hears itself and the slow one; the slow one hears only itself."),
        ("one module of three units", [5], [3],
         "A module hears itself, and that is every unit of it, both ways."),
        ("modules of 1, 3 and 2 units", [1, 2, 4], [1, 3, 2],
         "The mask is cut by blocks, as wide as the modules. Write down the period of each of the "
         "six units first. Row i, column j is True if unit i hears unit j."),
        ("modules of 3 and 1 units", [1, 8], [3, 1],
         "Three fast units and a slow one: the last column is heard by all, and the last row hears "
         "only itself."),
        ("equal periods", [1, 2, 2, 4], [1, 2, 1, 1],
         "Two modules have the period 2. At least as slow as oneself is also who has the same "
         "period: these two hear each other, both ways."),
        ("periods that don't divide each other", [2, 3, 5], [2, 1, 2],
         "Slower is who has the larger period, whether or not it is a multiple."),
        ("more modules than units in each", [1, 2, 4, 8, 16], [2, 2, 2, 2, 2],
         "Five modules of two units. Each entry of the table of modules becomes a block of two by "
         "two."),
        ("random sizes", [1, 3, 6], [int(size) for size in some],
         "Sizes drawn at random. Write down the period of each unit, and compare."),
    ):
        yield Probe(name, (periods, sizes), says, {"D": sum(sizes)})


def reference(periods, sizes):
    """With loops: each unit asks each unit."""
    units = [period for period, size in zip(periods, sizes) for _ in range(size)]
    return np.array([[not other < own for other in units] for own in units])


CLOCK, MASK = "clock = np.repeat(periods, sizes)", "mask = clock[:, None] <= clock[None, :]"

EXERCISE = Code(
    title="Who hears whom",
    level="routine",
    statement=r"""In a clockwork network the $D$ units are sorted into modules, the fast ones first. Module $m$ has the period $T_m$ and a size of its own. A unit hears the units of all modules whose period is **at least** that of its own module. As the state is a column in the equation,

$$ U h_{t-1}, $$

row $i$ of $U$ belongs to unit $i$, which hears, and column $j$ to unit $j$, which is heard.

Given are two lists as long as there are modules: `periods`, in ascending order, where neighbours may be equal, and `sizes`, the number of units of each. Return the mask, an array of shape `(D, D)`: `True` (or 1) where unit $i$ hears unit $j$, `False` (or 0) where it does not.

Here is a mask for another network: two groups of units, two and three,
that know nothing of each other.""",
    example='''apart = np.zeros((5, 5), dtype=bool)
apart[:2, :2] = True                            # rows hear columns
apart[2:, 2:] = True

U = np.arange(1.0, 26).reshape(5, 5)
h = np.array([0.0, 1, 0, 0, 0])                 # only unit 1 speaks
print(apart.astype(int))
print("heard by the units:", (U * apart) @ h)''',
    task="Now the clockwork's mask, for any periods and sizes. Two or three lines, or two loops.",
    starter='''def clockwork_mask(periods, sizes):
    """Who hears whom: row i, column j is True if unit i hears unit j."""
    ...
    return mask''',
    returns="mask",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("transposed", "In your mask the slow units hear the fast ones. Row i is the unit "
                "that hears: a fast unit's row is full, the slowest one's has only its own module.",
                swap=[(MASK, "mask = clock[:, None] >= clock[None, :]")]),
        Mistake("strictly slower only", "Your units hear only modules that are slower than their "
                "own. A module hears itself as well, and one of the same period.",
                swap=[(MASK, "mask = clock[:, None] < clock[None, :]")]),
        Mistake("strictly faster only", "Your units hear only modules that are faster than their "
                "own. It is the slower ones that are heard, and the own module.",
                swap=[(MASK, "mask = clock[:, None] > clock[None, :]")]),
        Mistake("no unit hears itself", "All blocks are right but for the diagonal: a unit does "
                "not hear itself in your mask. The own module is heard whole.",
                swap=[(MASK, MASK + "\n    mask = mask & ~np.eye(len(clock), dtype=bool)")]),
        Mistake("of its own module a unit hears itself alone", "Within a module only the diagonal "
                "is True in your mask. The own module is heard whole: every unit of it by every "
                "other.",
                swap=[(MASK, "mask = (clock[:, None] < clock) | np.eye(len(clock), dtype=bool)")]),
        Mistake("modules for units", "This is the table of the modules, one row and column for "
                "each. U has one for each unit: an entry must become a block, as high and wide as "
                "its two modules.",
                swap=[(CLOCK, "clock = np.array(periods)")]),
        Mistake("a triangle of units", "Your mask is triangular unit by unit, so that within a "
                "module the units hear each other one way only. It is triangular by blocks; a "
                "block on the diagonal is full.",
                swap=[(MASK, "mask = np.triu(np.ones((len(clock), len(clock)), dtype=bool))")]),
        Mistake("a triangle of units, mirrored", "Your mask is triangular unit by unit, and it is "
                "the lower triangle: the slow hear the fast. It is triangular by blocks, and a "
                "block on the diagonal is full.",
                swap=[(MASK, "mask = np.tril(np.ones((len(clock), len(clock)), dtype=bool))")]),
        Mistake("a triangle of modules", "You go by the place of a module in the list, not by its "
                "period. The two differ where periods are equal: such modules hear each other, "
                "both ways.",
                swap=[(CLOCK, "clock = np.repeat(np.arange(len(periods)), sizes)")]),
        Mistake("cut by the number of modules", "Only as many rows and columns as there are "
                "modules are filled; the other units hear nobody and are heard by nobody. A "
                "published program did the like: it took the number of modules for that of units.",
                swap=[(MASK, MASK + "\n    n = len(periods)\n    mask[n:] = mask[:, n:] = False")]),
        Mistake("rows cut by the number of modules", "Only as many rows as there are modules are "
                "filled; the units below hear nobody. Cut by units: the number of modules is not "
                "theirs.",
                swap=[(MASK, MASK + "\n    mask[len(periods):] = False")]),
        Mistake("periods asked by unit", "`periods` has one entry for each module, and you ask it "
                "for one of each unit: the list ends too early. First make a list with a period "
                "for each unit.",
                source='''def clockwork_mask(periods, sizes):
    units = range(sum(sizes))
    return np.array([[periods[j] >= periods[i] for j in units] for i in units])'''),
        Mistake("blocks that begin at the module's number", "Module 0 begins at row 0, module 1 at "
                "row 1, and so on, in your code. A module begins where the one before it ends: "
                "that depends on the sizes of all before it.",
                source='''def clockwork_mask(periods, sizes):
    mask = np.zeros((sum(sizes), sum(sizes)), dtype=bool)
    for m, size in enumerate(sizes):
        mask[m:m + size, m:] = True
    return mask'''),
        Mistake("blocks that begin where they should end", "`np.cumsum(sizes)` says where each "
                "module ends. The first begins at 0, and each other where the one before it ends.",
                source='''def clockwork_mask(periods, sizes):
    mask = np.zeros((sum(sizes), sum(sizes)), dtype=bool)
    for start, size in zip(np.cumsum(sizes), sizes):
        mask[start:start + size, start:] = True
    return mask'''),
        Mistake("units dealt out in turn", "You have given the periods to the units in turn, as "
                "cards are dealt: first of each module, second of each. The units of a module "
                "stand side by side.",
                swap=[(CLOCK, "clock = np.resize(periods, sum(sizes))")]),
        Mistake("periods and sizes exchanged", "Each size is repeated as often as its period says. "
                "It is the period that stands there once for each unit.",
                swap=[(CLOCK, "clock = np.repeat(sizes, periods)")]),
        Mistake("all modules of one size", "You have shared the units evenly among the modules. "
                "`sizes` tells how many units each one has.",
                swap=[(CLOCK, "clock = np.repeat(periods, sum(sizes) // len(sizes))")]),
        Mistake("multiples only", "Your units hear modules whose period is a multiple of their "
                "own. With powers of two that comes to the same. But 3 is slower than 2.",
                swap=[(MASK, "mask = clock[None, :] % clock[:, None] == 0")]),
        Mistake("only its own kind", "A unit hears only units of its own period in your mask. The "
                "slower ones are heard as well.",
                swap=[(MASK, "mask = clock[:, None] == clock[None, :]")]),
        Mistake("one axis lost", "Two arrays of the same length are compared entry by entry, so "
                "every unit is compared with itself. One of the two has to stand upright: "
                "`clock[:, None]`.",
                swap=[(MASK, "mask = clock <= clock")]),
        Mistake("everybody", "Everybody hears everybody: that is the plain network.",
                swap=[(MASK, "mask = np.ones((len(clock), len(clock)), dtype=bool)")]),
    ],
    hints=(
        "Begin with one number for each unit: the period of its module. `sizes` says how often "
        "each period stands there.",
        "Then every unit asks every other: is your period at least mine? Who asks has the row.",
        "`np.repeat(periods, sizes)` gives the period of each unit. Compare it, upright, with "
        "itself, lying: `[:, None]` and `[None, :]`. Which of the two is to be the smaller?",
    ),
    passed="One comparison, and U is block upper triangular: news goes from slow to fast, and "
           "never back. Uneven sizes and equal periods are no special case if one compares periods "
           "and not places.",
)

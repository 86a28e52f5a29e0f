"""How a recurrent matrix is dealt out to programs that all stay."""

from lstmlib.check.exercise import Code, Mistake, Probe

NAMES = ("units", "programs", "fits")


def room(blocks, D, rows, size, units):
    """Bytes of shared memory that a program with so many units takes."""
    return units * blocks * D * size + rows * D * size


def probes(rng):
    sms = 132
    yield Probe("one block, no states", (1, 64, 0, 4, 64 * 4 * 8, sms),
                "A plain cell, and no room for states: a unit is a row of U. Eight rows fit "
                "exactly.")
    yield Probe("four blocks, no states", (4, 64, 0, 4, 64 * 4 * 8, sms),
                "As before with four blocks: a unit has a row in each of them, so only two units "
                "fit.")
    yield Probe("two bytes a number", (4, 64, 0, 2, 64 * 4 * 8, sms),
                "Numbers half as long: twice as many units.")
    yield Probe("room for the states", (1, 64, 4, 4, 64 * 4 * 12, sms),
                "Twelve rows of D numbers fit. Four of them are taken by the states, so that eight "
                "are left for U.")
    yield Probe("a byte too few", (4, 64, 16, 2, room(4, 64, 16, 2, 8) - 1, sms),
                "One byte more, and eight units would fit. There is no such byte.")
    yield Probe("no power of two", (3, 64, 16, 2, room(3, 64, 16, 2, 13), sms),
                "Thirteen units would fit. A program takes a power of two: which is the largest "
                "that fits?")
    yield Probe("all in one", (4, 32, 16, 2, 200_000, sms),
                "There is room for more units than there are. One program takes all D, and no "
                "more.")
    yield Probe("not even one", (4, 2048, 32, 4, 200_000, sms),
                "The states alone take more than there is. So no unit fits: 0 units, 0 programs, "
                "and it does not fit.")
    yield Probe("not one with the states", (4, 2048, 16, 2, room(4, 2048, 16, 2, 1) - 2, sms),
                "Nearly one unit. Asked are whole ones.")
    yield Probe("what is left over", (4, 96, 0, 4, room(4, 96, 0, 4, 64), sms),
                "96 units, 64 in a program: the second program has the 32 that are left over.")
    yield Probe("room for all, and no power of two", (4, 96, 0, 4, 200_000, sms),
                "128 units would fit, and there are only 96. A program takes a power of two.")
    yield Probe("just enough of them", (4, 512, 16, 2, room(4, 512, 16, 2, 4), 128),
                "Four units a program: 128 programs, and as many multiprocessors. That fits.")
    yield Probe("one too few", (4, 512, 16, 2, room(4, 512, 16, 2, 4), 127),
                "128 programs that wait for one another, and 127 multiprocessors. The last program "
                "is never started: the others don't end before it has come.")
    yield Probe("half as many", (4, 512, 16, 2, room(4, 512, 16, 2, 4), 64),
                "128 programs and 64 multiprocessors: half of them would have to wait for the "
                "other half to end.")
    yield Probe("no states, and too few", (4, 512, 0, 2, room(4, 512, 0, 2, 4), 100),
                "128 programs that wait for one another, and 100 multiprocessors.")
    for blocks, D, rows, size in ((4, 768, 16, 2), (3, 1024, 32, 2), (4, 1024, 16, 4),
                                      (1, 640, 64, 4)):
        shared, count = int(rng.integers(90_000, 233_000)), int(rng.integers(20, 150))
        yield Probe(f"{blocks} blocks, D = {D}", (blocks, D, rows, size, shared, count),
                    "A device of ordinary size.")


def reference(blocks, D, rows, size, shared, multiprocessors):
    """By trying: the next power of two as long as it fits; then one program after another."""
    units, tried = 0, 1
    while tried <= D and room(blocks, D, rows, size, tried) <= shared:
        units, tried = tried, 2 * tried
    placed, programs = 0, 0
    while units and placed < D:
        placed, programs = placed + units, programs + 1
    return units, programs, 0 < programs <= multiprocessors


LEFT = "left = shared - rows * D * size"
EACH = "each = blocks * D * size"
MOST = "most = left // each"
POWER = "units = 2 ** (min(int(most), D).bit_length() - 1)"
PROGRAMS = "programs = -(-D // units)"
FITS = "fits = programs <= multiprocessors"
NONE = "if most < 1:\n        return 0, 0, False"

EXERCISE = Code(
    title="Does it fit?",
    level="standard",
    statement=r"""A GPU consists of *multiprocessors*, each with some fast memory of its own, the *shared memory*. If the recurrent matrix lies there, dealt out to many programs, it need not be fetched again at every step. Such programs stay from the first step to the last, and after each step they wait for one another, since everybody needs all of the new $h$. So **all of them must be there at the same time**: a program that is not started before another has ended will never be started.

$U$ has the shape $(\text{blocks} \cdot D, D)$. A program owns some units, and for each of them its row in every block: $D$ numbers each. Beside these it needs room for the states of `rows` sequences, $D$ numbers each, of **all** units. A number takes `size` bytes.

A multiprocessor has `shared` bytes of shared memory, and there are `multiprocessors` of them. One program runs on a multiprocessor, and no more. A program owns a **power of two** of units: 1, 2, 4, 8, ... Return

- `units`: the most that a program may own, the largest power of two that fits and is not above $D$;
- `programs`: how many are needed for all $D$ units; the last may have fewer to do;
- `fits`: True if all programs can be there at the same time.

Where not even one unit fits, return `0, 0, False`.

The example deals out something else: books on shelves, each with a lamp.""",
    example="""def shelves(books, thickness, width, lamp):
    a_shelf = (width - lamp) // thickness      # whole books on a shelf
    return a_shelf, -(-books // a_shelf)       # rounded up: -(-7 // 3) is 3


print(shelves(books=50, thickness=3, width=80, lamp=10))""",
    task="Now the matrix: four to eight lines. Where is it rounded down, and where up?",
    starter='''def fits_on_chip(blocks, D, rows, size, shared, multiprocessors):
    """Units a program, programs, and whether they can all be there."""
    ...
    return units, programs, fits''',
    returns=NAMES,
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("one block only",
                "You count one row of U for a unit. It has one in every block: four in an LSTM.",
                swap=[(EACH, "each = D * size")]),
        Mistake("numbers for bytes",
                "The shared memory is in bytes, and you count numbers. Each has `size` bytes.",
                swap=[(EACH, "each = blocks * D"), (LEFT, "left = shared - rows * D")]),
        Mistake("states in numbers",
                "The rows of U are in bytes, and the states in numbers. They have `size` bytes "
                "each, too.", swap=[(LEFT, "left = shared - rows * D")]),
        Mistake("rows of U in numbers",
                "The states are in bytes, and the rows of U in numbers. They have `size` bytes "
                "each, too.", swap=[(EACH, "each = blocks * D")]),
        Mistake("bits for bytes", "`size` is in bytes already, and so is `shared`.",
                swap=[(EACH, "each = 8 * blocks * D * size"),
                      (LEFT, "left = shared - 8 * rows * D * size")]),
        Mistake("no room for the states",
                "You give all of the shared memory to U. The states of all units, of each of the "
                "sequences, have to be there as well.", swap=[(LEFT, "left = shared")]),
        Mistake("states of one sequence",
                "You leave room for the state of one sequence. There are `rows` of them.",
                swap=[(LEFT, "left = shared - D * size")]),
        Mistake("states of its own units only",
                "You leave room for the states of the program's own units. A row of U meets *all* "
                "D states: those of the others, too.",
                swap=[(LEFT, "left = shared"), (EACH, "each = blocks * D * size + rows * size")]),
        Mistake("states in every block",
                "You leave room for the states once a block. There is one h, and all blocks hear "
                "it.", swap=[(LEFT, "left = shared - blocks * rows * D * size")]),
        Mistake("rounded up to a power of two",
                "You take the next power of two above what fits. That doesn't fit: take the one "
                "below.", swap=[(POWER, "units = 2 ** (min(int(most), D) - 1).bit_length()")]),
        Mistake("any number of units",
                "You take as many units as fit. A program takes a power of two of them, so some of "
                "the room stays empty.", swap=[(POWER, "units = min(D, most)")]),
        Mistake("half of the power of two",
                "You stop a power of two too early: where exactly 1, 2, 4, 8, ... units fit, that "
                "is their number.",
                swap=[(POWER, "units = 2 ** max(0, min(int(most), D).bit_length() - 2)")]),
        Mistake("all D, where D is no power of two",
                "Where there is room for all, you give a program all D units. D need not be a "
                "power of two: then it takes the largest below D.",
                swap=[(POWER, "units = min(D, 2 ** (int(most).bit_length() - 1))")]),
        Mistake("more units than there are",
                "There are only D units to own; a program can't have more.",
                swap=[(POWER, "units = 2 ** (int(most).bit_length() - 1)")]),
        Mistake("a unit that fits in part",
                "You round up the number of units that fit. A unit that fits in part doesn't fit.",
                swap=[(MOST, "most = -(-left // each)")]),
        Mistake("programs rounded down",
                "You round the number of programs down: the units that are left over belong to "
                "nobody.", swap=[(PROGRAMS, "programs = D // units")]),
        Mistake("one program too many",
                "You add a program for what is left over, even where nothing is left over.",
                swap=[(PROGRAMS, "programs = D // units + 1")]),
        Mistake("they come in waves",
                "For you it fits as soon as a single program does: the others come when the first "
                "have ended. But these don't end before all have come. That is what a barrier "
                "means.", swap=[(FITS, "fits = units > 0")]),
        Mistake("room in all for all",
                "You compare all of U with the shared memory of all multiprocessors together. It "
                "comes in pieces, and whole programs have to fit into each.",
                swap=[(FITS, "fits = blocks * D * D * size <= multiprocessors * shared")]),
        Mistake("exactly as many is too many",
                "With as many multiprocessors as programs each has its own: that fits.",
                swap=[(FITS, "fits = programs < multiprocessors")]),
        Mistake("two on each",
                "You let two programs run on a multiprocessor. Here one does, which may use all of "
                "its shared memory.", swap=[(FITS, "fits = programs <= 2 * multiprocessors")]),
        Mistake("nothing fits, and it is divided all the same",
                "Where no unit fits you divide by zero, or go on with a negative number. Look for "
                "this case first.", swap=[(NONE, "pass")]),
        Mistake("one unit, whether it fits or not",
                "You give a program at least one unit, even where there is no room for it. Then it "
                "can't be started at all: 0, 0, False.",
                swap=[(NONE, "most = max(1, most)")]),
    ],
    hints=(
        "First what a program needs in any case, then what each unit needs on top. How many whole "
        "units go into what is left?",
        "left = shared - rows · D · size; a unit needs blocks · D · size. Round the quotient down, "
        "then to a power of two below it; the number of programs up. If nothing fits, stop first.",
        "`2 ** (n.bit_length() - 1)` is the largest power of two in n ≥ 1; or double from 1 on "
        "while it fits. `min(most, D)` before that; `-(-D // units)`; and programs <= "
        "multiprocessors.",
    ),
    passed="The matrix is cut by rows, one in every block for each unit, so that the cell's own "
           "arithmetic stays where its unit is, and only h goes round. Whether the programs can "
           "all be there is asked before the launch: afterwards nobody could answer.",
)

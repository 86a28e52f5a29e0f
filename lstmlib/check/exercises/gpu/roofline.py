"""How fast a recurrent step can be at best, from two ceilings."""

from lstmlib.check.exercise import Code, Mistake, Probe

WIDTHS = {"float64": 8, "float32": 4, "tf32": 4, "bfloat16": 2, "float16": 2}
NAMES = ("arithmetic", "traffic", "bound", "starved")


def probes(rng):
    far = 1e9
    yield Probe("no limit to what is moved", (2, 3, 4, "float32", True, 100.0, far),
                "The bandwidth is so high that only the arithmetic is left: two operations, a "
                "multiplication and an addition, for each entry of U and each sequence.")
    yield Probe("no limit to the arithmetic, U on the chip", (2, 3, 4, "float32", True, far, 100.0),
                "Only what is moved counts, and U is not: the old states, what has been hoisted, "
                "the new states. In bytes.")
    yield Probe("no limit to the arithmetic, U fetched", (2, 3, 4, "float32", False, far, 100.0),
                "Only what is moved counts: U, all of it, once; the old states, what has been "
                "hoisted, the new states. In bytes.")
    yield Probe("bfloat16", (2, 3, 4, "bfloat16", False, 120.0, 100.0),
                "A number of bfloat16 takes two bytes. Which of the two times is the longer?")
    yield Probe("float16", (5, 3, 4, "float16", False, 1000.0, 100.0),
                "A number of float16 takes two bytes.")
    yield Probe("TF32", (5, 3, 4, "tf32", False, 1000.0, 100.0),
                "TF32 rounds numbers as they enter a product. In memory each still takes the four "
                "bytes of a float32.")
    yield Probe("float64", (5, 3, 4, "float64", False, 1000.0, 100.0),
                "A number of float64 takes eight bytes.")
    yield Probe("three blocks", (5, 7, 3, "float32", False, 900.0, 700.0),
                "A GRU has three blocks, not four.")
    for B, D, chip in ((1, 512, False), (1, 512, True), (512, 512, False), (64, 1024, True)):
        rate, bandwidth = (float(rng.integers(*each)) for each in ((3e8, 9e8), (3e6, 5e6)))
        yield Probe(f"B = {B}, D = {D}, U {'on the chip' if chip else 'fetched'}",
                    (B, D, 4, "bfloat16", chip, rate, bandwidth),
                    "Sizes and ceilings as of a large device, in a µs.")


def reference(B, D, blocks, dtype, on_chip, rate, bandwidth):
    """Counted array by array, from their shapes."""
    product = {"U": (blocks, D, D), "h": (D, B)}
    moved = [(B, D), (B, D), (B, blocks * D)] + [product["U"]] * (not on_chip)
    size = lambda shape: 1 if not shape else shape[0] * size(shape[1:])
    arithmetic = (B + B) * size(product["U"]) / rate
    traffic = sum(map(size, moved)) * WIDTHS[dtype] / bandwidth
    return arithmetic, traffic, max(arithmetic, traffic), traffic > arithmetic


OPERATIONS = "operations = 2 * B * blocks * D * D"
SIZE = "size = WIDTHS[dtype]"
STATES, WEIGHTS = "numbers = 2 * B * D + B * blocks * D", "numbers = numbers + blocks * D * D"
CHIP = "if not on_chip:"
ARITHMETIC, TRAFFIC = "arithmetic = operations / rate", "traffic = numbers * size / bandwidth"
BOUND = "bound = max(arithmetic, traffic)"
STARVED = "starved = traffic > arithmetic"

EXERCISE = Code(
    title="Under the roof",
    level="standard",
    statement=r"""A device has two ceilings: it does at most `rate` operations a µs, and it moves at most `bandwidth` bytes a µs between its memory and the chip on which it computes. A kernel that takes so many operations and moves so many bytes can't be faster than either allows; at best the device does both at the same time, and the slower of the two decides. That bound is called a *roofline*.

Take one step of a recurrent cell whose inputs have been hoisted, for $B$ sequences and $D$ units with `blocks` blocks (four in an LSTM):

- **operations**: those of the product of $U$, $(\text{blocks}\cdot D, D)$, with $B$ states, and nothing else. A multiplication is one, an addition another, and there are as many of the one as of the other;
- **bytes**: read are the old states, $(B, D)$, what was hoisted for this step, $(B, \text{blocks}\cdot D)$, and $U$, each once; written are the new states, $(B, D)$. If `on_chip` is True, $U$ has been on the chip since the first step, and is not read. (A cell state $c$ never leaves the chip, in either case.)

All numbers are of type `dtype`: `"float64"`, `"float32"`, `"tf32"`, `"bfloat16"` or `"float16"`. TF32 is no way to store numbers: in memory they are those of float32, and are rounded as they enter a product. Return

- `arithmetic` and `traffic`: how long the operations take alone, and how long the bytes alone, in µs;
- `bound`: how long the step takes at least;
- `starved`: True where the bandwidth is the limit, so that the arithmetic units wait for bytes, and False where the arithmetic is.

The example is the sum of two arrays of $N$ numbers, entry by entry.""",
    example="""def sum_bound(N, rate, bandwidth):
    operations = N                        # an addition each
    numbers = 3 * N                       # two are read, one is written
    return max(operations / rate, numbers * 4 / bandwidth)    # float32


rate, bandwidth = 50e6, 4e6               # operations and bytes in a µs
print(sum_bound(1_000_000, rate, bandwidth), "µs")
print("of which the arithmetic alone:", 1_000_000 / rate, "µs")""",
    task="Now the step. Seven to ten lines.",
    starter='''def step_bound(B, D, blocks, dtype, on_chip, rate, bandwidth):
    """How long a recurrent step takes at least, in µs, and why."""
    ...
    return arithmetic, traffic, bound, starved''',
    returns=NAMES,
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("additions not counted",
                "You count a multiplication and its addition as one. The ceiling counts them as "
                "two, as makers of devices like to do.",
                swap=[(OPERATIONS, "operations = B * blocks * D * D")]),
        Mistake("one addition fewer",
                "D products are added up by D - 1 additions, you are right. But there is one to "
                "what was hoisted as well, and here, as everywhere, there are as many additions as "
                "multiplications.",
                swap=[(OPERATIONS, "operations = B * blocks * D * (2 * D - 1)")]),
        Mistake("operations of one block", "The operations are those of one block. U has all of "
                "them.", swap=[(OPERATIONS, "operations = 2 * B * D * D")]),
        Mistake("operations of one sequence", "The operations are those of one sequence: each of "
                "the B states is multiplied by all of U.",
                swap=[(OPERATIONS, "operations = 2 * blocks * D * D")]),
        Mistake("elementwise work counted",
                "You count more than the product's operations. The elementwise ones are left out "
                "here, being few beside a product with D columns.",
                swap=[(OPERATIONS, "operations = 2 * B * blocks * D * D + B * blocks * D")]),
        Mistake("U fetched in any case",
                "You count U's bytes in both cases. Where it stays on the chip it is not fetched "
                "again at every step.", swap=[(CHIP, "if True:")]),
        Mistake("U never fetched",
                "U's bytes are in neither of your cases. Where it isn't kept on the chip, it is "
                "fetched anew at every step.", swap=[(CHIP, "if False:")]),
        Mistake("on the chip the wrong way round",
                "You fetch U where it is on the chip, and don't where it isn't.",
                swap=[(CHIP, "if on_chip:")]),
        Mistake("U fetched for each sequence",
                "You fetch U once for each sequence. It is read once a step and used for all B: "
                "that is what larger batches are good for.",
                swap=[(WEIGHTS, "numbers = numbers + B * blocks * D * D")]),
        Mistake("one block of U", "You fetch one block of U. All blocks are needed.",
                swap=[(WEIGHTS, "numbers = numbers + D * D")]),
        Mistake("only U is moved",
                "You count U alone. The states, old and new, and what has been hoisted, are moved "
                "as well.", swap=[(STATES, "numbers = 0")]),
        Mistake("the hoisted part not read",
                "What has been hoisted was written to memory, and each step has to read its part "
                "of it.", swap=[(STATES, "numbers = 2 * B * D")]),
        Mistake("one block of what was hoisted",
                "What was hoisted has all blocks, B · blocks · D numbers a step.",
                swap=[(STATES, "numbers = 2 * B * D + B * D")]),
        Mistake("states not moved",
                "Neither the old states nor the new ones are in your count. The old ones are read, "
                "the new ones written.", swap=[(STATES, "numbers = B * blocks * D")]),
        Mistake("states only read or only written",
                "The old states are read and the new ones written: twice B · D numbers.",
                swap=[(STATES, "numbers = B * D + B * blocks * D")]),
        Mistake("c moved as well",
                "You count another B · D numbers or two, of the cell state perhaps. It stays on "
                "the chip here.", swap=[(STATES, "numbers = 4 * B * D + B * blocks * D")]),
        Mistake("numbers for bytes",
                "The bandwidth is in bytes, and you divide numbers by it. How many bytes has a "
                "number of each type?", swap=[(SIZE, "size = 1")]),
        Mistake("bits for bytes", "A float32 has 32 bits, and these are 4 bytes.",
                swap=[(SIZE, "size = 8 * WIDTHS[dtype]")]),
        Mistake("four bytes for everything",
                "You take four bytes for every type. bfloat16 and float16 have two, float64 "
                "eight.", swap=[(SIZE, "size = 4")]),
        Mistake("two bytes for TF32",
                "TF32 takes four bytes in memory: it is float32, rounded on its way into a "
                "product.", swap=[(SIZE, 'size = WIDTHS[dtype] / (2 if dtype == "tf32" else 1)')]),
        Mistake("19 bits for TF32",
                "TF32 has 19 bits that matter, and takes 32 in memory, those of a float32.",
                swap=[(SIZE, 'size = 19 / 8 if dtype == "tf32" else WIDTHS[dtype]')]),
        Mistake("one after the other",
                "You add the two times. At best the device computes and moves at the same time, "
                "and the longer of the two is what it takes.",
                swap=[(BOUND, "bound = arithmetic + traffic")]),
        Mistake("the faster one", "The bound is the longer of the two times: neither can be left "
                "out.", swap=[(BOUND, "bound = min(arithmetic, traffic)")]),
        Mistake("the other side", "`starved` says that bytes are waited for, which is so where "
                "their time is the longer one.",
                swap=[(STARVED, "starved = traffic < arithmetic")]),
        Mistake("starved by the number of bytes",
                "You compare the bytes with the operations. Neither says how long it takes: "
                "compare the two times.",
                swap=[(STARVED, "starved = numbers * size > operations")]),
        Mistake("ceilings exchanged",
                "You divide operations by the bandwidth and bytes by the rate.",
                swap=[(ARITHMETIC, "arithmetic = operations / bandwidth"),
                      (TRAFFIC, "traffic = numbers * size / rate")]),
        Mistake("upside down", "You divide the ceilings by the work, and get steps a µs. Asked is "
                "the time.", swap=[(ARITHMETIC, "arithmetic = rate / operations"),
                                   (TRAFFIC, "traffic = bandwidth / (numbers * size)")]),
    ],
    hints=(
        "Write down the shape of everything in the product, and of everything that is read or "
        "written. Operations grow with B times the size of U, bytes with the sizes added up.",
        "2 · B · blocks · D · D operations. Numbers that are moved: twice B · D, once B · blocks · "
        "D, and blocks · D · D if U is fetched. Then times the bytes of one.",
        "A dict WIDTHS from the five names to 8, 4, 4, 2 and 2. Two quotients; "
        "`max(arithmetic, traffic)`; and which of the two was it?",
    ),
    passed="One sequence at a time, a step is all bandwidth: U is fetched and used once. With "
           "hundreds of sequences it is arithmetic. Keeping U on the chip lifts the bandwidth's "
           "bound, and what is left is then often neither, but latency: no bound that you have "
           "computed here.",
)

"""What a step waits for, by hand."""

from lstmlib.check.exercise import Number, Pencil, Slip

T, B, D, BLOCKS = 1000, 16, 512, 4
KERNELS, EACH = 12, 5.0                     # in a step of the loop; µs from one to the next
RATE = 400e12                               # operations a second
STAY = 2.0                                  # µs a step when nothing is launched


def work():
    """µs of arithmetic a step: a multiplication and an addition for each weight and sequence."""
    operations = sum(2 for _ in range(BLOCKS) for _ in range(D)) * D * B
    return operations / RATE * 1e6


EXERCISE = Pencil(
    title="What a step waits for",
    level="routine",
    statement=r"""An LSTM of $D = 512$ units reads $T = 1000$ steps of $B = 16$ sequences. The products with its inputs have been done beforehand. What is left for a step is the product $U h_{t-1}$ of a matrix $(4D, D)$ with the 16 states, and some elementwise work.

The device does $400 \cdot 10^{12}$ operations a second at best, where a multiplication is one operation and an addition another. It runs the loop as 12 kernels a step, each of which takes 5 µs from its start to the start of the next, however little there is to do in it. (1 s is 1,000 ms, 1 ms is 1,000 µs.)

Work out, on paper: how long the device **needs for the product** of one step, in µs, if it works at its best; how long the **loop over all steps** takes, in ms; what **share of its best** the device reaches in the loop, counting the operations of these products alone, in percent; and **how many times as fast** a persistent kernel is, which is launched once, and in which a step takes 2 µs, most of which it waits for the others. Two digits are enough.""",
    numbers=[
        Number("work", "the product of one step", expected=work, tolerance=0.001, unit="µs", slips=[
            Slip(lambda: work() / 2, "You have counted the multiplications. Each comes with an "
                 "addition, and the device's rate counts both."),
            Slip(lambda: work() / 4, "This is one block of U. An LSTM has four."),
            Slip(lambda: work() / 16, "This is for one sequence. There are 16."),
            Slip(lambda: work() * 1000, "This is for all steps, in µs, or for one in the wrong "
                 "unit. Asked is one step in µs."),
            Slip(lambda: work() * 2, "Twice too much. The inputs have been multiplied beforehand, "
                 "and of each pair of a multiplication and an addition both are counted already "
                 "in the factor 2."),
        ]),
        Number("loop", "the loop", expected=lambda: T * KERNELS * EACH / 1000, tolerance=0.01,
               unit="ms", slips=[
            Slip(lambda: T * EACH / 1000, "This is for one kernel a step. There are 12."),
            Slip(lambda: T * (KERNELS * EACH + work()) / 1000, "You have added the product. It is "
                 "one of the 12 kernels, and done within its 5 µs."),
            Slip(lambda: T * KERNELS * EACH, "This is in µs."),
            Slip(lambda: KERNELS * EACH / 1000, "This is one step, in ms."),
            Slip(lambda: T * KERNELS * EACH / 1000 * B, "The 16 sequences go through each kernel "
                 "together. They add nothing."),
            Slip(lambda: T * work() / 1000, "This is how long the products would take at the "
                 "device's best. It never gets there: the kernels begin 5 µs apart."),
        ]),
        Number("share", "share of its best", expected=lambda: 100 * work() / (KERNELS * EACH),
               tolerance=0.005, unit="%", slips=[
            Slip(lambda: work() / (KERNELS * EACH), "This is the fraction. Asked is percent."),
            Slip(lambda: 50 * work() / (KERNELS * EACH), "Half of it: have you counted the "
                 "additions?"),
            Slip(lambda: 25 * work() / (KERNELS * EACH), "A quarter of it: is this one block of "
                 "U, out of four?"),
            Slip(lambda: 100 * work() / EACH, "You have divided by the 5 µs of one kernel. A step "
                 "takes 12 of them."),
            Slip(lambda: 100 - 100 * work() / (KERNELS * EACH), "This is the share of the time "
                 "that is lost."),
            Slip(lambda: 100 * work() / STAY, "This is the share of the persistent kernel. Asked "
                 "is that of the loop."),
            Slip(lambda: KERNELS * EACH / work(), "That is how many times as long it takes. The "
                 "share is the other way round, in percent."),
        ]),
        Number("times", "times as fast", expected=lambda: KERNELS * EACH / STAY, tolerance=0.1,
               slips=[
            Slip(lambda: EACH / STAY, "You have compared one kernel with a step. The loop takes 12 "
                 "kernels a step."),
            Slip(lambda: STAY / (KERNELS * EACH), "Upside down: that is the share of the time."),
            Slip(lambda: KERNELS, "12 kernels in place of one is not yet 12 times as fast: how "
                 "long does a step take here, and there?"),
            Slip(lambda: STAY / work(), "That is how far the persistent kernel is from the "
                 "device's best. Asked is how far ahead of the loop."),
            Slip(lambda: KERNELS * EACH / work(), "That would be a kernel that takes no longer "
                 "than its product. This one takes 2 µs a step."),
            Slip(lambda: KERNELS * EACH / (STAY + work()), "The 2 µs are the whole step, its "
                 "product and all."),
        ]),
    ],
    hints=(
        "An entry of U meets each of the 16 states: a multiplication and an addition. How many "
        "entries has U? For the loop the arithmetic does not matter: count kernels.",
        "Operations of a step: 2 · 4 · 512 · 512 · 16, about 33.6 million. The device does 400 "
        "million in a µs. A step of the loop takes 12 · 5 µs.",
        "33.6/400 µs. 1,000 · 60 µs, in ms. The first over 60 µs, times 100. 60 over 2.",
    ),
    passed="A device that could do a step in a twelfth of a microsecond is given one every sixty. "
           "A faster device would change nothing; more sequences at once would cost nothing; and "
           "even the persistent kernel, 30 times as fast, works a twenty-fourth of its time. What "
           "is waited for is not arithmetic.",
)

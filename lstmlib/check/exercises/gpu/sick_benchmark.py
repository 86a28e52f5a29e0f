"""Diagnosis: a benchmark in which everything is too slow, and long runs are less so."""

from lstmlib.check.exercise import Choice, Option

WORK = {"loop": 60.0, "hoisted": 35.0, "graph": 7.0, "persistent": 2.0}        # ms a call
WARM, LAUNCH = 5, 0.02


def timed(work, calls):
    """ms a call as the benchmark finds it: nobody waits between the warm-up and the clock."""
    clock = free = 0.0
    for call in range(WARM + calls):
        if call == WARM:
            start = clock
        clock += LAUNCH
        free = max(free, clock) + work
    clock = max(clock, free)
    return (clock - start) / calls


def symptoms():
    rows = {f"{calls} call{'s' * (calls > 1)}": [timed(work, calls) for work in WORK.values()]
            for calls in (1, 2, 5, 20, 100)}
    rows["profiler"] = list(WORK.values())
    lines = ["MS A CALL" + "".join(f"  {name:>6}" for name in WORK)]
    for head, found in rows.items():
        cells = (f"  {ms:{max(6, len(name))}.2f}" for name, ms in zip(WORK, found))
        lines.append(f"{head:9}" + "".join(cells))
    return "\n".join(lines)


EXERCISE = Choice(
    kind="diagnosis",
    title="A sick benchmark",
    level="standard",
    statement="""Somebody times four programs for the same network on a device with a queue: a call
puts its work into the queue and comes back after 0.02 ms. The benchmark calls a program five times
to warm up, starts a clock, calls it a number of times more, stops the clock and divides by that
number.

The table shows what it says, in ms a call, for several numbers of calls. The last line is from
the device's own profiler, which has always been right: how long one call's work takes, when it has
the device for itself. The same numbers come out on every day and in every order of the programs.

What is wrong with the benchmark?""",
    symptoms=symptoms,
    options=[
        Option("It doesn't wait for the device before it stops the clock.",
               "Then it would time launches, 0.02 ms a call, while the work is still in the queue: "
               "far too little. Everything here is too much."),
        Option("The first of the measured calls compiles the program.",
               "Compiling takes a time that has nothing to do with how long a call takes "
               "afterwards. Multiply each entry by its number of calls and subtract what the "
               "profiler says for so many: what is left over is not one time for all."),
        Option("It doesn't wait for the device between the warm-up and the start of the clock.",
               right=True),
        Option("It takes a mean where a median is due, and other people's work now and then gets "
               "in between.",
               "Then more would get in between the longer it takes, another amount every day. What "
               "is too much here is the same for 1 call as for 100, and the same every day."),
        Option("The clock is too coarse: it shows steps of several ms.",
               "Then the fast program would be off by the largest factor. All four are off by the "
               "same."),
        Option("The device gets hot, and becomes slower.",
               "Then long runs would be slower than short ones. Here the longest comes closest to "
               "the profiler."),
    ],
    hints=(
        "How much is too much? Multiply an entry by its number of calls, subtract what so many "
        "calls should take, and do it for several entries of a column.",
        "In each column it is always the same number of ms, but for the launches. Compare that "
        "number with the profiler's, column by column.",
        "Five calls too many, for every program and every number of calls. Whose calls are these, "
        "and where are they when the clock starts?",
    ),
    passed="Whatever the number of calls, five too many are paid for: the warm-up was launched, "
           "and the clock started while it was still in the queue. One wait before the clock mends "
           "it. Note that the *order* of the four, and each factor between two, came out right: a "
           "wrong benchmark need not look wrong.",
)

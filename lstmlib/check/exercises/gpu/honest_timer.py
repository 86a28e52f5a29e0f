"""Timing a device that works while the host goes on: a clock of its own makes it repeatable."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

DEVICE = '''class Device:
    """Works through a queue while you go on; its clock shows ms."""

    def __init__(self, inside):
        self.clock, self.inside, self.calls, self.fresh = 0.0, inside, 0, False
        self.free = inside["busy"]           # when all that is queued will be done

    def _queue(self, work):
        self.clock += 0.01                   # the launch: then you may go on
        self.free = max(self.free, self.clock) + work

    def fill(self):
        """Queue the drawing of new inputs."""
        self.fresh = True
        self._queue(self.inside["fill"])

    def run(self):
        """Queue the work that is to be timed."""
        work = self.inside["runs"][self.calls] / (1 if self.fresh else 2)
        self.calls, self.fresh = self.calls + 1, False
        self._queue(work)

    def wait(self):
        """Come back when the queue is empty."""
        self.clock = max(self.clock, self.free)'''
LAUNCH = 0.01


def drawn(rng, warm, repeats, busy=0.0, fill=0.5):
    """A device: slow at first, with a hiccup now and then."""
    runs = np.round(rng.uniform(1, 2, warm + repeats), 2)
    runs[:warm] += np.round(rng.uniform(5, 9, warm), 2)
    runs[-1 - int(rng.integers(repeats))] *= 7
    later = np.round(rng.uniform(20, 30, warm + repeats), 2)          # beyond what is asked for
    return {"busy": busy, "fill": fill, "runs": np.r_[runs, later]}, warm, repeats


def probes(rng):
    yield Probe("one run, nothing else to do", drawn(rng, 0, 1),
                "One run, no warm-up, and an idle device. Fill; when the device is idle again look "
                "at its clock; run; when it is idle again, look once more.")
    yield Probe("one run, on a busy device", drawn(rng, 0, 1, busy=40.0),
                "The device has other people's work in its queue. That is not yours: it must be "
                "done before your clock starts.")
    yield Probe("one warm-up, one run", drawn(rng, 1, 1),
                "The first call is slow and is not to be measured.")
    yield Probe("inputs that take longer than the work", drawn(rng, 1, 2, fill=12.0),
                "Drawing the inputs takes longer than the work. Wait until it is done before you "
                "look at the clock.")
    yield Probe("five runs", drawn(rng, 2, 5), "Two warm-ups, five runs, one of them disturbed.")
    yield Probe("four runs", drawn(rng, 3, 4),
                "Four runs: the median of an even number is half-way between the two in the "
                "middle.")
    yield Probe("a long warm-up", drawn(rng, 5, 3, busy=3.0), "Five warm-ups and three runs.")
    for k in range(2):
        warm, repeats = int(rng.integers(2, 6)), int(rng.integers(6, 12))
        yield Probe(f"a busy device, {k + 1}", drawn(rng, warm, repeats, busy=25.0, fill=0.3),
                    "All at once: other people's work, a warm-up, inputs, and a hiccup.")


def reference(inside, warm, repeats):
    """What stands inside, and the host's launch before it."""
    times = sorted(zip(inside["runs"][warm:warm + repeats] + LAUNCH, range(repeats)))
    low, high = times[(repeats - 1) // 2][0], times[repeats // 2][0]
    return (low + high) / 2, inside["runs"][warm:warm + repeats] + LAUNCH


WARM = "for _ in range(warm):\n        device.fill()\n        device.run()\n"
LOOP = "for _ in range(repeats):\n"
FILL = "        device.fill()          # new inputs\n"
IDLE = "        device.wait()          # idle\n"
START, RUN = "        start = device.clock\n", "        device.run()           # timed\n"
DONE = "        device.wait()          # done\n"
TOOK = "        times.append(device.clock - start)\n"
MEDIAN = "median = np.median(times)"

EXERCISE = Code(
    title="An honest clock",
    level="standard",
    statement=r"""A GPU works while the host goes on: a launch puts work into a *queue* and comes back at once. Whoever reads a clock then has timed the launch. So we practise on a device that is small enough to be understood: `Device`, below, has a queue and a clock of its own, in ms, on which everything is exactly repeatable.

- `device.fill()` queues the drawing of new inputs, `device.run()` the work that is to be timed. Both come back after 0.01 ms, the launch.
- `device.wait()` comes back when the queue is empty.
- `device.clock` is the time, to be read at any moment. It goes on only while you launch or wait.

Some things are as on a real device. It may be busy with other people's work when you come. The first calls are slow, while something is compiled, allocated, or looked up. And a run on the inputs of the run before is too fast, since they still lie near at hand.

Write a function that fills and runs `warm` times, unmeasured, and then `repeats` times, measured, with new inputs for every run. A run's time is that from just before its launch, when the device has nothing else to do, until its work is done; the drawing of its inputs is not part of it. Return

- `median`: the median of the measured times (half-way between the two in the middle where their number is even);
- `times`, $(\text{repeats},)$: the measured times, in order.

The example is how not to do it. (`inside` is what is inside the device; nobody can look there in a real one.)""",
    example=DEVICE + '''


inside = {"busy": 0.0, "fill": 0.5, "runs": [6.0, 2.0, 2.1, 9.0]}
device = Device(inside)
start = device.clock
device.fill()
device.run()
print(f"one run takes {device.clock - start:.2f} ms. Does it?")''',
    task="Now an honest one, with the same `Device`: run the cell above first. Eight to eleven "
         "lines.",
    starter='''def median_time(inside, warm, repeats):
    """The median of a run's time, and all measured times."""
    device = Device(inside)
    times = []
    ...
    return median, times''',
    returns=("median", "times"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("the launch is timed",
                "Every run takes 0.01 ms: you read the clock as soon as the launch is made. The "
                "work is only queued then. Wait until it is done.", swap=[(DONE, "")]),
        Mistake("drawing the inputs is timed in part",
                "When your clock starts the device is still drawing inputs, or doing other "
                "people's work: that goes into your time. Wait between fill and the clock.",
                swap=[(IDLE, "")]),
        Mistake("drawing the inputs is timed",
                "The clock starts before the inputs are drawn, or before you wait for them. Fill, "
                "wait, and only then look at the clock.",
                swap=[(FILL, ""), (IDLE, ""), (START, START + FILL)]),
        Mistake("drawing the inputs is timed, though the device was idle",
                "You wait, read the clock, and only then fill: the drawing of the inputs is in "
                "your time. Fill first, then wait.",
                swap=[(FILL, ""), (START, START + FILL)]),
        Mistake("idle once, and not before each run",
                "You wait after the warm-up, and not between a fill and its clock: the device is "
                "still drawing inputs when your clock starts.",
                swap=[(IDLE, ""), (LOOP, "device.wait()\n    " + LOOP)]),
        Mistake("no new inputs",
                "Your runs take half their time: each finds the inputs of the one before still "
                "near at hand. Fill before every run.", swap=[(FILL, "")]),
        Mistake("new inputs once",
                "You fill once, before the first measured run. The later ones find their inputs "
                "near at hand, and are too fast.",
                swap=[(FILL, ""), (LOOP, "device.fill()\n    " + LOOP)]),
        Mistake("new inputs once, before the warm-up",
                "You fill once, before everything. All runs after the first find their inputs near "
                "at hand, and are too fast: fill before every run.",
                swap=[(FILL, ""), (WARM, "device.fill()\n    "
                                   + WARM.replace("        device.fill()\n", ""))]),
        Mistake("no warm-up",
                "You measure from the very first call, which is slow for reasons of its own. "
                "`warm` calls go before, unmeasured.", swap=[(WARM, "pass\n")]),
        Mistake("one call to warm up",
                "You warm up by a single call. `warm` of them are asked for.",
                swap=[(WARM, WARM.replace("range(warm)", "range(1)"))]),
        Mistake("a call too many to warm up",
                "You make a call more than asked before you measure.",
                swap=[(WARM, WARM.replace("range(warm)", "range(warm + 1)"))]),
        Mistake("the warm-up measured as well",
                "Your times begin with those of the warm-up.",
                swap=[(WARM, "repeats = repeats + warm\n")]),
        Mistake("fewer runs than asked",
                "You count the warm-up among the repeats. There are `warm` calls and then "
                "`repeats` more.",
                swap=[(LOOP, LOOP.replace("repeats", "max(1, repeats - warm)"))]),
        Mistake("the mean",
                "You take the mean. One disturbed run spoils it; the median does not mind.",
                swap=[(MEDIAN, "median = np.mean(times)")]),
        Mistake("the fastest", "You take the fastest run. Asked is the median.",
                swap=[(MEDIAN, "median = np.min(times)")]),
        Mistake("the slowest", "You take the slowest run. Asked is the median.",
                swap=[(MEDIAN, "median = np.max(times)")]),
        Mistake("the sum", "You give the sum of all runs. Asked is the median of one.",
                swap=[(MEDIAN, "median = np.sum(times)")]),
        Mistake("the middle of an unsorted list",
                "You take the one that came in the middle. The median is in the middle of the "
                "*sorted* times.", swap=[(MEDIAN, "median = times[repeats // 2]")]),
        Mistake("the upper of the two in the middle",
                "With an even number of times there are two in the middle, and the median lies "
                "half-way between them. You take the upper.",
                swap=[(MEDIAN, "median = sorted(times)[repeats // 2]")]),
        Mistake("the lower of the two in the middle",
                "With an even number of times there are two in the middle, and the median lies "
                "half-way between them. You take the lower.",
                swap=[(MEDIAN, "median = sorted(times)[(repeats - 1) // 2]")]),
        Mistake("the times sorted", "`times` is sorted. Keep them in the order in which they were "
                "measured: a drift can be seen only there.",
                swap=[(MEDIAN, MEDIAN + "\n    times.sort()")]),
        Mistake("all together, divided",
                "You time all runs together and divide. That is a mean, it has the drawing of the "
                "inputs in it, and one disturbed run spoils it.",
                swap=[(LOOP, "device.wait()\n    start = device.clock\n    " + LOOP), (IDLE, ""),
                      (START, ""), (DONE, ""), (TOOK, ""),
                      (MEDIAN, "device.wait()\n    times = [(device.clock - start) / repeats]"
                               " * repeats\n    " + MEDIAN)]),
        Mistake("one start for all",
                "The clock is started once, so that each time has all runs before it in it.",
                swap=[(START, ""), (LOOP, "device.wait()\n    start = device.clock\n    " + LOOP)]),
        Mistake("a look inside",
                "You have looked inside the device. What stands there is how long its work takes; "
                "who waits for it waits for the launch as well. And in a real one you can't look.",
                swap=[(TOOK, "        times.append(inside['runs'][device.calls - 1])\n")]),
    ],
    hints=(
        "Go through one run with a finger on the queue: what is in it when you first read the "
        "clock, and what when you read it the second time?",
        "It must be empty both times. So there are two waits to each run, one after fill and one "
        "after run; the clock is read after each of them.",
        "In the loop: fill, wait, start = device.clock, run, wait, append device.clock - start. "
        "Before it `warm` times fill and run; after it np.median.",
    ),
    passed="Empty the queue, read the clock, launch, empty the queue, read it again; warm up "
           "before, and take a median. On a GPU `wait` is called `torch.cuda.synchronize`. With "
           "NumPy you never need it, which is why it is forgotten.",
)

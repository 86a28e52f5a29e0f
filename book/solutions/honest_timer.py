"""Both readings of the clock are made when the queue is empty: after the inputs have been drawn,
and after the run is done. The first wait also lets other people's work go by, and what is left of
the warm-up.

The median forgets the run that was disturbed. The times are returned in their order, in which one
could see a drift.
"""

import numpy as np


class Device:
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
        self.clock = max(self.clock, self.free)


def median_time(inside, warm, repeats):
    """The median of a run's time, and all measured times."""
    device = Device(inside)
    times = []
    for _ in range(warm):
        device.fill()
        device.run()
    for _ in range(repeats):
        device.fill()          # new inputs
        device.wait()          # idle
        start = device.clock
        device.run()           # timed
        device.wait()          # done
        times.append(device.clock - start)
    median = np.median(times)
    return median, times

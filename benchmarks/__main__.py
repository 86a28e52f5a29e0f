"""Time a training step of the library beside PyTorch's.

Each contestant is a process of its own with one thread. They take turns, A B A B, so that a
machine that slows down slows both, and what is printed is the ratio of CPU times, turn by turn:
its median, and its smallest and largest.
"""

import argparse
import os
import statistics
import subprocess
import sys

from benchmarks.contestants import CONTESTANTS

SIZES = ["100,32,64,128", "50,16,32,32", "200,1,64,256", "35,20,650,650", "784,64,1,128"]
ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}


class Contestant:
    def __init__(self, cell, name, size, dtype):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.contestants", cell, name, *size.split(","), dtype],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | ONE_THREAD)
        if self.process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{name} could not be started")

    def take(self, steps):
        """CPU seconds of one step, from the mean of several."""
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def race(cell, size, dtype, turns, seconds):
    """CPU times of ours and theirs, turn by turn."""
    ours, theirs = (Contestant(cell, name, size, dtype) for name in CONTESTANTS[cell])
    try:
        steps = [max(1, round(seconds / c.take(1))) for c in (ours, theirs)]
        return [(ours.take(steps[0]), theirs.take(steps[1])) for _ in range(turns)]
    finally:
        ours.close()
        theirs.close()


def size_of(text):
    try:
        numbers = [int(n) for n in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 4 or min(numbers) < 1:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected T,B,M,D as in {SIZES[0]}")
    return text


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("sizes", nargs="*", type=size_of, help="T,B,M,D", default=SIZES)
    parser.add_argument("--dtype", choices=["float32", "float64"], default="float32")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="CPU time of one turn")
    args = parser.parse_args()
    print(f"training step, {args.dtype}, one thread, CPU time; below 1 we are faster")
    print(f"{'cell':6}{'T,B,M,D':>16}{'ours ms':>10}{'torch ms':>10}{'ratio':>8}   smallest to largest")
    for cell in CONTESTANTS:
        for size in args.sizes:
            times = race(cell, size, args.dtype, args.turns, args.seconds)
            ratios = sorted(a / b for a, b in times)
            ours, theirs = (1000 * statistics.median(t) for t in zip(*times))
            print(f"{cell:6}{size:>16}{ours:10.2f}{theirs:10.2f}{statistics.median(ratios):8.2f}"
                  f"   {ratios[0]:.2f} to {ratios[-1]:.2f}", flush=True)


if __name__ == "__main__":
    main()

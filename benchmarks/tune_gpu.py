"""Which share of the work is fastest for a program of backend "triton" on this GPU?

    python -m benchmarks.tune_gpu [--minutes 8] [--jobs 8] [CELL,D,B,DTYPE ...]

Times the recurrence alone, forwards and then with its way back, for the planned share and for those
near it, and prints microseconds a step, the best first. What wins belongs into
lstmlib/torch/backends/triton/planning.py. Each share is compiled first, --jobs at a time; one that
can't be compiled or launched is named with its reason. The most important cases come first, and
--minutes ends the run after a case.
"""

import argparse
import itertools
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor

import torch
from tqdm import tqdm

from benchmarks.gpu.timing import clock, warmed
from lstmlib.torch import CELLS
from lstmlib.torch.backends import triton
from lstmlib.torch.backends.triton.planning import Plan, Share, plan, shared_memory

CASES = ["lstm,512,64,bfloat16", "lstm,128,64,bfloat16", "lstm,256,64,bfloat16",
         "lstm,1024,64,bfloat16", "lstm,512,64,float32", "gru,512,64,bfloat16",
         "lstm,768,16,float16", "lstm,64,64,bfloat16", "lstm,1024,64,float32",
         "mgu,512,64,bfloat16", "rnn,512,64,bfloat16", "lstm,512,256,bfloat16"]
STEPS, M = 256, 16                                     # so few inputs that they cost nothing


def near(traits, D, B, dtype, device, back):
    """Shares that fit, the planned one first."""
    planned = plan(traits, STEPS, B, D, dtype, device)
    if isinstance(planned, str):
        raise ValueError(planned)
    planned = planned.backward if back else planned.forward
    found = [planned]
    whole = 1 << (D - 1).bit_length()
    for sequences, warps in itertools.product((8, 16, 32), (4, 8, 16)):
        found.append(Share(whole, sequences, whole, True, True, warps))
        for units, chunk in itertools.product((8, 16, 32, 64), (64, 128, 256, 512, 1024)):
            if D % chunk == 0 and warps < 16:
                found.append(Share(units, sequences, chunk, False, True, warps))

    def fits(share):
        across, batches = share.grid(B, D)
        return (shared_memory(traits, share, D, dtype.itemsize, back) <= device.shared
                and across * min(batches, share.at_once) <= device.processors)

    def distance(share):
        """In how many factors of two it differs."""
        return sum(abs(one.bit_length() - other.bit_length())
                   for one, other in zip(share[:-1], planned)) + 2 * (share.own != planned.own)

    return [planned, *sorted((share for share in dict.fromkeys(found[1:])
                              if share != planned and fits(share)), key=distance)]


class Timed:
    """One case: the recurrence by any two shares."""

    def __init__(self, case, device):
        name, D, B, dtype = case.split(",")
        self.D, self.B, self.dtype = int(D), int(B), getattr(torch, dtype)
        self.cell = CELLS[name](self.D if CELLS[name].of.size_rule == "equal" else M, self.D,
                                device=device, dtype=self.dtype, backend="triton")
        self.traits = triton.TRAITS[CELLS[name]]
        self.device = device

    def call(self, forward, backward, steps):
        """A function that runs the steps, and back too if there is a share for it."""
        shares = Plan(forward, backward or forward)
        x = torch.randn(steps, self.B, self.cell.input_size, dtype=self.dtype, device=self.device)
        state = {name: x.new_zeros(shape)
                 for name, shape in self.cell.twin.state_shapes(self.B).items()}

        def once():
            with torch.set_grad_enabled(backward is not None):
                sequences, _ = triton.run_by(shares, self.cell, x, state, None, 0, False)
                if backward is not None:
                    sequences["h"].backward(torch.ones_like(sequences["h"]))
        return once


def prepare(case, device, forward, backward):
    """Compile and run two steps; the reason if that can't be done."""
    try:
        Timed(case, device).call(forward, backward, steps=2)()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
    except Exception as error:                         # whatever a compiler may say
        return f"{type(error).__name__}: {error}".splitlines()[0][:70]
    return None


def tune(case, device, most, seconds, pool, sizes):
    """Print the table of one case."""
    timed = Timed(case, device)
    best = None                                        # the fastest forward share, then taken
    for back in (False, True):
        shares = near(timed.traits, timed.D, timed.B, timed.dtype, sizes, back)[:most]
        pairs = [(best, share) if back else (share, None) for share in shares]
        reasons = list(pool.map(prepare, *zip(*((case, device, *pair) for pair in pairs))))
        found = []
        for share, pair, reason in tqdm(list(zip(shares, pairs, reasons)), desc=case, leave=False):
            if reason is None:
                call = timed.call(*pair, STEPS)
                times = warmed(call, seconds, device)
                took = min(clock(call, times, device) for _ in range(3))
                found.append((took / STEPS * 1e6, share))
        print(f"\n{case}, {'forwards and back' if back else 'forwards'}: microseconds a step")
        for took, share in sorted(found)[:5]:
            print(f"{took:8.2f}  {share}{'   as planned' if share == shares[0] else ''}")
        took = {share: took for took, share in found}.get(shares[0])
        print(f"{took:8.2f}  as planned" if took else f"   the plan fails: {reasons[0]}")
        for share, reason in zip(shares[1:], reasons[1:]):
            if reason:
                print(f"  failed  {share}: {reason}")
        if not found:
            return
        best = best or min(found)[1]


class Here:
    """In place of a pool: one after the other."""

    map = staticmethod(map)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", default=CASES, metavar="CELL,D,B,DTYPE")
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--jobs", type=int, default=min(8, os.cpu_count()))
    parser.add_argument("--most", type=int, default=16, help="shares tried a case and way")
    parser.add_argument("--seconds", type=float, default=0.05, help="of one turn of the clock")
    parser.add_argument("--device", default="cuda", type=torch.device)
    given = parser.parse_args(arguments)
    end = time.monotonic() + 60 * given.minutes
    sizes = triton.device(given.device)
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(given.jobs, context) if given.jobs > 1 else Here
    for case in given.cases:
        if time.monotonic() < end:
            tune(case, given.device, given.most, given.seconds, pool, sizes)
        else:
            print(f"{case}: no time left")


if __name__ == "__main__":
    main()

"""Is what a clockwork net saves in multiplications saved in time? By width, beside the tanh net.

Both nets have one input and the same width, and read the same 128 steps, a whole turn of the
clock's default periods 1, 2, 4 ... 128, in float32. They take turns on one thread of the machine
that the table names: clockwork, plain, clockwork, plain, each turn as many calls as fill some
hundredths of a second of CPU time. A run tells the medians over its turns; the seed only draws the
numbers. "run" is the way forwards alone, "train" the way forwards and back.
"""

import math
import statistics
import time

import numpy as np

from lstmlib.experiments.experiment import Experiment
from lstmlib.numpy import RNN, Clockwork, bptt, unroll

STEPS = 128
KINDS = {"clockwork": Clockwork, "plain": RNN}


def multiplications(cell):
    """How many a step of this cell takes for one sequence, W x and U h, as a mean over the clock.

    >>> multiplications(RNN(1, 64)), multiplications(Clockwork(1, 64, periods=[1, 2]))
    (4160.0, 2608.0)
    """
    M, D = cell.input_size, cell.hidden_size
    if not isinstance(cell, Clockwork):
        return float(D * (M + D))
    return float(sum(size * (M + D - heard.start) / period for size, (period, _, heard)
                     in zip(cell.sizes, cell.modules)))


def clock_time(seed, hidden_size, batch, turns, seconds):
    """Both nets at one width and one number of sequences side by side."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(STEPS, batch, 1)).astype(np.float32)
    upstream = rng.normal(size=(STEPS, batch, hidden_size)).astype(np.float32)
    cells = {kind: cell(1, hidden_size) for kind, cell in KINDS.items()}
    params = {kind: cell.init(rng, np.float32) for kind, cell in cells.items()}

    def forwards(kind):
        return unroll(cells[kind], params[kind], x)

    def both_ways(kind):
        return bptt(forwards(kind), upstream)

    found = {}
    for what, call in (("run", forwards), ("train", both_ways)):
        taken = _by_turns(call, turns, seconds)
        found |= {f"{kind}_{what}_seconds": statistics.median(taken[kind]) for kind in KINDS}
    work = {kind: multiplications(cell) for kind, cell in cells.items()}
    return {**found, "multiplications": work["clockwork"] / work["plain"]}


def _by_turns(call, turns, seconds):
    """{kind: CPU seconds of one call, a number for each turn}."""
    calls = {}
    for kind in KINDS:
        call(kind)
        calls[kind] = max(1, math.ceil(seconds / max(_taken(call, kind, 1), 1e-6)))
    taken = {kind: [] for kind in KINDS}
    for _ in range(turns):
        for kind in KINDS:
            taken[kind].append(_taken(call, kind, calls[kind]))
    return taken


def _taken(call, kind, calls):
    began = time.process_time()
    for _ in range(calls):
        call(kind)
    return (time.process_time() - began) / calls


CLOCK_TIME = Experiment(
    about="time of a clockwork net and of a tanh net at equal width, by turns",
    run=clock_time,
    grid={"hidden_size": (32, 64, 128, 256, 512, 1024), "batch": (1, 32)},
    seeds=tuple(range(5)),
    measures={
        "multiplications": "those of the clockwork net's steps, as a share of the plain net's",
        **{f"{kind}_{what}_seconds": f"CPU time of 128 steps, {kind}, {words}" for kind in KINDS
           for what, words in (("run", "forwards"), ("train", "forwards and back"))},
    },
    fixed={"turns": 5, "seconds": 0.05},
    quick={"grid": {"hidden_size": (16,), "batch": (1,)}, "seeds": (0,),
           "fixed": {"turns": 2, "seconds": 0.001}},
)

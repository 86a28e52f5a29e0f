"""What is raced, in order of importance, and the least that it has to compute and to move."""

from dataclasses import dataclass, replace

from benchmarks.contestants import TorchModule, size_for
from lstmlib.numpy import CELLS

PHASES = ("forward", "training")
#: Bytes of a number. "tf32" are float32 tensors, multiplied by the matrix units in 19 bits.
BYTES = {"float32": 4, "tf32": 4, "bfloat16": 2, "float16": 2, "float64": 8}
RIVALS = ("torch.nn", "loop", "compiled", "convolution")
CEILINGS = ("copy", "matmul", "launch")
KERNEL = 4                                             # steps that a convolution sees

#: The backend that the goals are about, and what stands for each that serves the cell.
OURS, EVERY = "triton", "every backend"
SHORT, ALL = (OURS, "torch.nn"), (EVERY, "torch.nn", "loop")

MAIN = (1024, 64, 512, 512)                            # T, B, M, D
BESIDE = (256, 64, 512, 512)                           # where all cells are held beside each other
COMPILED = (32, 64, 512, 512)   # a loop of 1,024 steps takes torch.compile many minutes
#: Elementwise variants of the LSTM: they need no exchange that the LSTM does not need.
VARIANTS = ("peephole", "cifg", "nig", "nfg", "nog", "niaf", "noaf", "lstm_1997")
WIDE, NARROW = (256, 1024), (128, 64, 32)
#: (T, B, M, D) for which cuDNN has its persistent LSTM, in float16.
PERSISTENT = ((1024, 16, 768, 768), (256, 64, 512, 512), (256, 64, 1024, 1024),
              (256, 128, 256, 256))


@dataclass(frozen=True)
class Case:
    """One race: a cell, a dtype of BYTES, a size (T, B, M, D), and who takes part.

    who       names of backends, EVERY, and RIVALS
    timed     False: results are checked and no more
    counted   whether the kernels of a call are counted
    """

    cell: str
    dtype: str
    size: tuple
    who: tuple
    timed: bool = True
    counted: bool = False

    @property
    def key(self):
        """What tells its rows from those of other cases."""
        return self.cell, self.dtype, *self.size


def full():
    """All cases, the most telling ones first, so that a run cut short is worth most."""
    seen = set()
    for case in _full():
        if case.key not in seen:
            seen.add(case.key)
            yield case


def _full():
    yield Case("lstm", "bfloat16", MAIN, (*ALL, "convolution"), counted=True)
    yield Case("gru", "bfloat16", MAIN, ALL, counted=True)
    yield Case("lstm", "bfloat16", BESIDE, (*ALL, "convolution"))
    yield Case("gru", "bfloat16", BESIDE, ALL)
    yield Case("peephole", "bfloat16", BESIDE, ALL, counted=True)
    for D in WIDE:
        for cell in ("lstm", "gru"):
            yield Case(cell, "bfloat16", (256, 64, D, D), SHORT)
    for D in (512, *WIDE):
        for cell in ("lstm", "gru"):
            yield Case(cell, "tf32", (256, 64, D, D), SHORT)
    for cell in VARIANTS:
        yield Case(cell, "bfloat16", BESIDE, ALL)
    for size in PERSISTENT:
        yield Case("lstm", "float16", size, SHORT)
    for dtype in ("bfloat16", "tf32"):
        for D in NARROW:
            for cell in ("lstm", "gru"):
                yield Case(cell, dtype, (256, 64, D, D), SHORT)
    for cell in CELLS:                                 # by lstmlib.numpy: eager, the next judge
        yield Case(cell, "float64", size_for(cell, (24, 7, 48, 64)), (EVERY,), timed=False)
    for T in (16, 64, 4096):                           # time over length
        yield Case("lstm", "bfloat16", (T, 64, 512, 512), (*SHORT, "convolution"))
    for cell in ("lstm", "peephole", "gru"):
        yield Case(cell, "bfloat16", COMPILED, (*SHORT, "loop", "compiled"), counted=True)
    for cell in CELLS:
        yield Case(cell, "bfloat16", size_for(cell, BESIDE), ALL)
    for cell in ("lstm", "gru"):
        yield Case(cell, "float32", BESIDE, SHORT)
        yield Case(cell, "float64", (64, 64, 256, 256), (EVERY, "torch.nn"))
    for size in ((1024, 1, 512, 512), (1024, 16, 768, 768), (256, 512, 512, 512),
                 (35, 20, 650, 650)):
        yield Case("lstm", "bfloat16", size, SHORT)


def quick():
    """The same cases with everything small: every line is run, no time means anything."""
    yield from dict.fromkeys(replace(case, size=tuple(map(min, case.size, (5, 3, 16, 16))))
                             for case in full())


def chosen(cells, dtypes, sizes):
    """For each size and dtype, these cells with all contestants; the loop compiled if it is short.
    """
    for size in sizes:
        short = ("compiled",) if size[0] <= COMPILED[0] else ()
        for dtype in dtypes:
            for cell in cells:
                yield Case(cell, dtype, size_for(cell, size), (*ALL, *short, "convolution"),
                           counted=True)


def takes_part(who, cell):
    """Whether a rival has this cell at all."""
    return who != "torch.nn" or cell in TorchModule.kinds


# ---- the least


def least(network, who, size, phase, dtype):
    """(operations, bytes) that can't be done without, in units of 10⁹.

    Operations are those of the matrix products: forwards one with each entry of W, U and R that is
    read, for each step and sequence; a training step has three such products. Bytes are those of
    what goes in and comes out, each once: x, the parameters, h of every step; in a training step
    also the gradients of these. What is fetched again at every step counts for nothing here.
    """
    T, B, M, D = size
    if who == "convolution":
        entries = KERNEL * M * D
        count = entries + D
    else:
        entries, count = _entries(network), network.count()
    passes = {"forward": 1, "training": 3}[phase]
    moved = {"forward": 1, "training": 2}[phase]
    values = T * B * (M + D) + count
    return 2e-9 * passes * T * B * entries, 1e-9 * moved * values * BYTES[dtype]


def _entries(network):
    """Entries of the matrices that one step reads, on average over the steps."""
    if hasattr(network, "layers"):
        return sum(map(_entries, network.layers))
    if hasattr(network, "modules"):                    # clockwork: a module is read when it ticks
        M, D = network.input_size, network.hidden_size
        return sum((rows.stop - rows.start) * (M + D - heard.start) / period
                   for period, rows, heard in network.modules)
    return sum(rows * columns for name, (rows, columns) in (
        (name, shape) for name, shape in network.param_shapes.items() if name in ("W", "U", "R")))

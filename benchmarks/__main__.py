"""Time the training step of lstmlib.numpy beside what people would use instead.

Four tables: `speed`, our LSTM, GRU and plain cell beside torch.nn; `variants`, every cell beside
our LSTM and beside the same cell written in torch; `memory`, the peak of an LSTM's training step,
and its time over the length; `torch`, the cells of lstmlib.torch on the CPU beside torch.nn and
beside the same cell written as a loop. benchmarks/README.md says how it is done and keeps the last
results. On a GPU: python -m benchmarks.gpu.
"""

import argparse
import datetime

from benchmarks import machine, races
from benchmarks.asking import cell_names, count, duration, one_of, size
from benchmarks.showing import bar, say
from benchmarks.tables import AGAINST_TORCH, README, SIZES, TABLES, Table, write
from lstmlib.numpy import CELLS

DTYPES = ("float32", "float64")
IN_BOTH = ("speed", "torch")                        # tables that are made for both dtypes


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    parser.add_argument("sizes", nargs="*", type=size, metavar="T,B,M,D",
                        help="time steps, sequences, inputs, units; default: the five of the page")
    parser.add_argument("--only", type=one_of(*TABLES), help="one table: " + ", ".join(TABLES))
    parser.add_argument("--cells", type=cell_names, metavar="NAME,NAME", default=tuple(CELLS),
                        help="cells of all tables but memory; default: all")
    parser.add_argument("--dtype", type=one_of(*DTYPES, "both"),
                        help=f"default: both for {' and '.join(IN_BOTH)}, float32 for the others")
    parser.add_argument("--malloc", type=one_of(*races.MALLOC, "both"), default="both",
                        help="the C library's own way with memory given back, or keeping all of it")
    parser.add_argument("--turns", type=count, default=5, help="of each contestant; default: 5")
    parser.add_argument("--seconds", type=duration("seconds"), default=0.1,
                        help="CPU time of one turn; default: 0.1")
    parser.add_argument("--write", action="store_true",
                        help="put the tables into benchmarks/README.md")
    args = parser.parse_args(argv)
    args.sizes = tuple(args.sizes) or SIZES
    return args


def main(argv=None, page=README):
    args = arguments(argv)
    mallocs = tuple(races.MALLOC) if args.malloc == "both" else (args.malloc,)
    rules = races.Rules(args.turns, args.seconds, mallocs)
    facts = races.measured_machine()
    for name in [args.only] if args.only else TABLES:
        known = AGAINST_TORCH if name == "speed" else CELLS
        cells = [cell for cell in known if cell in args.cells]
        if not cells:
            continue
        dtypes = DTYPES if args.dtype == "both" or not args.dtype and name in IN_BOTH else (
            (args.dtype or "float32"),)
        table = Table(say)
        table.line(machine.sentence(facts, datetime.date.today()))
        table.line(f"Turns: {args.turns} of about {args.seconds} s of CPU time each; ratios are "
                   "their median, and the smallest to the largest.\n")
        TABLES[name](table, args.sizes, cells, dtypes, rules, bar(name))
        say("")
        if args.write:
            write(page, name, "\n".join(table.lines))


if __name__ == "__main__":
    main()

"""Check and time the cells of lstmlib.torch on a GPU beside what people would use instead.

Contestants are every backend of ours that serves a cell, or our kernels alone; torch.nn, where it
has the cell; the cell as a plain loop; torch.compile of that loop, at a length that it can
compile; a causal convolution with as many inputs and outputs. Cases come in order of importance,
and each row is on the disk as soon as it is known: a run cut short by --minutes or by you is worth
what it has, and --resume goes on.

    python -m benchmarks.gpu                      all cases, into book/results/gpu.csv
    python -m benchmarks.gpu --quick              small sizes, into _build/results: does it run?
    python -m benchmarks.gpu --only summary       what the stored table says about the goals
    python -m benchmarks.gpu --cells lstm,nig 256,64,512,512 --folder _build/results
"""

import argparse
import json
import shlex
import sys
import time
from pathlib import Path

from benchmarks.asking import cell_names, count, duration, one_of, size
from benchmarks.gpu import cases
from benchmarks.gpu.goals import report
from benchmarks.showing import bar, say
from lstmlib.experiments import measured
from lstmlib.experiments.provenance import provenance
from lstmlib.experiments.running import QUICK, RESULTS
from lstmlib.experiments.table import Lines
from lstmlib.numpy import CELLS

NAME = "gpu"
STAGES = ("check", "time", "ceilings", "summary")
#: The columns of the table, and what stands in them.
COLUMNS = {
    "cell": "name in lstmlib.torch.CELLS; empty for the ceilings",
    "backend": "of lstmlib.torch; or a rival: torch.nn, loop, compiled (torch.compile of the "
               "loop), convolution (causal, kernel of 4 steps); or a ceiling: copy, matmul, launch",
    "phase": "forward: without gradients; training: forwards and backwards",
    "dtype": "of the tensors; tf32 is float32 with products in 19 bits",
    "T": "time steps", "B": "sequences", "M": "inputs", "D": "units",
    "ms": "milliseconds of a call, median over the turns",
    "ms_low": "least", "ms_high": "most",
    "gflop": "10⁹ operations that the matrix products need at least",
    "gbyte": "10⁹ bytes of what goes in and comes out, each once",
    "matrix_share": "gflop / ms over that of the ceiling matmul in this dtype",
    "bandwidth_share": "gbyte / ms over that of the ceiling copy",
    "launches": "kernels of a call, where counted",
    "error": "worst error, over the largest number, of the outputs and in training of all "
             "gradients, against lstmlib.numpy in float64 or, where that takes long, against the "
             "backend eager in float64",
    "status": "ok, or why there is no number",
    "auto": "yes: what lstmlib.torch takes of itself here",
}
HOW = ("Contestants of a case take turns (A B C A B C) in one process, a turn being as many calls "
       "as fit into its time, between two CUDA events with a wait for the device before and after. "
       "The cache L2 is not emptied between calls. Inputs and gradients of the outputs are normal "
       "random numbers, parameters as the cells draw them. With tf32, products of float32 in "
       "cuBLAS, cuDNN and our kernels may use 19 bits; with float32 they may not.")


def one_or_more(*names):
    take = one_of(*names)

    def take_all(text):
        return tuple(map(take, text.split(",")))
    return take_all


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gpu", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    parser.add_argument("sizes", nargs="*", type=size, metavar="T,B,M,D",
                        help="time steps, sequences, inputs, units: race all contestants at these "
                             "sizes, instead of the list of cases")
    parser.add_argument("--quick", action="store_true", help="everything small, two turns")
    parser.add_argument("--cells", type=cell_names, metavar="NAME,NAME", default=tuple(CELLS))
    parser.add_argument("--dtypes", type=one_or_more(*cases.BYTES), metavar="NAME,NAME",
                        help="of " + ", ".join(cases.BYTES) + "; default: all in the list of "
                             "cases, bfloat16 for sizes of your own")
    parser.add_argument("--only", type=one_of(*STAGES),
                        help="check results without timing, time without checking, measure the "
                             "ceilings alone, or say what a stored table shows")
    parser.add_argument("--device", type=one_of("cuda", "cpu"), default="cuda",
                        help="cpu runs the whole program without a GPU; default: cuda")
    parser.add_argument("--minutes", type=duration("minutes"), default=8.0,
                        help="begin no case after that; default: 8")
    parser.add_argument("--turns", type=count, help="of each contestant; default: 5, quick 2")
    parser.add_argument("--seconds", type=duration("seconds"),
                        help="of one turn; default: 0.03, quick 0.001")
    parser.add_argument("--patience", type=duration("seconds"), default=90.0,
                        help="that a contestant may take to begin or to end; default: 90")
    parser.add_argument("--folder", type=Path,
                        help="of the table; default: book/results for the full list on a GPU, "
                             "_build/results for all else")
    parser.add_argument("--resume", action="store_true", help="go on with a table")
    parser.add_argument("--commit", help="of the code, where there is no git to ask")
    args = parser.parse_args(argv)
    whole = not (args.quick or args.sizes or args.dtypes or args.only
                 or args.cells != tuple(CELLS) or args.device == "cpu")
    args.begin_anew = args.folder is None and not whole
    if args.only == "summary":
        whole = True
    args.folder = args.folder or (RESULTS if whole else QUICK)
    args.turns = args.turns or (2 if args.quick else 5)
    args.seconds = args.seconds or (0.001 if args.quick else 0.03)
    return args


def listed(args):
    """The cases asked for, in order."""
    if args.only == "ceilings":
        return []
    if args.sizes:
        found = cases.chosen(args.cells, args.dtypes or ("bfloat16",), args.sizes)
    else:
        found = cases.quick() if args.quick else cases.full()
    return [case for case in found if case.cell in args.cells
            and case.dtype in (args.dtypes or cases.BYTES)
            and (case.timed or args.only != "time")]


class Shares:
    """What share of the machine's ceilings a row reaches."""

    def __init__(self, rows):
        self.rate = {}
        for row in rows:
            self.learn(row)

    def learn(self, row):
        if row["backend"] in cases.CEILINGS and row.get("ms"):
            unit = "gbyte" if row["backend"] == "copy" else "gflop"
            self.rate[row["backend"], row["dtype"]] = (row.get(unit) or 0) / row["ms"]

    def of(self, row):
        if not row.get("ms"):
            return {}
        matmul, copy = self.rate.get(("matmul", row["dtype"])), self.rate.get(("copy", ""))
        return {"matrix_share": matmul and row.get("gflop") and row["gflop"] / row["ms"] / matmul,
                "bandwidth_share": copy and row.get("gbyte") and row["gbyte"] / row["ms"] / copy}


def rounded(value):
    return float(f"{value:.6g}") if isinstance(value, float) else value


def line(row):
    """A row for the eye."""
    size = ",".join(str(row[key]) for key in "TBMD" if row.get(key) is not None)
    ms = "" if row.get("ms") is None else f"{row['ms']:10.4f} ms"
    error = "" if row.get("error") is None else f"error {row['error']:.1e}"
    share = "" if not row.get("matrix_share") else f"{100 * row['matrix_share']:5.1f} % of matmul"
    launches = "" if row.get("launches") is None else f"{row['launches']} kernels"
    status = "" if row["status"] == "ok" else row["status"]
    return (f"{row['cell']:<16} {row['backend']:<11} {row['phase']:<8} {row['dtype']:<8} "
            f"{size:<16} {ms:>13} {share:>18} {error:>13} {launches:>13} {status}").rstrip()


def key(row):
    return tuple(row[name] for name in ("cell", "dtype", *"TBMD"))


def main(argv=None):
    args = arguments(argv)
    table, about = Lines(args.folder / f"{NAME}.csv", COLUMNS), args.folder / f"{NAME}.json"
    if args.only == "summary":
        stored = measured(NAME, args.folder)
        if stored is None:
            raise SystemExit(f"{table.path.name}: got no such table, expected one in "
                             f"{args.folder.name}. Make it with python -m benchmarks.gpu")
        for text in report(stored.rows):
            say(text)
        return

    from benchmarks.gpu.racing import Rules
    from benchmarks.gpu.worker import Worker
    _refuse(args, table)
    until = time.monotonic() + 60 * args.minutes
    rules = Rules(args.device, checked=args.only != "time", timed=args.only != "check",
                  turns=args.turns, seconds=args.seconds)
    worker = Worker(rules, args.patience)
    said = _about(args, argv, worker)
    if table.exists() and args.resume:
        _same(json.loads(about.read_text(encoding="utf-8")), said, about)
        table.mend()
    else:
        table.create()
        about.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8",
                         newline="\n")
    rows = measured(NAME, args.folder).rows
    shares, done = Shares(rows), {key(row) for row in rows}

    def keep(found):
        for row in found:
            shares.learn(row)
            row = {**dict.fromkeys(COLUMNS), **row}
            row |= shares.of(row) if row["backend"] not in cases.CEILINGS else {}
            row = {name: rounded(value) for name, value in row.items()}
            table.append(row)
            rows.append(row)
            say(line(row))

    try:
        if args.only not in ("check", "time") and not shares.rate:
            for found in worker.ceilings():
                keep(found)
        todo = [case for case in listed(args) if case.key not in done]
        left = 0
        for case in bar(NAME)(todo):
            if time.monotonic() > until:
                left += 1
                continue
            for found in worker.race(case):
                keep(found)
    finally:
        worker.close()
    if not args.sizes and args.only is None:
        for text in report(rows):
            say(text)
    if left:
        say(f"{left} of {len(todo)} cases were not begun within {args.minutes:g} minutes: "
            "go on with --resume")


def _refuse(args, table):
    """What can't be done, in a sentence, before anything is."""
    if args.device == "cuda":
        import torch
        if not torch.cuda.is_available():
            raise SystemExit("--device: got cuda, expected a GPU that torch can use; there is "
                             "none here. Try the program with --device cpu --quick")
    if table.exists() and not args.resume and not args.begin_anew:
        raise SystemExit(f"{table.path.name}: got a table in {args.folder.name}, expected none. "
                         "Go on with --resume, or move it away to begin anew")


def _about(args, argv, worker):
    where = provenance()
    command = shlex.join(["python", "-m", "benchmarks.gpu",
                          *(sys.argv[1:] if argv is None else argv)])
    return {"name": NAME, "about": "times and errors of the cells of lstmlib.torch, beside their "
            "rivals", **worker.about, "versions": where["versions"], "date": where["date"],
            "commit": args.commit or where["commit"], "command": command, "how": HOW,
            "turns": args.turns, "seconds": args.seconds, "columns": COLUMNS}


def _same(made, now, about):
    """A table holds what one machine and one state of the code gave."""
    for name in ("device", "torch", "triton", "commit", "turns", "seconds"):
        if made.get(name) != now.get(name):
            raise SystemExit(f"{about.name}: got a table made with {name} {made.get(name)!r}, "
                             f"expected {now.get(name)!r}. Move it away to begin anew")


if __name__ == "__main__":
    main()

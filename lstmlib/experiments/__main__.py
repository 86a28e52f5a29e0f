"""The long comparisons from the command line.

    python -m lstmlib.experiments list
    python -m lstmlib.experiments run NAME [--quick] [--resume]
"""

import os
import sys

# One thread of linear algebra, as in the book; it has to be said before NumPy is loaded.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import argparse

from lstmlib.experiments.experiment import EXPERIMENTS, experiment
from lstmlib.experiments.running import run


def main(arguments=None):
    """The exit status: 0, 1 if runs failed, 2 for what can't be done, 130 if stopped."""
    parser = argparse.ArgumentParser(prog="python -m lstmlib.experiments",
                                     description="Run the book's long comparisons.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="say which experiments there are")
    running = commands.add_parser("run", help="run one and write book/results/NAME.csv")
    running.add_argument("name", help="as `list` calls it")
    running.add_argument("--quick", action="store_true",
                         help="a small one, of seconds, written to _build/results")
    running.add_argument("--resume", action="store_true",
                         help="go on with a table: do the runs that are not in it yet")
    chosen = parser.parse_args(arguments)
    if chosen.command == "list":
        for name in EXPERIMENTS:
            declared = experiment(name)
            print(f"{name:<16} {len(declared.runs()):>5} runs   {declared.about}")
        return 0
    try:
        rows = run(chosen.name, chosen.quick, chosen.resume)
    except (ValueError, FileExistsError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. What has ended is kept; go on with --resume.", file=sys.stderr)
        return 130
    failed = [row for row in rows if row["error"]]
    print(f"{chosen.name}: {len(rows)} rows, {len(failed)} of them failed runs")
    for row in failed:
        names = experiment(chosen.name).parameters
        print("  " + ", ".join(f"{name}={row[name]}" for name in names) + f": {row['error']}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""The stored table of a GPU as a figure."""

from collections import Counter

from lstmlib.plot.style import COLOURS, INK, axes

CEILINGS = ("copy", "matmul")
MARKS = {"triton": ("D", COLOURS["c"]), "native": ("s", COLOURS["h"]),
         "torch.nn": ("s", COLOURS["h"]), "graph": ("^", COLOURS["o"]), "eager": ("v", COLOURS["g"]),
         "compiled": ("P", COLOURS["y"]), "loop": ("o", INK), "convolution": ("*", COLOURS["x"])}
OTHER = ("X", COLOURS["past"])


def speeds(rows, phase="training"):
    """Microseconds a step, a row for each cell and a mark for each way to run it: (fig, ax, shown).

    ``rows`` are those of ``lstmlib.experiments.measured("gpu")``; those that are drawn come back as
    ``shown``. Of the cases of a phase, dtype, T, B, M and D, that one is drawn which holds most
    results that are "ok"; the ceilings are none, and what failed has no mark. ValueError: there is
    nothing to draw.

    >>> row = {"cell": "lstm", "backend": "loop", "phase": "training", "dtype": "float32",
    ...        "T": 100, "B": 8, "M": 16, "D": 16, "ms": 5.0, "status": "ok"}
    >>> fig, ax, shown = speeds([row])
    >>> ax.lines[0].get_xdata().tolist(), shown == [row]
    ([50.0], True)
    """
    names = ("dtype", "T", "B", "M", "D")
    good = [row for row in rows if row["phase"] == phase and row["status"] == "ok"
            and row["backend"] not in CEILINGS]
    if not good:
        raise ValueError(f"rows: got none of phase {phase!r} that is ok, expected at least one. "
                         "Measure anew")
    chosen = Counter(tuple(row[name] for name in names) for row in good).most_common(1)[0][0]
    shown = [row for row in good if tuple(row[name] for name in names) == chosen]
    cells = list(dict.fromkeys(row["cell"] for row in shown))
    fig, ax = axes(height=0.24 * len(cells) + 1.8)
    for backend in dict.fromkeys(row["backend"] for row in shown):
        mark, colour = MARKS.get(backend, OTHER)
        found = [row for row in shown if row["backend"] == backend]
        ax.plot([row["ms"] * 1000 / row["T"] for row in found],
                [cells.index(row["cell"]) for row in found], mark, color=colour, ms=6,
                label=backend)
    ax.set(xscale="log", ylim=(len(cells) - 0.5, -0.5), xlabel="microseconds a step")
    ax.set_yticks(range(len(cells)), cells)
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=4)
    return fig, ax, shown

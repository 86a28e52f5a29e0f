"""The four tables: what is measured for a row, what it is held against, how it is written."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import memory, races
from benchmarks.contestants import size_for
from benchmarks.races import Ratio, comma, median_ms

README = Path(__file__).with_name("README.md")
SIZES = ((100, 32, 64, 128), (50, 16, 32, 32), (200, 1, 64, 256), (35, 20, 650, 650),
         (784, 64, 1, 128))                                              # T, B, M, D
AGAINST_TORCH = ("lstm", "gru", "rnn")
LENGTHS = (100, 1000, 10_000)                                            # T of the second half
LENGTHS_AT = (8, 32, 64)                                                 # B, M, D of the same

#: Our time over torch.nn's, at most; a second number is what we would like.
SPEED_GOALS = {
    ("lstm", "float32"): ((1.10, 1.00), (1.35, 1.10), (1.30, 1.05), (0.95, 0.90), (1.00, 0.90)),
    ("gru", "float32"): ((0.58,), (0.36,), (0.31,), (0.92,), (0.55,)),
    ("rnn", "float32"): ((0.54,), (0.23,), (0.26,), (0.92,), None),
    ("lstm", "float64"): ((0.58,), (0.31,), (0.37,), (0.66,), None),
}
OF_OUR_LSTM = 1.15                      # a variant's time over our LSTM's, at most
OF_TORCH_CELL = (1.5, 2, 2, 1, 1)       # a torch cell's time over ours, at least
OF_TORCH_NN = 1.05                      # lstmlib.torch's time over torch.nn's, at most
OF_TORCH_CELL_IN_TORCH = 1.5            # a torch cell's time over lstmlib.torch's, at least
SCALED = ("fgr", "depth_gated")         # held against our LSTM by their matrix products
OF_LEAST = 1.1                          # peak memory over the least, at most


def goal(per_size, size):
    """The goal for one of the five sizes; for any other there is none."""
    return per_size[SIZES.index(size)] if per_size and size in SIZES else None


@dataclass
class Table:
    """A Markdown table that shows each line as soon as it is known."""

    say: object
    lines: list = field(default_factory=list)

    def line(self, text=""):
        self.lines.append(text)
        self.say(text)

    def head(self, *columns):
        self.widths = [max(len(column), 3) for column in columns]
        self.row(*columns)
        self.line("|" + "|".join("-" * (width + 2) for width in self.widths) + "|")

    def row(self, *values):
        cells = (f"{value!s:{width}}" for value, width in zip(values, self.widths))
        self.line("| " + " | ".join(cells) + " |")


def first(times):
    """The rows under the first way to treat memory: those whose times are shown."""
    return next(iter(times.values()))


def yes(met):
    return "yes" if met else "**no**"


# ---- 1: beside torch.nn


def speed(table, sizes, cells, dtypes, rules, progress):
    todo = [(name, dtype, size) for dtype in dtypes for name in cells for size in sizes]
    table.head("cell", "dtype  ", "T, B, M, D    ", "ours ms", "torch.nn ms", "products ms",
               *(f"ours / torch.nn, malloc {malloc}" for malloc in rules.mallocs), "goal", "met")
    for name, dtype, size in progress(todo):
        entries = [(who, name, size, dtype) for who in ("lstmlib.numpy", "torch.nn", "products")]
        times = rules.races(entries)
        ratios = [Ratio.of(rows, 0, 1) for rows in times.values()]
        ms = (f"{median_ms(first(times), column):.2f}" for column in range(3))
        limits = goal(SPEED_GOALS.get((name, dtype)), size)
        table.row(name, dtype, comma(size), *ms, *ratios, *judged(ratios, limits))


def judged(ratios, limits):
    """The words of the goal and of whether the worst of the medians keeps it."""
    worst = max(ratio.median for ratio in ratios)
    if limits is None:
        return "", ""
    asked, *wished = (f"{limit:.2f}" for limit in limits)
    words = f"{asked}, better {wished[0]}" if wished else asked
    met = yes(worst <= limits[0])
    if wished and worst <= limits[1]:
        met = "yes, the better one"
    return words, met


# ---- 2: the variants


def variants(table, sizes, cells, dtypes, rules, progress):
    todo = [(dtype, size, name) for dtype in dtypes for size in sizes for name in cells]
    shown = None
    for dtype, size, name in progress(todo):
        if (dtype, size) != shown:
            shown = dtype, size
            fast = goal(OF_TORCH_CELL, size)
            wanted = f"at least {fast}" if fast else "no goal"
            table.line(f"\n{dtype}, T,B,M,D = {comma(size)}. Goals: ours / our LSTM at most "
                       f"{OF_OUR_LSTM}, torch cell / ours {wanted}.\n")
            table.head("cell            ", "ours ms", "products of the LSTM's",
                       *(f"ours / our LSTM, malloc {malloc}" for malloc in rules.mallocs),
                       *(f"torch cell / ours, malloc {malloc}" for malloc in rules.mallocs), "met")
        table.row(*variant(name, size, dtype, rules))


def variant(name, size, dtype, rules):
    own_size = size_for(name, size)
    entries = [(who, cell, own_size, dtype) for who, cell in (
        ("lstmlib.numpy", name), ("lstmlib.numpy", "lstm"), ("torch cell", name))]
    if name in SCALED:
        entries += [("products", cell, own_size, dtype) for cell in (name, "lstm")]
    times = rules.races(entries)
    scale = Ratio.of(first(times), 3, 4).median if name in SCALED else 1.0
    of_lstm = [Ratio.of(rows, 0, 1, scale) for rows in times.values()]
    of_torch = [Ratio.of(rows, 2, 0) for rows in times.values()]
    met = all(ratio.median <= OF_OUR_LSTM for ratio in of_lstm)
    least = goal(OF_TORCH_CELL, size)
    if least:
        met = met and all(ratio.median >= least for ratio in of_torch)
    return (name if own_size == size else f"{name} (M = D)", f"{median_ms(first(times), 0):.2f}",
            f"{scale:.2f}, divided by" if name in SCALED else "", *of_lstm, *of_torch, yes(met))


# ---- 3: memory, and time over length


def space(table, sizes, cells, dtypes, rules, progress):
    table.head("dtype  ", "T, B, M, D    ", "least MB", "ours, scratch kept",
               "ours, scratch fresh", "kept MB", "ours, resident", "torch.nn, resident", "goal",
               "met")
    todo = [(dtype, size) for dtype in dtypes for size in sizes]
    for dtype, size in progress(todo):
        table.row(dtype, comma(size), *memory_row(size, dtype))
    B, M, D = LENGTHS_AT
    T_0 = LENGTHS[0]
    table.line(f"\nTime of a training step by its length, T steps of {B} sequences, M = {M}, "
               f"D = {D}; linear is 1.00.\n")
    table.head("dtype  ", "contestant   ", "T     ", "µs a time step",
               *(f"of that at T = {T_0}, malloc {malloc}" for malloc in rules.mallocs))
    for dtype in dtypes:
        for who in ("lstmlib.numpy", "torch.nn"):
            entries = [(who, "lstm", (T, B, M, D), dtype) for T in LENGTHS]
            times = rules.races(entries)
            for column, T in enumerate(LENGTHS):
                ratios = [Ratio.of(rows, column, 0, T / T_0) for rows in times.values()]
                table.row(dtype, who, T, f"{1000 * median_ms(first(times), column) / T:.1f}",
                          *ratios)


def memory_row(size, dtype):
    least = memory.least(size, dtype)
    counted = races.measured_memory("counted", "lstmlib.numpy", size, dtype)
    resident = ["not measured"] * 2
    if memory.STATUS.exists():
        resident = [f"{races.measured_memory('resident', who, size, dtype)['first'] / least:.2f}"
                    for who in ("lstmlib.numpy", "torch.nn")]
    kept, fresh = (counted[key] / least for key in ("second", "first"))
    met = yes(kept <= OF_LEAST)
    if kept <= OF_LEAST < fresh:
        met = "yes, with kept scratch"
    return (f"{least / 1e6:.2f}", f"{kept:.2f}", f"{fresh:.2f}", f"{counted['kept'] / 1e6:.2f}",
            *resident, OF_LEAST, met)


# ---- 4: lstmlib.torch


def in_torch(table, sizes, cells, dtypes, rules, progress):
    """Beside torch.nn at all sizes; beside the same cell as a loop at the first one."""
    table.head("cell", "dtype  ", "T, B, M, D    ", "ours ms", "torch.nn ms",
               *(f"ours / torch.nn, malloc {malloc}" for malloc in rules.mallocs), "goal", "met")
    todo = [(dtype, name, size) for dtype in dtypes for name in AGAINST_TORCH if name in cells
            for size in sizes]
    for dtype, name, size in progress(todo):
        times = rules.races([(who, name, size, dtype) for who in ("lstmlib.torch", "torch.nn")])
        ratios = [Ratio.of(rows, 0, 1) for rows in times.values()]
        ms = (f"{median_ms(first(times), column):.2f}" for column in range(2))
        table.row(name, dtype, comma(size), *ms, *ratios, *judged(ratios, (OF_TORCH_NN,)))

    dtype, size = dtypes[0], sizes[0]
    table.line(f"\n{dtype}, T,B,M,D = {comma(size)}. Goal: torch cell / ours at least "
               f"{OF_TORCH_CELL_IN_TORCH}.\n")
    table.head("cell            ", "ours ms", "torch cell ms",
               *(f"torch cell / ours, malloc {malloc}" for malloc in rules.mallocs), "met")
    for name in progress(cells):
        own_size = size_for(name, size)
        times = rules.races([(who, name, own_size, dtype)
                             for who in ("lstmlib.torch", "torch cell")])
        ratios = [Ratio.of(rows, 1, 0) for rows in times.values()]
        ms = (f"{median_ms(first(times), column):.2f}" for column in range(2))
        met = all(ratio.median >= OF_TORCH_CELL_IN_TORCH for ratio in ratios)
        table.row(name if own_size == size else f"{name} (M = D)", *ms, *ratios, yes(met))


TABLES = {"speed": speed, "variants": variants, "memory": space, "torch": in_torch}


# ---- the page


def write(path, name, text):
    """Put a table between its two markers; everything else on the page stays as it is."""
    page = path.read_text(encoding="utf-8")
    between = re.compile(f"(<!-- {name}: .*? -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    if len(between.findall(page)) != 1:
        raise ValueError(f"{path.name}: got no place for the table {name!r}, expected one pair of "
                         f"the lines <!-- {name}: … --> and <!-- end of {name} -->")
    page = between.sub(lambda found: f"{found[1]}\n{text.strip()}\n\n{found[2]}", page)
    path.write_text(page, encoding="utf-8")

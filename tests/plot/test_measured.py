"""The figure of a GPU's table, on invented tables; and the page, with one and with none."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from IPython.display import Markdown

from lstmlib.plot import Shown, figure, speeds

PAGE = Path(__file__).parents[2] / "book" / "practice" / "gpu.ipynb"


def row(cell, backend, ms, **other):
    return {"cell": cell, "backend": backend, "phase": "training", "dtype": "bfloat16", "T": 1000,
            "B": 64, "M": 512, "D": 512, "ms": ms, "error": 0.001, "status": "ok", **other}


INVENTED = [row("lstm", "triton", 6.0), row("lstm", "torch.nn", 17.0), row("lstm", "loop", 500.0),
            row("peephole", "triton", 6.5), row("peephole", "loop", 610.0),
            row("gru", "compiled", None, status="time limit"),
            row("lstm", "triton", 2.0, phase="forward"), row("lstm", "triton", 1.0, D=64),
            row("lstm", "matmul", 0.1), row("lstm", "copy", 0.2)]


def test_each_result_of_the_case_is_a_mark_in_microseconds_a_step():
    fig, ax, shown = speeds(INVENTED)
    marks = {line.get_label(): sorted(zip(line.get_ydata(), line.get_xdata())) for line in ax.lines}
    assert shown == INVENTED[:5]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["lstm", "peephole"]
    assert marks == {"triton": [(0, 6.0), (1, 6.5)], "torch.nn": [(0, 17.0)],
                     "loop": [(0, 500.0), (1, 610.0)]}
    assert speeds(INVENTED, phase="forward")[1].lines[0].get_xdata().tolist() == [2.0]


def test_a_table_of_failures_is_an_error_in_words():
    with pytest.raises(ValueError, match="got none of phase 'training'"):
        speeds([INVENTED[5], INVENTED[6]])


def the_cell(stored):
    """The cell of the page that shows the table, run with this one."""
    cells = ["".join(cell["source"]) for cell in json.loads(PAGE.read_text(encoding="utf-8"))["cells"]]
    code, = [source for source in cells if 'measured("gpu")' in source and "speeds(" in source]
    names = {"measured": lambda name: stored, "Markdown": Markdown, "figure": figure,
             "speeds": speeds}
    exec(code, names)
    return names["answer"]


def test_the_page_shows_a_table_where_there_is_one_and_says_so_where_there_is_none():
    about = {"device": "An Invented GPU"}
    answer = the_cell(SimpleNamespace(rows=INVENTED, about=about))
    assert isinstance(answer, Shown) and "An Invented GPU" in answer.caption
    assert "512" in answer.caption and "bfloat16" in answer.caption and "peephole by triton 6.5" in answer.alt
    assert "No table" in the_cell(None).data

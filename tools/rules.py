"""What a committed notebook must be, beyond what nbval compares. Each broken rule is a sentence."""

import json
import re
from pathlib import Path

from execute import KERNELSPEC, LANGUAGE, ROOT, source_hash

BYTES = 1_000_000
SVG_BYTES = 150_000
LINES = 40
COLUMNS = 88        # of code that is not folded: what fits the page
FOLDED = {"hide-input", "hide-cell"}
EXEMPT = {"nbval-ignore-output", "nbval-skip"}
EXEMPT_IN_THE_BOOK = 5
MACHINE = re.compile(r"(?<![\w.])/(home|root|tmp|Users|usr/lib)/|0x[0-9a-f]{6,}|\d+\.\d+ ?it/s")


def notebooks():
    """Every notebook of the book."""
    return sorted(p for p in (ROOT / "book").rglob("*.ipynb")
                  if ".ipynb_checkpoints" not in p.parts)


def read(path):
    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def code_cells(notebook):
    return [c for c in notebook["cells"] if c["cell_type"] == "code"]


def exempt(cell):
    """Is this cell's output kept from comparison?"""
    return EXEMPT & set(cell["metadata"].get("tags", []))


def output_text(cell):
    """Everything textual that a cell put out, widget state and figures' insides left aside."""
    found = []
    for output in cell.get("outputs", []):
        found.append("".join(output.get("text", "")))
        for mime, data in output.get("data", {}).items():
            if not mime.startswith("application/vnd.jupyter.widget"):
                found.append("".join(data) if isinstance(data, (str, list)) else json.dumps(data))
    return "\n".join(found)


def problems(path):
    """The rules that one notebook breaks."""
    path = Path(path)
    notebook = read(path)
    code = code_cells(notebook)
    if path.stat().st_size > BYTES:
        yield f"{path.stat().st_size} bytes, expected at most {BYTES}"
    if notebook["metadata"].get("kernelspec") != KERNELSPEC:
        yield "the kernel is described otherwise than on every machine: run make execute"
    if notebook["metadata"].get("language_info") != LANGUAGE:
        yield "the language is described otherwise than on every machine: run make execute"
    counts = [c["execution_count"] for c in code]
    if counts != list(range(1, len(code) + 1)):
        yield f"code cells are numbered {counts}, expected 1 to {len(code)} in order: run make execute"
    for k, cell in enumerate(code, 1):
        if not cell["source"].strip():
            yield f"code cell {k} is empty"
        if cell["metadata"].get("source_hash") != source_hash(cell):
            yield f"code cell {k} was edited after its run: run make execute"
        if "execution" in cell["metadata"]:
            yield f"code cell {k} records timings"
        lines = cell["source"].splitlines()
        if len(lines) > LINES:
            yield f"code cell {k} has {len(lines)} lines, expected at most {LINES}"
        if not FOLDED & set(cell["metadata"].get("tags", [])):
            if (widest := max(map(len, lines), default=0)) > COLUMNS:
                yield f"code cell {k} has a line of {widest} characters, expected at most {COLUMNS}"
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                yield f"code cell {k} failed: {output['ename']}: {output['evalue']}"
            if output.get("name") == "stderr":
                yield f"code cell {k} writes to stderr: {''.join(output['text'])[:80]!r}"
        text = output_text(cell)
        if not exempt(cell) and (found := MACHINE.search(re.sub(r"(?s)<svg.*?</svg>", "", text))):
            yield f"code cell {k} prints {found.group()!r}, which differs between machines"
        for svg in re.findall(r"(?s)<svg.*?</svg>", text):
            if len(svg.encode()) > SVG_BYTES:
                yield f"code cell {k} has a figure of {len(svg.encode())} bytes, expected at most {SVG_BYTES}"
        if exempt(cell) and (k == len(code) or "assert" not in code[k]["source"]):
            yield f"code cell {k} is exempt from comparison and not followed by an assert"

"""Run notebooks and keep their outputs, so that what is committed is what the code prints.

    python tools/execute.py                  every notebook of the book that needs it
    python tools/execute.py book/index.ipynb --force

A notebook is run when the source of a cell no longer matches the hash kept in that cell's
metadata, or with --force. It is rewritten only where a source changed or an output differs, in
one step, so that a run that fails or is stopped leaves the file as it was. No timings are kept,
widget models are numbered, and the kernel's and the language's description are the same on every
machine.
"""

import argparse
import copy
import hashlib
import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
TIMEOUT = 120
HOW_WE_KNOW = "# How we know"
WIDGETS = "application/vnd.jupyter.widget-state+json"
ID = re.compile(r"[0-9a-f]{32}")


def source_hash(cell):
    """What a code cell's metadata carries: the hash of the source that was run."""
    return hashlib.sha256(cell["source"].encode()).hexdigest()[:16]


def is_current(notebook):
    """Was every code cell of this notebook run, in order, with the source it has now?"""
    code = [c for c in notebook.cells if c.cell_type == "code"]
    return all(c.execution_count == k and c.metadata.get("source_hash") == source_hash(c)
               for k, c in enumerate(code, 1))


def number_widgets(notebook):
    """Number the widget models in the order of their making, the one in which a page loads them."""
    state = notebook.metadata.get("widgets", {}).get(WIDGETS)
    if state is None:
        return notebook
    new = {old: f"{k:032x}" for k, old in enumerate(state["state"], 1)}
    swapped = ID.sub(lambda m: new.get(m.group(), m.group()), nbformat.writes(notebook))
    return nbformat.reads(swapped, as_version=4)


def cell_id(cell, seen):
    """An id that stays while the cell's text stays."""
    for salt in range(len(seen) + 1):
        found = hashlib.sha256(f"{salt}{cell['source']}".encode()).hexdigest()[:8]
        if found not in seen:
            seen.add(found)
            return found


def fold(cell):
    """A cell that opens with `# How we know` is folded, on the page and in JupyterLab."""
    if cell["source"].startswith(HOW_WE_KNOW):
        tags = cell.metadata.setdefault("tags", [])
        if "hide-cell" not in tags:
            tags.append("hide-cell")
        cell.metadata["mystnb"] = {"code_prompt_show": "How we know",
                                   "code_prompt_hide": "How we know"}
        cell.metadata["jupyter"] = {"source_hidden": True}


def tidy(notebook):
    """The form in which a notebook is committed."""
    notebook.metadata = {k: v for k, v in notebook.metadata.items() if k == "widgets"}
    notebook.metadata |= {"kernelspec": KERNELSPEC, "language_info": LANGUAGE}
    seen = set()
    for cell in notebook.cells:
        cell["id"] = cell_id(cell, seen)
        if cell.cell_type == "code":
            fold(cell)
    for k, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), 1):
        cell.execution_count = k
        cell.metadata.pop("execution", None)
        cell.metadata["source_hash"] = source_hash(cell)
        merged = []
        for output in cell.outputs:
            if "execution_count" in output:
                output["execution_count"] = k
            previous = merged[-1] if merged else None
            if (output.output_type == "stream" and previous is not None
                    and previous.output_type == "stream" and previous.name == output.name):
                previous["text"] += output["text"]
            else:
                merged.append(output)
        cell.outputs = merged
    return number_widgets(nbformat.from_dict(notebook))


def execute(path, force=False):
    """Run one notebook; says in a word what became of it."""
    notebook = nbformat.read(path, as_version=4)
    if not force and is_current(notebook):
        return "unchanged"
    before = nbformat.writes(notebook)
    fresh = copy.deepcopy(notebook)
    fresh.metadata.pop("widgets", None)
    fresh.metadata["kernelspec"] = KERNELSPEC
    client = NotebookClient(fresh, timeout=TIMEOUT, record_timing=False, store_widget_state=True,
                            resources={"metadata": {"path": str(path.parent)}})
    client.execute()
    after = nbformat.writes(tidy(fresh)) + "\n"
    if after.rstrip() == before.rstrip():
        return "same outputs"
    temporary = path.with_suffix(".ipynb.part")
    temporary.write_text(after, encoding="utf-8")
    os.replace(temporary, path)
    return "rewritten"


def main(argv=None):
    parser = argparse.ArgumentParser(description="Run notebooks and keep their outputs.")
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--force", action="store_true", help="run even what has not changed")
    args = parser.parse_args(argv)
    paths = args.notebooks or sorted(
        p for p in (ROOT / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
    failed = []
    for path in paths:
        print(f"{path.resolve().relative_to(ROOT) if path.resolve().is_relative_to(ROOT) else path}: ",
              end="", flush=True)
        try:
            print(execute(path, args.force))
        except CellExecutionError as error:
            print("failed, left as it was")
            print(error, file=sys.stderr)
            failed.append(path)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

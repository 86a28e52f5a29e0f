"""What the build and the tests know of the chapters: book/chapters.yml, and their notebooks."""

import json
from pathlib import Path

import yaml

BOOK = Path(__file__).resolve().parents[1]


def chapters():
    """One dict a chapter: id, number, title, question, file (without suffix), topics."""
    return yaml.safe_load((BOOK / "chapters.yml").read_text(encoding="utf-8"))


def claims():
    """One dict a claim of the source documents: id, topic, verdict, claim, show."""
    return yaml.safe_load((BOOK / "claims.yml").read_text(encoding="utf-8"))


def cells(path):
    """The cells of a notebook, sources joined."""
    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    return [{**cell, "source": "".join(cell["source"])} for cell in notebook["cells"]]

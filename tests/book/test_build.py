"""The build refuses what would leave a hole: claims without a place, devices without their parts."""

import io
import re

import nbformat
import pytest
from sphinx.application import Sphinx

import chapters
import devices
import ledger
from execute import KERNELSPEC, LANGUAGE

CHAPTERS = [
    {"number": 2, "id": "rnn", "file": "rnn", "topics": ["rnn"], "title": "A step", "question": "What?"},
    {"number": 3, "id": "bptt", "file": "bptt", "topics": ["bptt"], "title": "Back", "question": "How?"},
]
CLAIMS = [
    {"id": "S1.5", "topic": "rnn", "verdict": "holds", "claim": "It has memory."},
    {"id": "S1.22", "topic": "rnn", "verdict": "cite", "claim": "Born in the 1980s."},
    {"id": "S1.23", "topic": "rnn", "verdict": "wrong", "claim": "It solves anything."},
    {"id": "S4.9", "topic": "bptt", "verdict": "wrong", "claim": "Another chapter's."},
]
TOP = """# 2 · A step

What?

(claim-S1.22)=
It is old {cite:p}`elman1990`. See {chapter}`bptt`.

$$ h_t = \\tanh(a_t) $$ (rnn-step)

:::{admonition} From the archive
:class: archive
He tried letters {cite:p}`elman1990`.
:::

:::{admonition} It happened
:class: happened
A [bug](https://github.com/pytorch/pytorch/issues/3789).
:::

:::{admonition} A misprint you will meet
:class: misprint
Wrong. Right.
:::

:::{admonition} IOU
:class: iou
Paid by {chapter}`bptt`.
:::
"""
CARD = """:::{admonition} The card
:class: card
Equation
: $h$

Code
: `h`

Shapes
: D

Three mistakes
: - one
  - two
  - three

What you can now do
: - a step
:::
"""
META = {"language_info": LANGUAGE, "kernelspec": KERNELSPEC}
BIB = "@article{elman1990, author={Elman, Jeffrey}, title={Finding structure}, journal={C}, year={1990}}"


def code(source, *tags):
    cell = nbformat.v4.new_code_cell(source, execution_count=1, metadata={"tags": list(tags)})
    cell.outputs = [nbformat.v4.new_output("stream", text="1\n")]
    return cell


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Build a chapter with these texts and tags; gives the warnings and the folder of pages."""
    monkeypatch.setattr(ledger, "chapters", lambda: CHAPTERS)
    monkeypatch.setattr(devices, "chapters", lambda: CHAPTERS)
    monkeypatch.setattr(ledger, "claims", lambda: CLAIMS)

    def builder(top=TOP, card=CARD, tags=("claim:S1.5", "claim:S1.23"), picture=True, end=""):
        cells = [nbformat.v4.new_markdown_cell(top), code("print(1)", *tags),
                 nbformat.v4.new_markdown_cell("## The card")]
        cells += [code("print(1)")] if picture else []
        cells += [nbformat.v4.new_markdown_cell(card)]
        cells += [nbformat.v4.new_markdown_cell(end)] if end else []
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=META), tmp_path / "rnn.ipynb")
        (tmp_path / "index.md").write_text("# Book\n\n```{toctree}\nrnn\nclaims\n```\n"
                                           "```{chapter-list}\n```\n```{bibliography}\n```\n")
        (tmp_path / "claims.md").write_text("# Claims\n\n```{claims-ledger}\n```\n")
        (tmp_path / "references.bib").write_text(BIB)
        warnings = io.StringIO()
        app = Sphinx(
            tmp_path, None, tmp_path / "out", tmp_path / "doctrees", "html", status=None,
            warning=warnings, freshenv=True, confoverrides={
                "extensions": ["myst_nb", "sphinxcontrib.bibtex", "katex_prerender", "ledger", "devices"],
                "bibtex_bibfiles": ["references.bib"], "nb_execution_mode": "off", "nitpicky": True,
                "html_math_renderer": "katex_prerender", "html_theme": "basic",
                "myst_enable_extensions": ["colon_fence", "deflist", "dollarmath"]})
        app.build()
        return re.sub(r"\x1b\[[\d;]*m", "", warnings.getvalue()), tmp_path / "out"

    return builder


def test_a_sound_chapter_builds_in_silence_and_its_claims_are_linked(build):
    warnings, pages = build()
    assert warnings == ""
    listed = (pages / "claims.html").read_text()
    page = (pages / "rnn.html").read_text()
    for claim in ("S1.5", "S1.22", "S1.23"):
        anchor = f"claim-{claim.lower().replace('.', '-')}"
        assert f'href="rnn.html#{anchor}"' in listed and f'id="{anchor}"' in page
    assert "S4.9" not in listed, "of a chapter that is not written"
    errata = listed[listed.index("Errata"):]
    assert "It solves anything." in errata and "It has memory." not in errata
    assert 'class="katex"' in page and "chapter 3 (Back, in preparation)" in page


LONG = "word " * 81
MANY = ":::{admonition} IOU\n:class: iou\nPaid by {chapter}`bptt`.\n:::\n\n"


@pytest.mark.parametrize("change, finds", [
    ({"tags": ["claim:S1.5", "claim:S1.23", "claim:S9.9"]}, "S9.9 is not in claims.yml"),
    ({"tags": ["claim:S1.5"]}, "no code cell carries claim S1.23"),
    ({"top": TOP.replace("It is old {cite:p}`elman1990`.", "It is old.")},
     "no paragraph with a reference carries claim S1.22"),
    ({"top": TOP.replace("(claim-S1.22)=\n", "")}, "no paragraph with a reference carries claim S1.22"),
    ({"top": TOP.replace("He tried letters", LONG)}, "expected at most 80"),
    ({"top": TOP.replace("He tried letters {cite:p}`elman1990`", "He tried")}, "cites no source"),
    ({"top": TOP.replace("/issues/3789", "")}, "no link to the issue"),
    ({"top": TOP.replace("Wrong. Right.", "a\n\n" * 9)}, "A misprint takes 9 lines"),
    ({"top": TOP.replace("Paid by {chapter}`bptt`", "Paid later")}, "names no chapter that pays"),
    ({"top": TOP + 2 * MANY}, "3 IOUs, expected at most 2"),
    ({"top": TOP.replace(":class: archive", ":class: note")}, "0 boxes of class archive"),
    ({"top": TOP.replace("{chapter}`bptt`", "{chapter}`btpt`")}, "expected one of rnn, bptt"),
    ({"top": TOP.replace("\\tanh(", "\\tahn(")}, "KaTeX"),
    ({"top": TOP.replace("elman1990", "elman1909")}, "elman1909"),
    ({"top": TOP + "\n[gone](gone.md)\n"}, "gone"),
    ({"top": TOP + "\n{ref}`nowhere`\n"}, "nowhere"),
    ({"card": CARD.replace("  - three\n", "")}, "names 2 mistakes, expected three"),
    ({"card": CARD.replace("Shapes", "Sizes")}, "no entry 'Shapes'"),
    ({"picture": False}, "no picture"),
    ({"end": "## And more\n\nText."}, "not the chapter's last section"),
])
def test_the_build_complains(build, change, finds):
    assert finds in build(**change)[0]


def test_the_chapters_cover_every_topic_of_the_claims():
    owed = {t for c in chapters.chapters() for t in c["topics"]}
    assert {c["topic"] for c in chapters.claims()} == owed
    assert [c["number"] for c in chapters.chapters()] == list(range(1, 18))

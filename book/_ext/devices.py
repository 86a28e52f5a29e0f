"""The devices that hold the chapters together, checked while the book is built.

They are plain MyST, so that JupyterLab shows them too: admonitions with a class.

    archive    From the archive: at most 80 words, with a reference
    happened   It happened: a real bug, with a link to its issue
    misprint   A misprint you will meet: at most 8 lines
    iou        a tool borrowed before it is explained; names the chapter that pays, {chapter}`bptt`
    card       the chapter's last section: picture, equation, code, shapes, three mistakes, and
               what you can now do

The role {chapter}`rnn` becomes a link where the chapter is written, its number and title where
it is not. The directive {chapter-list} lists all seventeen with their questions.
"""

import re

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from chapters import chapters

logger = logging.getLogger(__name__)

WORDS, LINES, OPEN = 80, 8, 2


class Chapter(nodes.Inline, nodes.TextElement):
    pass


class ChapterRole(SphinxRole):
    def run(self):
        known = {c["id"]: c for c in chapters()}
        if self.text not in known:
            logger.warning("{chapter}: got %r, expected one of %s", self.text, ", ".join(known),
                           location=self.get_location())
            return [nodes.Text(self.text)], []
        return [Chapter(chapter=self.text)], []


class ChapterList(SphinxDirective):
    def run(self):
        listing = nodes.enumerated_list(enumtype="arabic", classes=["chapters"])
        for chapter in chapters():
            line = nodes.paragraph("", "", Chapter(chapter=chapter["id"], short=True),
                                   nodes.Text(" "), nodes.emphasis("", chapter["question"]))
            listing += nodes.list_item("", line)
        return [listing]


def link_chapters(app, doctree, docname):
    known = {c["id"]: c for c in chapters()}
    for node in list(doctree.findall(Chapter)):
        chapter = known[node["chapter"]]
        title = f"{chapter['title']}." if node.get("short") else f"chapter {chapter['number']}"
        if chapter["file"] in app.env.found_docs:
            uri = app.builder.get_relative_uri(docname, chapter["file"])
            node.replace_self(nodes.reference("", title, refuri=uri, internal=True))
        else:
            note = " (in preparation)" if node.get("short") else f" ({chapter['title']}, in preparation)"
            node.replace_self(nodes.inline("", title.rstrip(".") + note + "."[:bool(node.get("short"))]))


def body(node):
    """An admonition's text without its title."""
    return " ".join(c.astext() for c in node.children if not isinstance(c, nodes.title))


def complaints(doctree):
    """What is wrong with the devices of one chapter, as (node, sentence) pairs."""
    found = {name: [] for name in ("archive", "happened", "misprint", "iou", "card")}
    for node in doctree.findall(nodes.Admonition):
        for name in found.keys() & set(node.get("classes", [])):
            found[name].append(node)
    for name in ("archive", "happened", "card"):
        if len(found[name]) != 1:
            yield doctree, f"{len(found[name])} boxes of class {name}, expected one"
    for node in found["archive"]:
        words = len(re.findall(r"\S+", body(node)))
        if words > WORDS:
            yield node, f"From the archive has {words} words, expected at most {WORDS}"
        if not any(x.get("refdomain") == "cite" for x in node.findall(nodes.Element)):
            yield node, "From the archive cites no source"
    for node in found["happened"]:
        if not any(re.search(r"/(issues|pull|discussions)/\d+|/questions/\d+", r.get("refuri", ""))
                   for r in node.findall(nodes.reference)):
            yield node, "It happened has no link to the issue"
    for node in found["misprint"]:
        lines = sum(max(1, c.astext().count("\n") + 1)
                    for c in node.children if not isinstance(c, nodes.title))
        if lines > LINES:
            yield node, f"A misprint takes {lines} lines, expected at most {LINES}"
    for node in found["iou"]:
        if not list(node.findall(Chapter)):
            yield node, "an IOU names no chapter that pays: use {chapter}`...`"
    if len(found["iou"]) > OPEN:
        yield doctree, f"{len(found['iou'])} IOUs, expected at most {OPEN}"
    for node in found["card"]:
        section = node.parent
        rest = [s for s in doctree.findall(nodes.section)]
        if rest and rest[-1] is not section:
            yield node, "the card is not the chapter's last section"
        lists = {d.astext(): d for d in node.findall(nodes.term)}
        want = ("Equation", "Code", "Shapes", "Three mistakes", "What you can now do")
        for term in want:
            if term not in lists:
                yield node, f"the card has no entry {term!r}"
        if "Three mistakes" in lists:
            items = list(lists["Three mistakes"].parent.findall(nodes.list_item))
            if len(items) != 3:
                yield node, f"the card names {len(items)} mistakes, expected three"
        if section is None or not any("cell_output" in c.get("classes", [])
                                      for c in section.findall(nodes.container)):
            yield node, "the card has no picture: put a figure's cell above it in its section"


def check(app, doctree):
    if app.env.docname in {c["file"] for c in chapters()}:
        for node, sentence in complaints(doctree):
            logger.warning("%s", sentence, location=node if node.get("source") else app.env.docname)


def setup(app):
    app.add_node(Chapter)
    app.add_role("chapter", ChapterRole())
    app.add_directive("chapter-list", ChapterList)
    app.connect("doctree-read", check)
    app.connect("doctree-resolved", link_chapters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

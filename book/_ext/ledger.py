"""The ledger: every claim of the source documents, its verdict, and a link to what shows it.

A claim's id stands on the code cell that shows it, as the tag `claim:S1.5`. A claim whose verdict
is `cite` has its id as a target above the text that carries the reference: `(claim-S1.22)=`.
The directive `{claims-ledger}` lists them. It is a warning, and so an error, when a tag names no
claim, when a claim of a chapter that exists has no place, when a shown claim stands on no code
cell, and when a cited one has no reference in its paragraph.
"""

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from chapters import chapters, claims

logger = logging.getLogger(__name__)

SOURCES = {
    "S0": "notes on the LSTM after a TensorFlow course, with its variants",
    "S1": "basics of recurrent networks: order, computability, char-RNN, bidirectional, LSTM, GRU",
    "S2": "LSTM equations, its training algorithm, a TensorFlow 1 listing",
    "S3": "a Chinese rendering of \"Understanding LSTM Networks\", up to its walk-through",
    "S4": "RNN and LSTM with shapes, a derivation of BPTT, the stacked matrix form",
}
VERDICTS = {
    "holds": "shown by code that would fail if it were false",
    "qualify": "true under a condition, which is stated and measured",
    "wrong": "a mistake; the right form stands there, and both are checked",
    "measure": "an empirical statement; what came out is reported",
    "cite": "history or attribution; a checked reference",
}


class Ledger(nodes.General, nodes.Element):
    pass


class LedgerDirective(SphinxDirective):
    def run(self):
        self.env.claims_page = self.env.docname
        return [Ledger()]


def section_of(node):
    """Title of the section that a node stands in."""
    while node and not isinstance(node, nodes.section):
        node = node.parent
    return node.next_node(nodes.title).astext() if node else ""


def find_places(app, doctree):
    """Give every claimed cell an anchor and remember where it is."""
    places = app.env.claim_places = getattr(app.env, "claim_places", {})
    docname = app.env.docname
    for container in doctree.findall(nodes.container):
        for name in [c for c in container.get("classes", []) if c.startswith("tag_claim:")]:
            claim = name.removeprefix("tag_claim:")
            anchor = nodes.make_id(f"claim-{claim}")
            if anchor not in container["ids"]:
                container["ids"].append(anchor)
            places.setdefault(claim, []).append((docname, anchor, section_of(container), "shown"))
    for text in doctree.findall(lambda n: isinstance(n, nodes.Element)):
        for name in [n for n in text.get("names", []) if n.startswith("claim-")]:
            cited = any(x.get("refdomain") == "cite" for x in text.findall(nodes.Element))
            places.setdefault(name.removeprefix("claim-").upper(), []).append(
                (docname, nodes.make_id(name), section_of(text), "cited" if cited else "bare"))


def forget(app, env, docname):
    for claim, found in list(getattr(env, "claim_places", {}).items()):
        env.claim_places[claim] = [p for p in found if p[0] != docname]


def merge(app, env, docnames, other):
    for claim, found in getattr(other, "claim_places", {}).items():
        env.claim_places = getattr(env, "claim_places", {})
        env.claim_places.setdefault(claim, []).extend(p for p in found if p[0] in docnames)


def always_again(app, env, added, changed, removed):
    page = getattr(env, "claims_page", None)
    return [page] if page and (added or changed or removed) else []


def check(app, env):
    """Complain of everything that would leave a hole in the ledger."""
    known = {c["id"]: c for c in claims()}
    places = {k: v for k, v in getattr(env, "claim_places", {}).items() if v}
    page = getattr(env, "claims_page", None)
    for claim in places.keys() - known.keys():
        logger.warning("claim %s is not in claims.yml", claim, location=places[claim][0][0])
    for chapter in chapters():
        if chapter["file"] not in env.found_docs or not page:
            continue
        # A topic spread over several chapters is owed once the last of them is there.
        for topic in chapter["topics"]:
            files = [c["file"] for c in chapters() if topic in c["topics"]]
            if not all(f in env.found_docs for f in files):
                continue
            for claim in known.values():
                if claim["topic"] != topic:
                    continue
                how = {p[3] for p in places.get(claim["id"], [])}
                want = "cited" if claim["verdict"] == "cite" else "shown"
                if want not in how:
                    what = ("no paragraph with a reference carries" if want == "cited"
                            else "no code cell carries")
                    logger.warning("%s claim %s (%s): %s", what, claim["id"], claim["verdict"],
                                   claim["claim"], location=chapter["file"])


def link(app, fromdoc, place):
    docname, anchor, title, _ = place
    uri = app.builder.get_relative_uri(fromdoc, docname)
    number = next((f"{c['number']}, " for c in chapters() if c["file"] == docname), "")
    return nodes.reference("", f"{number}{title}", refuri=f"{uri}#{anchor}", internal=True)


def row(*entries, head=False):
    out = nodes.row()
    for entry in entries:
        cell = nodes.entry()
        cell += nodes.paragraph("", "", *(entry if isinstance(entry, list) else [nodes.Text(entry)]))
        out += cell
    return out


def table(widths, header, rows):
    group = nodes.tgroup(cols=len(widths))
    group += [nodes.colspec(colwidth=w) for w in widths]
    group += nodes.thead("", row(*header))
    group += nodes.tbody("", *rows)
    return nodes.container("", nodes.table("", group, classes=["ledger"]), classes=["scroll"])


def fill(app, doctree, docname):
    for ledger in list(doctree.findall(Ledger)):
        places = {k: v for k, v in getattr(app.env, "claim_places", {}).items() if v}
        done = [c for c in claims() if c["id"] in places]
        out = [nodes.paragraph("", f"{len(done)} of {len(claims())} claims have their place so far. "
                               "What a verdict means:")]
        meaning = nodes.definition_list()
        for verdict, text in VERDICTS.items():
            meaning += nodes.definition_list_item(
                "", nodes.term("", verdict), nodes.definition("", nodes.paragraph("", text)))
        out.append(meaning)
        rows = []
        for claim in done:
            links = []
            sections = {(place[0], place[2]): place for place in reversed(places[claim["id"]])}
            for place in reversed(sections.values()):
                links += [nodes.Text(" · ")] if links else []
                links.append(link(app, docname, place))
            rows.append(row(claim["id"], claim["claim"], claim["verdict"], links))
        out.append(table([8, 55, 10, 27], ("id", "claim", "verdict", "where"), rows))
        out.append(nodes.rubric("", "Errata"))
        out.append(nodes.paragraph("", "Who printed what turned out to be wrong, and where the "
                                   "right form is shown."))
        errata = nodes.bullet_list()
        for claim in done:
            if claim["verdict"] == "wrong":
                source = SOURCES[claim["id"][:2]]
                errata += nodes.list_item("", nodes.paragraph(
                    "", "", nodes.Text(f"{claim['id']} ({source}): {claim['claim']} "),
                    link(app, docname, places[claim["id"]][0])))
        out.append(errata if errata.children else nodes.paragraph("", "None so far."))
        out.append(nodes.rubric("", "The source documents"))
        listing = nodes.bullet_list()
        for key, text in SOURCES.items():
            listing += nodes.list_item("", nodes.paragraph("", f"{key}: {text}"))
        out.append(listing)
        ledger.replace_self(out)


def setup(app):
    app.add_node(Ledger)
    app.add_directive("claims-ledger", LedgerDirective)
    app.connect("doctree-read", find_places)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-get-outdated", always_again)
    app.connect("env-check-consistency", check)
    app.connect("doctree-resolved", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": 1}

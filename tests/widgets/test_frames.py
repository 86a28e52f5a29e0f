"""Frames: a slider linked to figures, for a page without a kernel."""

import re
from pathlib import Path

import pytest
from lstmlib.plot import axes, figure
from lstmlib.widgets import Frames

SCRIPTS = Path(__file__).parents[2] / "book" / "_static_src"


def shown(k):
    fig, ax = axes(3, 2)
    ax.plot([0, 1], [0, k])
    return figure(fig, label=f"fig-frame-{k}", caption=f"Frame {k}.", alt=f"A line to {k}.")


def frames():
    return Frames([shown(k) for k in range(1, 4)], ["one", "two", "three"], name="slope")


def test_the_bundle_is_one_line_and_the_view():
    bundle = frames()._repr_mimebundle_()
    assert bundle["text/plain"] == "A slider over 3 figures: slope"
    view = bundle["application/vnd.jupyter.widget-view+json"]
    assert view["version_major"] == 2 and len(bundle) == 2


def test_the_view_is_a_slider_linked_in_the_page_to_the_stack():
    made = frames()
    bundle = made._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]
    assert bundle["model_id"] == made.widget.model_id
    slider, stack = made.widget.children
    assert slider.description == "slope" and slider._options_labels == ("one", "two", "three")
    assert [frame.value for frame in stack.children] == [shown(k).html for k in range(1, 4)]
    link = made.link
    assert type(link).__name__ == "Link"  # in the page: it needs no kernel
    assert (link.source, link.target) == ((slider, "index"), (stack, "selected_index"))


def test_ids_are_unique_over_all_frames():
    stack = frames().widget.children[1]
    ids = re.findall(r'\bid="([^"]+)"', "".join(frame.value for frame in stack.children))
    assert ids and len(ids) == len(set(ids))


def test_wrong_arguments():
    one, two = shown(1), shown(2)
    with pytest.raises(ValueError, match="at least two"):
        Frames([one], ["one"], name="n")
    with pytest.raises(ValueError, match="labels must name each of 2"):
        Frames([one, two], ["one"], name="n")
    with pytest.raises(ValueError, match="all be different"):
        Frames([one, two], ["same", "same"], name="n")
    with pytest.raises(ValueError, match="all be different"):
        Frames([one, one], ["one", "two"], name="n")
    with pytest.raises(ValueError, match="name"):
        Frames([one, two], ["one", "two"], name=" ")
    with pytest.raises(TypeError, match="lstmlib.plot.figure"):
        Frames([one, "<svg/>"], ["one", "two"], name="n")


def test_the_page_names_the_slider_s_handle(browser, tmp_path):
    """The markup that ipywidgets draws: a handle with neither name nor the words of its value."""
    script = (SCRIPTS / "widgets.js").read_text(encoding="utf-8")
    path = tmp_path / "slider.html"
    path.write_text(
        f'<!doctype html><html lang="en"><title>t</title><script>{script}</script>'
        '<main></main></html>',
        encoding="utf-8",
    )
    page = browser.new_page()
    page.goto(path.as_uri())
    page.evaluate(
        "document.querySelector('main').innerHTML = `<div class='widget-hslider'>"
        "<label class='widget-label'>time step</label><div class='noUi-handle' role='slider'"
        " tabindex='0' aria-valuenow='1.0' aria-valuetext='1.00'></div>"
        "<div class='widget-readout'>step 2</div></div>`"
    )
    handle = page.get_by_role("slider", name="time step")
    handle.wait_for(state="attached")
    assert handle.get_attribute("aria-valuetext") == "step 2"
    page.evaluate(
        "document.querySelector('.noUi-handle').setAttribute('aria-valuetext', '2.00');"
        "document.querySelector('.widget-readout').textContent = 'step 3'"
    )
    page.wait_for_function(
        "document.querySelector('.noUi-handle').getAttribute('aria-valuetext') === 'step 3'"
    )

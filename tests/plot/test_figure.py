"""What a figure promises: text alternatives, own ids, the page's colours, the same bytes."""

import hashlib
import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from lstmlib.plot import COLOURS, axes, draw_legend, figure, label_lines
from lstmlib.plot import guesses
from matplotlib.figure import Figure


@pytest.fixture(autouse=True)
def no_guesses_of_the_reader(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTMLIB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(guesses, "_in_memory", {})


def rich_figure():
    """A figure with all that brings ids and colours: clips, markers, hatches, images, texts."""
    fig, (left, right) = axes(5, 3, 1, 2)
    line, = left.plot([1, 2, 3], [1, 10, 100], "o-", color=COLOURS["h"], mfc="white")
    left.set_yscale("log")
    left.set_xlabel("state h_{t-1}, input $x_t$ and x < y")
    left.fill_between([1, 2], [1, 2], [3, 4], hatch="//", alpha=0.4)
    left.legend([line], ["a line"])
    right.imshow(np.eye(3))
    right.scatter([0, 1], [1, 2], color="black")
    right.plot([0, 1], [0, 1], clip_path=None, rasterized=True)
    label_lines(left, {line: "h_t"})
    return fig


def show(fig, label="fig-one", **more):
    return figure(fig, **{"label": label, "caption": "Caption.", "alt": "In words.", **more})


def ids_and_references(markup):
    ids = re.findall(r'\bid="([^"]+)"', markup)
    references = re.findall(r"url\(#([^)]+)\)", markup) + re.findall(r'href="#([^"]+)"', markup)
    return ids, set(references) | set(re.findall(r'aria-labelledby="([^"]+)"', markup))


def test_ids_carry_the_label_and_every_reference_finds_its_id():
    one, two = show(rich_figure(), "fig-one"), show(rich_figure(), "fig-two")
    for shown in (one, two):
        ids, references = ids_and_references(shown.html)
        assert len(ids) == len(set(ids))
        assert all(i == shown.label or i.startswith(shown.label + "-") for i in ids)
        assert references and references <= set(ids)
    assert not set(ids_and_references(one.html)[0]) & set(ids_and_references(two.html)[0])


def test_markup_is_well_formed_and_styles_nothing_else_on_the_page():
    html = show(rich_figure()).html
    ElementTree.fromstring(html)
    assert "<style" not in html and "<?xml" not in html and "<metadata" not in html
    assert "font-family" not in re.sub(r"<tspan.*?</tspan>", "", html)


def test_a_bundle_has_the_figure_and_its_caption_alone_as_text():
    bundle = show(rich_figure(), caption="How h_t moves.")._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == "How h_t moves."
    assert "How <i>h</i><sub>t</sub> moves." in bundle["text/html"]


def test_the_text_alternative_reaches_the_svg_escaped():
    root = ElementTree.fromstring(show(rich_figure(), alt='A "line" & <more>.').html)
    svg = root.find("svg")
    assert svg.get("role") == "img" and svg.get("aria-label") == 'A "line" & <more>.'
    assert root.tag == "figure" and root.find("figcaption").text == "Caption."


@pytest.mark.parametrize("name", ["alt", "caption"])
@pytest.mark.parametrize("value", ["", "  ", None, 3])
def test_alt_and_caption_are_required(name, value):
    with pytest.raises(ValueError, match=name):
        show(rich_figure(), **{name: value})
    with pytest.raises(TypeError, match=name):
        kept = {"caption": "c", "alt": "a"}
        del kept[name]
        figure(rich_figure(), label="fig-one", **kept)


@pytest.mark.parametrize("label", ["", "Fig", "1st", "fig one", "fig_one", "fig--a", 'a"b', None])
def test_a_label_must_be_an_id(label):
    with pytest.raises(ValueError, match="label"):
        show(rich_figure(), label)


def test_only_figures_are_taken():
    with pytest.raises(TypeError, match="Figure"):
        show(np.eye(3))


def test_colours_and_paper_are_the_pages():
    svg = show(rich_figure()).svg
    assert "currentColor" in svg and COLOURS["h"] in svg
    painted = re.sub(r"data:image/png;base64,[^\"]+", "", svg).lower()
    assert not re.search(r"(fill|stroke): *(#fff|#000|white|black)", painted)
    assert "#010203" not in painted and "#fdfcfb" not in painted
    assert "currentColor" in show(draw_legend()).svg


def test_width_follows_the_column():
    svg = ElementTree.fromstring(show(rich_figure()).svg)
    assert svg.get("viewBox") == "0 0 360 216"
    assert svg.get("width") is None and svg.get("height") is None
    assert "width: 100%" in svg.get("style") and "height: auto" in svg.get("style")


def test_symbols_are_set_in_the_pages_letters():
    texts = [
        "".join(text.itertext())
        for text in ElementTree.fromstring(show(rich_figure()).svg).iter("text")
    ]
    assert "state ht\u22121, input xt and x < y" in texts
    assert {"1", "10", "100"} <= set(texts)


def test_the_same_data_give_the_same_bytes_in_two_processes():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_figure as t;"
        "print(t.hashlib.sha256(t.show(t.rich_figure()).html.encode()).hexdigest())"
    )
    here = __file__.rpartition("/")[0] or "."
    told = {
        subprocess.run(
            [sys.executable, "-c", code, here], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    }
    mine = hashlib.sha256(show(rich_figure()).html.encode()).hexdigest()
    assert told == {mine + "\n"}


def test_a_figure_that_is_too_large_says_what_to_do():
    def dense(rasterized):
        fig, ax = axes()
        rng = np.random.default_rng(0)
        ax.scatter(*rng.normal(size=(2, 3000)), s=2, rasterized=rasterized)
        return fig

    with pytest.raises(ValueError, match="rasterized=True"):
        show(dense(False))
    assert "data:image/png" in show(dense(True)).svg


def test_pyplot_shows_nothing_more():
    import matplotlib.pyplot as plt

    assert plt.get_fignums() == []
    show(rich_figure())
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    show(fig)
    assert plt.get_fignums() == []
    assert isinstance(axes()[0], Figure)


def test_labels_at_line_ends_stay_apart_and_in_order():
    fig, ax = axes()
    labels = {ax.plot([0, 1], [0, y])[0]: f"line {y}" for y in (1.002, 3.0, 1.0, 1.001)}
    label_lines(ax, labels)
    texts = ElementTree.fromstring(show(fig).svg).iter("text")
    at = {t.text: float(t.get("y")) for t in texts if t.text and t.text.startswith("line")}
    heights = [at[f"line {y}"] for y in (1.0, 1.001, 1.002, 3.0)]
    assert all(lower - upper > 12 for lower, upper in zip(heights, heights[1:]))


# ---------------------------------------------------------------- colours


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mixed(colour, other, share):
    """CSS color-mix(in srgb, colour share, other)."""
    channels = [
        round(share * int(colour[k : k + 2], 16) + (1 - share) * int(other[k : k + 2], 16))
        for k in (1, 3, 5)
    ]
    return "#" + "".join(f"{channel:02x}" for channel in channels)


@pytest.mark.parametrize("name", COLOURS)
@pytest.mark.parametrize("paper, ink", [("#ffffff", "#222832"), ("#121212", "#ced6dd")])
def test_lines_and_words_stand_out_on_light_and_dark(name, paper, ink):
    assert contrast(COLOURS[name], paper) >= 3
    assert contrast(mixed(COLOURS[name], ink, 0.6), paper) >= 4.5


@pytest.mark.parametrize("name", COLOURS)
@pytest.mark.parametrize("paper, ink", [("#ffffff", "#222832"), ("#121212", "#ced6dd")])
def test_numbers_can_be_read_on_their_bars(name, paper, ink):
    bar = re.search(r'fill-opacity="([\d.]+)"', show(draw_legend()).svg.split("data-values")[1])
    assert contrast(ink, mixed(COLOURS[name], paper, float(bar[1]))) >= 4.5


def seen_with(matrix, colour):
    """CIE Lab of a colour as seen with a given confusion of linear RGB."""
    parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = (
        np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
        @ np.clip(matrix @ linear, 0, 1)
        / np.array([0.9505, 1, 1.089])
    )
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


# Machado, Oliveira and Fernandes (2009), full severity.
SIGHTS = {
    "full": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
}


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("together", ["x h c y past", "i f o g past", "x h r z n past"])
def test_what_shares_a_figure_can_be_told_apart(sight, together):
    seen = [seen_with(SIGHTS[sight], COLOURS[name]) for name in together.split()]
    for k, one in enumerate(seen):
        for other in seen[:k]:
            assert np.linalg.norm(one - other) > 15


# ---------------------------------------------------------------- the reader's guess


@pytest.mark.parametrize("axis", ["x", "y"])
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_guess_stands_where_matplotlib_would_draw_it(axis, scale):
    """The same value drawn by axvline or axhline in the same figure is at the same place."""
    guesses.keep("here", 3.7)
    fig, ax = axes()
    ax.set(xlim=(1, 20), ylim=(0.5, 40))
    getattr(ax, f"set_{axis}scale")(scale)
    (ax.axvline if axis == "x" else ax.axhline)(3.7, color="#abcdef")
    shown = show(fig, guess=("here", axis, ax))
    theirs = re.search(r'<path d="M ([\d.]+) ([\d.]+) L [^>]*#abcdef', shown.svg)
    ours = re.search(rf'guess-mark.*?{axis}1="([\d.]+)" {axis}2="([\d.]+)"', shown.svg)
    expected = pytest.approx(float(theirs[1 if axis == "x" else 2]), abs=0.02)
    assert (float(ours[1]), float(ours[2])) == (expected, expected)
    assert "your guess: 3.7" in shown.svg
    ElementTree.fromstring(shown.html)


def test_without_a_guess_nothing_is_drawn_but_the_page_can():
    fig, ax = axes()
    svg = show(fig, guess=("nobody", "y", ax)).svg
    assert "your guess" not in svg and "data-guess=" in svg


def test_a_guess_beyond_the_axis_says_so():
    guesses.keep("far", 1e6)
    fig, ax = axes()
    assert "your guess: 1000000 (off the scale)" in show(fig, guess=("far", "x", ax)).svg


def test_wrong_guess_arguments():
    fig, ax = axes()
    for wrong in ("name", ("name", "z", ax), ("name", "x", axes()[1])):
        with pytest.raises(ValueError, match="guess"):
            show(fig, guess=wrong)
    with pytest.raises(ValueError, match="guess"):
        show(draw_legend(), guess=("name", "x", ax))

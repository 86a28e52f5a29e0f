"""A slider over figures drawn beforehand: it works on a page without a kernel."""

from ipywidgets import HTML, SelectionSlider, Stack, VBox, jslink

from lstmlib.plot import Shown


class Frames:
    """Several figures of which a slider shows one, each with its own caption.

    ``figures`` come from :func:`lstmlib.plot.figure`, each with its own label; ``labels`` are
    what the slider says for each ("step 1", "step 2", ...), all different; ``name`` says what
    the slider moves through, to readers who see it and to those who hear it.

    >>> from lstmlib.plot import draw_legend, figure
    >>> frames = Frames(
    ...     [figure(draw_legend(), f"fig-{k}", caption=k, alt=k) for k in ("a", "b")],
    ...     ["first", "second"], name="frame")
    >>> frames
    A slider over 2 figures: frame
    """

    def __init__(self, figures, labels, name):
        figures, labels = list(figures), [str(label) for label in labels]
        for shown in figures:
            if not isinstance(shown, Shown):
                raise TypeError(
                    "Frames: figures must come from lstmlib.plot.figure, got "
                    f"{type(shown).__name__}"
                )
        if len(figures) < 2:
            raise ValueError(f"Frames: at least two figures are expected, got {len(figures)}")
        if len(labels) != len(figures):
            raise ValueError(
                f"Frames: labels must name each of {len(figures)} figures, got {len(labels)}"
            )
        for what, given in (("labels", labels), ("figures' labels", [f.label for f in figures])):
            if len(set(given)) != len(given):
                raise ValueError(f"Frames: the {what} must all be different, got {given}")
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"Frames: name must say what the slider moves through, got {name!r}")
        self.name, self.figures, self.labels = name, figures, labels
        self.slider = SelectionSlider(
            options=labels,
            description=name,
            style={"description_width": "initial"},
            layout={"width": "100%", "max_width": "32rem"},
        )
        self.slider.add_class("lstm-slider")
        stack = Stack(
            [HTML(shown.html, layout={"width": "100%"}) for shown in figures], selected_index=0
        )
        self.link = jslink((self.slider, "index"), (stack, "selected_index"))
        self.widget = VBox([self.slider, stack])
        self.widget.add_class("lstm-frames")

    def __repr__(self):
        return f"A slider over {len(self.figures)} figures: {self.name}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {
            "text/plain": repr(self),
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.widget.model_id,
            },
        }

"""What every control that computes in the page has in common."""

from pathlib import Path

import anywidget


class Control(anywidget.AnyWidget):
    """A control whose output in a notebook is its view and one line of text."""

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**data, "text/plain": repr(self)}, metadata


def with_elements(name):
    """A script or style of this folder behind what several share: elements.js or elements.css."""
    folder = Path(__file__).parent
    shared = folder / f"elements{Path(name).suffix}"
    return "\n".join(path.read_text(encoding="utf-8") for path in (shared, folder / name))

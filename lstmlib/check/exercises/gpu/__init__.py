"""The exercises of chapter 15, in the order of the page."""

ORDER = []

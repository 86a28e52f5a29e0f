"""The exercises of chapter 7, in the order of the page."""

ORDER = [
    "latch-or-belt",
    "how-long-is-long",
    "measured-half-life",
    "bias-for-half-life",
    "step-of-1997",
    "new-strings",
    "lag-one",
    "deaf-candidate",
    "second-string",
    "undone",
]

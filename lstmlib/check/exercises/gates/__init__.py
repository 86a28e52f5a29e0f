"""The exercises of chapter 6, in the order of the page."""

ORDER = [
    "one-switch",
    "lstm-by-hand",
    "windows-with-gates",
    "lstm-step",
    "lstm-budget",
    "foreign-weights",
    "what-is-left",
    "moved-machine",
    "last-marked",
]

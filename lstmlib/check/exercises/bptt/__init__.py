"""The exercises of chapter 3, in the order of the page."""

ORDER = [
    "squash-back",
    "rnn-step-back",
    "bptt-by-hand",
    "bag-backwards",
    "bptt",
    "numeric-gradient",
    "gradient-table",
    "in-windows",
    "telling-test",
]

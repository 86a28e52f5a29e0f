"""The exercises of chapter 2, in the order of their page."""

ORDER = [
    "two-steps-by-hand",
    "rnn-step",
    "rnn-over-time",
    "price-of-forgetting",
    "confused-clerk",
    "widest-network",
    "ragged-words",
    "state-at-rest",
    "times-k",
]

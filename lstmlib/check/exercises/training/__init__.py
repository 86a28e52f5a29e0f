"""Exercises of chapter 9."""

ORDER = [
    "first-loss",
    "one-batch",
    "padded-loss",
    "adam-step",
    "dropout-both-ways",
    "loop-in-order",
]

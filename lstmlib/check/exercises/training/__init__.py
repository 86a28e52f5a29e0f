"""Exercises of chapter 9."""

ORDER = [
    "first-loss",
    "one-batch",
    "string-or-stream",
    "padded-loss",
    "adam-step",
    "dropout-both-ways",
    "loop-in-order",
    "lonely-strings",
    "checklist",
]

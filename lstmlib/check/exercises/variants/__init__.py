"""Exercises of chapter 10."""

ORDER = [
    "coupled-by-hand",
    "what-survives",
    "coupled-step",
    "peephole-step",
    "sick-peepholes",
    "which-gate-is-gone",
    "peephole-step-back",
    "fire-on-time",
]

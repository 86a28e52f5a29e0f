"""Exercises of chapter 5."""

ORDER = [
    "half-lives",
    "clip-global",
    "error-everywhere",
    "run-jacobian",
    "bound-and-truth",
    "gradient-by-lag",
    "orthogonal-matrix",
    "deaf-network",
    "set-reset-latch",
]

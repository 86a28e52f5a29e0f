"""The exercises of chapter 1, in the order of its page."""

ORDER = [
    "softmax",
    "three-prices",
    "no-bend",
    "price",
    "descent-step",
    "windows",
    "ahead",
    "too-good",
    "twins",
    "echo-by-hand",
]

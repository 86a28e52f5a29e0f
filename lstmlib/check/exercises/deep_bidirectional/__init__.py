"""The exercises of chapter 12, in the order of the page."""

ORDER = [
    "deep-by-hand",
    "two-layers",
    "widest-stack",
    "seen-while-shut",
    "both-ways",
    "influence",
    "sick-backward-half",
    "no-peeking",
]

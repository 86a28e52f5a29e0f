"""The exercises of chapter 12, in the order of the page."""

ORDER = ["two-layers", "widest-stack", "both-ways", "influence"]

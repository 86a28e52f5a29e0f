"""Exercises of chapter 12."""

ORDER = []

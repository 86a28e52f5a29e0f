"""Exercises of chapter 11."""

ORDER = []

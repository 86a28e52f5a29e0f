"""Exercises of chapter 10."""

ORDER = []

"""Exercises of chapter 13."""

ORDER = []

"""Verbs: pure functions from values to values."""

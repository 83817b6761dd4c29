"""Nouns: frozen values that everything else speaks in."""

"""Writes the reference from the code: run `python -m docs.generate` after a change of what it describes."""

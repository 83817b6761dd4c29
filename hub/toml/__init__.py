"""TOML: documents with the positions of their keys, their errors, writing values, and writing files whole."""

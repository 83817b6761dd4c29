"""TOML files: what they hold and on which line, what is wrong in them, and how they are written."""

"""Measures the hub: pulling, judging, remembering."""

import os

# What is measured runs from compiled modules, as an installed package does, whatever the environment says.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

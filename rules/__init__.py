"""The checks, one file each; start with base.py."""

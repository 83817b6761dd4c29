"""Trackers, one folder each; start with base.py."""

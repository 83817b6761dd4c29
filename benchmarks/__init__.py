"""Measures the hub: pulling, judging, remembering."""

"""Holds what goes over the wire to the descriptions that the vendors publish."""

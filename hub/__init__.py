"""The Alignment Hub: work in the trackers, held against the OKRs."""

__version__ = "0.1.0"

"""The alignment map as lanes: what stands on it, and where."""

"""The alignment map: what stands on it, where, and how it is drawn."""

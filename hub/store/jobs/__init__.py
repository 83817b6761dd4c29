"""The queue of the jobs of several workers, and what their steps leave for each other, in PostgreSQL."""

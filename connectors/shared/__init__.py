"""What trackers have in common beyond one file: the incremental pull."""

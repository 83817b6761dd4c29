"""Memory: what was posted, what was seen, which runs there were."""

"""What a command, a page or the API asks, one use case a file: input and output at the ends, decisions in the core."""

"""Join tickets and OKRs: which work serves what, who waits for whom, what is in scope."""

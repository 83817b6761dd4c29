"""What each role of `hub.store.base` promises, held against every database."""

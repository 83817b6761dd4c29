"""One module for each kind of page: pure functions from the window and what was asked to what stands on the page."""

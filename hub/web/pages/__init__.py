"""One module for each kind of page: pure functions from the snapshot and the parameters to the content of the page."""

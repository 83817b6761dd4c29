"""The hub at work by itself: when a run is due, who asked for one, and the one thread that does them."""

"""A connector of the Alignment Hub to the tiny tracker."""

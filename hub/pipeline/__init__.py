"""Order: the only place that moves data from stage to stage."""

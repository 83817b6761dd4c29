"""Judge and plan what changed since the last run, with the same result as if all were judged."""

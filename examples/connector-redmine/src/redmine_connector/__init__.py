"""A connector of the Alignment Hub to Redmine 5.0 and later."""

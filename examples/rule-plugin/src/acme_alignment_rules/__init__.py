"""Rules that only Acme wants."""

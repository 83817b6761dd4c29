"""The state in PostgreSQL, for several processes or machines."""

"""The roles over SQL that SQLite and PostgreSQL both understand."""

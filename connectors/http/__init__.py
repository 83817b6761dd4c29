"""The HTTP client of all connectors; start with client.py."""

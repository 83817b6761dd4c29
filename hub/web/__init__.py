"""The web server: pages, JSON, webhooks in, health and metrics of the running service."""

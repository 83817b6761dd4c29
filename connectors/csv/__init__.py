"""Exports of Jira and GitHub as a source: read-only, and without credentials."""

"""Jira Cloud: requests, answers, documents, and the shell that joins them."""

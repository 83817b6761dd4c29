"""GitHub issues and Projects: requests, answers, Markdown, and the shell that joins them."""

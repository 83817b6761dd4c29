"""The audit on paper: the same words as text, Markdown and HTML, and the facts as JSON."""

"""The audit as a document: text, Markdown and HTML with the same words; the facts as JSON."""

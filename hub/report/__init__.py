"""Paper: findings and plans as text, JSON and Markdown."""

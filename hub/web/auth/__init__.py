"""Authentication: token, trusted proxy or OpenID, and who may see what."""

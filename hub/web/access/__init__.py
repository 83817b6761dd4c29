"""Who may look: open on loopback, by a token, behind a proxy that is trusted, or through an OpenID provider."""

"""A stateful GitHub on loopback: REST for issues, comments and labels, GraphQL for projects and relations."""

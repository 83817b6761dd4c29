"""The same facts as on the pages as JSON: read-only, described by OpenAPI."""

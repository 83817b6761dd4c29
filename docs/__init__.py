"""The documentation, and the package that writes its reference."""

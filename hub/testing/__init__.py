"""Contract suites for connectors and rules of other packages; run by pytest, which is imported by nothing here."""

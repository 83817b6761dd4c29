"""What people ask of a portfolio: audit, dashboard, digest, explanations."""

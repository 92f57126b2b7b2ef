"""Tasks with a verifier, and synthetic data."""

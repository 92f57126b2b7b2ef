"""`claims.yaml` in and out."""

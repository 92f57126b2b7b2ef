"""Papers as resolved, `literature/<arxiv-id>.json` in and out."""

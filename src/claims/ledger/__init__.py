"""What was run: the local database, the committed records."""

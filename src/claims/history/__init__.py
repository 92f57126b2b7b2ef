"""What the registry was, commit by commit, as git has kept it."""

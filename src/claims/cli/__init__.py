"""The command line: the only code that speaks to people."""

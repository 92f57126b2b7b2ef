"""The use case `export`: claims, sources and verdicts in the forms that other programs read."""

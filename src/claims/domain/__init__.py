"""Pure values: what the project talks about. pydantic and the standard library only."""

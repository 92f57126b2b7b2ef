"""The use case `sources`: papers as arXiv gives them, quotes looked up in them, and what has moved on since."""

"""The use case `annotate`: which papers that a text cites have claims here, and what became of those."""

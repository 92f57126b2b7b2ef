"""The use case `new`: the beginning of a claim from a paper, and of an experiment for it."""

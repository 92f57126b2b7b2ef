"""One file an experiment; imports claims.experiment and claims.lab only."""

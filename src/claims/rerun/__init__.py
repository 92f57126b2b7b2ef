"""Running recorded replicates again, to see whether the record's numbers are what its code gives."""

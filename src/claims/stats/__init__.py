"""Numbers from numbers: intervals, the verdict rule, power. No I/O, no torch."""

"""Scripts that write the numbers which the pages quote."""

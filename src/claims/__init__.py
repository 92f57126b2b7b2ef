"""A literature-grounded claim tracker with experimental backing."""

"""Deciding claims by running their experiments."""

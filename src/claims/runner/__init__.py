"""Experiments read, identified, run in child processes."""

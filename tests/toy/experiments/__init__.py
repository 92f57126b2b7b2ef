"""Experiments of the test project."""

"""Measurements on weights and activations."""

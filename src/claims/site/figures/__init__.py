"""Figures: inline SVG that stretches with its column while its text keeps the size of the text around it."""

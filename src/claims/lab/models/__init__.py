"""Models, built from settings: nothing is downloaded."""

"""Figures: SVG text for the pages, drawn twice (a wide and a narrow one) so that their text is never small."""

"""Widgets that screens share: the list of many rows, the comparison of two texts, the line that says what was done."""

"""Segments as a whole: random members beside plain Python."""

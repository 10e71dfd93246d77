"""Clusters of people to a few questions about them, and these to segments: pure functions over a table of features."""

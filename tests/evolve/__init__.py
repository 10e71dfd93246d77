"""Clusters and questions: that nothing leaks, that chance is not taken for knowledge, and published data."""

"""A spec as written to a `Bound` spec: every name resolved, every type known."""

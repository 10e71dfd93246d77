"""Why somebody is in a segment or is not: what must be said of them, worked out by hand and by the oracle."""

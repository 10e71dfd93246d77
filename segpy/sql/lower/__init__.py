"""One tree for all engines to the tree of one engine, by its capabilities."""

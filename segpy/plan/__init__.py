"""A bound spec to what must be computed: shared, named, in order."""

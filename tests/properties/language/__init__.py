"""Random specs over the whole language, and random tables for them.

`taxonomies` draws who and what exists, `wheres` SQL, `measures`, `sequences` and `conditions` the rest, `specs` puts a
spec together, `people` fills its tables, and `differences` holds the generated SQL against the oracle.
"""

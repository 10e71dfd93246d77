"""The only importer of sqlglot: expressions in, plan to SQL out."""

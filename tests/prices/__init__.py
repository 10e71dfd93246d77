"""What segments buy at which prices, by the generated query on an in-memory DuckDB."""

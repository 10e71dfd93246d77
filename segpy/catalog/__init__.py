"""What exists around the specs: relations, columns, the dialect of the dbt target."""

"""Plan and SQL to the files of a dbt project."""

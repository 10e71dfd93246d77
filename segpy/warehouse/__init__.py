"""Builds and reads the warehouse through the user's own dbt. Nothing else imports dbt."""

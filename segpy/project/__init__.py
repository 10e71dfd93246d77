"""Reads specs from, and writes generated files to, a dbt project."""

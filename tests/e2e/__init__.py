"""Runs segpy and dbt as their users do: on whole projects, from the command line, in processes of their own."""

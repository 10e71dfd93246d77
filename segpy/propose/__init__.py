"""What a dbt project and its warehouse hold, to a first taxonomy and first segments. Nothing here asks or writes."""

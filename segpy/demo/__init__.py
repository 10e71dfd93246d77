"""The demonstration's data: five small worlds whose people fall into, and just out of, its segments."""

"""The demonstration's data: three small worlds whose people fall into, and just out of, its segments."""

"""What is wrong with the meaning of a bound spec."""

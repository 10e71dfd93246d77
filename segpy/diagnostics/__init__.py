"""What a stage reports about its input: where, what, and the way out."""

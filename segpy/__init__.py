"""segpy: segments as code for the warehouse."""

__version__ = "0.1.0"

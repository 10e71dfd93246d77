"""The statistics beside published figures, other libraries and simulations."""

"""How fast segpy's models are: data, specs, peers, and measurements side by side. Not part of the package."""

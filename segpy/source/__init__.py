"""YAML text to located nodes."""

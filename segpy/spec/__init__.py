"""What was written: nodes to a `Spec`, each value with its place."""

"""Hold-outs: who is assigned to which arm, run after run, and what comes of it."""

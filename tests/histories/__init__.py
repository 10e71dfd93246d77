"""Membership over several runs: a folder a rule, with what must stand in history after the last of them."""

"""Who is in the demonstration's segments, worked out from the seeds in plain Python, by what the segments mean.

Nothing here reads a spec or knows the compiler: it is what an end-to-end test holds the warehouse against.
`python -m tests.demo_oracle` writes `tests/e2e/demo_members.json`.
"""

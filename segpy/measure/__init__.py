"""Whether a segment is worth having, and whether acting on it helped: pure functions over sufficient statistics.

What is counted, averaged and squared is the warehouse's work. What comes of it - a few rows for each segment, arm and
metric - becomes intervals and p-values here, by scipy. Nothing here knows of specs, SQL or dbt, and each module can be
imported without scipy: whoever calls asks `segpy.measure.extra` first. docs/reference/statistics.md has each formula.
"""

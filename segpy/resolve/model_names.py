"""Names that are taken by what is generated."""

from __future__ import annotations

import re

GENERATED_COLUMNS = re.compile(
    r"as_of|occurred_at|events?|spec_hash|day|anchor_at|sequence|completed|completions|matches|step|(first|last)_at|"
    r"(fastest_)?seconds|step_\d+_seconds|((run_)?started|reached|crowded)_at|(before_)?(started|since)_\d+|edge|"
    r"(event|(run_)?started|reached|first|next)_position|next_at|item_\d+_(at|position)|event_(order|number)|since|(step_\d+_)?event_\d+|same_\w+|"
    r"unwanted_\w+|events_of_\w+|is_\w+|property__\w+|_.*"
)
"""Columns that generated tables, or steps on the way to them, have beside an entity's key."""

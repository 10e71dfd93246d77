"""What each engine can do: a row of capabilities a dialect, pure data. SQL is lowered by capability, never by name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """The capabilities of one engine.

    `asof_join`: a join to the latest row that is not later. `enum_type`: text of a fixed set held as small integers.
    `clustered_by_order`: a table keeps the order of the query that made it, so that sorting it once lets later scans
    skip most of it. `inline_hint`: `not materialized`, for an engine that would otherwise copy a CTE that is read more
    than once, and lose what it knows of the table behind it.
    """

    name: str
    asof_join: bool
    enum_type: bool
    clustered_by_order: bool
    inline_hint: bool


DIALECTS = {
    "duckdb": Dialect(
        name="duckdb",
        asof_join=True,
        enum_type=True,
        clustered_by_order=True,
        inline_hint=True,
    ),
}
"""The dialects that SQL can be written for."""

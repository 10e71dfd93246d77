"""What each engine can do: a row of capabilities a dialect, pure data. SQL is lowered by capability, never by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Dialect:
    """The capabilities of one engine, and how it writes the operations that engines write in different ways.

    `name` is sqlglot's name of the dialect and dbt's of the adapter. `types` are the engine's names of the types of
    the language. `spellings` are expressions in the dialect, by the name of the operation (`sql.nodes`); what begins
    with an underscore stands for an argument. `reserved` are words that cannot name a column without quotes, besides
    those that the parser knows.

    `asof_join`: a join to the latest row that is not later. `enum_type`: text of a fixed set held as small integers.
    `clustered_by_order`: a table keeps the order of the query that made it, so that sorting it once lets later scans
    skip most of it. `inline_hint`: `not materialized`, for an engine that would otherwise copy a CTE that is read more
    than once, and lose what it knows of the table behind it. `filter_clause`: `count(*) filter (where …)`.
    `exact_averages`: averages and deviations of integers are decimals, to be cast.
    `least_of_known`: `least` and `greatest` overlook nulls.
    """

    name: str
    types: Mapping[str, str]
    spellings: Mapping[str, str]
    reserved: frozenset[str] = field(default=frozenset())
    asof_join: bool = False
    enum_type: bool = False
    clustered_by_order: bool = False
    inline_hint: bool = False
    filter_clause: bool = True
    exact_averages: bool = False
    least_of_known: bool = True


_UNITS = ("microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year")

_COMMON = {
    **{f"start_of_{unit}": f"date_trunc('{unit}', _value)" for unit in _UNITS},
    "median": "percentile_cont(0.5) within group (order by _value)",
    "halved": "pow(0.5, _times)",
    "as_text": "cast(_value as text)",
    "one_if": "cast(_condition as integer)",
    "lowered": "lower(_value)",
    "raised": "upper(_value)",
    "trimmed": "trim(_value)",
    "characters": "length(_value)",
    "like": "_value like _pattern",
    "like_any_case": "_value ilike _pattern",
    "rounded": "round(_value, _digits)",
    "rounded_to_whole": "round(_value)",
}

_DUCKDB = Dialect(
    name="duckdb",
    types={
        "text": "text",
        "number": "double",
        "integer": "bigint",
        "boolean": "boolean",
        "timestamp": "timestamp",
        "date": "date",
        "uuid": "uuid",
    },
    spellings={
        **_COMMON,
        # A cast would use the session's time zone; the microseconds since 1970 do not know one.
        "utc": "make_timestamp(epoch_us(_value))",
        "local": "(_value at time zone 'UTC') at time zone _zone",
        "from_local": "(_value at time zone _zone) at time zone 'UTC'",
        "hour": "extract(hour from _value)",
        "weekday": "extract(isodow from _value)",
        "microseconds": "epoch_us(_value)",
        "microseconds_between": "epoch_us(_later) - epoch_us(_earlier)",
        "seconds_between": "(epoch_us(_later) - epoch_us(_earlier)) / 1000000",
        "first_by": "arg_min(_value, _place) filter (where _condition)",
        "median": "median(_value)",
        "one_if": "cast(_condition as bigint)",
    },
    asof_join=True,
    enum_type=True,
    clustered_by_order=True,
    inline_hint=True,
)

_POSTGRES_WORDS = """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
    column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze
    from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
    localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
    returning right select session_user similar some symmetric system_user table tablesample then to trailing true union
    unique user using variadic verbose when where window with
"""

_POSTGRES = Dialect(
    name="postgres",
    types={**_DUCKDB.types, "number": "double precision"},
    spellings={
        **_COMMON,
        "utc": "to_timestamp(extract(epoch from _value)) at time zone 'UTC'",
        "local": "(_value at time zone 'UTC') at time zone _zone",
        "from_local": "(_value at time zone _zone) at time zone 'UTC'",
        "hour": "cast(extract(hour from _value) as bigint)",
        "weekday": "cast(extract(isodow from _value) as bigint)",
        "microseconds": "cast(extract(epoch from _value) * 1000000 as bigint)",
        "microseconds_between": "cast(extract(epoch from _later - _earlier) * 1000000 as bigint)",
        "seconds_between": "cast(extract(epoch from _later - _earlier) as double precision)",
        "first_by": "(array_agg(_value order by _place) filter (where _condition))[1]",
        # A power too small for a double is an error here.
        "halved": "case when _times < 1000 then power(0.5, _times) else 0 end",
        # The database's own collation would compare words as its country does.
        "as_text": 'cast(_value as text) collate "C"',
        "lowered": 'lower(_value collate "und-x-icu") collate "C"',
        "raised": 'upper(_value collate "und-x-icu") collate "C"',
        "like": "_value like _pattern escape ''",
        "like_any_case": "_value collate \"und-x-icu\" ilike _pattern escape ''",
        # Halves of doubles are rounded to the even neighbour, those of decimals away from zero.
        "rounded": "cast(round(cast(_value as numeric), _digits) as double precision)",
        "rounded_to_whole": "cast(round(cast(_value as numeric)) as double precision)",
    },
    reserved=frozenset(_POSTGRES_WORDS.split()),
    exact_averages=True,
)

DIALECTS = {one.name: one for one in (_DUCKDB, _POSTGRES)}
"""The dialects that SQL can be written for."""

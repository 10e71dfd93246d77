"""DuckDB."""

from __future__ import annotations

from segpy.dialects.model import COMMON, Dialect

DUCKDB = Dialect(
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
        **COMMON,
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
        # By itself it takes every blank of Unicode.
        "trimmed": "trim(_value, ' ')",
        "bucket": "cast('0x' || substr(md5(_value), 1, 8) as bigint) % 10000",
    },
    asof_join=True,
    enum_type=True,
    clustered_by_order=True,
    inline_hint=True,
    transactions=True,
)

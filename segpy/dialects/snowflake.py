"""Snowflake. Names without quotes stand for capital letters there, so that quotes change what a name means."""

from __future__ import annotations

from segpy.dialects.model import COMMON, CONVERTED, Dialect

_WORDS = """
    account all alter and any as asof between by case cast check column connect connection constraint create cross
    current current_date current_time current_timestamp current_user database delete distinct drop else exists false
    following for from full grant group gscluster having ilike in increment inner insert intersect into is issue join
    lateral left like localtime localtimestamp match_condition minus natural not null of on or order organization
    qualify regexp revoke right rlike row rows sample schema select set some start table tablesample then to trigger
    true try_cast union unique update using values view when whenever where with
"""

SNOWFLAKE = Dialect(
    name="snowflake",
    types={
        "text": "varchar",
        "number": "double",
        "integer": "bigint",
        "boolean": "boolean",
        "timestamp": "timestamp_ntz",
        "date": "date",
        "uuid": "varchar",
    },
    spellings={
        **COMMON,
        **CONVERTED,
        # A cast would use the session's time zone; the microseconds since 1970 do not know one.
        "utc": "to_timestamp_ntz(date_part(epoch_microsecond, _value), 6)",
        # Where weeks begin is a matter of the session otherwise.
        "start_of_week": "dateadd(day, 1 - dayofweekiso(_value), date_trunc('day', _value))",
        "hour": "hour(_value)",
        "weekday": "dayofweekiso(_value)",
        "microseconds": "date_part(epoch_microsecond, _value)",
        "microseconds_between": "datediff(microsecond, _earlier, _later)",
        "seconds_between": "cast(datediff(microsecond, _earlier, _later) as double) / 1000000",
        "whole_quotient": "(_dividend - mod(_dividend, _divisor)) / _divisor",
        "first_by": "min_by(iff(_condition, _value, null), iff(_condition, _place, null))",
        "median": "cast(median(_value) as double)",
        "as_text": "cast(_value as varchar)",
        "as_uuid": "lower(cast(_value as varchar))",
        "one_if": "iff(_condition, 1, 0)",
        "trimmed": "trim(_value, ' ')",
        "bucket": "mod(to_number(substr(md5(_value), 1, 8), 'XXXXXXXX'), 10000)",
    },
    reserved=frozenset(_WORDS.split()),
    filter_clause=False,
    exact_averages=True,
)

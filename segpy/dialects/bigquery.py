"""BigQuery (GoogleSQL)."""

from __future__ import annotations

from segpy.dialects.model import COMMON, UNITS, Dialect

_WORDS = """
    all and any array as asc assert_rows_modified at between by case cast collate contains create cross cube current
    default define desc distinct else end enum escape except exclude exists extract false fetch following for from full
    group grouping groups hash having if ignore in inner intersect interval into is join lateral left like limit lookup
    merge natural new no not null nulls of on or order outer over partition preceding proto qualify range recursive
    respect right rollup rows select set some struct tablesample then to treat true unbounded union unnest using when
    where window with within
"""

BIGQUERY = Dialect(
    name="bigquery",
    adds="merge",
    replaces="merge",
    types={
        "text": "string",
        "number": "float64",
        "integer": "int64",
        "boolean": "bool",
        "timestamp": "timestamp",
        "date": "date",
        "uuid": "string",
    },
    spellings={
        **COMMON,
        **{f"start_of_{unit}": f"datetime_trunc(_value, {unit})" for unit in UNITS},
        "start_of_week": "date_trunc(_value, week(monday))",
        # A datetime or a date is taken in the default zone, which is UTC unless a project or a session sets another.
        "utc": "cast(_value as timestamp)",
        "local": "datetime(_value, _zone)",
        "from_local": "timestamp(_value, _zone)",
        "hour": "extract(hour from _value)",
        "weekday": "mod(extract(dayofweek from _value) + 5, 7) + 1",
        "microseconds": "unix_micros(_value)",
        "microseconds_between": "timestamp_diff(_later, _earlier, microsecond)",
        "seconds_between": "timestamp_diff(_later, _earlier, microsecond) / 1000000",
        "first_by": "min_by(if(_condition, _value, null), if(_condition, _place, null))",
        # The two in the middle; the analytic function for it knows no groups.
        "median": """
            array_agg(_value ignore nulls order by _value)[safe_offset(div((count(_value) - 1), 2))] / 2
            + array_agg(_value ignore nulls order by _value)[safe_offset(div(count(_value), 2))] / 2
        """,
        "as_text": "cast(_value as string)",
        "as_uuid": "lower(cast(_value as string))",
        # No window parts rows by a floating number; `+ 0` makes one of -0.0 and 0.
        "telling_number": "cast(_value + 0 as string)",
        "one_if": "cast(_condition as int64)",
        "bucket": "mod(cast(concat('0x', substr(to_hex(md5(_value)), 1, 8)) as int64), 10000)",
        "trimmed": "trim(_value, ' ')",
        "like_with_backslashes": "_value like replace(_pattern, '\\\\', '\\\\\\\\')",
        "like_any_case": "lower(_value) like lower(_pattern)",
        "like_any_case_with_backslashes": "lower(_value) like lower(replace(_pattern, '\\\\', '\\\\\\\\'))",
    },
    reserved=frozenset(_WORDS.split()),
    filter_clause=False,
    least_of_known=False,
    clock_type=True,
    interval_numbers=True,
    nulls_last=False,
    first_of_two=True,
    rows_by_name=True,
)

"""Spark SQL, 4.0 and later: Apache Spark itself, and what speaks its language. The session's time zone must be UTC."""

from __future__ import annotations

from segpy.dialects.model import COMMON, UNITS, Dialect

# The reserved words of standard SQL, to be quoted for those who let Spark enforce them, and what ends a table's name.
_WORDS = """
    all and anti any as authorization both case cast check collate column constraint create cross current_date
    current_time current_timestamp current_user distinct div else end escape except exists false fetch filter for
    foreign from full grant group having in inner intersect into is join lateral leading left minus natural not null
    offset on only or order outer overlaps percentile_cont percentile_disc primary references right select semi
    session_user set setminus some sql table then time to trailing true union unique unknown user using when where
    with within
"""

SPARK = Dialect(
    name="spark",
    replaces="merge",
    types={
        "text": "string",
        "number": "double",
        "integer": "bigint",
        "boolean": "boolean",
        "timestamp": "timestamp",
        "date": "date",
        "uuid": "string",
    },
    spellings={
        **COMMON,
        "utc": "cast(_value as timestamp)",
        "local": "from_utc_timestamp(_value, _zone)",
        # `to_utc_timestamp` takes the first of two instants; the second differs from UTC as the next day does.
        "from_local": """
            case
                when from_utc_timestamp(to_utc_timestamp(_value + interval '1' day, _zone) - interval '1' day, _zone)
                    = _value
                then to_utc_timestamp(_value + interval '1' day, _zone) - interval '1' day
                else to_utc_timestamp(_value, _zone)
            end
        """,
        "bucket": "cast(conv(substr(md5(_value), 1, 8), 16, 10) as bigint) % 10000",
        "hour": "cast(hour(_value) as bigint)",
        "weekday": "cast((dayofweek(_value) + 5) % 7 + 1 as bigint)",
        "microseconds": "unix_micros(_value)",
        "microseconds_between": "unix_micros(_later) - unix_micros(_earlier)",
        "seconds_between": "(unix_micros(_later) - unix_micros(_earlier)) / 1000000",
        "first_by": "min_by(_value, _place) filter (where _condition)",
        # Of the stretches, in the order of their ends, each that starts later than the one before it ended.
        "apart": """
            aggregate(
                array_sort(collect_list(struct(_reached as reached, _started as started))),
                struct(cast(0 as bigint) as found, nullif(min(_reached), min(_reached)) as reached),
                (taken, one) -> case
                    when taken.reached is null or taken.reached < one.started
                    then struct(taken.found + 1 as found, one.reached as reached)
                    else taken
                end,
                taken -> taken.found
            )
        """,
        "median": "median(_value)",
        "as_text": "cast(_value as string)",
        "as_uuid": "lower(cast(_value as string))",
        # To Sail's `nullif` -0.0 is not 0.
        "null_if": "case when _value = _other then null else _value end",
        # Spark's own functions make integers of doubles, and the greatest integer of those that are beyond it.
        "floor": "_value - _value % 1 - case when _value % 1 < 0 then 1 else 0 end",
        "ceiling": "_value - _value % 1 + case when _value % 1 > 0 then 1 else 0 end",
        "like_with_backslashes": "_value like replace(_pattern, '\\\\', '\\\\\\\\')",
        "like_any_case_with_backslashes": "_value ilike replace(_pattern, '\\\\', '\\\\\\\\')",
    },
    # Units of time too: to Sail `interval '1' day and day` is one interval.
    reserved=frozenset((*_WORDS.split(), *UNITS, *(f"{unit}s" for unit in UNITS))),
    recursion=False,
    typed_outputs=True,  # to Sail a `case` is of the type of its first value, whatever the others are
    decimal_literals=False,  # Sail takes a double for a decimal too, to compare it with one
    scalar_subqueries=False,  # Sail mistakes them for one another
)

"""Trino. Its sessions must be in UTC, as its plain timestamps are read by the session's clock."""

from __future__ import annotations

from segpy.dialects.model import COMMON, Dialect

# Of https://trino.io/docs/current/language/reserved.html, and at the end words that its validator takes for others.
_WORDS = """
    alter and as auto between by case cast constraint create cross cube current_catalog current_date current_path
    current_role current_schema current_time current_timestamp current_user deallocate delete describe distinct drop
    else end escape except exists extract false for from full group grouping having in inner insert intersect into is
    join json_array json_exists json_object json_query json_table json_value left like listagg localtime localtimestamp
    natural normalize not null on or order outer prepare recursive right rollup select skip table then trim true
    uescape union unnest using values when where with
    over overlaps partition session_user set string struct sysdate user
"""


def _offset(instant: str) -> str:
    """How far the clocks are ahead of UTC at an instant, in seconds."""
    return f"date_diff('second', {instant}, cast(with_timezone({instant}, 'UTC') at time zone _zone as timestamp(6)))"


def _microseconds(instant: str) -> str:
    """`date_diff` knows no shorter unit than a millisecond: the rest is in the digits."""
    digits = f"substr(cast(cast({instant} as timestamp(6)) as varchar), -6)"
    seconds = f"date_diff('second', timestamp '1970-01-01 00:00:00', date_trunc('second', {instant}))"
    return f"({seconds} * 1000000 + cast({digits} as bigint))"


_BEFORE, _AFTER = "_value - interval '1' day", "_value + interval '1' day"
_BY_BEFORE, _BY_AFTER = (f"date_add('second', -{_offset(day)}, _value)" for day in (_BEFORE, _AFTER))
_IN_ORDER = "cast(element_at(array_sort(array_agg(_value) filter (where _value is not null)), {}) as double)"

TRINO = Dialect(
    name="trino",
    replaces="merge",
    types={
        "text": "varchar",
        "number": "double",
        "integer": "bigint",
        "boolean": "boolean",
        "timestamp": "timestamp(6)",
        "date": "date",
        "uuid": "varchar",
    },
    spellings={
        **COMMON,
        "utc": "cast(_value at time zone 'UTC' as timestamp(6))",
        "local": "cast(with_timezone(_value, 'UTC') at time zone _zone as timestamp(6))",
        # By the offset of the day before, unless the clocks show the time by that of the day after only.
        "from_local": f"""
            case
                when {_offset(_BY_BEFORE)} = {_offset(_BEFORE)} or {_offset(_BY_AFTER)} <> {_offset(_AFTER)}
                then {_BY_BEFORE}
                else {_BY_AFTER}
            end
        """,
        "hour": "hour(_value)",
        "weekday": "day_of_week(_value)",
        "microseconds": _microseconds("_value"),
        "microseconds_between": f"{_microseconds('_later')} - {_microseconds('_earlier')}",
        "seconds_between": f"({_microseconds('_later')} - {_microseconds('_earlier')}) / 1e6",
        "laid_back": "date_add('second', -date_diff('second', _earlier, _later), _value)",  # of whole seconds
        "first_by": "min_by(_value, _place) filter (where _condition)",
        # Of the stretches, in the order of their ends, each that starts later than the one before it ended.
        "apart": """
            reduce(
                array_sort(array_agg(row(_reached, _started))),
                row(bigint '0', nullif(min(_reached), min(_reached))),
                (taken, one) -> if(taken[2] is null or taken[2] < one[2], row(taken[1] + 1, one[1]), taken),
                taken -> taken[1]
            )
        """,
        # The two in the middle; the functions for percentiles are approximate.
        "median": f"({_IN_ORDER.format('(count(_value) + 1) / 2')} + {_IN_ORDER.format('count(_value) / 2 + 1')}) / 2",
        "bucket": "from_base(substr(to_hex(md5(to_utf8(_value))), 1, 8), 16) % 10000",
        "as_text": "cast(_value as varchar)",
        "as_uuid": "lower(cast(_value as varchar))",
        "one_if": "cast(_condition as bigint)",
        "trimmed": "regexp_replace(_value, '^ +| +$')",
        "like_any_case": "lower(_value) like lower(_pattern)",
        "like_any_case_with_backslashes": "lower(_value) like lower(_pattern)",
        "whole_quotient": "_dividend / _divisor",
    },
    reserved=frozenset(_WORDS.split()),
    filter_clause=False,
    least_of_known=False,
    recursion=False,  # no more than ten steps unless a session allows it
    decimal_literals=False,  # a quotient of decimals has no more digits than they have
    first_of_two=True,
    typed_outputs=True,
)

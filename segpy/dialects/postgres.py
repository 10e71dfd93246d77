"""PostgreSQL."""

from __future__ import annotations

from segpy.dialects.model import COMMON, Dialect

_WORDS = """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
    column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze
    from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
    localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
    returning right select session_user similar some symmetric system_user table tablesample then to trailing true union
    unique user using variadic verbose when where window with
"""

POSTGRES = Dialect(
    name="postgres",
    types={
        "text": "text",
        "number": "double precision",
        "integer": "bigint",
        "boolean": "boolean",
        "timestamp": "timestamp",
        "date": "date",
        "uuid": "uuid",
    },
    spellings={
        **COMMON,
        "utc": "to_timestamp(extract(epoch from _value)) at time zone 'UTC'",
        "local": "(_value at time zone 'UTC') at time zone _zone",
        "from_local": "(_value at time zone _zone) at time zone 'UTC'",
        # A cast to a type of 32 bits with a sign would move half of all keys.
        "bucket": "cast(cast('x' || substr(md5(_value), 1, 8) as bit(32)) as bigint) % 10000",
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
        "like_with_backslashes": "_value like _pattern escape ''",
        "like_any_case": '_value collate "und-x-icu" ilike _pattern',
        "like_any_case_with_backslashes": "_value collate \"und-x-icu\" ilike _pattern escape ''",
        # Halves of doubles are rounded to the even neighbour, those of decimals away from zero.
        "rounded": "cast(round(cast(_value as numeric), _digits) as double precision)",
        "rounded_to_whole": "cast(round(cast(_value as numeric)) as double precision)",
    },
    reserved=frozenset(_WORDS.split()),
    longest_name=63,
    exact_averages=True,
    inline_hint=True,
    transactions=True,
    # Compiling wide queries takes as long as running them does, and it is on unless somebody turned it off.
    before_table="set local jit = off",
)

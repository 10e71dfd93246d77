"""Amazon Redshift, as it documents itself. Its sessions must be in UTC: their clock reads dates and plain timestamps.

It descends from PostgreSQL 8.0, and lacks most of what that has learned since.
"""

from __future__ import annotations

from segpy.dialects.model import COMMON, CONVERTED, Dialect
from segpy.dialects.postgres import POSTGRES

# Of https://docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html; those of PostgreSQL have quotes too, to be safe.
_WORDS = """
    aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary
    blanksasnull both bytedict bzip2 case cast check collate column connect constraint create credentials cross
    current_date current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta
    delta32k desc disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for
    foreign freeze from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially
    inner intersect interval into is isnull join leading left like limit localtime localtimestamp lun luns lzo lzop
    minus mostly16 mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only open or
    order outer overlaps parallel partition percent permissions pivot placing primary qualify raw readratio recover
    references rejectlog resort respect restore right select session_user similar snapshot some sysdate system table
    tag tdes text255 text32k then timestamp to top trailing true truncatecolumns type union unique unnest unpivot user
    using verbose wallet when where with without
"""
_SCALED = "_value * pow(1e1, _digits)"
_ELAPSED = "datediff(microsecond, _earlier, _later)"


def _away_from_zero(value: str) -> str:
    """A number rounded to a whole one: where halves of doubles go otherwise is not documented."""
    return f"trunc({value}) + case when abs({value} - trunc({value})) >= 5e-1 then sign({value}) else 0 end"


REDSHIFT = Dialect(
    name="redshift",
    # Text without a length is short.
    types={
        "text": "varchar(65535)",
        "number": "double precision",
        "integer": "bigint",
        "boolean": "boolean",
        "timestamp": "timestamp",
        "date": "date",
        "uuid": "varchar(65535)",
    },
    spellings={
        **COMMON,
        **CONVERTED,
        "utc": "cast(_value as timestamptz) at time zone 'UTC'",
        "hour": "cast(extract(hour from _value) as bigint)",
        "weekday": "cast((extract(dow from _value) + 6) % 7 + 1 as bigint)",
        "microseconds": "datediff(microsecond, cast('1970-01-01 00:00:00' as timestamp), _value)",
        "microseconds_between": _ELAPSED,
        "seconds_between": f"cast({_ELAPSED} as double precision) / 1000000",
        # In two steps, as an integer of 32 bits can be added.
        "laid_back": f"dateadd(second, -({_ELAPSED} / 1000000), dateadd(microsecond, -({_ELAPSED} % 1000000), _value))",
        # What an interval of months does at the end of one is not documented.
        "months_later": "dateadd(month, _months, _value)",
        "average": "avg(cast(_value as double precision))",
        "median": "percentile_cont(0.5) within group (order by cast(_value as double precision))",
        "halved": "case when _times < 1000 then pow(5e-1, _times) else 0 end",
        "as_text": "cast(_value as varchar(65535))",
        "as_uuid": "lower(cast(_value as varchar(65535)))",
        "trimmed": "btrim(_value, ' ')",
        "like_with_backslashes": "_value like replace(_pattern, chr(92), chr(92) || chr(92))",
        # `ilike` knows small and capital letters of English only.
        "like_any_case": "lower(_value) like lower(_pattern)",
        "like_any_case_with_backslashes": "lower(_value) like replace(lower(_pattern), chr(92), chr(92) || chr(92))",
        "rounded_to_whole": _away_from_zero("_value"),
        "rounded": f"({_away_from_zero(f'({_SCALED})')}) / pow(1e1, _digits)",
        "bucket": "strtol(substring(md5(_value), 1, 8), 16) % 10000",
    },
    reserved=frozenset(_WORDS.split()) | POSTGRES.reserved | {"within"},  # which dbt 2 reads as a word only
    longest_name=127,
    filter_clause=False,
    exact_averages=True,
    scalar_subqueries=False,  # some, inside of others, it has no plan for
    decimal_literals=False,
    typed_outputs=True,
    range_of_numbers=False,
    range_frames=False,
    medians_together=False,
    recursion_lists=True,
)

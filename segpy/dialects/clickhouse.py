"""ClickHouse. What it answers was seen on 26.9."""

from __future__ import annotations

from segpy.dialects.model import COMMON, Dialect

_INSTANT = "Nullable(DateTime64(6, 'UTC'))"
_BEGINNINGS = {
    "minute": "toStartOfMinute",
    "hour": "toStartOfHour",
    "day": "toStartOfDay",
    "week": "toMonday",
    "month": "toStartOfMonth",
    "quarter": "toStartOfQuarter",
    "year": "toStartOfYear",
}


def _offset(instant: str) -> str:
    """How far the clocks are ahead of UTC, in seconds."""
    return f"timeZoneOffset(toTimeZone({instant}, _zone))"


_NEXT = _offset("_value + toIntervalDay(1)")
_BY_NEXT = f"_value - toIntervalSecond({_NEXT})"

CLICKHOUSE = Dialect(
    name="clickhouse",
    # A type holds no nulls unless it says so.
    types={
        "text": "Nullable(String)",
        "number": "Nullable(Float64)",
        "integer": "Nullable(Int64)",
        "boolean": "Nullable(Bool)",
        "timestamp": _INSTANT,
        "date": "Nullable(Date32)",
        # Uuids are sorted by their second half.
        "uuid": "Nullable(String)",
    },
    spellings={
        **COMMON,
        **{f"start_of_{unit}": f"cast({name}(_value) as {_INSTANT})" for unit, name in _BEGINNINGS.items()},
        "utc": f"cast(_value as {_INSTANT})",
        "local": "_value + toIntervalSecond(timeZoneOffset(toTimeZone(_value, _zone)))",
        # By the offset of the day after where that makes the clocks show the time, else by that of the day before.
        "from_local": (
            f"case when {_offset(_BY_NEXT)} = {_NEXT} then {_BY_NEXT}"
            f" else _value - toIntervalSecond({_offset('_value - toIntervalDay(1)')}) end"
        ),
        "hour": "cast(toHour(_value) as Nullable(Int64))",
        "weekday": "cast(toDayOfWeek(_value) as Nullable(Int64))",
        "microseconds": "toUnixTimestamp64Micro(_value)",
        "microseconds_between": "toUnixTimestamp64Micro(_later) - toUnixTimestamp64Micro(_earlier)",
        "seconds_between": "(toUnixTimestamp64Micro(_later) - toUnixTimestamp64Micro(_earlier)) / 1000000",
        "laid_back": (
            "fromUnixTimestamp64Micro(toUnixTimestamp64Micro(_value)"
            " - (toUnixTimestamp64Micro(_later) - toUnixTimestamp64Micro(_earlier)), 'UTC')"
        ),
        "first_by": "argMin(_value, _place) filter (where _condition)",
        # Of the stretches, in the order of their ends, each that starts later than the one before it ended.
        "apart": """
            tupleElement(
                arrayFold(
                    (taken, one) -> if(
                        tupleElement(taken, 2) is null or tupleElement(taken, 2) < tupleElement(one, 2),
                        tuple(tupleElement(taken, 1) + 1, tupleElement(one, 1)),
                        taken
                    ),
                    arraySort(groupArray(tuple(_reached, _started))),
                    tuple(toInt64(0), nullIf(min(_reached), min(_reached)))
                ),
                1
            )
        """,
        "median": "quantileExactInclusive(0.5)(_value)",
        "as_text": "cast(_value as Nullable(String))",
        "as_uuid": "cast(toUUID(_value) as Nullable(String))",
        # What may be any whole number or any fraction has no type.
        "as_number": "cast(_value as Nullable(Float64))",
        "bucket": "cast(reinterpretAsUInt32(reverse(substring(MD5(_value), 1, 4))) % 10000 as Nullable(Int64))",
        "one_if": "cast(_condition as Nullable(Int64))",
        "lowered": "lowerUTF8(_value)",
        "raised": "upperUTF8(_value)",
        "characters": "cast(lengthUTF8(_value) as Nullable(Int64))",
        # A backslash in a pattern would take what follows for a letter.
        "like_with_backslashes": "_value like replaceAll(_pattern, '\\\\', '\\\\\\\\')",
        "like_any_case_with_backslashes": "_value ilike replaceAll(_pattern, '\\\\', '\\\\\\\\')",
        # Halves of doubles are rounded to the even neighbour.
        "rounded_to_whole": "trunc(_value) + sign(_value) * (abs(_value - trunc(_value)) >= 0.5)",
        "rounded": (
            "(trunc(_value * pow(10, _digits)) + sign(_value)"
            " * (abs(_value * pow(10, _digits) - trunc(_value * pow(10, _digits))) >= 0.5)) / pow(10, _digits)"
        ),
        "whole_quotient": "intDiv(_dividend, _divisor)",
        "any_of_group": "max(_value)",
        "deviation": (
            "case when count(_value) filter (where _condition) > 1"
            " then stddevSampStable(_value) filter (where _condition) end"
        ),
        "variance": "varPopStable(_value)",
    },
    settings={
        "join_use_nulls": 1,
        "transform_null_in": 0,
        "prefer_column_name_to_alias": 1,
        # Beginnings of months are told for all years, not from 1970 to 2149.
        "enable_extended_results_for_datetime_functions": 1,
    },
    recursion=False,  # a CTE is computed anew wherever it is read
    typed_outputs=True,
    signed_counts=False,
    range_of_numbers=False,
    in_knows_nulls=False,
    names_kept=False,
)

"""What is told of an engine: its capabilities, and how it writes what engines write in different ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Dialect:
    """The capabilities of one engine, and how it writes the operations that engines write in different ways.

    `name` is what a project calls the dialect, `grammar` sqlglot's name of it and `adapter` dbt's type of the adapter;
    these two are the same where nothing else is said. `types` are the engine's names of the types of
    the language. `spellings` are expressions in the dialect, by the name of the operation (`sql.nodes`); what begins
    with an underscore stands for an argument. `reserved` are words that cannot name a column without quotes, besides
    those that the parser knows. `longest_name` is in bytes.

    `asof_join`: a join to the latest row that is not later. `enum_type`: text of a fixed set held as small integers.
    `clustered_by_order`: a table keeps the order of the query that made it, so that sorting it once lets later scans
    skip most of it. `inline_hint`: `not materialized`, for an engine that would otherwise copy a CTE that is read more
    than once, and lose what it knows of the table behind it. `filter_clause`: `count(*) filter (where …)`.
    `exact_averages`: averages and deviations of integers are decimals, to be cast.
    `least_of_known`: `least` and `greatest` overlook nulls. `recursion`: a CTE can read itself.
    `scalar_subqueries`: they can stand wherever an expression can. `decimal_literals`: `0.5` can be left a decimal.
    `clock_type`: what clocks show is of another type than an instant. `first_of_two`: of two instants at which clocks
    show the same, the engine takes the first. `nulls_last`: any order can be told to put nulls last; else they come
    first where it ascends. `interval_numbers`: `interval 1 day` without quotes. `rows_by_name`: the name of a relation
    means its row, and hides a column of the same name.
    `range_frames`: a running extreme takes in the rows that stand at the same place. `medians_together`: a select can
    have several medians. `recursion_lists`: a CTE that reads itself lists its columns.
    `signed_counts`: counts are integers, and not of a type that has no negative numbers. `in_knows_nulls`: what is not
    in a list, but may be the null in it, is unknown. `names_kept`: a column of a table that is named keeps its own name
    in what a query yields. `range_of_numbers`: a window can reach back by a number, however great. `typed_outputs`:
    what a model yields is cast to the types that its columns are said to have, as the engine's own choice may be
    another. `settings` hold for every query, whatever those of the user are. `before_table` is a statement for the
    transaction in which a table is made. `adds` and `replaces` are dbt's strategies by which a table that is kept gets
    more rows, and rows in place of those with the same key. `transactions`: statements between `begin` and `commit` are
    all done or none is.

    `beside` are the other dialects that a project is rendered in.
    """

    name: str
    types: Mapping[str, str]
    spellings: Mapping[str, str]
    grammar: str = ""
    adapter: str = ""
    reserved: frozenset[str] = field(default=frozenset())
    longest_name: int = 255
    asof_join: bool = False
    enum_type: bool = False
    clustered_by_order: bool = False
    inline_hint: bool = False
    filter_clause: bool = True
    exact_averages: bool = False
    least_of_known: bool = True
    recursion: bool = True
    scalar_subqueries: bool = True
    decimal_literals: bool = True
    clock_type: bool = False
    first_of_two: bool = False
    nulls_last: bool = True
    interval_numbers: bool = False
    rows_by_name: bool = False
    typed_outputs: bool = False
    signed_counts: bool = True
    range_of_numbers: bool = True
    range_frames: bool = True
    medians_together: bool = True
    recursion_lists: bool = False
    in_knows_nulls: bool = True
    names_kept: bool = True
    settings: Mapping[str, int] = field(default_factory=dict)
    before_table: str = ""
    transactions: bool = False
    adds: str = "append"
    replaces: str = "delete+insert"
    beside: tuple[Dialect, ...] = ()

    def __post_init__(self) -> None:
        for part in ("grammar", "adapter"):
            object.__setattr__(self, part, getattr(self, part) or self.name)


UNITS = ("microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year")

COMMON = {
    **{f"start_of_{unit}": f"date_trunc('{unit}', _value)" for unit in UNITS},
    "laid_back": "_value - (_later - _earlier)",
    "median": "percentile_cont(0.5) within group (order by _value)",
    "halved": "pow(0.5, _times)",
    "as_text": "cast(_value as text)",
    "as_uuid": "cast(_value as uuid)",
    "as_number": "_value",
    "telling_number": "_value",
    "null_if": "nullif(_value, _other)",
    "one_if": "cast(_condition as integer)",
    "lowered": "lower(_value)",
    "raised": "upper(_value)",
    "trimmed": "trim(_value)",
    "characters": "length(_value)",
    "like": "_value like _pattern",
    "like_any_case": "_value ilike _pattern",
    "like_with_backslashes": "_value like _pattern",
    "like_any_case_with_backslashes": "_value ilike _pattern",
    "floor": "floor(_value)",
    "ceiling": "ceil(_value)",
    "rounded": "round(_value, _digits)",
    "rounded_to_whole": "round(_value)",
}
"""What most engines write."""

_BEGUN = "convert_timezone(_zone, 'UTC', _value)"
_AFTER_LAST = "dateadd(microsecond, 1, convert_timezone(_zone, 'UTC', dateadd(microsecond, -1, _value)))"

# Clocks of time zones where `convert_timezone` tells them.
CONVERTED = {
    "local": "convert_timezone('UTC', _zone, _value)",
    "from_local": _BEGUN,
    # Which of two instants, and what of none, is not documented: whichever shows the day begun, the earlier.
    "first_of_day": f"""
        case
            when convert_timezone('UTC', _zone, {_AFTER_LAST}) >= _value
                and ({_AFTER_LAST} < {_BEGUN} or convert_timezone('UTC', _zone, {_BEGUN}) < _value)
            then {_AFTER_LAST}
            else {_BEGUN}
        end
    """,
}

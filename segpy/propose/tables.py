"""Which relations are worth a look, what is asked of each, and which of several that tell the same is taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from segpy.propose.model import Kind, Look, Measured, Table, Unused
from segpy.propose.names import singular, snake, subject, words
from segpy.propose.roles import is_key, is_versioned, looks_like_time, names_events, start_rank, time_rank
from segpy.spec.expression import Type

MOST_TABLES = 60
_MOST_COLUMNS = 16


def looks(tables: Sequence[Table]) -> tuple[tuple[Look, ...], tuple[Unused, ...]]:
    """What is to be counted of which tables, and the tables that nothing is expected of."""
    wanted: list[Look] = []
    unused: list[Unused] = []
    for table in sorted(tables, key=lambda one: (not _times(one), preference(one))):
        keys = [column.name for column in table.columns if is_key(column)]
        if not keys:
            unused.append(Unused(str(table.relation), "no column looks like a key, such as user_id"))
        elif is_versioned(table):
            reason = "its rows are versions: it may give an entity its `attributes`, with `valid_from` and `valid_to`"
            unused.append(Unused(str(table.relation), reason))
        elif len(wanted) == MOST_TABLES:
            unused.append(Unused(str(table.relation), f"{MOST_TABLES} others were looked at: name it with --select"))
        else:
            labels = [column.name for column in table.columns if names_events(column)]
            counted = dict.fromkeys((*keys[:_MOST_COLUMNS], *labels, *_times(table)))
            wanted.append(Look(table, tuple(counted), _times(table)))
    return tuple(wanted), tuple(unused)


def _times(table: Table) -> tuple[str, ...]:
    return tuple(
        column.name
        for column in table.columns
        if time_rank(column, table.name) is not None or start_rank(column) is not None
    )


def preference(table: Table) -> tuple[int, int, str]:
    """Of relations made from each other: staging first, then the model nearest to raw data, raw data last."""
    staging = table.kind is Kind.MODEL and words(table.name)[:1] == ("stg",)
    return (0 if staging else int(table.kind), len(table.ancestors), table.id)


def related(one: Table, other: Table) -> bool:
    """Whether one of them is made from the other."""
    return one.id in other.ancestors or other.id in one.ancestors


def among(table: Table, chosen: Iterable[Table]) -> Table | None:
    """A table that was chosen and tells the same: one is made from the other."""
    return next((one for one in chosen if related(table, one)), None)


def unique(measured: Measured, column: str) -> bool:
    """Whether a column is known in every row, and another value in each."""
    count = measured.counts.get(column)
    return count is not None and measured.rows > 0 and count.known == count.distinct == measured.rows


def wrong_times(table: Table) -> tuple[tuple[str, str], ...]:
    """Columns that look like times by their names, and are of another type."""
    return tuple(
        (column.name, column.sql_type)
        for column in table.columns
        if looks_like_time(column) and column.type not in (None, Type.TIMESTAMP, Type.DATE)
    )


def id_of_rows(measured: Measured) -> str | None:
    """The column that identifies the rows: nearly all values of it differ, as an event may be delivered twice."""
    table = measured.table
    stems = {f"{word}_id" for word in _singles(table)} | {"id", "event_id", "message_id", "insert_id", "uuid", "uid"}
    named = [column.name for column in table.columns if snake(column.name) in stems and column.name in measured.counts]
    for name in named:
        count = measured.counts[name]
        if count.known and 10 * count.distinct >= 9 * count.known:
            return name
    return next((column.name for column in table.columns if is_key(column) and unique(measured, column.name)), None)


def _singles(table: Table) -> tuple[str, ...]:
    """What a row of a table may be called: of `shop_order_items` shop_order_item, order_item and item."""
    about = subject(table.name)
    named = (*about[:-1], singular(about[-1])) if about else ()
    return tuple("_".join(named[start:]) for start in range(len(named)))

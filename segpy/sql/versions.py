"""Attributes whose rows are versions, as they were at `as_of`."""

from __future__ import annotations

from sqlglot import exp

from segpy.resolve.model_events import Entity
from segpy.sql.operations import utc
from segpy.sql.tree import as_of, column, is_null


def holding(entity: Entity, source: str | None = None) -> list[exp.Expr]:
    """The conditions that a row of attributes holds at `as_of`; none where rows are no versions.

    As with events, what begins at `as_of` is not seen yet, and what ends then still holds.
    """
    if entity.validity is None:
        return []
    start, end = column(entity.validity.start, source), column(entity.validity.end, source)
    begun = exp.Or(this=is_null(start), expression=exp.LT(this=utc(start.copy()), expression=as_of()))
    open_ = exp.Or(this=is_null(end), expression=exp.GTE(this=utc(end.copy()), expression=as_of()))
    return [exp.paren(begun), exp.paren(open_)]

"""What a `where` says of one event: names found, types fitting, in one stream or in several alike."""

from __future__ import annotations

from collections.abc import Sequence

from segpy.diagnostics.model import Diagnostic, Span
from segpy.resolve.errors import UnknownProperty
from segpy.resolve.model_events import Stream
from segpy.resolve.scope import Findings, within
from segpy.resolve.type_errors import TwoMeanings
from segpy.spec.expression import Clock, ClockUnit, Column, Expression, Type, columns_of, replaced
from segpy.spec.model_values import SqlText

BUILT_IN = {"occurred_at": Type.TIMESTAMP, **{unit.value: Type.INTEGER for unit in ClockUnit}}
"""What a `where` can name of any event, unless the stream has a column of that name."""


def where_over(stream: Stream, text: SqlText, zone: str, findings: Findings) -> Expression:
    """A boolean over one event of a stream: its columns, `occurred_at`, and what the clocks of a time zone show."""
    declared = _declared(stream)
    types = {**BUILT_IN, **declared}

    def unknown(column: Column, span: Span) -> Diagnostic:
        return UnknownProperty(span=span, name=column.name, known=tuple(types), scope=f" of stream `{stream.name}`")

    expression = findings.boolean(text, types, unknown)
    return replaced(expression, {unit.value: Clock(unit, zone) for unit in ClockUnit if unit.value not in declared})


def where_over_all(streams: Sequence[Stream], text: SqlText, zone: str, findings: Findings) -> Expression:
    """As `where_over`, of an event that can be in any of these streams, which must all mean the same by it."""
    found = findings.whole([lambda stream=stream: where_over(stream, text, zone, findings) for stream in streams])  # type: ignore[misc]
    mentioned = columns_of(findings.parsed(text))
    for column in mentioned:
        having = tuple(stream.name for stream in streams if column.name in _declared(stream))
        if column.name in BUILT_IN and 0 < len(having) < len(streams):
            span = within(text, column.start, len(column.name))
            raise findings.fail(TwoMeanings(span=span, name=column.name, streams=having))
    if any(one != found[0] for one in found):  # a constant is text beside the column of one, an instant beside another
        raise findings.fail(TwoMeanings(span=text.span, name=mentioned[0].name, streams=()))
    return found[0]


def _declared(stream: Stream) -> dict[str, Type]:
    """A stream's own columns: its properties, and what names its events."""
    event = {stream.event: Type.TEXT} if stream.event is not None else {}
    return {**event, **{prop.name: prop.type for prop in stream.properties}}

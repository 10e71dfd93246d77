"""What can be told of events without reading them: pure functions over the data of `model`."""

from __future__ import annotations

from segpy.resolve.model_events import Atom, Event
from segpy.spec.expression import Binary, Column, Expression, In, Literal, Operator, Type, conjuncts


def event_values(event: Event) -> tuple[str, ...]:
    """The values that the stream's event column can have in an event's rows; empty where that is not known.

    `is` says it; so does a `where` that compares the event column with constants.
    """
    if event.values:
        return event.values
    if event.where is None or event.stream.event is None:
        return ()
    for part in conjuncts(event.where):
        found = _constants(part, event.stream.event)
        if found:
            return found
    return ()


def _constants(part: Expression, column: str) -> tuple[str, ...]:
    match part:
        case Binary(Operator.EQ, Column(name), Literal(value, Type.TEXT)) if name == column:
            return (str(value),)
        case Binary(Operator.EQ, Literal(value, Type.TEXT), Column(name)) if name == column:
            return (str(value),)
        case In(Column(name), options) if name == column:
            if all(isinstance(option, Literal) and option.type is Type.TEXT for option in options):
                return tuple(sorted({str(option.value) for option in options if isinstance(option, Literal)}))
    return ()


def disjoint(one: Atom, other: Atom) -> bool:
    """Whether no event can be both. False where that is not known."""
    if one.event.stream != other.event.stream:
        return True
    values, others = set(event_values(one.event)), set(event_values(other.event))
    return bool(values) and bool(others) and not values & others

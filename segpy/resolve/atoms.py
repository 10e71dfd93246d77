"""What can be told of events without reading them: pure functions over the data of `model`."""

from __future__ import annotations

from segpy.resolve.model_events import Atom, Event, Stream
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


def streams_of(atom: Atom) -> tuple[Stream, ...]:
    """The streams that an atom's events are in, in the order of their names."""
    return tuple(sorted({event.stream for event in atom.events}, key=lambda stream: stream.name))


def events_in(atom: Atom, stream: Stream) -> tuple[Event, ...]:
    """Those of an atom's events that are in a stream."""
    return tuple(event for event in atom.events if event.stream == stream)


def values_in(atom: Atom, stream: Stream) -> tuple[str, ...]:
    """The values that a stream's event column can have in an atom's rows; empty where that is not known."""
    values = [event_values(event) for event in events_in(atom, stream)]
    return tuple(sorted({value for one in values for value in one})) if all(values) else ()


def named(atom: Atom) -> str:
    """The events of an atom as people say them."""
    words = "any event" if atom.every else " or ".join(event.name for event in atom.events)
    return f"{words} that is no {' or '.join(event.name for event in atom.but)}" if atom.but else words


def disjoint(one: Atom, other: Atom) -> bool:
    """Whether no event can be both. False where that is not known."""
    pairs = ((this, that) for this in one.events for that in other.events)
    return all(_apart(this, that) or that in one.but or this in other.but for this, that in pairs)


def save(events: tuple[Event, ...], ignored: tuple[Event, ...]) -> Atom | None:
    """Every one of these events that is none of the ignored; None where nothing is left."""
    left = tuple(event for event in events if event not in ignored)
    but = tuple(one for one in ignored if any(not _apart(one, event) for event in left))
    return Atom(left, None, not ignored, but) if left else None


def _apart(one: Event, other: Event) -> bool:
    """Whether no row can be both events."""
    if one.stream != other.stream:
        return True
    values, others = set(event_values(one)), set(event_values(other))
    return bool(values) and bool(others) and not values & others


def contained(one: Atom, other: Atom) -> bool:
    """Whether every event that is the one is the other too. False where that is not known."""
    if one == other:
        return True
    return all(
        any(_contained(this, _demands(this, one), that, _demands(that, other)) for that in other.events)
        for this in one.events
    )


def _contained(one: Event, demands: tuple[Expression, ...], other: Event, others: tuple[Expression, ...]) -> bool:
    if one.stream != other.stream:
        return False
    values = set(event_values(one))
    if other.values and not (values and values <= set(other.values)):
        return False
    return all(part in demands for part in others)


def _demands(event: Event, atom: Atom) -> tuple[Expression, ...]:
    """All that the filters of an event and of an atom around it demand."""
    wheres = (where for where in (event.where, atom.where) if where is not None)
    return tuple(part for where in wheres for part in conjuncts(where))

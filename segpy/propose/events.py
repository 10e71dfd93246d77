"""Which events streams have, and first segments that say something of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from segpy.propose.model import ProposedEntity, ProposedEvent, ProposedSegment, ProposedStream
from segpy.propose.names import defined, singular, subject, words

MOST_EVENTS = 40
_LONGEST_VALUE = 100
_OF_ROWS = {
    "order": "order_placed",
    "purchase": "purchase_made",
    "payment": "payment_made",
    "transaction": "transaction_made",
    "page": "page_viewed",
    "screen": "screen_viewed",
    "session": "session_started",
    "click": "clicked",
    "identify": "identified",
}
"""What a row of a relation is called as an event; of others, the relation's name in the singular."""

_SIDE_SHOW = frozenset(
    {"page", "pages", "pageview", "screen", "view", "ping", "heartbeat", "session", "identify", "identified", "scroll"}
    | {"impression", "load", "loaded", "unload", "render", "rendered", "error", "debug"}
    | {"autocapture", "pageleave", "struct", "unstruct"}
)
"""Words of events that happen by the way."""

_BUYING = frozenset(
    {"order", "ordered", "purchase", "purchased", "checkout", "payment", "paid", "transaction", "invoice", "booking"}
    | {"booked", "bought", "sale", "sold", "subscribed", "donation", "retail"}
)
_NOT_BOUGHT = frozenset(
    {
        "cancel",
        "cancelled",
        "canceled",
        "refund",
        "refunded",
        "failed",
        "returned",
        "abandoned",
        "started",
        "start",
        "begin",
    }
    | {
        "viewed",
        "view",
        "item",
        "items",
        "line",
        "lines",
        "status",
        "updated",
        "shipped",
        "delivered",
        "opened",
        "clicked",
    }
)


def find_events(streams: Sequence[ProposedStream]) -> tuple[tuple[ProposedEvent, ...], tuple[ProposedEvent, ...]]:
    """The events of all streams, and those that are too rare to be listed but as comments."""
    found: list[ProposedEvent] = []
    rare: list[ProposedEvent] = []
    taken = {"any"}  # the word for every event
    for stream in streams:
        events = _named(stream, taken) or [_of_rows(stream, taken)]
        taken |= {event.name for event in events}
        found += events[:MOST_EVENTS]
        rare += events[MOST_EVENTS:]
    return tuple(found), tuple(rare)


def _of_rows(stream: ProposedStream, taken: set[str]) -> ProposedEvent:
    about = subject(stream.measured.table.name)
    last = singular(about[-1]) if about else stream.name
    name = "_".join((*about[:-1], _OF_ROWS.get(last, last)))
    return ProposedEvent(_free(name, stream, taken), stream.name, (), stream.measured.rows)


def _free(name: str, stream: ProposedStream, taken: Collection[str]) -> str:
    """A name for an event: its own, or where another stream has one of that name, behind that of its stream."""
    plain = defined(name, (), "event")
    return plain if plain not in taken else defined(f"{stream.name}_{plain}", taken, "event")


def _named(stream: ProposedStream, taken: set[str]) -> list[ProposedEvent]:
    """The events that a column names, the most frequent first. `Page Viewed` and `page_viewed` are one."""
    spelled: dict[str, list[tuple[str, int]]] = {}
    for value, rows in stream.measured.names:
        if value.strip() and value.isprintable() and len(value) <= _LONGEST_VALUE:
            spelled.setdefault(defined(value, (), "event"), []).append((value, rows))
    ordered = sorted(spelled.items(), key=lambda pair: (-sum(rows for _, rows in pair[1]), pair[0]))
    found: list[ProposedEvent] = []
    for plain, values in ordered:
        name = _free(plain, stream, {*taken, *(event.name for event in found)})
        rows = sum(count for _, count in values)
        found.append(ProposedEvent(name, stream.name, tuple(sorted(value for value, _ in values)), rows))
    return found


def find_segments(
    entities: Sequence[ProposedEntity], streams: Sequence[ProposedStream], events: Sequence[ProposedEvent]
) -> tuple[tuple[ProposedSegment, ...], tuple[ProposedSegment, ...]]:
    """Two segments of the first entity that streams speak of, who did it lately and who comes again; and others."""
    serving = {stream.name: dict(stream.keys) for stream in streams}
    found: list[ProposedSegment] = []
    others: list[ProposedSegment] = []
    for entity in entities:
        own = [event for event in events if entity.name in serving[event.stream]]
        if not own:
            continue
        late = _still_written([stream for stream in streams if entity.name in dict(stream.keys)])
        two, more = _segments(entity.name, own, [event for event in own if event.stream in late] or own)
        if not found:
            found, others = two, more
        else:
            others.append(replace(two[0], name=defined(f"{entity.name}_{two[0].name}", (), "segment")))
    return tuple(found), tuple(others)


def _still_written(streams: Sequence[ProposedStream]) -> frozenset[str]:
    """The streams whose last event is about as late as that of all: of the others nobody did anything lately."""
    days = {stream.name: day for stream in streams if (day := stream.latest) is not None}
    return frozenset(name for name, day in days.items() if day >= max(days.values()) - timedelta(days=7))


def _segments(
    entity: str, events: Sequence[ProposedEvent], late: Sequence[ProposedEvent]
) -> tuple[list[ProposedSegment], list[ProposedSegment]]:
    main = max(late, key=_meaning)
    bought = max((event for event in events if _is_buying(event)), key=_meaning, default=None)
    days = 30 if main is bought else 7
    lately = ProposedSegment(
        defined(f"{main.name[:32]}_last_{days}_days", (), "segment"),
        entity,
        f"At least one {main.name} in the last {days} days",
        (f"{{did: {main.name}, in_the_last: {days} days}}",),
    )
    if bought is not None:
        again = ProposedSegment(
            "returning_buyers",
            entity,
            f"Two days or more with {bought.name}",  # not twice: a row may be a line of an order
            (f"{{active_days: {bought.name}, at_least: 2}}",),
        )
    else:
        again = ProposedSegment(
            "regulars",
            entity,
            f"Three days or more of the last 30 with {main.name}",
            (f"{{active_days: {main.name}, in_the_last: 30 days, at_least: 3}}",),
        )
    others = [ProposedSegment("not_lately", entity, f"Not in {lately.name}", (f"{{not_in_segment: {lately.name}}}",))]
    if bought is not None and bought is not main:
        steps = f"[{main.name}, {{event: {bought.name}, within: 7 days}}]"
        words = f"{bought.name} within 7 days of {main.name}"
        others.append(ProposedSegment("soon_bought", entity, words, (f"{{sequence: {{steps: {steps}}}}}",)))
    return [lately, again], others


def _meaning(event: ProposedEvent) -> tuple[bool, int]:
    """The most frequent event that does not happen by the way."""
    return not _SIDE_SHOW & set(words(event.name)), event.rows


def _is_buying(event: ProposedEvent) -> bool:
    found = set(words(event.name))
    return bool(_BUYING & found) and not _NOT_BOUGHT & found

"""`<entity>_events`: every event that some measure needs, once, before `as_of`, in the order that later scans want."""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import EntityPlan
from segpy.plan.model_events import EventsPlan, StreamRead
from segpy.resolve.atoms import events_in, values_in
from segpy.resolve.model_events import Atom, Entity, Event
from segpy.spec.duration import Duration
from segpy.spec.expression import Type
from segpy.spec.model import Grain
from segpy.sql.arrivals import (
    EVENT_ID,
    KNOWN_AT,
    SLACK,
    added_ctes,
    arrival,
    arrival_columns,
    keeping_events,
    known_at,
    lately_ctes,
)
from segpy.sql.expression import lower
from segpy.sql.members import owner_ctes, owner_joins, owner_key
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.operations import labels_type, utc
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    any_of,
    as_of,
    cast,
    coalesce,
    column,
    is_known,
    is_null,
    minus,
    named,
    negated,
    output,
    select,
    table,
    text,
    union_all,
)


def events_query(plan: EntityPlan, events: EventsPlan, grain: Grain, *, kept: bool) -> Query:
    """The events model of an entity. Where it is kept, a run reads again only what may have come or gone since."""
    relations = Relations(grain)
    entity = plan.entity
    lateness = plan.kept.lateness if kept and plan.kept is not None else None
    ctes = owner_ctes([read.way for read in events.streams], relations)
    for read in events.streams:
        ctes += _stream_ctes(read, plan, events, lateness, relations)
    source = f"{events.streams[0].stream.name}__events"
    if len(events.streams) > 1:
        source = "events"
        united = union_all([_from_stream(read, plan, events, lateness) for read in events.streams])
        ctes.append(Cte(source, ("every event that a feature or a segment needs",), united))
    columns = (*_columns(entity, events), *(arrival_columns(events) if lateness is not None else ()))
    label = named(exp.Cast(this=_told(events), to=labels_type(events.labels)), "event")
    made = {"event": label, "as_of": named(as_of(), "as_of")}
    outputs = [made.get(one.name) or column(one.name) for one in columns]
    if lateness is not None and (added := added_ctes(events, source, lateness, relations)):
        ctes += added
        source = added[-1].name
    order = [column("event"), column(entity.key), column("occurred_at")]
    final = select(outputs, table(source), order_by=order)
    keeping = keeping_events(plan, lateness, grain) if lateness is not None else None
    return Query(events.model, "one row an event", tuple(ctes), final, columns, relations.placeholders, kept=keeping)


def _columns(entity: Entity, events: EventsPlan) -> tuple[OutputColumn, ...]:
    words = {flag.column: flag.words for read in events.streams for flag in read.flags}
    return (
        output(entity.key, entity.key_type, f"The {entity.name}."),
        output("occurred_at", Type.TIMESTAMP, "When it happened, in UTC; before `as_of`."),
        *(
            [
                output(
                    "event_order", Type.INTEGER, "Its place among events of the same instant, by `order` of its stream."
                )
            ]
            if events.ordered
            else []
        ),
        output(
            "event",
            labels_type(events.labels),
            "The stream and, where it names its events, the event"
            + ("; behind it the narrower events that the row is too." if events.told else "."),
        ),
        *(output(flag, Type.BOOLEAN, f"Whether this is {words[flag]}.") for flag in events.flags),
        *(output(name, prop.type, f"Property {prop.name}.") for prop, name in events.properties),
    )


def _told(events: EventsPlan) -> exp.Expr:
    """The label of a row: the event and, behind it, the narrower events that it is too."""
    if not events.told:
        return column("event")
    cases = [
        exp.If(
            this=all_of(column(flag) for flag in one.flags),
            true=exp.DPipe(this=column("event"), expression=text(one.suffix), safe=True),
        )
        for one in events.told
    ]
    return exp.Case(ifs=cases, default=column("event"))


def _stream_ctes(
    read: StreamRead, plan: EntityPlan, events: EventsPlan, lateness: Duration | None, relations: Relations
) -> list[Cte]:
    stream, entity = read.stream, plan.entity
    rows = f"{stream.name}__rows"
    source = table(relations.written(stream.relation))
    ctes = [Cte(rows, (f"stream {stream.name}: its columns typed, its time in UTC",), _typed(read, entity, source))]
    if lateness is not None:
        ctes += lately_ctes(read, lateness, relations)
        rows = ctes[-1].name
    seen: list[exp.Expr] = [
        is_known(column(_key(read, entity))),
        exp.LT(this=column("occurred_at"), expression=as_of()),
    ]
    if plan.retention is not None:
        # Of copies the first counts, also when it is retained no longer: it is looked for among all that are kept.
        oldest = minus(as_of(), plan.retention)
        oldest = minus(oldest, SLACK) if lateness is not None else oldest
        seen.append(exp.GTE(this=column("occurred_at"), expression=oldest))
    if stream.id is not None:
        once = f"{stream.name}__once"
        words = "the one that was known first" if stream.loaded_at is not None else "the earliest"
        ctes.append(
            Cte(
                once,
                (f"{words} of each set of duplicates; an unknown id has none",),
                _once(read, entity, rows, seen),
            )
        )
        duplicate = exp.EQ(this=column("_copy_number"), expression=exp.Literal.number(1))
        unknown = is_null(column(EVENT_ID))
        rows, seen = once, [any_of([duplicate, unknown])]
    used = _used(read, entity, rows, seen, arrival(read, events) if lateness is not None else [])
    ctes.append(Cte(f"{stream.name}__events", ("named, and only those in use",), used))
    return ctes


def _typed(read: StreamRead, entity: Entity, source: exp.Table) -> exp.Select:
    stream = read.stream
    columns = [
        named(cast(column(read.key), (read.way[0] if read.way else entity).key_type), _key(read, entity)),
        named(utc(column(stream.occurred_at)), "occurred_at"),
    ]
    if stream.event is not None:
        columns.append(named(cast(column(stream.event), Type.TEXT), "event"))
    if stream.id is not None:
        columns.append(named(column(stream.id), EVENT_ID))
    if stream.loaded_at is not None:
        columns.append(named(known_at(stream), KNOWN_AT))
    if read.ordered and stream.order is not None:
        columns.append(named(cast(column(stream.order), Type.INTEGER), "event_order"))
    for prop, name in read.read:
        raw = column(read.key if prop.name == stream.member_key else prop.name)
        value = utc(raw) if prop.type is Type.TIMESTAMP else cast(raw, prop.type)
        columns.append(named(value, name))
    return select(columns, source)


def _once(read: StreamRead, entity: Entity, rows: str, seen: list[exp.Expr]) -> exp.Select:
    # Copies of one instant may differ in content: all of it takes part in the order, so every engine keeps the same.
    names = [KNOWN_AT] if read.stream.loaded_at is not None else []
    names += ["occurred_at", _key(read, entity), *(["event"] if read.stream.event is not None else [])]
    names += [name for _, name in read.read] + (["event_order"] if read.ordered else [])
    order = exp.Order(expressions=[exp.Ordered(this=column(name), nulls_first=False) for name in names])
    copy = exp.Window(this=exp.RowNumber(), partition_by=[column(EVENT_ID)], order=order)
    return select([exp.Star(), named(copy, "_copy_number")], table(rows), where=seen)


def _used(read: StreamRead, entity: Entity, rows: str, seen: list[exp.Expr], arrived: list[exp.Expr]) -> exp.Select:
    key = named(column(owner_key(entity)), entity.key) if read.way else column(entity.key)
    columns: list[exp.Expr] = [key, column("occurred_at")]
    columns += [column("event_order")] if read.ordered else []
    columns.append(named(_label(read), "event"))
    columns += [named(coalesce(_is(flag.atom, read), exp.false()), flag.column) for flag in read.flags]
    columns += [column(name) for prop, name in read.read if prop in read.kept]
    columns += arrived
    joins = owner_joins(read.way, column("_member_key", rows))
    return select(columns, table(rows), joins=joins, where=[*seen, *_needed(read)])


def _key(read: StreamRead, entity: Entity) -> str:
    """The column of the key that a stream has: the entity's, or that of a member of its."""
    return "_member_key" if read.way else entity.key


def _label(read: StreamRead) -> exp.Expr:
    stream = read.stream
    if stream.event is None or not read.values:
        return text(stream.name)
    joined = exp.DPipe(this=text(f"{stream.name}."), expression=column("event"), safe=True)
    if all(values_in(flag.atom, stream) for flag in read.flags):
        return joined
    known = exp.In(this=column("event"), expressions=[text(value) for value in read.values])
    return exp.Case(ifs=[exp.If(this=known, true=joined)], default=text(stream.name))


def _columns_in(read: StreamRead) -> dict[str, exp.Expr]:
    """What the names in a `where` stand for."""
    found: dict[str, exp.Expr] = {"occurred_at": column("occurred_at")}
    if read.stream.event is not None:
        found[read.stream.event] = column("event")
    return {**found, **{prop.name: column(name) for prop, name in read.read}}


def _types_in(read: StreamRead) -> dict[str, Type]:
    """The types of these names."""
    found = {"occurred_at": Type.TIMESTAMP}
    if read.stream.event is not None:
        found[read.stream.event] = Type.TEXT
    return {**found, **{prop.name: prop.type for prop, _ in read.read}}


def _is(atom: Atom, read: StreamRead) -> exp.Expr:
    """Whether a row is an atom; null where its `where` is."""
    known = _columns_in(read)
    events = events_in(atom, read.stream)
    parts = [_is_any(events, read)]
    if atom.where is not None:
        parts.append(lower(atom.where, known.__getitem__, _types_in(read)))
    overlooked = tuple(event for event in atom.but if event.stream == read.stream)
    if overlooked:
        ignored = _is_any(overlooked, read)
        parts.append(exp.false() if ignored is None else negated(coalesce(ignored, exp.false())))
    return all_of(part for part in parts if part is not None)


def _is_any(events: tuple[Event, ...], read: StreamRead) -> exp.Expr | None:
    """Whether a row is one of these events; None where every row is."""
    known = _columns_in(read)
    plain = sorted({value for event in events if event.where is None for value in event.values})
    choices = [_among(tuple(plain))] if plain else []
    for event in events:
        parts = [_among(event.values)] if event.values else []
        if event.where is not None:
            parts.append(lower(event.where, known.__getitem__, _types_in(read)))
            choices.append(all_of(parts))
        elif not event.values:
            return None
    return choices[0] if len(choices) == 1 else exp.paren(any_of(choices))


def _among(values: tuple[str, ...]) -> exp.Expr:
    if len(values) == 1:
        return exp.EQ(this=column("event"), expression=text(values[0]))
    return exp.In(this=column("event"), expressions=[text(value) for value in values])


def _needed(read: StreamRead) -> list[exp.Expr]:
    """The rows that are some atom of the stream; nothing where every row is."""
    plain = {value for atom in read.plain for value in values_in(atom, read.stream)}
    if any(not values_in(atom, read.stream) for atom in read.plain):
        return []
    parts = [_among(tuple(sorted(plain)))] if plain else []
    covered = (set(values_in(flag.atom, read.stream)) for flag in read.flags)
    flagged = [_is(flag.atom, read) for flag, own in zip(read.flags, covered, strict=True) if not own or own - plain]
    if any(isinstance(condition, exp.Boolean) for condition in flagged):
        return []
    return [any_of([*parts, *flagged])]


def _from_stream(read: StreamRead, plan: EntityPlan, events: EventsPlan, lateness: Duration | None) -> exp.Select:
    own_flags = {flag.column for flag in read.flags}
    every_flag = sorted({flag.column for one in events.streams for flag in one.flags})
    columns: list[exp.Expr] = [column(plan.entity.key), column("occurred_at")]
    if events.ordered:
        unknown = named(cast(exp.Null(), Type.INTEGER), "event_order")
        columns.append(column("event_order") if read.ordered else unknown)
    columns.append(column("event"))
    columns += [column(flag) if flag in own_flags else named(exp.false(), flag) for flag in every_flag]
    for prop, name in events.properties:
        columns.append(column(name) if prop in read.kept else named(cast(exp.Null(), prop.type), name))
    columns += [column(one.output_name) for one in arrival(read, events)] if lateness is not None else []
    return select(columns, table(f"{read.stream.name}__events"))

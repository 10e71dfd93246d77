"""How the rows of each atom are found again in the events model of an entity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from segpy.plan.model import EventsPlan, Flag, Selection, StreamRead
from segpy.plan.names import Names, atom_name
from segpy.plan.words import atom_words
from segpy.resolve.atoms import streams_of, values_in
from segpy.resolve.model_events import Atom, Entity, Property, Stream, way_to
from segpy.resolve.model_measures import BY_ORDER, Anchored, EventMeasure, Measure, SequenceMeasure
from segpy.spec.expression import columns_of
from segpy.spec.model_measures import Ties

_OWN_COLUMNS = ("occurred_at", "event", "event_order", "event_position", "as_of")


def atoms_of(measure: Measure) -> Iterator[Atom]:
    """The atoms that a measure reads, those of its inputs aside."""
    match measure:
        case EventMeasure(_, atom, _, window):
            yield atom
            if isinstance(window, Anchored):
                yield window.anchor
        case SequenceMeasure(sequence):
            yield from sequence.atoms


def reads_order(measure: Measure) -> bool:
    """Whether a measure tells events of one instant apart by the `order` of their stream."""
    match measure:
        case EventMeasure(aggregation):
            return aggregation in BY_ORDER
        case SequenceMeasure(sequence):
            return sequence.ties is Ties.ORDERED
    return False


def needs_flag(atom: Atom) -> bool:
    """Whether the label alone does not tell the atom's rows."""
    return bool(atom.but or atom.where) or any(
        event.where is not None or bool(event.stream.event and not event.values) for event in atom.events
    )


def label(stream: Stream, value: str) -> str:
    """The label of an event name: unique among all streams."""
    return f"{stream.name}.{value}"


def flag_names(atoms: Iterable[Atom], properties: Iterable[Property]) -> dict[Atom, str]:
    """The flag column of each atom that needs one."""
    names = Names(*(prop.name for prop in properties))
    return {atom: names.claim(f"is_{atom_name(atom)}", atom) for atom in atoms if needs_flag(atom)}


def selection(atom: Atom, flags: dict[Atom, str]) -> Selection:
    """How to find an atom's rows."""
    labels: list[str] = []
    for stream in streams_of(atom):
        values = values_in(atom, stream)
        if not values and stream.event is not None:
            return Selection((), flags[atom], atom_words(atom))  # rows with and without a label of their own
        labels += [label(stream, value) for value in values] or [stream.name]
    return Selection(tuple(sorted(labels)), flags.get(atom), atom_words(atom))


def property_column(entity: Entity, name: str) -> str:
    """The column of the events model that holds a property."""
    return f"property__{name}" if name in (entity.key.lower(), *_OWN_COLUMNS) else name


def events_plan(
    model: str, entity: Entity, atoms: tuple[Atom, ...], kept: tuple[Property, ...], *, ordered: bool
) -> EventsPlan | None:
    """The events model that holds these atoms and keeps these properties; None where there are no atoms.

    `ordered` keeps the streams' `order` too.
    """
    if not atoms:
        return None
    flags = flag_names(atoms, kept)
    reads = []
    for stream in entity.streams:
        own = tuple(atom for atom in atoms if stream in streams_of(atom))
        if own:
            read = _read(entity, stream, own, flags, kept)
            reads.append(replace(read, ordered=ordered and stream.order is not None))
    labels = sorted(
        {label(read.stream, value) for read in reads for value in read.values}
        | {read.stream.name for read in reads if read.stream.event is None or _unlabelled(read, atoms)}
    )
    properties = tuple((prop, property_column(entity, prop.name)) for prop in kept)
    return EventsPlan(model, tuple(reads), tuple(labels), tuple(sorted(flags.values())), properties)


def _unlabelled(read: StreamRead, atoms: tuple[Atom, ...]) -> bool:
    """Whether rows of a stream can be wanted whose event name has no label."""
    return any(not values_in(atom, read.stream) for atom in atoms if read.stream in streams_of(atom))


def _read(
    entity: Entity, stream: Stream, atoms: tuple[Atom, ...], flags: dict[Atom, str], kept: tuple[Property, ...]
) -> StreamRead:
    events = [event for atom in atoms for event in (*atom.events, *atom.but) if event.stream == stream]
    filters = [*(event.where for event in events), *(atom.where for atom in atoms)]
    expressions = [where for where in filters if where is not None]
    mentioned = {column.name for expression in expressions for column in columns_of(expression)}
    declared = stream.properties
    used = sorted((p for p in declared if p.name in mentioned or p in kept), key=lambda prop: prop.name)
    read = tuple((prop, property_column(entity, prop.name)) for prop in used)
    values = {value for atom in atoms for value in values_in(atom, stream)} if stream.event else set()
    key, way = way_to(entity, stream)
    return StreamRead(
        stream,
        key,
        tuple(sorted(values)),
        tuple(atom for atom in atoms if atom not in flags),
        tuple(Flag(flags[atom], atom, atom_words(atom)) for atom in sorted(atoms, key=atom_name) if atom in flags),
        read,
        tuple(prop for prop in kept if prop in declared),
        ordered=False,
        way=way,
    )

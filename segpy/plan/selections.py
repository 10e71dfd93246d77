"""How the rows of each atom are found again in the events model of an entity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from segpy.plan.labels import Labels, told_apart
from segpy.plan.model_events import EventsPlan, Flag, Selection, StreamRead, Told
from segpy.plan.names import Names, atom_name
from segpy.plan.words import atom_words
from segpy.resolve.atoms import streams_of, values_in
from segpy.resolve.model_events import Atom, Entity, Property, Stream, way_to
from segpy.resolve.model_measures import BY_ORDER, Anchored, EventMeasure, Measure, SequenceMeasure
from segpy.spec.expression import columns_of
from segpy.spec.model_measures import Ties

_IS = "is_"
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


@dataclass(frozen=True, slots=True)
class Found:
    """How the rows of all atoms are found: by labels and, for those that have one, by a flag, computed or kept."""

    atoms: tuple[Atom, ...]
    flags: Mapping[Atom, str]
    labels: Labels

    def told(self, atom: Atom) -> bool:
        """Whether labels tell an atom's rows from others of its events, so that its flag need not be kept."""
        return atom in self.flags and any(
            _name(self.flags[atom]) in self.labels.narrower.get(one, ()) for one in _plain(atom)
        )

    def selection(self, atom: Atom) -> Selection:
        """How to find an atom's rows."""
        told, flag = self.told(atom), self.flags.get(atom)
        labels = {
            label
            for plain in _plain(atom)
            for label, names in self.labels.of(plain)
            if not (told and flag) or _name(flag) in names
        }
        return Selection(tuple(sorted(labels)), None if told else flag, atom_words(atom))


def found(atoms: tuple[Atom, ...], properties: Iterable[Property]) -> Found:
    """How to find the rows of these atoms, beside columns of these properties."""
    names = Names(*(prop.name for prop in properties))
    flags = {atom: names.claim(f"{_IS}{atom_name(atom)}", atom) for atom in atoms if needs_flag(atom)}
    # What narrows several events at once, such as all of a stream on the web, would be in the labels of each.
    narrower = {_name(flag): _plain(atom)[0] for atom, flag in flags.items() if len(_plain(atom)) == 1}
    return Found(atoms, flags, told_apart(narrower, {label for atom in atoms for label in _plain(atom)}))


def _name(flag: str) -> str:
    """What a label says of an atom that has a flag."""
    return flag.removeprefix(_IS)


def _plain(atom: Atom) -> tuple[str, ...]:
    """The labels of the events that an atom narrows; none where rows with and without a label can be it."""
    labels: list[str] = []
    for stream in streams_of(atom):
        values = values_in(atom, stream)
        if not values and stream.event is not None:
            return ()
        labels += [label(stream, value) for value in values] or [stream.name]
    return tuple(sorted(labels))


def property_column(entity: Entity, name: str) -> str:
    """The column of the events model that holds a property."""
    return f"property__{name}" if name in (entity.key.lower(), *_OWN_COLUMNS) else name


def events_plan(
    model: str, entity: Entity, found: Found, kept: tuple[Property, ...], *, ordered: bool
) -> EventsPlan | None:
    """The events model that holds these atoms and keeps these properties; None where there are no atoms.

    `ordered` keeps the streams' `order` too.
    """
    atoms, flags = found.atoms, found.flags
    if not atoms:
        return None
    reads = []
    for stream in entity.streams:
        own = tuple(atom for atom in atoms if stream in streams_of(atom))
        if own:
            read = _read(entity, stream, own, flags, kept)
            reads.append(replace(read, ordered=ordered and stream.order is not None))
    plain = {label(read.stream, value) for read in reads for value in read.values} | {
        read.stream.name for read in reads if read.stream.event is None or _unlabelled(read, atoms)
    }
    labels = sorted(one for each in plain for one, _ in found.labels.of(each))
    properties = tuple((prop, property_column(entity, prop.name)) for prop in kept)
    written = tuple(sorted(flag for atom, flag in flags.items() if not found.told(atom)))
    told = tuple(Told(tuple(f"{_IS}{name}" for name in some), " and ".join(("", *some))) for some in found.labels.sets)
    return EventsPlan(model, tuple(reads), tuple(labels), written, told, properties)


def _unlabelled(read: StreamRead, atoms: tuple[Atom, ...]) -> bool:
    """Whether rows of a stream can be wanted whose event name has no label."""
    return any(not values_in(atom, read.stream) for atom in atoms if read.stream in streams_of(atom))


def _read(
    entity: Entity, stream: Stream, atoms: tuple[Atom, ...], flags: Mapping[Atom, str], kept: tuple[Property, ...]
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

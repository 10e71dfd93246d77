"""Sequences bound: what each step takes, what bars it, and how events at one instant are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from segpy.resolve.atoms import named, save, streams_of
from segpy.resolve.model_events import Atom, Entity, Event, Property, Stream
from segpy.resolve.model_measures import Sequence, Step, ThenWithout
from segpy.resolve.scope import Findings
from segpy.resolve.sequence_errors import NotInEveryStream, NotOrdered
from segpy.spec import model_measures as written
from segpy.spec.model_measures import Ties
from segpy.spec.model_values import Name, SqlText

BindAtom = Callable[[written.Operand, SqlText | None], Atom]


class SequenceBinder:
    """Binds the sequences of one entity. `bind_atom` finds the events that an operand names."""

    def __init__(self, entity: Entity, bind_atom: BindAtom, findings: Findings) -> None:
        self.entity = entity
        self.bind_atom = bind_atom
        self.findings = findings

    def bind(self, sequence: written.Sequence) -> Sequence:
        """A sequence with its events bound; raises `Unbound` with its findings noted."""
        every, ignored = self._around(sequence)
        steps = self.findings.whole([lambda s=s: self._step(s, every, ignored) for s in sequence.steps])  # type: ignore[misc]
        then_without = self._then_without(sequence.then_without) if sequence.then_without else None
        total, window = sequence.complete_within, sequence.in_the_last
        bound = Sequence(
            steps,
            total.duration if total else None,
            window.duration if window else None,
            sequence.span,
            window.span if window else None,
            then_without,
            self._same(sequence.same, steps, then_without),
            sequence.start,
            total_span=total.span if total else None,
        )
        streams = {event.stream for atom in bound.atoms for event in (*atom.events, *every)}
        return replace(bound, ties=self._ties(streams, sequence))

    def _around(self, sequence: written.Sequence) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
        """Every event of the entity, and those that `directly` overlooks; nothing where no step asks."""
        if not any(step.directly for step in sequence.steps):
            return (), ()
        every = self.bind_atom(written.Operand((Name(written.ANY, sequence.span),), None, sequence.span), None)
        overlooked = self.findings.whole([lambda o=o: self.bind_atom(o, None) for o in sequence.ignore])  # type: ignore[misc]
        ignored = {event for atom in overlooked for event in atom.events}
        return every.events, tuple(event for event in every.events if event in ignored)

    def _step(self, step: written.Step, every: tuple[Event, ...], ignored: tuple[Event, ...]) -> Step:
        wanted = [(one.event, one.where) for one in (*step.items, *step.without)]
        atoms = self.findings.whole([lambda w=w: self.bind_atom(*w) for w in wanted])  # type: ignore[misc]
        items = sorted(atoms[: len(step.items)], key=named)
        return Step(
            items[0],
            step.times,
            step.within.duration if step.within else None,
            atoms[len(items) :],
            step.span,
            step.within.span if step.within else None,
            tuple(items[1:]),
            step.after.duration if step.after and step.after.duration.seconds else None,
            save(every, ignored) if step.directly else None,
            step.after.span if step.after else None,
        )

    def _then_without(self, then_without: written.ThenWithout) -> ThenWithout:
        unwanted = then_without.unwanted
        return ThenWithout(self.bind_atom(unwanted.event, unwanted.where), then_without.length.duration)

    def _same(
        self, names: tuple[Name, ...], steps: tuple[Step, ...], then_without: ThenWithout | None
    ) -> tuple[Property, ...]:
        """The shared properties, which every stream of an event that must have them declares."""
        atoms = [item for step in steps for item in step.items]
        atoms += [then_without.atom] if then_without is not None else []
        found = self.findings.whole([lambda n=n: self._shared(n, tuple(atoms)) for n in names])  # type: ignore[misc]
        return tuple(sorted(set(found), key=lambda prop: prop.name))

    def _shared(self, name: Name, atoms: tuple[Atom, ...]) -> Property:
        found: Property | None = None
        for atom in atoms:  # streams of one entity agree on the types of their properties
            for stream in streams_of(atom):
                found = next((prop for prop in stream.properties if prop.name == name.text), None)
                if found is None:
                    raise self.findings.fail(self._lacking(name, atom, stream))
        assert found is not None
        return found

    def _lacking(self, name: Name, atom: Atom, stream: Stream) -> NotInEveryStream:
        known = tuple(prop.name for prop in stream.properties)
        event = next(event.name for event in atom.events if event.stream == stream)
        return NotInEveryStream(span=name.span, name=name.text, event=event, stream=stream.name, known=known)

    def _ties(self, streams: set[Stream], sequence: written.Sequence) -> Ties:
        """How ties are read where that is not written: by the order of the one stream, if it has one."""
        ordered = len(streams) == 1 and all(stream.order is not None for stream in streams)
        if sequence.ties is Ties.ORDERED and not ordered:
            names, span = tuple(sorted(stream.name for stream in streams)), sequence.ties_span or sequence.span
            raise self.findings.fail(NotOrdered(span=span, streams=names))
        return sequence.ties or (Ties.ORDERED if ordered else Ties.ANY)

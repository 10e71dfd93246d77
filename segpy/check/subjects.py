"""What conditions are about. What is about something else altogether neither follows nor excludes anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from segpy.check.formula import AtLeast, Fact, Flag, Formula
from segpy.check.outline import Part
from segpy.check.parts import parts_of
from segpy.check.values import Values
from segpy.check.world import Opaque, Variable, World
from segpy.resolve.atoms import event_values
from segpy.resolve.model import Segment
from segpy.resolve.model_events import Atom
from segpy.resolve.model_measures import (
    Anchored,
    AttributeTenure,
    AttributeValue,
    Computed,
    EventMeasure,
    SequenceMeasure,
    WithinFirst,
    inputs_of,
)
from segpy.spec.model_measures import Output

Subjects: TypeAlias = frozenset[object]
Kind: TypeAlias = tuple[str, str | None]
"""A stream and a value of its event column."""

_COUNTED = (Output.COMPLETED, Output.STEP, Output.COMPLETIONS, Output.MATCHES)


@dataclass(frozen=True, slots=True)
class Choice:
    """A part of a definition, by what each of its options is about: so many of them must hold."""

    least: int
    options: tuple[Subjects, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What a segment's parts are about: as what follows from them (`told`), and as what they follow from (`asked`)."""

    told: tuple[Choice, ...]
    asked: tuple[Choice, ...]
    whole: Subjects

    def may_imply(self, other: About) -> bool:
        """Whether each part of the other could follow from this segment: for so many of its options something tells."""
        return all(sum(map(self._tells_of, part.options)) >= part.least for part in other.asked)

    def _tells_of(self, asked: Subjects) -> bool:
        """Whether some part of this segment bears on something, whichever of its options it is that holds."""
        if self.whole.isdisjoint(asked):
            return False
        return any(sum(map(asked.isdisjoint, part.options)) < part.least for part in self.told)


def subjects(world: World, segments: Sequence[Segment]) -> dict[str, About]:
    """What each of these segments is about."""
    parts = {one.name: parts_of(world, one) for one in segments}
    wholes = {one.name: world.definition(one.name) for one in segments}
    reader = _Reader(world)
    found: dict[str, About] = {}
    for name, own in parts.items():
        told = [reader.choice(part, asked=False) for part in own]
        if world.ahead(world.segments[name]):
            told.append(Choice(1, (frozenset(reader.about(wholes[name], {name}, asked=False)),)))
        asked = tuple(reader.choice(part, asked=True) for part in own)
        whole = frozenset(subject for part in told for option in part.options for subject in option)
        found[name] = About(tuple(told), asked, whole)
    return found


def alike(segments: Mapping[str, About]) -> Iterator[tuple[str, str]]:
    """Pairs of which the first might be within the other, in the order of the segments."""
    places: dict[object, set[str]] = {}
    for name, about in segments.items():
        for subject in about.whole:
            places.setdefault(subject, set()).add(name)
    wider: dict[str, list[str]] = {name: [] for name in segments}
    for other, about in segments.items():
        bearing = [
            set().union(*(places.get(one, ()) for option in part.options for one in option)) for part in about.asked
        ]
        for one in min(bearing, key=len, default=set()):
            if one != other and segments[one].may_imply(about):
                wider[one].append(other)
    yield from ((one, other) for one, others in wider.items() for other in others)


class _Reader:
    """Reads what formulas of a world are about, of which all variables are known by now."""

    def __init__(self, world: World) -> None:
        self._world = world
        kinds = {kind for variable in world.variables for atom in _atoms(variable) for kind in _named(atom)}
        self._of_stream: dict[str, list[Kind]] = {}
        for kind in sorted(kinds, key=repr):
            self._of_stream.setdefault(kind[0], []).append(kind)

    def choice(self, part: Part, *, asked: bool) -> Choice:
        """What a part is about, option by option."""
        formulas = [option.formula for option in part.options] or [part.formula]
        options = tuple(frozenset(self.about(formula, set(), asked=asked)) for formula in formulas)
        return Choice(part.least if part.options else 1, options)

    def about(self, formula: Formula, seen: set[str], *, asked: bool) -> Iterator[object]:
        """What a formula is about, with the segments that it looks at."""
        match formula:
            case Fact(variable, values):
                yield from self._of_variable(self._world.variables[variable], values, asked=asked)
            case Flag(segment):
                yield segment
                if segment not in seen:
                    seen.add(segment)
                    yield from self.about(self._world.definition(segment), seen, asked=asked)
            case AtLeast(parts=parts):
                for part in parts:
                    yield from self.about(part, seen, asked=asked)

    def _of_variable(self, variable: Variable, values: Values, *, asked: bool) -> Iterator[object]:
        match variable:
            case AttributeValue(attribute) | AttributeTenure(attribute):
                yield "attribute", attribute.name
            case EventMeasure(window=WithinFirst(start)):
                yield variable
                yield "attribute", start
            case SequenceMeasure(sequence):
                yield sequence
                if asked and not _of_nobody(variable, values):
                    return  # that steps were reached follows from the sequence itself and from nothing else
            case Opaque() | Computed():
                yield variable
                return
            case _:
                yield variable
        yield from (kind for atom in _atoms(variable) for kind in self._kinds(atom))

    def _kinds(self, atom: Atom) -> Iterator[Kind]:
        """The kinds of event that an atom can be: where that is not known, all kinds of its stream."""
        for stream, value in _named(atom):
            if value is None:
                yield from self._of_stream.get(stream, ())
            yield stream, value


def _of_nobody(measure: SequenceMeasure, values: Values) -> bool:
    """Whether these are values that a sequence of which nothing happened has, or may have."""
    return (0 if measure.output in _COUNTED else None) in values


def _atoms(variable: Variable) -> Iterator[Atom]:
    match variable:
        case EventMeasure(_, atom, _, window):
            yield atom
            if isinstance(window, Anchored):
                yield window.anchor
        case SequenceMeasure(sequence):
            yield from (item for step in sequence.steps for item in step.items)
        case Opaque():
            return
        case _:
            yield from (atom for inner in inputs_of(variable) for atom in _atoms(inner))


def _named(atom: Atom) -> Iterator[Kind]:
    for event in atom.events:
        yield from ((event.stream.name, value) for value in event_values(event) or (None,))

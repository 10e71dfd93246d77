"""What conditions are about. What is about something else altogether neither follows nor excludes anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from segpy.check.formula import Formula, flags_of, variables_of
from segpy.check.parts import parts_of
from segpy.check.world import Opaque, Variable, World
from segpy.resolve.atoms import event_values
from segpy.resolve.model import Segment
from segpy.resolve.model_events import Atom
from segpy.resolve.model_measures import (
    Anchored,
    AttributeTenure,
    AttributeValue,
    EventMeasure,
    SequenceMeasure,
    WithinFirst,
    inputs_of,
)

Subjects: TypeAlias = frozenset[object]
Kind: TypeAlias = tuple[str, str | None]
"""A stream and a value of its event column."""


def subjects(world: World, segment: Segment) -> tuple[tuple[Subjects, ...], Subjects]:
    """What each part of a definition is about, and what the whole is, the segments included that it looks at."""
    kinds = {kind for variable in world.variables for atom in _atoms(variable) for kind in _named(atom)}
    each = tuple(frozenset(_about(world, part.formula, kinds, set())) for part in parts_of(world, segment))
    whole = frozenset(_about(world, world.definition(segment.name), kinds, {segment.name}))
    return each, whole.union(*each)


def _about(world: World, formula: Formula, kinds: set[Kind], seen: set[str]) -> Iterator[object]:
    for number in variables_of(formula):
        variable = world.variables[number]
        match variable:
            case AttributeValue(attribute) | AttributeTenure(attribute):
                yield "attribute", attribute.name
            case EventMeasure(window=WithinFirst(start)):
                yield "attribute", start
            case _:
                yield variable
        yield from (kind for atom in _atoms(variable) for kind in _kinds(atom, kinds))
    for name in flags_of(formula):
        yield name
        if name not in seen:
            seen.add(name)
            yield from _about(world, world.definition(name), kinds, seen)


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


def _kinds(atom: Atom, kinds: set[Kind]) -> Iterator[Kind]:
    """The kinds of event that an atom can be: where that is not known, all kinds of its stream."""
    for stream, value in _named(atom):
        if value is None:
            yield from (kind for kind in kinds if kind[0] == stream)
        yield stream, value

"""What is personal reaches no generated table unless it is listed."""

from __future__ import annotations

from collections.abc import Iterator

from segpy.check.errors import WouldPublish
from segpy.diagnostics.model import Diagnostic, Span
from segpy.resolve.model import Bound, tests_of
from segpy.resolve.model_events import Atom, Entity
from segpy.resolve.model_measures import (
    Aggregation,
    AttributeTenure,
    AttributeValue,
    EventMeasure,
    Ever,
    Measure,
    SequenceMeasure,
    measures_in,
)
from segpy.resolve.model_personal import is_withheld, kept_although_withheld

_SHOWN = "this feature would show what it says in `{}_features`"
_STRATUM = "this hold-out would keep what it says in who was assigned to what"
_KEPT = "its values would have to be kept in `{}_events`"


def nothing_personal(bound: Bound) -> Iterator[Diagnostic]:
    """No feature shows what is withheld, and no measure wants it kept; conditions may look at attributes."""
    said: set[Measure] = set()
    for feature in bound.features:
        entity = bound.entity(feature.entity)
        found = list(_kept(feature.measure, entity, feature.span))
        said.update(measures_in(feature.measure))
        if not found and is_withheld(feature.measure):
            how = _SHOWN.format(entity.name)
            found = [WouldPublish(span=feature.span, columns=_attributes(feature.measure, entity), how=how, asked=True)]
        yield from found
    for segment in bound.segments:
        for test in tests_of(segment.condition):
            if test.measure not in said:
                yield from _kept(test.measure, bound.entity(segment.entity), test.span)
    for holdout in bound.holdouts:
        entity = bound.entity(holdout.entity)
        for measure in (one.measure for one in holdout.strata if one.measure not in said):
            if is_withheld(measure):
                columns = _attributes(measure, entity)
                yield WouldPublish(span=holdout.span, columns=columns, how=_STRATUM, asked=True)
    for experiment in bound.experiments:
        for outcome in experiment.outcomes:
            measure = EventMeasure(Aggregation.SUM, outcome.atom, outcome.value, Ever(), None)
            yield from _kept(measure, bound.entity(experiment.holdout.entity), outcome.span)


def _kept(measure: Measure, entity: Entity, span: Span) -> Iterator[WouldPublish]:
    """What of events would be kept in a generated table."""
    columns = sorted(
        {
            f"{stream.name}.{prop.name}"
            for one in measures_in(measure)
            for prop in kept_although_withheld(one)
            for stream in entity.streams
            if any(other is prop for other in stream.properties) and _reads(one, stream.name)
        }
    )
    if columns:
        yield WouldPublish(span=span, columns=tuple(columns), how=_KEPT.format(entity.name), asked=False)


def _reads(measure: Measure, stream: str) -> bool:
    atoms: tuple[Atom, ...] = ()
    match measure:
        case EventMeasure(_, atom):
            atoms = (atom,)
        case SequenceMeasure(sequence):
            atoms = sequence.atoms
    return any(event.stream.name == stream for atom in atoms for event in atom.events)


def _attributes(measure: Measure, entity: Entity) -> tuple[str, ...]:
    inner = measures_in(measure)
    found = {
        one.attribute.name
        for one in inner
        if isinstance(one, AttributeValue | AttributeTenure) and one.attribute.withheld
    }
    return tuple(f"{entity.name}.{name}" for name in sorted(found))

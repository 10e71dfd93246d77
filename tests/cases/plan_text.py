"""A plan in English, compact enough to be read beside its spec."""

from __future__ import annotations

from collections.abc import Iterator

from segpy.catalog.model import Catalog
from segpy.plan.build import build_plan
from segpy.plan.model import EntityPlan, Plan, SegmentsPlan, SequencesPlan
from segpy.plan.model_events import EventsPlan
from segpy.plan.model_features import FeaturesPlan, FromSequence
from segpy.resolve.bind import bind
from segpy.source.nodes import Source
from segpy.source.read import read_source
from segpy.spec.decode import decode
from segpy.sql.read import read_expression

INDENT = "  "


def plan_of(text: str) -> Plan:
    """The plan of a spec without findings."""
    file, found = read_source(Source("spec.yml", text))
    assert file is not None, found
    spec, found = decode([file])
    assert spec is not None, found
    bound, found = bind(spec, Catalog(), read_expression)
    assert bound is not None, found
    return build_plan(bound)


def plan_text(plan: Plan) -> str:
    """What a plan says: the events that are kept, the features, the sequences and the segments of each entity."""
    return "\n".join(line for entity in plan.entities for line in _entity(entity)) + "\n"


def _entity(plan: EntityPlan) -> Iterator[str]:
    entity = plan.entity
    retention = f", events of the last {plan.retention}" if plan.retention else ""
    yield f"{entity.name}: by {entity.key} ({entity.key_type.value}), population {entity.population.value}{retention}"
    parts = [
        *(_events(plan.events) if plan.events else ()),
        *_features(plan.features),
        *(_sequences(plan.sequences) if plan.sequences else ()),
        *(_segments(plan.segments) if plan.segments else ()),
    ]
    yield from (INDENT + line for line in parts)


def _events(events: EventsPlan) -> Iterator[str]:
    yield "events"
    for read in events.streams:
        once = f", once by {read.stream.id}" if read.stream.id else ""
        once += f", in the order of {read.stream.order}" if read.ordered else ""
        values = f": {', '.join(read.values)}" if read.values else ""
        yield f"{INDENT}{read.stream.name} by {read.key}{once}{values}"
        yield from (f"{INDENT * 2}{flag.column}: {flag.words}" for flag in read.flags)
        kept = ", ".join(f"{prop.name} ({prop.type.value})" for prop in read.kept)
        if kept:
            yield f"{INDENT * 2}keeps {kept}"


def _features(features: FeaturesPlan) -> Iterator[str]:
    columns = [column for column in features.columns if not isinstance(column.origin, FromSequence)]
    if columns:
        yield "features"
    yield from (f"{INDENT}{column.name} ({column.type.value}): {column.description}" for column in columns)


def _sequences(sequences: SequencesPlan) -> Iterator[str]:
    yield "sequences"
    for sequence in sequences.sequences:
        overlaps = ", ".join(f"{one + 1} and {other + 1}" for one, other in sequence.overlaps)
        shared = f"; one event may be steps {overlaps}" if overlaps else ""
        yield f"{INDENT}{sequence.name}, by {sequence.method.value}: {sequence.words}{shared}"


def _segments(segments: SegmentsPlan) -> Iterator[str]:
    yield "segments"
    for one in segments.segments:
        yield f"{INDENT}{one.segment.name}: {one.sentence}"

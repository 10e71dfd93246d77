"""Examples to unit tests: what each segment needs, planned by itself, and the rows that go into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from segpy.plan.build import build_plan
from segpy.plan.fingerprint import fingerprint
from segpy.plan.model_examples import ExamplesPlan, ExampleTest, Fixture
from segpy.plan.names import limited, slug
from segpy.plan.part import part_of
from segpy.resolve.model import Bound, Segment
from segpy.resolve.model_events import Stream
from segpy.resolve.model_examples import Example
from segpy.spec.expression import Literal, Type
from segpy.spec.model_values import Relation

_SLUG = 60


def build_examples(bound: Bound) -> tuple[ExamplesPlan, ...]:
    """The unit tests of every segment that has examples, in the order of the segments."""
    told: dict[str, list[Example]] = {}
    for example in bound.examples:
        told.setdefault(example.segment, []).append(example)
    return tuple(_plan(bound, segment, told[segment.name]) for segment in bound.segments if segment.name in told)


def models_of_examples(bound: Bound) -> tuple[str, ...]:
    """The names of the models that examples run, in the order of the segments."""
    told = {example.segment for example in bound.examples}
    return tuple(_model(bound, segment.name) for segment in bound.segments if segment.name in told)


def _model(bound: Bound, segment: str) -> str:
    return f"{bound.settings.name_prefix}{segment}__examples"


def _plan(bound: Bound, segment: Segment, examples: list[Example]) -> ExamplesPlan:
    features = {one.name: one for example in examples for one in example.features}
    alone = _alone(bound, segment, features.keys())
    plan = build_plan(alone)
    names = _names(segment.name, examples)
    tests = tuple(ExampleTest(name, one, _fixtures(alone, one)) for name, one in zip(names, examples, strict=True))
    entity = next(one for one in plan.entities if one.entity.name == segment.entity)
    model = _model(bound, segment.name)
    expected = tuple(features[name] for name in sorted(features))
    return ExamplesPlan(segment.name, model, f"{segment.name}__member", expected, plan, entity, tests)


def _names(segment: str, examples: list[Example]) -> list[str]:
    """The names of the unit tests: from the words of the authors, and a hash where two come to the same."""
    slugs = [limited(slug(one.name), one.name, _SLUG) for one in examples]
    unique = (
        one if slugs.count(one) == 1 else f"{one}_{fingerprint(example.name, 6)}"
        for one, example in zip(slugs, examples, strict=True)
    )
    # Some engines make a table of a test, and take no name that is longer.
    return [limited(f"{segment}__{one}", (segment, one)) for one in unique]


def _alone(bound: Bound, segment: Segment, expected: Iterable[str]) -> Bound:
    """The spec with this segment, all that it looks at and these features, and no other; nobody was in it before."""
    part = part_of(bound, (segment.name,), expected)
    return replace(part, segments=tuple(replace(one, membership=None) for one in part.segments))


def _fixtures(bound: Bound, example: Example) -> tuple[Fixture, ...]:
    """Rows for every relation of the spec. Streams and attributes may share one: then it has the columns of all."""
    relations: dict[Relation, dict[str, tuple[str, Type]]] = {}
    for relation, columns in _columns(bound):
        known = relations.setdefault(relation, {})
        for name, type_ in columns:
            written, before = known.get(name.lower(), (name, type_))
            known[name.lower()] = (written, _common(before, type_))
    rows: dict[Relation, list[tuple[tuple[str, Literal], ...]]] = {relation: [] for relation in relations}
    for row in example.rows:
        rows[row.stream.relation].append(row.values)
    for relation, values in dict.fromkeys(one for row in example.rows for one in row.belonging):
        rows[relation].append(values)
    segment = next(one for one in bound.segments if one.name == example.segment)
    entity = bound.entity(segment.entity)
    if entity.relation is not None:
        known_of = tuple(pair for pair in example.attributes if pair[1].value is not None)
        rows[entity.relation].append(((entity.key, example.key), *known_of))
    return tuple(
        Fixture(relation, tuple(columns.values()), tuple(rows[relation])) for relation, columns in relations.items()
    )


def _columns(bound: Bound) -> Iterator[tuple[Relation, Iterable[tuple[str, Type]]]]:
    streams: dict[str, Stream] = {stream.name: stream for entity in bound.entities for stream in entity.streams}
    types = {entity.name: entity.key_type for entity in bound.entities}
    for stream in streams.values():
        yield stream.relation, _stream_columns(stream, types)
    for entity in bound.entities:
        if entity.relation is not None:
            own = [(attribute.name, attribute.type) for attribute in entity.attributes]
            if entity.validity is not None:  # nulls: the row of an example holds always
                own += [(column, Type.TIMESTAMP) for column in (entity.validity.start, entity.validity.end)]
            yield entity.relation, ((entity.key, entity.key_type), *own)


def _stream_columns(stream: Stream, key_types: dict[str, Type]) -> Iterator[tuple[str, Type]]:
    for entity, key in stream.keys:
        yield key, key_types[entity]
    yield stream.occurred_at, Type.TIMESTAMP
    declared = {prop.name for prop in stream.properties}
    for column, type_ in stream.named_columns:
        if column not in declared:
            yield column, type_
    for prop in stream.properties:
        if prop.name != stream.member_key:
            yield prop.name, prop.type


def _common(one: Type, other: Type) -> Type:
    """A type that holds the values of both: the engine makes of it what each reader wants."""
    if one is other:
        return one
    if {one, other} == {Type.NUMBER, Type.INTEGER}:
        return Type.NUMBER
    return Type.TIMESTAMP if Type.TIMESTAMP in (one, other) else Type.TEXT

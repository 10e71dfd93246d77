"""The segments model: conditions once, flags in the order of their needs, waterfalls last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from segpy.plan.explained import explained
from segpy.plan.fingerprint import canonical, fingerprint
from segpy.plan.model import (
    Combined,
    ConditionColumn,
    FlagColumn,
    Formula,
    Holds,
    SegmentPlan,
    SegmentsPlan,
)
from segpy.plan.model_explained import Explained
from segpy.plan.model_history import Remembered
from segpy.plan.names import Names, comparison_name
from segpy.plan.segment_words import segment_lines, segment_sentence
from segpy.plan.selections import atoms_of, reads_order
from segpy.plan.words import test_words
from segpy.resolve.atoms import streams_of
from segpy.resolve.model import (
    Condition,
    ExclusiveGroup,
    Group,
    InSegment,
    Segment,
    Test,
    segments_of,
    segments_of_members,
    tests_of,
)
from segpy.resolve.model_events import Entity, Stream, way_to
from segpy.resolve.model_measures import Measure, measures_in, nullable
from segpy.spec.duration import Duration
from segpy.spec.model import Logic, Population
from segpy.spec.model_values import Relation

# PostgreSQL has at most 1,664 columns in a row, and a segment takes some ten; DuckDB unites some 500 selects in a row.
_TOGETHER = 40


@dataclass(frozen=True, slots=True)
class Measured:
    """Where the value of each measure stands, and the verdicts of conditions whose values are not shown."""

    columns: dict[Measure, str]
    verdicts: dict[Test, str]


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the flags of an entity are made from."""

    segments: dict[str, Segment]
    groups: dict[str, ExclusiveGroup]
    conditions: dict[tuple[str, Test], str]

    def batch(self, segment: Segment) -> str:
        """The segments that one is explained together with: all of the entity, or where these are many a sixteenth.

        A segment that is added changes nothing about those in other batches.
        """
        together = len(self.segments) <= _TOGETHER
        return segment.entity if together else f"{segment.entity}__{fingerprint(segment.name, 1)}"

    def before(self, segment: Segment) -> tuple[str, ...]:
        """The segments ahead of one in its waterfall."""
        if segment.group is None:
            return ()
        order = self.groups[segment.group].segments
        return order[: order.index(segment.name)]


def segments_plan(
    model: str,
    entity: Entity,
    retention: Duration | None,
    segments: tuple[Segment, ...],
    groups: tuple[ExclusiveGroup, ...],
    measured: Measured,
    elsewhere: Mapping[str, str],
) -> SegmentsPlan | None:
    """The flags of an entity; None where it has no segments. `elsewhere` are content hashes of others' segments."""
    if not segments:
        return None
    names = Names(entity.key, "as_of", "spec_hash", *(segment.name for segment in segments), *_made(segments))
    conditions: dict[str, ConditionColumn] = {}
    found: dict[tuple[str, Test], str] = {}
    called: dict[tuple[str, Test, str | None], str] = {}
    for segment in segments:
        for test in tests_of(segment.condition):
            column = _condition(test, segment, measured, names)
            conditions[column.name] = column
            found[(segment.name, test)] = called[(segment.name, test, test.name)] = column.name
    own = tuple(group for group in groups if group.entity == entity.name)
    scope = _Scope({s.name: s for s in segments}, {group.name: group for group in own}, found)
    hashes = _hashes(scope, entity, retention, elsewhere)

    def apart(one: Segment) -> Explained:
        return explained(
            one,
            entity.key,
            scope.before(one),
            lambda test: measured.columns[test.measure],
            lambda test: called[(one.name, test, test.name)],
            measured.verdicts,
        )

    return SegmentsPlan(
        model,
        tuple(conditions[name] for name in sorted(conditions)),
        _flags(scope, hashes),
        tuple(_segment(one, hashes[one.name], scope, apart(one)) for one in segments),
        own,
        fingerprint(tuple(sorted(hashes.items()))),
    )


def _segment(segment: Segment, content_hash: str, scope: _Scope, apart: Explained) -> SegmentPlan:
    before = scope.before(segment)
    lines, sentence = segment_lines(segment, before), segment_sentence(segment, before)
    return SegmentPlan(
        segment, content_hash, lines, sentence, _uses(segment, scope), apart, _now_name(segment), scope.batch(segment)
    )


def _uses(segment: Segment, scope: _Scope) -> tuple[str, ...]:
    extends = (segment.extends,) if segment.extends else ()
    looked_at = (*segments_of(segment.condition), *segments_of_members(segment.condition))
    return tuple(sorted({*extends, *looked_at, *scope.before(segment)}))


def _condition(test: Test, segment: Segment, measured: Measured, names: Names) -> ConditionColumn:
    column = measured.columns[test.measure]
    parts = (column, *map(comparison_name, test.comparisons), "or_never" if test.or_never else "")
    wanted = f"{segment.name}__{test.name}" if test.name else "_".join(part for part in parts if part)
    content = (segment.name, test) if test.name else test
    verdict = measured.verdicts.get(test)
    if verdict is not None:
        return ConditionColumn(
            names.claim(wanted, content), verdict, nullable(test.measure), (), or_never=False, words=test_words(test)
        )
    return ConditionColumn(
        names.claim(wanted, content), column, nullable(test.measure), test.comparisons, test.or_never, test_words(test)
    )


def _formula(condition: Condition, segment: str, scope: _Scope) -> Formula:
    match condition:
        case Test():
            column = scope.conditions[(segment, condition)]
            return Holds(column, nullable=nullable(condition.measure) and not condition.or_never)
        case InSegment(other, negated):
            return Holds(other, negated)
        case Group(logic, conditions, least):
            return Combined(logic, tuple(_formula(part, segment, scope) for part in conditions), least)


def _flags(scope: _Scope, hashes: Mapping[str, str]) -> tuple[FlagColumn, ...]:
    """A flag for each segment, and what it is made from.

    Where a waterfall cuts into one, what it matches by itself is a flag of its own; where earlier runs have a part in
    membership, so is what holds now.
    """
    made: dict[str, FlagColumn] = {}

    def kept(name: str, formula: Formula | Remembered, depth: int, words: str) -> FlagColumn:
        made[name] = FlagColumn(name, formula, depth, words)
        return made[name]

    def matches(name: str) -> FlagColumn:
        """The flag of a segment before its waterfall."""
        segment = scope.segments[name]
        own = matches_name(name) if scope.before(segment) else _now_name(segment)
        if own in made:
            return made[own]
        parts: list[Formula] = [Holds(segment.extends)] if segment.extends else []
        if segment.condition is not None:
            parts.append(_formula(segment.condition, name, scope))
        needed = ((segment.extends,) if segment.extends else ()) + segments_of(segment.condition)
        depth = 1 + max((final(other).depth for other in needed), default=-1)
        formula = parts[0] if len(parts) == 1 else Combined(Logic.ALL, tuple(parts), 0)
        return kept(own, formula, depth, f"{name}: {segment.description}".rstrip(": "))

    def ahead(name: str) -> list[FlagColumn]:
        """The flags that keep a segment from its entities: who is shut out of an earlier one falls to the next."""
        before = scope.before(scope.segments[name])
        return [final(one) if scope.segments[one].remembers else matches(one) for one in before]

    def holds(name: str) -> FlagColumn:
        """The flag of a segment after its waterfall, as its conditions are now."""
        alone, others = matches(name), ahead(name)
        if not others:
            return alone
        parts = (Holds(alone.name), *(Holds(one.name, negated=True) for one in others))
        depth = 1 + max(one.depth for one in (alone, *others))
        words = f"{name}: nobody who matches {', '.join(scope.before(scope.segments[name]))}"
        return kept(_now_name(scope.segments[name]), Combined(Logic.ALL, parts, 0), depth, words)

    def final(name: str) -> FlagColumn:
        """The flag of a segment."""
        if name in made:
            return made[name]
        now, rules = holds(name), scope.segments[name].membership
        if rules is None or not rules.remembers:
            return now
        remembered = Remembered(name, now.name, tuple(one.name for one in ahead(name)), hashes[name], rules)
        return kept(name, remembered, 1 + now.depth, f"{name}: by the rules of its membership")

    for name in scope.segments:
        final(name)
    return tuple(sorted(made.values(), key=lambda flag: (flag.depth, flag.name)))


def _now_name(segment: Segment) -> str:
    """The column of what holds of a segment now: its flag, unless earlier runs have a part in that."""
    return holds_name(segment.name) if segment.remembers else segment.name


def _made(segments: Iterable[Segment]) -> list[str]:
    """The columns that are made of segments."""
    return [f"{one.name}__{part}" for one in segments if one.remembers for part in _PARTS]


_PARTS = ("matches", "holds", "since", "lapsed", "barred", "left")


def holds_name(segment: str) -> str:
    """The column that says whether the conditions of a segment hold, whatever its membership is by earlier runs."""
    return f"{segment}__holds"


def matches_name(segment: str) -> str:
    """The column that says whether an entity matches a segment, waterfall aside."""
    return f"{segment}__matches"


def _hashes(scope: _Scope, entity: Entity, retention: Duration | None, elsewhere: Mapping[str, str]) -> dict[str, str]:
    """The content hash of each segment: of its meaning, that of all it looks at included."""
    found: dict[str, str] = {}

    def content(name: str) -> str:
        if name not in found:
            segment = scope.segments[name]
            extends = content(segment.extends) if segment.extends else ""
            before = tuple(content(other) for other in scope.before(segment))
            meaning = _meaning(segment.condition, content)
            members = tuple(elsewhere[other] for other in segments_of_members(segment.condition))
            own = (_about(segment, entity, retention), meaning, extends, before)
            found[name] = fingerprint((*own, members) if members else own)
        return found[name]

    return {name: content(name) for name in scope.segments}


def _about(segment: Segment, entity: Entity, retention: Duration | None) -> str:
    """Who can be in a segment at all, and whose the events are that it looks at."""
    keys = {stream: _whose(entity, stream) for stream in entity.streams}
    measures = tuple(part for test in tests_of(segment.condition) for part in measures_in(test.measure))
    used = {stream for measure in measures for atom in atoms_of(measure) for stream in streams_of(atom)}
    own = tuple((stream.name, key) for stream, key in keys.items() if stream in used)
    seen: tuple[tuple[Relation, str, str], ...] = ()
    if entity.population is not Population.ATTRIBUTES:
        seen = tuple((stream.relation, stream.occurred_at, key) for stream, key in keys.items())
    start = next((attribute for attribute in entity.attributes if attribute.name == entity.start), None)
    who = (entity.key, entity.key_type, entity.relation, start, entity.population, seen)
    versions = [entity.validity] if entity.validity is not None else []
    orders = _orders(measure for measure in measures if reads_order(measure))
    return canonical((who, own, retention if own or seen else None, *([orders] if orders else []), *versions))


def _whose(entity: Entity, stream: Stream) -> str:
    """How an event's entity is found: the column of its key, or that of a member's and where the owner is told."""
    key, way = way_to(entity, stream)
    told = tuple(
        (member.relation, member.key, member.key_type, member.validity, owner.members.by)
        for member, owner in pairwise(way)
        if owner.members is not None
    )
    return canonical((key, told)) if told else key


def _orders(measures: Iterable[Measure]) -> tuple[tuple[str, str], ...]:
    """The streams that measures read, by name, with the columns that order events of one instant."""
    streams = {stream for measure in measures for atom in atoms_of(measure) for stream in streams_of(atom)}
    return tuple(sorted((stream.name, stream.order) for stream in streams if stream.order is not None))


def own_meaning(segment: Segment) -> str:
    """What a segment says by itself: its conditions in any order, other segments by their names."""
    return _meaning(segment.condition, lambda name: name)


def _meaning(condition: Condition | None, content: Callable[[str], str]) -> str:
    """A condition's canonical text: parts in any order, other segments by their own meaning."""
    match condition:
        case None:
            return ""
        case InSegment(segment, negated):
            return f"InSegment({content(segment)},{negated})"
        case Group(logic, conditions, least):
            return f"{logic.name}({least},{','.join(sorted(_meaning(part, content) for part in conditions))})"
        case Test():
            return canonical(condition)

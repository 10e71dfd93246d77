"""Conditions, segments and exclusive groups bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from segpy.resolve.errors import Cycle, NameTaken, OtherEntity, TooEntangled, TwoGroups, UnknownEntity, UnknownSegment
from segpy.resolve.features import DEEPEST, FeatureBinder
from segpy.resolve.measures import MeasureBinder
from segpy.resolve.model import (
    Comparison,
    Condition,
    ExclusiveGroup,
    Group,
    InSegment,
    Segment,
    Size,
    Test,
    segments_of,
)
from segpy.resolve.model_events import Entity
from segpy.resolve.model_measures import AttributeTenure, type_of
from segpy.resolve.scope import Findings, Unbound
from segpy.resolve.taxonomy import Taxonomy
from segpy.resolve.type_errors import NoComparison, NoStart, TypeClash
from segpy.resolve.typing import instant_literal, words
from segpy.spec import model as written
from segpy.spec.duration import parse_duration
from segpy.spec.expression import Literal, Type
from segpy.spec.model import Logic, Relop
from segpy.spec.model_measures import MeasureKey
from segpy.spec.model_values import Name, Value

_ORDERING = (Relop.AT_LEAST, Relop.AT_MOST, Relop.MORE_THAN, Relop.LESS_THAN, Relop.BETWEEN)


_SUGAR = {
    MeasureKey.DID: (Relop.AT_LEAST, 1),
    MeasureKey.DID_NOT: (Relop.EXACTLY, 0),
    MeasureKey.ANY_MEMBER_IN: (Relop.AT_LEAST, 1),
    MeasureKey.NO_MEMBER_IN: (Relop.EXACTLY, 0),
}
"""Keys that are a count and what it is compared with."""


class SegmentBinder:
    """All segments of a spec."""

    def __init__(self, spec: written.Spec, taxonomy: Taxonomy, features: FeatureBinder, findings: Findings) -> None:
        self.spec = spec
        self.taxonomy = taxonomy
        self.features = features
        self.findings = findings
        self.entities = {segment.name.text: segment.entity.text for segment in spec.segments}
        self.grouped: dict[str, str] = {}

    def bind_all(self) -> tuple[tuple[Segment, ...], tuple[ExclusiveGroup, ...]]:
        """The segments and groups that could be bound."""
        groups = self.findings.each([lambda g=g: self._group(g) for g in self.spec.groups])  # type: ignore[misc]
        segments = self.findings.each([lambda s=s: self._segment(s) for s in self.spec.segments])  # type: ignore[misc]
        self._cycles(segments, groups)
        return tuple(segments), tuple(groups)

    def _segment(self, segment: written.Segment) -> Segment:
        entity = self.taxonomy.entities.get(segment.entity.text)
        if entity is None:
            if segment.entity.text in self.taxonomy.refused_entities:
                raise Unbound()  # the entity itself was refused, and that was said
            known = tuple(one.name.text for one in self.spec.entities)
            name = segment.entity.text
            raise self.findings.fail(UnknownEntity(span=segment.entity.span, name=name, known=known))
        if segment.name.text in (entity.key.lower(), "as_of", "spec_hash"):
            name, span = segment.name.text, segment.name.span
            raise self.findings.fail(NameTaken(span=span, name=name, taken_by="a column of the segments table"))
        self._names_of_conditions(segment)
        if segment.extends is not None:
            self._look(segment.extends, entity)
        binder = MeasureBinder(entity, self.taxonomy, self.features, self.findings)
        condition = self._condition(segment.condition, entity, binder) if segment.condition else None
        if segment.eligible is not None:
            condition = self._eligible(segment.eligible, entity, condition)
        size = segment.size
        return Segment(
            segment.name.text,
            entity.name,
            segment.description,
            segment.stage,
            segment.owner,
            segment.extends.text if segment.extends else None,
            condition,
            segment.playbook.details if segment.playbook else (),
            Size(size.at_least, size.at_most, size.at_least_share, size.at_most_share, size.within) if size else None,
            segment.version,
            self.grouped.get(segment.name.text),
            segment.name.span,
            segment.extends.span if segment.extends else None,
            segment.playbook.respond_within if segment.playbook else None,
            membership=segment.membership,
            eligible=segment.eligible is not None,
        )

    def _eligible(self, eligible: written.Eligible, entity: Entity, condition: Condition | None) -> Condition:
        """A segment's condition, with the time that somebody must have been known before all else."""
        least = eligible.min_tenure
        start = next((attribute for attribute in entity.attributes if attribute.name == entity.start), None)
        if start is None:
            raise self.findings.fail(NoStart(span=least.span, entity=entity.name))
        known_for = Comparison(Relop.AT_LEAST, (Literal(least.duration.seconds, Type.DURATION),), least.span)
        test = Test(AttributeTenure(start), (known_for,), False, "eligible", least.span)
        match condition:
            case None:
                beside: tuple[Condition, ...] = ()
            case Group(Logic.ALL, parts) if all(isinstance(part, Group) for part in parts):
                beside = parts
            case _:
                beside = (condition,)
        return Group(Logic.ALL, (Group(Logic.ALL, (test,), 0, least.span), *beside), 0, least.span)

    def _names_of_conditions(self, segment: written.Segment) -> None:
        first: dict[str, Name] = {}
        for name in _condition_names(segment.condition):
            before = first.setdefault(name.text, name)
            if before is not name:
                taken_by = "the name of another condition of this segment"
                self.findings.fail(NameTaken(span=name.span, name=name.text, taken_by=taken_by, first=before.span))

    def _look(self, name: Name, entity: Entity) -> None:
        belongs_to = self.entities.get(name.text)
        if belongs_to is None:
            known = tuple(segment for segment, one in self.entities.items() if one == entity.name)
            scope = f" of entity `{entity.name}`"
            raise self.findings.fail(UnknownSegment(span=name.span, name=name.text, known=known, scope=scope))
        if belongs_to != entity.name:
            what = f"segment `{name.text}`"
            raise self.findings.fail(OtherEntity(span=name.span, what=what, belongs_to=belongs_to, wanted=entity.name))

    def _condition(self, condition: written.Condition, entity: Entity, binder: MeasureBinder) -> Condition:
        match condition:
            case written.InSegment(segment, negated):
                self._look(segment, entity)
                return InSegment(segment.text, negated, segment.span)
            case written.Group(logic, conditions, least, span):
                parts = self.findings.whole(
                    [lambda c=c: self._condition(c, entity, binder) for c in conditions]  # type: ignore[misc]
                )
                return Group(logic, parts, least, span)
            case written.Test():
                return self._test(condition, binder)

    def _test(self, test: written.Test, binder: MeasureBinder) -> Test:
        measure = binder.bind(test.measure)
        name = test.name.text if test.name else None
        if test.measure.key in _SUGAR:
            relop, number = _SUGAR[test.measure.key]
            sugar = Comparison(relop, (Literal(number, Type.NUMBER),))
            return Test(measure, (sugar,), test.or_never, name, test.measure.span, test.never_span)
        type_ = type_of(measure)
        if not test.comparisons and type_ is not Type.BOOLEAN:
            raise self.findings.fail(NoComparison(span=test.measure.span, found=words(type_)))
        comparisons = self.findings.whole(
            [lambda c=c: self._comparison(c, type_) for c in test.comparisons]  # type: ignore[misc]
        )
        if test.or_never and any(one.relop is Relop.IS_NULL for one in comparisons):
            message = "`is_null` says already what becomes of those who have no value"
            way_out = "leave `or_never` out"
            raise self.findings.fail(TypeClash(span=test.never_span, message=message, way_out=way_out))
        return Test(measure, comparisons, test.or_never, name, test.measure.span, test.never_span)

    def _comparison(self, comparison: written.Comparison, type_: Type) -> Comparison:
        relop = comparison.relop
        if relop is Relop.IS_NULL:
            return Comparison(relop, (Literal(bool(comparison.values[0].value), Type.BOOLEAN),), comparison.span)
        if relop in _ORDERING and type_ in (Type.TEXT, Type.BOOLEAN):
            message = f"`{relop.value}` orders values, and this is {words(type_)}"
            raise self.findings.fail(
                TypeClash(span=comparison.span, message=message, way_out="use `exactly`, `in` or `is_null`")
            )
        values = self.findings.whole([lambda v=v: self._value(v, type_) for v in comparison.values])  # type: ignore[misc]
        if relop is Relop.BETWEEN and values[0].value > values[1].value:  # type: ignore[operator]
            message = "nothing lies between these: the smaller value comes first"
            raise self.findings.fail(TypeClash(span=comparison.span, message=message, way_out="swap the values"))
        return Comparison(relop, values, comparison.span)

    def _value(self, value: Value, type_: Type) -> Literal:
        found = literal(value, type_)
        if found is None:
            shown = f"the text `{value.value}`" if value.quoted else f"`{_as_written(value.value)}`"
            message = f"{shown} is compared with {words(type_)}"
            raise self.findings.fail(TypeClash(span=value.span, message=message, way_out=_EXAMPLES[type_]))
        return found

    def _group(self, group: written.ExclusiveGroup) -> ExclusiveGroup:
        known = tuple(self.entities)
        for name in group.segments:
            if name.text not in self.entities:
                raise self.findings.fail(UnknownSegment(span=name.span, name=name.text, known=known))
            if name.text in self.grouped:
                first, own = self.grouped[name.text], group.name.text
                raise self.findings.fail(TwoGroups(span=name.span, segment=name.text, group=own, first=first))
            entity = self.entities[group.segments[0].text]
            if self.entities[name.text] != entity:
                what, belongs_to = f"segment `{name.text}`", self.entities[name.text]
                raise self.findings.fail(OtherEntity(span=name.span, what=what, belongs_to=belongs_to, wanted=entity))
            self.grouped[name.text] = group.name.text
        return ExclusiveGroup(group.name.text, entity, tuple(name.text for name in group.segments))

    def _cycles(self, segments: Sequence[Segment], groups: Sequence[ExclusiveGroup]) -> None:
        """Segments that need each other, through membership, `extends` or their place in a waterfall."""
        direct = {segment.name: dict.fromkeys(direct_needs(segment), 1) for segment in segments}
        ahead = {
            name: dict.fromkeys(group.segments[:place], 0)
            for group in groups
            for place, name in enumerate(group.segments)
        }
        needs = {name: {**ahead.get(name, {}), **direct.get(name, {})} for name in sorted({*direct, *ahead})}
        cycles, depths = walked(needs)
        spans = {segment.name: segment.span for segment in segments}
        for names in cycles:
            in_a_group = any(needs[one][other] == 0 for one, other in pairwise(names))
            span = next((spans[name] for name in names if name in spans), None)
            self.findings.fail(Cycle(span=span, names=names, kind="segment", in_a_group=in_a_group))
        for name, depth in depths.items():
            if depth == DEEPEST + 1:
                reason = f"stands on more than {DEEPEST} others, each on the next"
                self.findings.fail(TooEntangled(span=spans.get(name), name=name, kind="segment", reason=reason))


def walked(needs: Mapping[str, Mapping[str, int]]) -> tuple[list[tuple[str, ...]], dict[str, int]]:
    """The circles among names that need each other, and how long the way down from each name is, by these lengths."""
    cycles: list[tuple[str, ...]] = []
    depths: dict[str, int] = {}
    for start in needs:
        path, ways = [start], [iter(needs[start])]
        while path and start not in depths:
            name, following = path[-1], next(ways[-1], None)
            if following is None:
                below = (depths.get(other, 0) + length for other, length in needs.get(name, {}).items())
                depths[name] = max(below, default=0)
                path.pop()
                ways.pop()
            elif following in path:
                cycles.append((*path[path.index(following) :], following))
            elif following not in depths:
                path.append(following)
                ways.append(iter(needs.get(following, {})))
    return cycles, depths


def _condition_names(condition: written.Condition | None) -> tuple[Name, ...]:
    """The names that an author gives to conditions, in the order written."""
    match condition:
        case written.Test(name=Name() as name):
            return (name,)
        case written.Group(conditions=conditions):
            return tuple(name for part in conditions for name in _condition_names(part))
    return ()


def direct_needs(segment: Segment) -> tuple[str, ...]:
    """The segments that a segment's own definition looks at."""
    extends = (segment.extends,) if segment.extends else ()
    return extends + segments_of(segment.condition)


_EXAMPLES = {
    Type.DURATION: "write a duration of fixed length, such as `14 days`",
    Type.TEXT: "put it in quotes if it is meant as text",
    Type.BOOLEAN: "write `true` or `false`",
    Type.TIMESTAMP: "write a timestamp in UTC, such as `2026-03-01 12:00`; how long ago it was is its `tenure`",
    Type.DATE: "write a date, such as `2026-03-01`; how long ago it was is its `tenure`",
    Type.NUMBER: "write a number without quotes or a unit",
    Type.INTEGER: "write a number without quotes or a unit",
    Type.UUID: "write it as text",
    Type.NULL: "compare something that can have a value",
}


def _as_written(value: str | int | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def literal(value: Value, type_: Type) -> Literal | None:
    """The constant that a value is beside a measure of that type, or None where it is none."""
    raw = value.value
    match type_:
        case Type.DURATION:
            duration = parse_duration(raw) if isinstance(raw, str) else None
            return Literal(duration.seconds, type_) if duration and duration.exact else None
        case Type.TIMESTAMP | Type.DATE:
            return instant_literal(raw) if isinstance(raw, str) else None
        case Type.NUMBER | Type.INTEGER:
            return Literal(raw, Type.NUMBER) if isinstance(raw, int | float) and not isinstance(raw, bool) else None
        case Type.BOOLEAN:
            return Literal(raw, type_) if isinstance(raw, bool) else None
        case _:
            return Literal(raw, Type.TEXT) if isinstance(raw, str) else None

"""Features, conditions and segments of everybody who exists."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from segpy.spec import model
from segpy.spec.duration import parse_duration
from segpy.spec.model import Condition, Group, InSegment, Logic, Relop, Segment, Test
from segpy.spec.model_measures import MeasureKey
from tests.oracle.cells import Cell, Row, as_instant
from tests.oracle.clock import length
from tests.oracle.log import Key, Log
from tests.oracle.person import Person
from tests.oracle.truth import read_instant

_RELATIONS = {
    Relop.AT_LEAST: operator.ge,
    Relop.AT_MOST: operator.le,
    Relop.MORE_THAN: operator.gt,
    Relop.LESS_THAN: operator.lt,
    Relop.EXACTLY: operator.eq,
}


class World:
    """Everybody, by entity and key."""

    def __init__(self, spec: model.Spec, tables: Mapping[str, Sequence[Row]], as_of: datetime) -> None:
        self.spec, self.as_of = spec, as_of
        self.log = Log(spec, tables, as_of)
        self.segments = {segment.name.text: segment for segment in spec.segments}
        self.person = cache(self._person)
        self.is_member = cache(self._is_member)

    def _person(self, entity: str, key: Key) -> Person:
        return Person(self, entity, key)

    # What is asked of it

    def features(self, entity: str) -> dict[Key, dict[str, Cell]]:
        """Every column that named features declare, for everybody."""
        return {key: self.person(entity, key).columns() for key in self.log.population(entity)}

    def members(self, segment: str) -> set[Key]:
        """Who is in a segment."""
        population = self.log.population(self.segments[segment].entity.text)
        return {key for key in population if self.is_member(segment, key)}

    def rank(self, entity: str, feature: str, key: Key) -> float | None:
        """Among those with a value: how many come before, as a share of all others."""
        values: dict[Key, Any] = {one: self.person(entity, one).named(feature) for one in self.log.population(entity)}
        ranked = sorted((value, one) for one, value in values.items() if value is not None)
        if values[key] is None:
            return None
        before = ranked.index((values[key], key))
        return before / (len(ranked) - 1) if len(ranked) > 1 else 0.0

    # Membership

    def _is_member(self, segment: str, key: Key) -> bool:
        """The flag of one who exists: its conditions hold, and no segment before it in an exclusive group has them."""
        before = (one for group in self.spec.groups for one in earlier(group, segment))
        return self.qualifies(self.segments[segment], key) and not any(self.is_member(one, key) for one in before)

    def qualifies(self, segment: Segment, key: Key) -> bool:
        """Whether the conditions hold, whatever group the segment is in."""
        person = self.person(segment.entity.text, key)
        if segment.extends is not None and not self.is_member(segment.extends.text, key):
            return False
        if segment.eligible is not None:
            start = person.start()
            if start is None or self.as_of - start < length(segment.eligible.min_tenure.duration):
                return False
        return segment.condition is None or self.holds(segment.condition, person, unknown=False)

    def holds(self, condition: Condition, person: Person, *, unknown: bool) -> bool:
        """Whether a condition holds, where one that is unknown counts as `unknown`: always against membership."""
        match condition:
            case InSegment(segment, turned):
                return self.is_member(segment.text, person.key) != turned
            case Test():
                found = tested(condition, person.value(condition.measure))
                return unknown if found is None else found
            case Group(Logic.NONE, conditions):
                return not any(self.holds(one, person, unknown=not unknown) for one in conditions)
            case Group(logic, conditions, least):
                count = sum(self.holds(one, person, unknown=unknown) for one in conditions)
                return count >= {Logic.ALL: len(conditions), Logic.ANY: 1, Logic.AT_LEAST_OF: least}[logic]


def earlier(group: model.ExclusiveGroup, segment: str) -> list[str]:
    """The segments that stand before one in its group."""
    names = [name.text for name in group.segments]
    return names[: names.index(segment)] if segment in names else []


def tested(test: Test, value: Cell) -> bool | None:
    """Whether a value fulfils every comparison; None where that is unknown."""
    if value is None and test.or_never:
        return True
    match test.measure.key:
        case MeasureKey.DID | MeasureKey.ANY_MEMBER_IN:
            return as_number(value) >= 1
        case MeasureKey.DID_NOT | MeasureKey.NO_MEMBER_IN:
            return as_number(value) == 0
    if not test.comparisons:
        assert value is None or isinstance(value, bool)
        return value
    found = [compare(one.relop, value, [constant.value for constant in one.values]) for one in test.comparisons]
    return False if False in found else None if None in found else True


def compare(relop: Relop, value: Cell, written: Sequence[Any]) -> bool | None:
    """One comparison with constants as they are written."""
    if relop is Relop.IS_NULL:
        return (value is None) == bool(written[0])
    if value is None:
        return None
    match relop:
        case Relop.BETWEEN:
            return at_least(value, written[0]) and at_least(value, written[1], turned=True)
        case Relop.IN:
            return any(pair(value, one)[0] == pair(value, one)[1] for one in written)
        case _:
            return bool(_RELATIONS[relop](*pair(value, written[0])))


def at_least(value: Cell, constant: Any, *, turned: bool = False) -> bool:
    """value >= constant; turned: value <= constant."""
    left, right = pair(value, constant)
    return bool(left <= right if turned else left >= right)


def pair(value: Cell, constant: Any) -> tuple[Any, Any]:
    """A value and the constant it is compared with, alike: `14 days` beside a number are seconds."""
    if isinstance(value, date):
        read = read_instant(str(constant))
        if isinstance(read, datetime) or isinstance(value, datetime):
            return as_instant(value), as_instant(read)
        return value, read
    if isinstance(value, str):
        return value, str(constant)
    if isinstance(constant, str) and not isinstance(value, bool):
        duration = parse_duration(constant)
        assert duration is not None, constant
        return value, length(duration).total_seconds()
    return value, constant


def as_number(value: Cell) -> float:
    """A count."""
    assert isinstance(value, int | float)
    return value

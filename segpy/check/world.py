"""An entity's measures and segments as variables and formulas, and all that can be asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import Field, dataclass, fields
from typing import TypeAlias

from segpy.check.bounds import passing, possible
from segpy.check.formula import AtLeast, Fact, Flag, Formula, every, flags_of, opposite, parts_in, variables_of
from segpy.check.knowledge import Knowledge
from segpy.check.outline import Part
from segpy.check.search import Ground, Rule, Search, ground, stirs, variables_in
from segpy.check.values import Values, between, points
from segpy.resolve.model import Bound, Condition, Group, InSegment, Segment, Test
from segpy.resolve.model_events import Entity
from segpy.resolve.model_measures import Measure
from segpy.spec.model import Logic

_TRUE, _EITHER = points([1], whole=True), between(0, 1, whole=True)
_MOST_VARIABLES = 120
"""With more measures at once, other segments are looked at as flags only."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something of which only that it may hold or not is known."""

    about: tuple[object, ...]


Variable: TypeAlias = Measure | Opaque
_OF_A_SEGMENT = frozenset(
    (
        *("name", "entity", "description", "stage", "owner", "extends", "condition", "playbook", "size", "version"),
        *("group", "span", "extends_span", "respond_within"),
    )
)
"""What is known of segments here. Whatever else one says may leave anybody out."""


def _is_new(segment: Segment, field: Field[object]) -> bool:
    return field.name not in _OF_A_SEGMENT and field.compare and getattr(segment, field.name) not in (None, ())


class World:
    """One entity of a bound spec."""

    def __init__(self, bound: Bound, entity: Entity) -> None:
        self.settings = bound.settings
        self.entity = entity
        self.segments = {one.name: one for one in bound.segments if one.entity == entity.name}
        self.groups = tuple(group for group in bound.groups if group.entity == entity.name)
        self.variables: list[Variable] = []
        self._numbers: dict[Variable, int] = {}
        self._domains: list[Values] = []
        self._definitions: dict[str, Formula] = {}
        self._knowledge = Knowledge(entity, self.number, self._measure)
        self._stirring: dict[int, bool] = {}
        self._grounds: dict[frozenset[int], Ground] = {}
        self._settled: dict[str, tuple[Mapping[int, Values], frozenset[int]]] = {}
        self._matches: dict[str, Formula] = {}
        self.outlines: dict[str, tuple[Part, ...]] = {}
        self._answers: dict[tuple[Formula, ...], bool] = {}

    def number(self, variable: Variable) -> int:
        """The number that stands for a variable."""
        found = self._numbers.get(variable)
        if found is None:
            found = self._numbers[variable] = len(self.variables)
            self.variables.append(variable)
            self._domains.append(_EITHER if isinstance(variable, Opaque) else possible(variable, self.settings))
        return found

    def _measure(self, variable: int) -> Measure | None:
        found = self.variables[variable]
        return None if isinstance(found, Opaque) else found

    def domain(self, variable: int) -> Values:
        """All values that a variable can have."""
        return self._domains[variable]

    def fact(self, test: Test, negated: bool) -> Fact:
        """What a condition demands of its measure, or under a negation the negation of it."""
        values = passing(test, under_negation=negated)
        if values is None:
            found = Fact(self.number(Opaque((test, negated))), _TRUE)
        else:
            found = Fact(self.number(test.measure), values)
        return Fact(found.variable, ~found.values) if negated else found

    def formula(self, condition: Condition, negated: bool = False) -> Formula:
        """What a condition demands, or the negation of it. Null decides against membership on either side."""
        match condition:
            case Test():
                return self.fact(condition, negated)
            case InSegment(segment, outside):
                return Flag(segment, outside == negated)
            case Group(logic, conditions):
                below = negated != (logic is Logic.NONE)
                return AtLeast(least(condition, negated), tuple(self.formula(one, below) for one in conditions))

    def matches(self, segment: Segment) -> Formula:
        """What a segment's own definition demands, its waterfall aside."""
        if segment.name not in self._matches:
            parts: list[Formula] = [Flag(segment.extends, True)] if segment.extends else []
            if segment.condition is not None:
                parts.append(self.formula(segment.condition))
            if unknown := [one.name for one in fields(segment) if _is_new(segment, one)]:
                parts.append(Fact(self.number(Opaque((segment.name, *unknown))), _TRUE))
            self._matches[segment.name] = every(parts)
        return self._matches[segment.name]

    def ahead(self, segment: Segment) -> tuple[str, ...]:
        """The segments before one in its waterfall."""
        for group in self.groups:
            if segment.name in group.segments:
                return group.segments[: group.segments.index(segment.name)]
        return ()

    def definition(self, name: str) -> Formula:
        """What being in a segment demands, its waterfall included."""
        if name not in self._definitions:
            segment = self.segments[name]
            others = [opposite(self._taken_by(self.segments[other])) for other in self.ahead(segment)]
            self._definitions[name] = every([self.matches(segment), *others])
        return self._definitions[name]

    def _taken_by(self, segment: Segment) -> Formula:
        """What takes somebody out of the later places of a group: of who was in a segment before, anything may come."""
        return Flag(segment.name, True) if segment.remembers else self.matches(segment)

    def possible(self, *parts: Formula) -> bool:
        """Whether somebody could fulfil all of these. False only where nobody ever can."""
        if parts not in self._answers:
            self._answers[parts] = self._search(parts).possible(parts)
        return self._answers[parts]

    def _search(self, parts: tuple[Formula, ...]) -> Search:
        opened, variables = self._opened(parts)
        if variables not in self._grounds:
            rules = self._knowledge.about(variables)
            met = variables.union(*map(variables_in, rules))
            domains = {variable: self.domain(variable) for variable in sorted(met)}
            self._grounds[variables] = ground(domains, rules, self._stirring_of(rules))
        return Search(self._grounds[variables], {name: self.definition(name) for name in opened})

    def within(self, segment: Segment, other: str) -> bool:
        """Whether everybody who fulfils a segment's definition is in the other. True only where that is so."""
        if segment.remembers or self.segments[other].remembers:
            return False
        parts = parts_in(self.definition(other))
        told = [self._told(segment, part) for part in parts]
        if False in told:
            return False
        asked = [part for part, holds in zip(parts, told, strict=True) if holds is None]
        return all(self.implies([self.matches(segment)], part) for part in asked)

    def _told(self, segment: Segment, part: Formula) -> bool | None:
        """Whether a part of a definition follows from a segment's; None where only a search can tell."""
        if not isinstance(part, Fact):
            return None
        if segment.name not in self._settled:
            parts = (self.matches(segment),)
            self._settled[segment.name] = self._search(parts).settled(parts)
        values, open_ = self._settled[segment.name]
        variable = part.variable
        if values.get(variable, self.domain(variable)) <= part.values:
            return True
        return None if variable in open_ or self._knowledge.tells_of(variable) else False

    def _stirring_of(self, rules: Sequence[Rule]) -> list[Rule]:
        """Asked by what a rule is and not by what it says: the world has each only once."""
        known = self._stirring
        for rule in rules:
            if id(rule) not in known:
                known[id(rule)] = stirs(rule, {variable: self.domain(variable) for variable in variables_in(rule)})
        return [rule for rule in rules if known[id(rule)]]

    def certain(self, *parts: Formula) -> bool:
        """Whether everybody fulfils all of these. True only where that is so."""
        return not self.possible(opposite(every(parts)))

    def implies(self, parts: Sequence[Formula], other: Formula) -> bool:
        """Whether everybody who fulfils all of these fulfils the other too. True only where that is so."""
        return not self.possible(*parts, opposite(other))

    def _opened(self, parts: Iterable[Formula]) -> tuple[dict[str, None], frozenset[int]]:
        """The segments whose definitions are looked into, and every variable that comes up."""
        variables = {variable for part in parts for variable in variables_of(part)}
        opened: dict[str, None] = {}
        waiting = [name for part in parts for name in flags_of(part)]
        while waiting:
            name = waiting.pop(0)
            if name in opened or self.segments[name].remembers:
                continue
            definition = self.definition(name)
            wider = variables | set(variables_of(definition))
            if len(wider) > _MOST_VARIABLES:
                break
            variables = wider
            opened[name] = None
            waiting += flags_of(definition)
        return opened, frozenset(variables)


def least(group: Group, negated: bool) -> int:
    """How many of a group's conditions must hold; of their negations, where the group is negated or says none."""
    total = len(group.conditions)
    wanted = {Logic.ALL: total, Logic.ANY: 1, Logic.NONE: total, Logic.AT_LEAST_OF: group.least}[group.logic]
    return total - wanted + 1 if negated else wanted

"""The rules between the variables of a world. Each is worked out once, however many questions it has a part in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import permutations

from segpy.check.relations import (
    EventSet,
    Leads,
    Ordered,
    Relation,
    alone,
    event_set,
    of_one_set,
    of_two_sets,
    of_window,
)
from segpy.check.search import Bond, Order, Rule, variables_in
from segpy.resolve.atoms import contained
from segpy.resolve.model_events import Atom, Entity
from segpy.resolve.model_measures import EventMeasure, Measure

Rules = tuple[Rule, ...]
Numbers = tuple[int, ...]


class Knowledge:
    """What follows for measures from others, by their numbers. `measure` is None for what nothing is known of."""

    def __init__(
        self, entity: Entity, number: Callable[[Measure], int], measure: Callable[[int], Measure | None]
    ) -> None:
        self._entity, self._number, self._measure = entity, number, measure
        self._rules: dict[Rule, Rule] = {}
        self._asked: dict[frozenset[int], Rules] = {}
        self._alone: dict[int, Rules] = {}
        self._sets: list[EventSet] = []
        self._set_numbers: dict[EventSet, int] = {}
        self._set_of: dict[int, int | None] = {}
        self._windows: dict[int, Rules] = {}
        self._of_one: dict[tuple[int, Numbers], Rules] = {}
        self._of_two: dict[tuple[int, Numbers, int, Numbers], Rules] = {}
        self._within: dict[tuple[Atom, Atom], bool] = {}
        self._may: dict[tuple[int, int], bool] = {}

    def about(self, variables: frozenset[int]) -> Rules:
        """Every rule between these, by way of others if need be."""
        if variables not in self._asked:
            self._asked[variables] = tuple({id(rule): rule for rule in self._found(variables)}.values())
        return self._asked[variables]

    def tells_of(self, variable: int) -> bool:
        """Whether anything follows from a variable for others."""
        return bool(self._by_itself(variable)) or self._events_of(variable) is not None

    def _found(self, variables: frozenset[int]) -> list[Rule]:
        own = dict.fromkeys(sorted(variables))
        rules = [rule for one in own for rule in self._by_itself(one)]
        sets: dict[int, dict[int, None]] = {}
        self._collect(sets, (*own, *(side for rule in rules for side in variables_in(rule))))
        for events in tuple(sets):
            of_window_ = self._of_window(events)
            rules += of_window_
            self._collect(sets, (side for rule in of_window_ for side in variables_in(rule)))
        listed = {events: tuple(found) for events, found in sets.items()}
        for events, found in listed.items():
            rules += self._of_one_set(events, found)
        for one, other in permutations(listed, 2):
            if self._may_tell(one, other):
                rules += self._of_two_sets(one, listed[one], other, listed[other])
        return rules

    def _collect(self, sets: dict[int, dict[int, None]], variables: Iterable[int]) -> None:
        for one in variables:
            events = self._events_of(one)
            if events is not None:
                sets.setdefault(events, {})[one] = None

    def _events_of(self, variable: int) -> int | None:
        """The number of the set of events that a variable measures."""
        if variable not in self._set_of:
            measure = self._measure(variable)
            events = event_set(measure) if measure is not None else None
            if events is not None and events not in self._set_numbers:
                self._set_numbers[events] = len(self._sets)
                self._sets.append(events)
            self._set_of[variable] = None if events is None else self._set_numbers[events]
        return self._set_of[variable]

    def _by_itself(self, variable: int) -> Rules:
        if variable not in self._alone:
            measure = self._measure(variable)
            self._alone[variable] = () if measure is None else self._numbered(alone(measure, self._entity))
        return self._alone[variable]

    def _of_window(self, events: int) -> Rules:
        if events not in self._windows:
            self._windows[events] = self._numbered(of_window(self._sets[events], self._entity))
        return self._windows[events]

    def _of_one_set(self, events: int, found: Numbers) -> Rules:
        key = events, found
        if key not in self._of_one:
            self._of_one[key] = self._numbered(of_one_set(self._sets[events], self._measures(found)))
        return self._of_one[key]

    def _may_tell(self, one: int, other: int) -> bool:
        """Whether every event of a set, its window aside, is one of the other's."""
        key = one, other
        if key not in self._may:
            atoms = self._sets[one][0], self._sets[other][0]
            if atoms not in self._within:
                self._within[atoms] = contained(*atoms)
            self._may[key] = self._within[atoms]
        return self._may[key]

    def _of_two_sets(self, one: int, inner: Numbers, other: int, outer: Numbers) -> Rules:
        key = one, inner, other, outer
        if key not in self._of_two:
            sets, measures = (self._sets[one], self._sets[other]), (self._measures(inner), self._measures(outer))
            self._of_two[key] = self._numbered(of_two_sets(sets[0], measures[0], sets[1], measures[1]))
        return self._of_two[key]

    def _measures(self, variables: Numbers) -> tuple[EventMeasure, ...]:
        found = (self._measure(one) for one in variables)
        return tuple(one for one in found if isinstance(one, EventMeasure))

    def _numbered(self, relations: Iterable[Relation]) -> Rules:
        return tuple(dict.fromkeys(self._rule(relation) for relation in relations))

    def _rule(self, relation: Relation) -> Rule:
        rule: Rule
        match relation:
            case Ordered(less, more, from_less, from_more):
                rule = Order(self._number(less), self._number(more), from_less, from_more)
            case Leads(when, among, then, into):
                rule = Bond(self._number(when), among, self._number(then), into)
        return self._rules.setdefault(rule, rule)

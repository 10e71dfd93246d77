"""The search for a way to fulfil formulas. It may give up, and then says that there is one.

Facts narrow the values of variables, rules carry that from variable to variable, and what is left to choose is tried
one by one. Only where every try ends with a variable that has no value left, nobody can fulfil the formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from segpy.check.formula import AtLeast, Fact, Flag, Formula, opposite, variables_of
from segpy.check.values import KNOWN, NULL, Values, beyond, up_to

_MOST_TRIES = 200
_MOST_STEPS = 5_000


@dataclass(frozen=True, slots=True)
class Order:
    """Where both variables are known, `less` is at most `more`; the one may have to be known wherever the other is."""

    less: int
    more: int
    from_less: bool
    from_more: bool


@dataclass(frozen=True, slots=True)
class Bond:
    """Where the value of `when` is `among` these, that of `then` is one of `into`."""

    when: int
    among: Values
    then: int
    into: Values


Rule: TypeAlias = Order | Bond


def variables_in(rule: Rule) -> tuple[int, int]:
    """The two variables that a rule is about."""
    return (rule.less, rule.more) if isinstance(rule, Order) else (rule.when, rule.then)


class _Impossible(Exception):
    """A variable has no value left, or somebody would be in and out of a segment."""


@dataclass(slots=True)
class _State:
    """What is known on one way: values, flags, and what is still to choose."""

    values: dict[int, Values]
    flags: dict[str, bool]
    choices: list[AtLeast]

    def copy(self) -> _State:
        return _State(dict(self.values), dict(self.flags), list(self.choices))


def follow(values: dict[int, Values], rule: Rule, changed: int) -> int | None:
    """The other variable of a rule, where what one of them has become narrows it."""
    if isinstance(rule, Bond):
        if changed == rule.when:
            if values[changed] <= rule.among and _narrow(values, rule.then, rule.into):
                return rule.then
        elif (values[changed] & rule.into).empty and _narrow(values, rule.when, ~rule.among):
            return rule.when
        return None
    if changed == rule.less:
        edge = values[changed].lowest
        limit = beyond(edge) if edge is not None and not isinstance(edge[0], str) else None
        return _order(values, changed, rule.more, limit, rule.from_less, rule.from_more)
    edge = values[changed].highest
    limit = up_to(edge) if edge is not None and not isinstance(edge[0], str) else None
    return _order(values, changed, rule.less, limit, rule.from_more, rule.from_less)


def _order(
    values: dict[int, Values], one: int, other: int, limit: Values | None, from_one: bool, from_other: bool
) -> int | None:
    """Let the one tell what the other may be: its limit, and whether it is known."""
    told = values[one]
    narrowed = False
    if from_one and not told.null:  # where the one is known the other is
        narrowed = _narrow(values, other, KNOWN)
    if from_other and told.unknown:  # so that where the one is not, neither is the other
        narrowed |= _narrow(values, other, NULL)
    if limit is not None and (from_other or not told.null):
        narrowed |= _narrow(values, other, limit)
    return other if narrowed else None


def _narrow(values: dict[int, Values], variable: int, to: Values) -> bool:
    """Leave a variable only these values; whether it had others."""
    before = values[variable]
    after = before & to
    if after is before:
        return False
    if after.empty:
        raise _Impossible
    values[variable] = after
    return after != before


def stirs(rule: Rule, domains: Mapping[int, Values]) -> bool:
    """Whether a rule narrows variables of which nothing is known yet."""
    values = dict(domains)
    try:
        return any(follow(values, rule, variable) is not None for variable in variables_in(rule))
    except _Impossible:
        return True


@dataclass(frozen=True, slots=True)
class Ground:
    """What questions about the same variables begin with: their values, and the rules that each of them has a part in.

    `stirring` are the variables of the rules that narrow something before anything is asked.
    """

    domains: Mapping[int, Values]
    touching: Mapping[int, list[Rule]]
    stirring: frozenset[int]


def ground(domains: Mapping[int, Values], rules: Iterable[Rule], stirring: Iterable[Rule]) -> Ground:
    """The ground for questions about these variables. `stirring` are the rules that narrow them by themselves."""
    touching: dict[int, list[Rule]] = {}
    for rule in rules:
        for variable in variables_in(rule):
            touching.setdefault(variable, []).append(rule)
    return Ground(domains, touching, frozenset(variable for rule in stirring for variable in variables_in(rule)))


class Search:
    """One question. `definitions` are what being in a segment demands."""

    def __init__(self, ground: Ground, definitions: Mapping[str, Formula]) -> None:
        self.ground = ground
        self.definitions = definitions
        self.tries = _MOST_TRIES

    def possible(self, parts: Iterable[Formula]) -> bool:
        """False only where nobody can fulfil all of these."""
        state = _State(dict(self.ground.domains), {}, [])
        try:
            self._carry(state, self.ground.stirring)
        except _Impossible:
            return False
        return self._holds(state, list(parts))

    def settled(self, parts: Iterable[Formula]) -> tuple[Mapping[int, Values], frozenset[int]]:
        """The values of variables where all of these hold, as far as is known untried, and which may change yet."""
        state = _State(dict(self.ground.domains), {}, [])
        waiting = list(parts)
        try:
            self._carry(state, self.ground.stirring)
            while waiting:
                self._carry(state, self._assert(state, waiting))
                waiting = self._chosen(state)
        except _Impossible:
            return state.values, frozenset(self.ground.domains)
        open_ = {variable for choice in state.choices for variable in variables_of(choice)}
        return state.values, frozenset(self.ground.touching.keys() | open_)

    def _holds(self, state: _State, parts: list[Formula]) -> bool:
        try:
            while parts:
                changed = self._assert(state, parts)
                self._carry(state, changed)
                parts = self._chosen(state)
        except _Impossible:
            return False
        if not state.choices:
            return True
        self.tries -= 1
        if self.tries < 0:
            return True
        choice = min(state.choices, key=lambda one: len(one.parts))
        state.choices.remove(choice)
        first, rest = choice.parts[0], choice.parts[1:]
        taken: list[Formula] = [first]
        if choice.least > 1:
            taken.append(AtLeast(choice.least - 1, rest))
        return self._holds(state.copy(), taken) or self._holds(state, [opposite(first), AtLeast(choice.least, rest)])

    def _assert(self, state: _State, parts: list[Formula]) -> set[int]:
        """Take formulas for true; returns the variables that this narrows."""
        changed: set[int] = set()
        waiting = list(parts)
        while waiting:
            part = waiting.pop()
            match part:
                case Fact(variable, values):
                    if _narrow(state.values, variable, values):
                        changed.add(variable)
                case Flag(segment, member):
                    if segment in state.flags:
                        if state.flags[segment] != member:
                            raise _Impossible
                        continue
                    state.flags[segment] = member
                    definition = self.definitions.get(segment)
                    if definition is not None:
                        waiting.append(definition if member else opposite(definition))
                case AtLeast(least, options):
                    if least > len(options):
                        raise _Impossible
                    if least == len(options):
                        waiting += options
                    elif least > 0:
                        state.choices.append(part)
        return changed

    def _carry(self, state: _State, changed: Iterable[int]) -> None:
        """Let rules tell what narrowed variables mean for others, until nothing is new."""
        steps = _MOST_STEPS
        waiting = dict.fromkeys(sorted(changed))
        while waiting and steps > 0:
            variable = next(iter(waiting))
            del waiting[variable]
            for rule in self.ground.touching.get(variable, ()):
                steps -= 1
                narrowed = follow(state.values, rule, variable)
                if narrowed is not None:
                    waiting[narrowed] = None

    def _chosen(self, state: _State) -> list[Formula]:
        """What the choices come to by now; those that are still open stay in the state."""
        certain: list[Formula] = []
        still: list[AtLeast] = []
        for choice in state.choices:
            told = [(part, self._told(state, part)) for part in choice.parts]
            least = choice.least - sum(1 for _, holds in told if holds)
            unknown = tuple(part for part, holds in told if holds is None)
            if least <= 0:
                continue
            if least > len(unknown):
                raise _Impossible
            if least == len(unknown):
                certain += unknown
            else:
                still.append(AtLeast(least, unknown))
        state.choices = still
        return certain

    def _told(self, state: _State, part: Formula) -> bool | None:
        """Whether a formula holds, as far as is known."""
        match part:
            case Fact(variable, values):
                have = state.values[variable]
                return False if (have & values).empty else True if have <= values else None
            case Flag(segment, member):
                return state.flags[segment] == member if segment in state.flags else None
            case AtLeast(least, parts):
                told = [self._told(state, one) for one in parts]
                holding, open_ = told.count(True), told.count(None)
                return True if holding >= least else False if holding + open_ < least else None

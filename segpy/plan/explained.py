"""What a segment asks of somebody, taken apart into conditions and rules.

Negation is carried down to the conditions, so that each says whether it speaks for membership, and so that all that is
left to combine them is `AtLeast`. A rule is the smallest part of which all must hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import assert_never

from segpy.plan.model_explained import AtLeast, Explained, Flagged, Line, Measured, Need, Rule, lines_of
from segpy.plan.names import Names, limited
from segpy.plan.words import opposite_words, test_words, threshold_words
from segpy.resolve.model import Condition, Group, InSegment, Segment, Test
from segpy.resolve.model_measures import nullable, type_of
from segpy.spec.expression import Type
from segpy.spec.model import Logic


def explained(
    segment: Segment,
    key: str,
    ahead: tuple[str, ...],
    column: Callable[[Test], str],
    name: Callable[[Test], str],
    verdicts: Mapping[Test, str],
) -> Explained:
    """The conditions of a segment. `ahead` are the segments before it in its exclusive group.

    `column` is where the measure of a test stands, `name` what the test is called where its author does not say.
    Of a test with a verdict the value is not shown, only whether it passes.
    """
    reading = _Reading(key, column, name, verdicts)
    needs = [part for condition in _first_to_last(segment) for part in _conjuncts(reading.need(condition))]
    needs += [reading.ahead(one, segment.group or "") for one in ahead]
    made = Names()
    rules = tuple(_rule(segment.name, number, need, made) for number, need in enumerate(_numbered(needs), 1))
    return Explained(rules, _column(segment.name, "reached", made), _column(segment.name, "failed", made))


def _first_to_last(segment: Segment) -> Iterator[Condition]:
    """Who is eligible, what the segment extends, and its own conditions."""
    condition = segment.condition
    if segment.eligible:
        assert isinstance(condition, Group)
        yield condition.conditions[0]
        condition = Group(Logic.ALL, condition.conditions[1:], 0)
    if segment.extends is not None:
        yield InSegment(segment.extends, negated=False)
    if condition is not None:
        yield condition


def _conjuncts(need: Need) -> Sequence[Need]:
    """The smallest parts of which all must hold."""
    match need:
        case AtLeast(least, parts) if least == len(parts):
            return [one for part in parts for one in _conjuncts(part)]
        case _:
            return [need]


class _Reading:
    """Conditions as needs, with columns of their own for each value and each verdict."""

    def __init__(
        self, key: str, column: Callable[[Test], str], name: Callable[[Test], str], verdicts: Mapping[Test, str]
    ) -> None:
        self._column, self._name, self._verdicts = column, name, verdicts
        self._columns = Names(key, "as_of", "is_member")

    def need(self, condition: Condition, *, negated: bool = False) -> Need:
        """A condition, or the opposite of one."""
        match condition:
            case Test():
                return self._test(condition, negated=negated)
            case InSegment(segment, turned):
                inside = turned == negated
                words = f"{'in' if inside else 'not in'} segment {segment}"
                return self._flag(segment, words, negated=not inside)
            case Group(logic, conditions, least):
                inner = negated != (logic is Logic.NONE)
                parts = tuple(self.need(one, negated=inner) for one in conditions)
                wanted = {Logic.ANY: 1, Logic.AT_LEAST_OF: least}.get(logic, len(parts))
                if negated:
                    wanted = len(parts) + 1 - wanted
                return parts[0] if len(parts) == 1 else AtLeast(wanted, parts)
            case _:
                assert_never(condition)

    def ahead(self, segment: str, group: str) -> Line:
        """Of an exclusive group, nobody who is in a segment before."""
        return self._flag(segment, f"not already in {segment} (group {group})", negated=True)

    def _test(self, test: Test, *, negated: bool) -> Line:
        about = self._about(test)
        made = f"not_{self._name(test)}" if negated else self._name(test)
        name = test.name or limited(made, test)
        words, threshold = test_words(test), threshold_words(test)
        if negated:
            words, threshold = opposite_words(test), f"not {threshold}"
        return Line(0, 0, name, words, threshold, self._columns.claim(name, (about, negated)), about, negated)

    def _about(self, test: Test) -> Measured:
        column = self._verdicts.get(test) or self._column(test)
        shown, unknown = self._columns.claim(column, ("value", column)), nullable(test.measure)
        if test in self._verdicts:
            return Measured(column, shown, Type.BOOLEAN, unknown and not test.or_never, (), or_never=False)
        never = test.or_never and unknown
        return Measured(column, shown, type_of(test.measure), unknown and not never, test.comparisons, never)

    def _flag(self, segment: str, words: str, *, negated: bool) -> Line:
        about = Flagged(segment)
        name = limited(f"not_in_{segment}" if negated else f"in_{segment}", (about, negated))
        passed = self._columns.claim(name, (about, negated))
        return Line(0, 0, name, words, "false" if negated else "true", passed, about, negated)


def _numbered(needs: Sequence[Need]) -> list[Need]:
    """The same with the place of each condition, and the rule that it is of."""
    positions = count(1)

    def numbered(need: Need, rule: int) -> Need:
        match need:
            case Line():
                return replace(need, position=next(positions), rule=rule)
            case AtLeast(least, parts):
                return AtLeast(least, tuple(numbered(part, rule) for part in parts))

    return [numbered(need, rule) for rule, need in enumerate(needs, 1)]


def _rule(segment: str, number: int, need: Need, made: Names) -> Rule:
    name, words = _told(need)
    columns = [_column(segment, f"{part}_{number}", made) for part in ("rule", "passing", "remaining", "failing_only")]
    return Rule(number, name, words, need, *columns)


def _column(segment: str, part: str, made: Names) -> str:
    return made.claim(f"{segment}__{part}", (segment, part))


def _told(need: Need) -> tuple[str, str]:
    """The name and the English of what stands at the top of a segment."""
    match need:
        case Line():
            return need.name, need.words
        case AtLeast(least, parts):
            names, words = zip(*map(_told, parts), strict=True)
            head = {len(parts): "all of", 1: "any of"}.get(least, f"at least {least} of")
            name = f"{head.replace(' ', '_')}_{'_or_'.join(names)}"
            content = (least, tuple(line.name for line in lines_of(need)))
            return limited(name, content), f"{head} ({'; '.join(words)})"

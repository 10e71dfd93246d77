"""Conditions of a segment one by one: whether each speaks for membership, and how many are missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from segpy.plan.model import EntityPlan, SegmentsPlan
from segpy.plan.model_explained import AtLeast, Line, Measured, Need, most_missed
from segpy.sql.nodes import Operation
from segpy.sql.relations import Relations
from segpy.sql.segments import compared
from segpy.sql.tree import all_of, any_of, coalesce, column, inner_join, negated, number, table

FEATURES, SEGMENTS = "features", "segments"


def whom(plan: EntityPlan, segments: SegmentsPlan, relations: Relations) -> tuple[exp.Table, list[exp.Join]]:
    """Everybody, with what is measured of them and their flags."""
    key = plan.entity.key
    same = exp.EQ(this=column(key, SEGMENTS), expression=column(key, FEATURES))
    joined = inner_join(relations.model(segments.model), same, SEGMENTS)
    return table(relations.model(plan.features.model), FEATURES), [joined]


def verdict(line: Line) -> exp.Expr:
    """Whether a condition speaks for membership. Never null: what is not known speaks against it."""
    match line.about:
        case Measured(name, _, _, nullable, comparisons, or_never):
            found = compared(column(name, FEATURES), comparisons, or_never=or_never)
            found = coalesce(found, exp.Boolean(this=line.negated)) if nullable else found
        case _:
            found = column(line.about.segment, SEGMENTS)
    return negated(found) if line.negated else found


def holds(need: Need, passed: Callable[[Line], exp.Expr] = verdict) -> exp.Expr:
    """Whether enough of the conditions below a need pass."""
    match need:
        case Line():
            return passed(need)
        case AtLeast(least, parts):
            trees = [holds(part, passed) for part in parts]
            if least == len(parts):
                return all_of(trees)
            if least == 1:
                return any_of(trees)
            return exp.GTE(this=total([Operation.ONE_IF(tree) for tree in trees]), expression=number(least))


def missed(need: Need, passed: Callable[[Line], exp.Expr]) -> exp.Expr:
    """The least number of conditions that would have to come out otherwise for a need to be met.

    Of the numbers missed by its parts the smallest count, as many as are needed. Their sum is taken from below: at
    least this many of those are 1 or more, this many 2 or more, and so on.
    """
    match need:
        case Line():
            return exp.Case(ifs=[exp.If(this=passed(need), true=number(0))], default=number(1))
        case AtLeast(least, parts):
            by_part = [missed(part, passed) for part in parts]
            if least == len(parts):
                return total(by_part)
            if least == 1:
                return exp.Least(this=by_part[0], expressions=by_part[1:])
            most = max(map(most_missed, parts))
            return total([_short(least, by_part, at_least) for at_least in range(1, most + 1)])


def _short(least: int, by_part: list[exp.Expr], at_least: int) -> exp.Expr:
    """How many parts are short of what is needed, where only those count that miss fewer than so many."""
    near = [Operation.ONE_IF(exp.LT(this=exp.paren(one.copy()), expression=number(at_least))) for one in by_part]
    return exp.Greatest(this=exp.Sub(this=number(least), expression=exp.paren(total(near))), expressions=[number(0)])


def total(numbers: Sequence[exp.Expr]) -> exp.Expr:
    """The sum of numbers."""
    found = numbers[0]
    for one in numbers[1:]:
        found = exp.Add(this=found, expression=one)
    return found

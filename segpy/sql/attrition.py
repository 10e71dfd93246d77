"""`segment_attrition`: how many remain after each rule of a segment, and how many fail that one alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from segpy.plan.model import EntityPlan, Plan, SegmentPlan, SegmentsPlan
from segpy.plan.model_explained import Flagged, Line, Rule
from segpy.spec.expression import Type
from segpy.sql.cells import NOTHING_WITHHELD, withheld_column
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    as_of,
    cast,
    column,
    cross_join,
    listed,
    named,
    negated,
    number,
    output,
    select,
    table,
    text,
    union_all,
)
from segpy.sql.verdicts import holds, total, whom
from segpy.sql.withheld import attrition_withheld

_AT_A_POSITION = ("segment", "position", "condition", "description")
_POPULATION, _COUNTED, _RULES = "population", "counted", "rules"


@dataclass(frozen=True, slots=True)
class _Batch:
    """Segments that are counted together, in one pass over an entity. `name` begins the names of its CTEs."""

    name: str
    plan: EntityPlan
    segments: tuple[SegmentPlan, ...]


def attrition_query(plan: Plan, *, published: bool = True) -> Query:
    """Each entity is looked at once; what was counted side by side is then put one below the other.

    Where it is `published`, small counts are withheld.
    """
    least = plan.bound.settings.min_cell_size if published else None
    relations = Relations(plan.bound.settings.grain)
    ctes: list[Cte] = []
    parts: list[exp.Query] = []
    for one in (found for entity in plan.entities for found in _batches(entity)):
        assert one.plan.segments is not None
        passed = _passed(one, one.plan.segments, relations)
        ctes += [
            Cte(
                f"{one.name}__rules",
                (f"the rules of segments about {one.plan.entity.name}, in their order",),
                _said(one),
            ),
            Cte(f"{one.name}__passed", ("which rules somebody passes; what is not known is not passed",), passed),
            Cte(f"{one.name}__failed", ("how far somebody comes, and how many rules are failed",), _failed(one)),
            Cte(f"{one.name}__counted", (), _counted(one)),
        ]
        parts.append(_rows(one, about=least is not None))
    final = union_all(parts)
    if least is not None:
        above, final = attrition_withheld(final, plan.history.sizes, least, relations)
        ctes += above
    return Query(plan.attrition, "one row a segment and rule", tuple(ctes), final, _columns(), relations.placeholders)


def _batches(plan: EntityPlan) -> Iterator[_Batch]:
    """The segments of an entity, by the pass in which they are counted."""
    segments = plan.segments.segments if plan.segments is not None else ()
    for name in sorted({one.batch for one in segments}):
        yield _Batch(name, plan, tuple(one for one in segments if one.batch == name))


def _said(one: _Batch) -> exp.Query:
    """One row a rule, and before those of each segment one for the whole population."""
    everybody = (0, _POPULATION, f"every {one.plan.entity.name} of the population")
    return listed(
        _AT_A_POSITION,
        (
            (text(segment.segment.name), number(position), text(name), text(words))
            for segment in one.segments
            for position, name, words in (
                everybody,
                *((rule.position, rule.name, rule.words) for rule in segment.apart.rules),
            )
        ),
    )


def _passed(one: _Batch, segments: SegmentsPlan, relations: Relations) -> exp.Query:
    """One row an entity, a boolean for each rule."""
    source, joins = whom(one.plan, segments, relations)
    return select([named(holds(rule.need), rule.column) for rule in _rules(one)], source, joins=joins)


def _failed(one: _Batch) -> exp.Query:
    """One row an entity, and for each segment how many rules come before the first failed one, and how many fail."""
    columns: list[exp.Expr] = [exp.Star()]
    for segment in one.segments:
        rules = segment.apart.rules
        before = [exp.If(this=negated(column(rule.column)), true=number(rule.position - 1)) for rule in rules]
        columns.append(named(exp.Case(ifs=before, default=number(len(rules))), segment.apart.reached))
        failed = total([_one_if_not(rule.column) for rule in rules])
        columns.append(named(failed, segment.apart.failed))
    return select(columns, table(f"{one.name}__passed"))


def _one_if_not(name: str) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=column(name), true=number(0))], default=number(1))


def _counted(one: _Batch) -> exp.Query:
    """One row: how many pass each rule, come past it, and fail it alone."""
    columns = [named(exp.Count(this=exp.Star()), _POPULATION)]
    for segment in one.segments:
        apart = segment.apart
        for rule in apart.rules:
            come_past = exp.GTE(this=column(apart.reached), expression=number(rule.position))
            alone = exp.EQ(this=column(apart.failed), expression=number(1))
            columns.append(_count_if(column(rule.column), rule.passing))
            columns += [_count_if(come_past, rule.remaining)] if rule.position > 1 else []
            columns.append(_count_if(all_of([negated(column(rule.column)), alone]), rule.failing_only))
    return select(columns, table(f"{one.name}__failed"))


def _count_if(condition: exp.Expr, name: str) -> exp.Expr:
    return named(exp.Count(this=exp.Case(ifs=[exp.If(this=condition, true=number(1))])), name)


def _rules(one: _Batch) -> Iterator[Rule]:
    return (rule for segment in one.segments for rule in segment.apart.rules)


def _rows(one: _Batch, *, about: bool) -> exp.Query:
    """The rules with their counts; where some may be withheld with the segment that a rule asks for."""
    everybody = column(_POPULATION, _COUNTED)
    columns = [
        column("segment", _RULES),
        named(text(one.plan.entity.name), "entity"),
        named(cast(column("position", _RULES), Type.INTEGER), "position"),
        *(column(name, _RULES) for name in _AT_A_POSITION[2:]),
        named(_chosen(one, lambda rule: rule.remaining if rule.position > 1 else rule.passing, everybody), "remaining"),
        named(_chosen(one, lambda rule: rule.passing, everybody), "passing"),
        named(_chosen(one, lambda rule: rule.failing_only, number(0)), "failing_only"),
        named(as_of(), "as_of"),
        _asked(one) if about else NOTHING_WITHHELD.copy(),
    ]
    return select(columns, table(f"{one.name}__counted", _COUNTED), joins=[cross_join(f"{one.name}__rules", _RULES)])


def _asked(one: _Batch) -> exp.Expr:
    """The segment that the rule of a row asks for, if it asks for one."""
    by_segment = []
    for segment in one.segments:
        asked = [
            (rule.position, rule.need.about.segment)
            for rule in segment.apart.rules
            if isinstance(rule.need, Line) and isinstance(rule.need.about, Flagged)
        ]
        if asked:
            ifs = [exp.If(this=number(position), true=text(name)) for position, name in asked]
            case = exp.Case(this=column("position", _RULES), ifs=ifs)
            by_segment.append(exp.If(this=text(segment.segment.name), true=case))
    if not by_segment:
        return named(cast(exp.Null(), Type.TEXT), "about")
    return named(exp.Case(this=column("segment", _RULES), ifs=by_segment), "about")


def _chosen(one: _Batch, of: Callable[[Rule], str], of_all: exp.Expr) -> exp.Expr:
    """What was counted for the segment and the rule of a row; `of_all` in a row of the whole population."""
    by_segment = []
    for segment in one.segments:
        ifs = [exp.If(this=number(rule.position), true=column(of(rule), _COUNTED)) for rule in segment.apart.rules]
        counts = exp.Case(this=column("position", _RULES), ifs=ifs, default=of_all.copy())
        by_segment.append(exp.If(this=text(segment.segment.name), true=counts))
    return exp.Case(this=column("segment", _RULES), ifs=by_segment)


def _columns() -> tuple[OutputColumn, ...]:
    return (
        output("segment", Type.TEXT, "The segment."),
        output("entity", Type.TEXT, "Whom the segment is about."),
        output("position", Type.INTEGER, "The place of the rule; 0 is the whole population."),
        output("condition", Type.TEXT, "The rule: the name of its condition, or one made from its meaning."),
        output("description", Type.TEXT, "The rule in English."),
        output("remaining", Type.INTEGER, "How many pass this rule and all before it."),
        output("passing", Type.INTEGER, "How many pass it, whatever the others say."),
        output("failing_only", Type.INTEGER, "How many fail it and no other."),
        output("as_of", Type.TIMESTAMP, "The instant that everything is evaluated at."),
        withheld_column(),
    )

"""`<entity>_segments` and `segment_catalog`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sqlglot import exp

from segpy.plan.model import Combined, ConditionColumn, EntityPlan, Formula, Holds, Plan, SegmentsPlan
from segpy.plan.model_history import Remembered
from segpy.resolve.model import Comparison
from segpy.resolve.model_events import with_article
from segpy.spec.expression import Type
from segpy.spec.model import Grain, Logic, Relop
from segpy.sql.model import Cte, Query
from segpy.sql.nodes import Operation
from segpy.sql.relations import Relations
from segpy.sql.remembered import membership_by_rules, remembering
from segpy.sql.tree import (
    all_of,
    any_of,
    as_of,
    cast,
    coalesce,
    column,
    constant,
    is_null,
    named,
    negated,
    number,
    output,
    select,
    table,
    text,
    union_all,
)

_RELOPS: dict[Relop, type[exp.Binary]] = {
    Relop.AT_LEAST: exp.GTE,
    Relop.AT_MOST: exp.LTE,
    Relop.MORE_THAN: exp.GT,
    Relop.LESS_THAN: exp.LT,
    Relop.EXACTLY: exp.EQ,
}


def segments_query(plan: EntityPlan, segments: SegmentsPlan, grain: Grain, spells: str) -> Query:
    """The segments model of an entity. `spells` is the model that tells what earlier runs found."""
    relations = Relations(grain)
    key = plan.entity.key
    ctes = [Cte("features", (), select([exp.Star()], table(relations.model(plan.features.model))))]
    source = "features"
    if segments.conditions:
        columns = [column(key), *(named(_condition(one), one.name) for one in segments.conditions)]
        ctes.append(
            Cte("conditions", ("each condition once; null where it is not known",), select(columns, table("features")))
        )
        source = "conditions"
    remembered = segments.remembered
    if remembered:
        kept = [key, *(one.name for one in segments.conditions)]
        ctes += remembering(plan, remembered, source, kept, relations.history(spells))
        source = ctes[-1].name
    for depth, flags in groupby(segments.flags, key=lambda flag: flag.depth):
        name = f"segments_depth_{depth}"
        comment = (
            ("segments on conditions alone",) if depth == 0 else (f"segments on segments up to depth {depth - 1}",)
        )
        own = [named(_flag(flag.formula), flag.name) for flag in flags]
        ctes.append(Cte(name, comment, select([exp.Star(), *own], table(source))))
        source = name
    names = [one.segment.name for one in segments.segments] + [one.holds for one in remembered]
    outputs = [column(key), named(as_of(), "as_of"), *map(column, names), named(text(segments.spec_hash), "spec_hash")]
    outputs_columns = (
        output(key, plan.entity.key_type, f"The {plan.entity.name}."),
        output("as_of", Type.TIMESTAMP, "The instant that every flag is evaluated at."),
        *(output(one.segment.name, Type.BOOLEAN, one.described) for one in segments.segments),
        *(
            output(one.holds, Type.BOOLEAN, f"Whether the conditions of {one.segment} hold, membership aside.")
            for one in remembered
        ),
        output("spec_hash", Type.TEXT, "The hash of the meaning of all segments of this table."),
    )
    final = select(outputs, table(source))
    return Query(
        segments.model,
        f"one row {with_article(plan.entity.name)}",
        tuple(ctes),
        final,
        outputs_columns,
        relations.placeholders,
    )


def _flag(formula: Formula | Remembered) -> exp.Expr:
    return membership_by_rules(formula) if isinstance(formula, Remembered) else _formula(formula)


def _condition(one: ConditionColumn) -> exp.Expr:
    return compared(column(one.column), one.comparisons, or_never=one.or_never and one.nullable)


def compared(value: exp.Expr, comparisons: Sequence[Comparison], *, or_never: bool) -> exp.Expr:
    """A value compared. With `or_never` there need not be one."""
    condition = all_of([_comparison(value, comparison) for comparison in comparisons] or [value])
    return coalesce(condition, exp.true()) if or_never else condition


def _comparison(value: exp.Expr, comparison: Comparison) -> exp.Expr:
    values = [constant(literal) for literal in comparison.values]
    match comparison.relop:
        case Relop.BETWEEN:
            return exp.Between(this=value.copy(), low=values[0], high=values[1])
        case Relop.IN:
            return exp.In(this=value.copy(), expressions=values)
        case Relop.IS_NULL:
            null: exp.Expr = is_null(value.copy())
            return null if comparison.values[0].value else exp.Not(this=null)
        case relop:
            return _RELOPS[relop](this=value.copy(), expression=values[0])


def _formula(formula: Formula, *, under_negation: bool = False) -> exp.Expr:
    """A formula that is never null: what is unknown decides against membership."""
    match formula:
        case Holds(name, is_negated, nullable):
            value = coalesce(column(name), exp.Boolean(this=under_negation != is_negated)) if nullable else column(name)
            return negated(value) if is_negated else value
        case Combined(logic, parts, least):
            inside = under_negation != (logic is Logic.NONE)
            trees = [_formula(part, under_negation=inside) for part in parts]
            if logic is Logic.ALL:
                return all_of(trees)
            if logic is Logic.ANY:
                return any_of(trees)
            if logic is Logic.NONE:
                return all_of(negated(tree) for tree in trees)
            total: exp.Expr = _one_if(trees[0])
            for tree in trees[1:]:
                total = exp.Add(this=total, expression=_one_if(tree))
            return exp.GTE(this=total, expression=number(least))


def _one_if(condition: exp.Expr) -> exp.Expr:
    return Operation.ONE_IF(condition)


def catalog_query(plan: Plan) -> Query:
    """What each segment means, so that BI can show it beside a flag."""
    relations = Relations(plan.bound.settings.grain)
    parts: list[exp.Query] = []
    for entity in plan.entities:
        for one in entity.segments.segments if entity.segments else ():
            segment = one.segment
            values = {
                "segment": segment.name,
                "entity": segment.entity,
                "description": segment.description.strip(),
                "definition": one.sentence,
                "stage": segment.stage,
                "owner": segment.owner,
                "playbook": segment.played or None,
                "exclusive_group": segment.group,
                "uses": ", ".join(one.uses) or None,
                "content_hash": one.content_hash,
                "spec_file": segment.span.file,
            }
            columns = [named(_text_or_null(value), name) for name, value in values.items()]
            columns.append(named(cast(number(segment.version), Type.INTEGER), "version"))
            parts.append(exp.Select(expressions=columns))
    words = {
        "segment": "The segment.",
        "entity": "Whom it is about.",
        "description": "What its author says of it.",
        "definition": "Its conditions in English.",
        "stage": "Its stage in the journey.",
        "owner": "Who answers for it.",
        "playbook": "What is done with a member.",
        "exclusive_group": "The exclusive group that it is in.",
        "uses": "The segments that it looks at.",
        "content_hash": "The hash of its meaning.",
        "spec_file": "The file that defines it.",
    }
    columns_ = (
        *(output(name, Type.TEXT, description) for name, description in words.items()),
        output("version", Type.INTEGER, "The author's version of it."),
    )
    return Query(plan.catalog, "one row a segment", (), union_all(parts), columns_, relations.placeholders)


def _text_or_null(value: str | None) -> exp.Expr:
    return text(value) if value else cast(exp.Null(), Type.TEXT)

"""Hold-outs: which there are, and in which arm somebody is who is in a segment that they are of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.plan.model_holdouts import HoldoutModels
from segpy.resolve.model_experiments import Holdout
from segpy.spec.expression import Type
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.relations import Relations
from segpy.sql.remembered import WHO
from segpy.sql.tree import (
    all_of,
    any_of,
    cast,
    column,
    inner_join,
    left_join,
    listed,
    named,
    number,
    output,
    select,
    table,
    text,
)

HELD_OUT, TREATED = "holdout", "treatment"
_ARM = ("holdout", "salt", "bucket", "arm")


def holdouts_query(plan: Plan, models: HoldoutModels) -> Query:
    """A row for each hold-out and segment that it is of."""
    columns = (
        output("holdout", Type.TEXT, "The hold-out; of one segment alone it is called as that."),
        output("entity", Type.TEXT, "Whom it is drawn from."),
        output("segment", Type.TEXT, "A segment whose members it is drawn from."),
        output("salt", Type.TEXT, "What is hashed with a key, so that each hold-out draws other people."),
        output("held_out_below", Type.INTEGER, "Of the buckets from 0 to 9999 those below this are held out."),
        output("share", Type.NUMBER, "The share that is held out, from 0 to 1."),
        output("of_its_own", Type.BOOLEAN, "Whether it is of this segment alone, and not shared."),
        output("stratified_by", Type.TEXT, "By what the share is kept as well; null where by nothing."),
    )
    names = [one.name for one in columns]
    rows = [_row(one, segment) for one in plan.bound.holdouts for segment in one.segments]
    relations = Relations(plan.bound.settings.grain)
    return Query(
        models.holdouts, "one row a hold-out and segment", (), listed(names, rows), columns, relations.placeholders
    )


def _row(holdout: Holdout, segment: str) -> list[exp.Expr]:
    strata = ", ".join(one.name for one in holdout.strata)
    return [
        text(holdout.name),
        text(holdout.entity),
        text(segment),
        text(holdout.salt),
        cast(number(holdout.buckets), Type.INTEGER),
        cast(number(holdout.share), Type.NUMBER),
        exp.Boolean(this=holdout.own),
        text(strata) if strata else cast(exp.Null(), Type.TEXT),
    ]


def arm_columns(plan: Plan) -> tuple[OutputColumn, ...]:
    """What is told of the arm of a member; nothing in a project without hold-outs."""
    if plan.holdouts is None:
        return ()
    return (
        output("holdout", Type.TEXT, "The hold-out that decides of the arm; null of a segment that none is of."),
        output("salt", Type.TEXT, "Its salt."),
        output("bucket", Type.INTEGER, "The bucket that the entity was drawn into, from 0 to 9999."),
        output("arm", Type.TEXT, "holdout: nothing is to be done with this member; or treatment."),
    )


def acted_upon(plan: Plan, rows: str | None = None, arms: str | None = None) -> list[exp.Expr]:
    """What holds of whoever is not held out: of segments without a hold-out there is no arm.

    Who was not assigned to an arm yet, although there is one to be assigned to, is not acted upon either.
    """
    covered = sorted({segment for one in plan.bound.holdouts for segment in one.segments})
    if not covered:
        return []
    treated = exp.EQ(this=column("arm", arms), expression=text(TREATED))
    if len(covered) == len(plan.bound.segments):
        return [treated]
    without = exp.Not(this=exp.In(this=column("segment", rows), expressions=[text(one) for one in covered]))
    return [any_of([treated, without])]


def with_arms(
    plan: Plan,
    relations: Relations,
    ctes: tuple[Cte, ...],
    final: exp.Query,
    columns: tuple[OutputColumn, ...],
    where: Sequence[exp.Expr] = (),
) -> tuple[tuple[Cte, ...], exp.Query]:
    """A query of rows about entities in segments with the arm of each. `columns` are its own.

    Of the rows, `found`, and the `arms` beside them, only those are told where the conditions hold.
    """
    models = plan.holdouts
    if models is None:
        return ctes, final
    own = [column(one.name, "found") for one in columns]
    same = all_of(exp.EQ(this=column(name, "arms"), expression=column(name, "found")) for name in WHO)
    told = select(
        [*own, *(column(name, "arms") for name in _ARM)], table("found"), joins=[left_join("arms", same)], where=where
    )
    return (*ctes, Cte("found", (), final), *_arms(plan, models, relations)), told


def _arms(plan: Plan, models: HoldoutModels, relations: Relations) -> list[Cte]:
    """`arms`: one row a segment and entity. Of several hold-outs one that holds out decides, else the segment's own."""
    holdouts = Cte("holdouts", (), select([exp.Star()], table(relations.model(models.holdouts))))
    assigned = table(relations.model(models.assignments), "assigned")
    who = [column("segment", "holdouts"), column("entity", "assigned"), column("entity_key", "assigned")]
    told = [column(name, "assigned") for name in _ARM]
    same = exp.EQ(this=column("salt", "holdouts"), expression=column("salt", "assigned"))
    joins = [inner_join("holdouts", same)]
    covered = Counter(segment for one in plan.bound.holdouts for segment in one.segments)
    words = ("the arm that each was assigned to",)
    if max(covered.values()) == 1:
        return [holdouts, Cte("arms", words, select([*who, *told], assigned, joins=joins))]
    ranked = exp.Window(
        this=exp.RowNumber(),
        partition_by=[one.copy() for one in who],
        order=exp.Order(expressions=[*_deciding(), exp.Ordered(this=column("salt", "assigned"))]),
    )
    every = select([*who, *told, named(ranked, "place")], assigned, joins=joins)
    first = exp.EQ(this=column("place"), expression=number(1))
    chosen = select([*map(column, (*WHO, *_ARM))], table("every_arm"), where=[first])
    most = ("of several hold-outs one that holds out decides, else the segment's own",)
    return [holdouts, Cte("every_arm", words, every), Cte("arms", most, chosen)]


def _deciding() -> list[exp.Expr]:
    """Who is held out comes first, then what a segment has of its own."""
    held = exp.EQ(this=column("arm", "assigned"), expression=text(HELD_OUT))
    return [
        exp.Ordered(this=exp.Case(ifs=[exp.If(this=one, true=number(0))], default=number(1)))
        for one in (held, column("of_its_own", "holdouts"))
    ]

"""`segment_outcomes`: what came of everybody who was assigned to an arm of an experiment, as assigned.

Exposure is the assignment: the first time that somebody could be acted upon, whether it was done or not. Who is held
out by a hold-out that segments share is in neither arm: nothing is ever done with them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from segpy.plan.model import EntityPlan, Plan
from segpy.plan.model_holdouts import ExperimentPlan, HoldoutModels, OutcomePlan
from segpy.spec.expression import Type
from segpy.sql.holdouts import HELD_OUT
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.operations import selected
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    as_of,
    cast,
    coalesce,
    column,
    inner_join,
    is_known,
    is_null,
    left_join,
    minus,
    named,
    negated,
    number,
    output,
    plus,
    select,
    table,
    text,
    union_all,
)

OUTCOME, GUARDRAIL = "outcome", "guardrail"
_WHO = ("segment", "entity", "entity_key", "arm", "exposed_at", "covariate")
_ONE = ("segment", "outcome", "entity_key")


def outcomes_query(plan: Plan, models: HoldoutModels, name: str) -> Query:
    """A row for each experiment, outcome of it, and entity that was assigned."""
    relations = Relations(plan.bound.settings.grain)
    ctes = [Cte("holdouts", (), select([exp.Star()], table(relations.model(models.holdouts))))]
    ctes += _exposed(plan, models, relations)
    each = [
        (entity, one, outcome) for entity in plan.entities for one in entity.experiments for outcome in one.outcomes
    ]
    ctes.append(Cte("asked", ("until when each outcome counts",), union_all([_asked(*one) for one in each])))
    found = union_all([_found(*one, relations) for one in each])
    ctes.append(Cte("found", ("who did it in that time, and what it was worth",), found))
    return Query(
        name, "one row a segment, outcome and entity", tuple(ctes), _final(), _columns(), relations.placeholders
    )


def _columns() -> tuple[OutputColumn, ...]:
    return (
        output("segment", Type.TEXT, "The segment that the experiment is of."),
        output("outcome", Type.TEXT, "What is measured."),
        output("role", Type.TEXT, "outcome: what acting is to bring about; or guardrail: what it must not."),
        output("entity", Type.TEXT, "Whom the segment is about."),
        output("entity_key", Type.TEXT, "The entity's key, as text."),
        output("arm", Type.TEXT, "holdout or treatment: as assigned, whatever was done."),
        output("exposed_at", Type.TIMESTAMP, "The run that assigned the entity."),
        output("horizon_at", Type.TIMESTAMP, "Until when the outcome counts."),
        output("observed", Type.BOOLEAN, "Whether that time is over, and all of it can be read still."),
        output("converted", Type.BOOLEAN, "Whether it came about; null as long as it is not observed."),
        output("value", Type.NUMBER, "What it was worth, or 0; null of what has no worth, or is not observed."),
        output("covariate", Type.NUMBER, "The feature that tells of it beforehand, of the run of the assignment."),
        output("has_value", Type.BOOLEAN, "Whether it is worth anything."),
    )


def _exposed(plan: Plan, models: HoldoutModels, relations: Relations) -> Iterator[Cte]:
    """Everybody who was assigned by an experiment's own hold-out and is in no other."""
    assigned = table(relations.model(models.assignments), "assigned")
    same = exp.EQ(this=column("salt", "holdouts"), expression=column("salt", "assigned"))
    own, joins, where = column("of_its_own", "holdouts"), [inner_join("holdouts", same)], []
    shared = any(not one.own for one in plan.bound.holdouts)
    if shared:
        held = exp.EQ(this=column("arm", "assigned"), expression=text(HELD_OUT))
        who: list[exp.Expr] = [column("segment", "holdouts"), column("entity_key", "assigned")]
        yield Cte(
            "held_out_elsewhere",
            ("who is never acted upon, whatever arm they are in",),
            select(who, assigned, joins=[joins[0].copy()], where=[negated(own.copy()), held], distinct=True),
        )
        pairs = (("segment", "holdouts"), ("entity_key", "assigned"))
        on = all_of(
            exp.EQ(this=column(one, "held_out_elsewhere"), expression=column(one, source)) for one, source in pairs
        )
        joins.append(left_join("held_out_elsewhere", on))
        where.append(is_null(column("segment", "held_out_elsewhere")))
    columns: list[exp.Expr] = [
        column("segment", "holdouts"),
        *(column(one, "assigned") for one in ("entity", "entity_key", "arm")),
        named(column("assigned_at", "assigned"), "exposed_at"),
        column("covariate", "assigned"),
    ]
    yield Cte("exposed", (), select(columns, assigned.copy(), joins=joins, where=[own, *where]))


def _asked(entity: EntityPlan, experiment: ExperimentPlan, outcome: OutcomePlan) -> exp.Query:
    until = plus(column("exposed_at"), outcome.within)
    observed: exp.Expr = exp.LTE(this=until.copy(), expression=as_of())
    if entity.retention is not None:
        kept = exp.GTE(this=column("exposed_at"), expression=minus(as_of(), entity.retention))
        observed = all_of([observed, kept])
    columns = [
        *map(column, _WHO),
        named(text(outcome.name), "outcome"),
        named(text(GUARDRAIL if outcome.guardrail else OUTCOME), "role"),
        named(until, "horizon_at"),
        named(observed, "observed"),
        named(exp.Boolean(this=outcome.value is not None), "has_value"),
    ]
    return select(columns, table("exposed"), where=[_of(experiment)])


def _of(experiment: ExperimentPlan, source: str | None = None) -> exp.Expr:
    return exp.EQ(this=column("segment", source), expression=text(experiment.segment))


def _found(entity: EntityPlan, experiment: ExperimentPlan, outcome: OutcomePlan, relations: Relations) -> exp.Query:
    """Those of an experiment with an event in `[exposure, exposure + within)`."""
    assert entity.events is not None
    since, at = column("exposed_at", "exposed"), column("occurred_at", "events")
    key = cast(column(entity.entity.key, "events"), Type.TEXT)
    on = all_of(
        [
            exp.EQ(this=key, expression=column("entity_key", "exposed")),
            exp.GTE(this=at, expression=since),
            exp.LT(this=at.copy(), expression=plus(since.copy(), outcome.within)),
            *selected(outcome.selection, "events"),
        ]
    )
    worth: exp.Expr = cast(exp.Null(), Type.NUMBER)
    if outcome.value is not None:
        worth = coalesce(exp.Sum(this=cast(column(outcome.value, "events"), Type.NUMBER)), number(0))
    who = [column("segment", "exposed"), column("entity_key", "exposed")]
    events = exp.Join(this=table(relations.model(entity.events.model), "events"), kind="INNER", on=on)
    return select(
        [who[0], named(text(outcome.name), "outcome"), who[1], named(worth, "value")],
        table("exposed"),
        joins=[events],
        where=[_of(experiment, "exposed")],
        group_by=[one.copy() for one in who],
    )


def _final() -> exp.Query:
    on = all_of(exp.EQ(this=column(one, "found"), expression=column(one, "asked")) for one in _ONE)
    observed = column("observed", "asked")
    converted = exp.Case(ifs=[exp.If(this=observed, true=is_known(column("segment", "found")))])
    worth = exp.Case(
        ifs=[
            exp.If(
                this=all_of([observed.copy(), column("has_value", "asked")]),
                true=coalesce(column("value", "found"), number(0)),
            )
        ]
    )
    told = ("segment", "outcome", "role", "entity", "entity_key", "arm", "exposed_at", "horizon_at", "observed")
    columns = [
        *(column(one, "asked") for one in told),
        named(cast(converted, Type.BOOLEAN), "converted"),
        named(cast(worth, Type.NUMBER), "value"),
        column("covariate", "asked"),
        column("has_value", "asked"),
    ]
    return select(columns, table("asked"), joins=[left_join("found", on)])

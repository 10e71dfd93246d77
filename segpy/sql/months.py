"""What people brought in by the end of each month since their exposure: by it is told when acting has paid for itself.

A month counts of whom it is over, in both arms alike, and it is a month of the calendar: from 31 January the first
ends on the last day of February. All that the outcome's events are worth counts, also after its `within`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segpy.plan.model import EntityPlan, Plan
from segpy.plan.model_holdouts import MONTHS, ExperimentPlan, OutcomePlan, month_metric
from segpy.spec.duration import Duration
from segpy.spec.expression import Type
from segpy.sql.model import Cte
from segpy.sql.operations import selected
from segpy.sql.outcomes import OUTCOME
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    as_of,
    cast,
    coalesce,
    column,
    minus,
    named,
    number,
    plus,
    select,
    table,
    text,
    union_all,
)

BROUGHT_IN = "brought_in"
_WHO = ("segment", "entity", "outcome", "role", "arm", "entity_key", "exposed_at")
_Asked = tuple[EntityPlan, ExperimentPlan, OutcomePlan]


def asked_by_months(plan: Plan) -> list[_Asked]:
    """The experiments of which it is told when they pay: an outcome with a value, and a cost."""
    return [
        (entity, one, one.outcomes[0])
        for entity in plan.entities
        for one in entity.experiments
        if one.pays and one.outcomes[0].value is not None
    ]


def brought_in(asked: Sequence[_Asked], relations: Relations) -> Cte:
    """A row an experiment and entity that was assigned, with what it brought in by the end of each month."""
    words = ("what everybody brought in by the end of each month since their exposure",)
    return Cte(BROUGHT_IN, words, union_all([_one(*one, relations) for one in asked]))


def by_months(asked: Sequence[_Asked]) -> list[exp.Query]:
    """Each month as a metric of everybody; null as long as it is not over."""
    retained = asked[0][0].retention  # one setting of the whole project
    found: list[exp.Query] = []
    for month in range(1, MONTHS + 1):
        over: exp.Expr = exp.LTE(this=_end("exposed_at", month), expression=as_of())
        if retained is not None:
            over = all_of([over, exp.GTE(this=column("exposed_at"), expression=minus(as_of(), retained))])
        value = exp.Case(ifs=[exp.If(this=over, true=column(month_metric(month)))])
        columns = [
            *map(column, _WHO[:4]),
            named(text(month_metric(month)), "metric"),
            column("arm"),
            named(cast(value, Type.NUMBER), "value"),
            named(cast(exp.Null(), Type.NUMBER), "covariate"),
        ]
        found.append(select(columns, table(BROUGHT_IN)))
    return found


def _one(entity: EntityPlan, experiment: ExperimentPlan, outcome: OutcomePlan, relations: Relations) -> exp.Query:
    assert entity.events is not None and outcome.value is not None
    since, at = column("exposed_at", "outcomes"), column("occurred_at", "events")
    key = cast(column(entity.entity.key, "events"), Type.TEXT)
    on = all_of(
        [
            exp.EQ(this=key, expression=column("entity_key", "outcomes")),
            exp.GTE(this=at, expression=since),
            exp.LT(this=at.copy(), expression=plus(since.copy(), Duration(months=MONTHS))),
            *selected(outcome.selection, "events"),
        ]
    )
    value = cast(column(outcome.value, "events"), Type.NUMBER)
    sums = []
    for month in range(1, MONTHS + 1):
        before = exp.LT(this=at.copy(), expression=plus(since.copy(), Duration(months=month)))
        total = exp.Sum(this=exp.Case(ifs=[exp.If(this=before, true=value.copy())]))
        sums.append(named(coalesce(total, number(0)), month_metric(month)))
    who = [column(name, "outcomes") for name in _WHO]
    events = exp.Join(this=table(relations.model(entity.events.model), "events"), side="LEFT", on=on)
    mine = [
        exp.EQ(this=column("segment", "outcomes"), expression=text(experiment.segment)),
        exp.EQ(this=column("role", "outcomes"), expression=text(OUTCOME)),
    ]
    by = [one.copy() for one in who]
    return select([*who, *sums], table("outcomes"), joins=[events], where=mine, group_by=by)


def _end(since: str, month: int) -> exp.Expr:
    return plus(column(since), Duration(months=month))

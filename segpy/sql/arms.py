"""`segment_arms`: what is known of the arms of every experiment, as statistics that everything else is made of.

Variances and covariances are those of a sample, over n - 1, of deviations from the mean: sums of squares, from which a
mean squared is taken away, would lose all their digits where the mean is large.
"""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.spec.expression import Type
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.months import asked_by_months, brought_in, by_months
from segpy.sql.nodes import Operation
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    cast,
    column,
    inner_join,
    is_known,
    left_join,
    named,
    number,
    output,
    select,
    table,
    text,
    union_all,
)

_BY = ("segment", "entity", "outcome", "role", "metric", "arm")
_ONE = ("segment", "outcome", "metric", "arm")
CONVERTED, VALUE = "converted", "value"


def arms_query(plan: Plan, outcomes: str, name: str) -> Query:
    """A row for each experiment, metric and arm."""
    relations = Relations(plan.bound.settings.grain)
    source = Cte("outcomes", (), select([exp.Star()], table(relations.model(outcomes))))
    metrics: list[exp.Query] = [select(_told(CONVERTED, Operation.ONE_IF(column("converted"))), table("outcomes"))]
    if any(one.value is not None for entity in plan.entities for each in entity.experiments for one in each.outcomes):
        metrics.append(select(_told(VALUE, column("value")), table("outcomes"), where=[column("has_value")]))
    paying = asked_by_months(plan)
    metrics += by_months(paying) if paying else []
    ctes = (
        source,
        *([brought_in(paying, relations)] if paying else []),
        Cte(
            "metrics",
            ("each metric of everybody; null as long as it is not observed",),
            union_all(metrics),
        ),
        Cte("means", (), _means()),
        Cte("deviations", ("how far each who is observed is off the mean",), _deviations()),
        Cte("squares", (), _squares()),
    )
    return Query(
        name,
        "one row a segment, outcome, metric and arm",
        ctes,
        _spread(),
        _columns(),
        relations.placeholders,
    )


def _columns() -> tuple[OutputColumn, ...]:
    return (
        output("segment", Type.TEXT, "The segment that the experiment is of."),
        output("entity", Type.TEXT, "Whom it is about."),
        output("outcome", Type.TEXT, "What is measured."),
        output("role", Type.TEXT, "outcome or guardrail."),
        output(
            "metric",
            Type.TEXT,
            "converted: 1 for whom it came about, else 0; value: what it was worth; value_month_NN: what it had been "
            "worth by the end of that month.",
        ),
        output("arm", Type.TEXT, "holdout or treatment, as assigned."),
        output("assigned", Type.INTEGER, "How many were assigned to the arm."),
        output("observed", Type.INTEGER, "Of how many it is known what came of them: of these are the numbers behind."),
        output("mean", Type.NUMBER, "The mean; null of nobody."),
        output("variance", Type.NUMBER, "The variance of a sample, over n - 1; null under two."),
        output("covariate_mean", Type.NUMBER, "The mean of what tells of it beforehand; null where nothing does."),
        output("covariate_variance", Type.NUMBER, "The variance of that."),
        output("covariance", Type.NUMBER, "The covariance of the two."),
    )


def _told(metric: str, value: exp.Expr) -> list[exp.Expr]:
    observed = exp.Case(ifs=[exp.If(this=column("observed"), true=value)])
    return [
        *(column(one) for one in _BY[:4]),
        named(text(metric), "metric"),
        column("arm"),
        named(cast(observed, Type.NUMBER), "value"),
        column("covariate"),
    ]


def _means() -> exp.Query:
    seen = exp.Case(ifs=[exp.If(this=is_known(column("value")), true=column("covariate"))])
    columns = [
        *map(column, _BY),
        named(exp.Count(this=exp.Star()), "assigned"),
        named(exp.Count(this=column("value")), "observed"),
        named(exp.Avg(this=column("value")), "mean"),
        named(exp.Avg(this=seen), "covariate_mean"),
    ]
    return select(columns, table("metrics"), group_by=[column(one) for one in _BY])


def _deviations() -> exp.Query:
    value = exp.Sub(this=column("value", "metrics"), expression=column("mean", "means"))
    before = exp.Sub(this=column("covariate", "metrics"), expression=column("covariate_mean", "means"))
    columns = [*(column(one, "metrics") for one in _ONE), named(value, "off"), named(before, "covariate_off")]
    joins = [inner_join("means", _same("means", "metrics"))]
    return select(columns, table("metrics"), joins=joins, where=[is_known(column("value", "metrics"))])


def _squares() -> exp.Query:
    def total(one: str, other: str, name: str) -> exp.Expr:
        return named(exp.Sum(this=exp.Mul(this=column(one), expression=column(other))), name)

    columns = [
        *map(column, _ONE),
        total("off", "off", "squares"),
        total("covariate_off", "covariate_off", "covariate_squares"),
        total("off", "covariate_off", "products"),
    ]
    return select(columns, table("deviations"), group_by=[column(one) for one in _ONE])


def _spread() -> exp.Query:
    known = (*_BY, "assigned", "observed", "mean")
    columns = [
        *(column(one, "means") for one in known),
        named(_by_degrees("squares"), "variance"),
        column("covariate_mean", "means"),
        named(_by_degrees("covariate_squares"), "covariate_variance"),
        named(_by_degrees("products"), "covariance"),
    ]
    return select(columns, table("means"), joins=[left_join("squares", _same("squares", "means"))])


def _same(one: str, other: str) -> exp.Expr:
    return all_of(exp.EQ(this=column(name, one), expression=column(name, other)) for name in _ONE)


def _by_degrees(total: str) -> exp.Expr:
    """A sum over n - 1; null under two."""
    freedom = exp.Sub(this=column("observed", "means"), expression=number(1))
    less = Operation.NULL_IF(cast(exp.paren(freedom), Type.NUMBER), number(0))
    return exp.Div(this=column(total, "squares"), expression=less, typed=False, safe=False)

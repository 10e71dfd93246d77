"""`segment_candidates`: which segments could be one, and which could go, each with a reason in words."""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.plan.model_portfolio import PortfolioModels
from segpy.resolve.model import Segment
from segpy.spec.expression import Type
from segpy.sql.found import found_by_commands
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.monitors import LOOK_BACK
from segpy.sql.nodes import Operation
from segpy.sql.reasons import MERGE, PRUNE, reason_row, said
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    as_of,
    cast,
    column,
    inner_join,
    is_null,
    listed,
    minus,
    named,
    number,
    output,
    select,
    table,
    text,
    union_all,
)

ALIKE = 0.9
"""How large a part of those in either of two segments may be in both, where the portfolio does not say."""
_HAIR = "0.000001"


def candidates_query(plan: Plan, models: PortfolioModels) -> Query:
    """A row for each segment and reason."""
    relations = Relations(plan.bound.settings.grain)
    limit = plan.bound.settings.portfolio.max_overlap
    small = [one for one in plan.bound.segments if _least(one) is not None]
    reasons = [_overlapping(ALIKE if limit is None else limit, models, relations), _without_playbook(plan, relations)]
    ctes: list[Cte] = [
        Cte("sizes", ("the sizes of all runs",), _sizes(plan, relations)),
        Cte("began", ("since when history knows a segment",), _began()),
    ]
    if small:
        ctes.append(Cte("bounds", ("how many members a segment promises at least",), _bounds(small)))
        reasons.append(_too_small())
    reasons.append(_not_entered(models, relations))
    for read, reason in found_by_commands(plan, relations):
        ctes += read
        reasons.append(reason)
    ctes.append(Cte("candidates", (), union_all(reasons)))
    names = ("segment", "entity", "action", "reason", "other_segment", "words")
    columns = [*map(column, names[:2]), named(as_of(), "as_of"), *map(column, names[2:])]
    final = select(columns, table("candidates"))
    grain = "one row a segment, reason and other segment"
    return Query(models.candidates, grain, tuple(ctes), final, _columns(), relations.placeholders, view=True)


def _columns() -> tuple[OutputColumn, ...]:
    return (
        output("segment", Type.TEXT, "The segment."),
        output("entity", Type.TEXT, "Whom it is about."),
        output("as_of", Type.TIMESTAMP, "The instant that everything is evaluated at."),
        output("action", Type.TEXT, "What to think about: merge it with another, or prune it."),
        output("reason", Type.TEXT, "alike, no_playbook, too_small, nobody_entered, too_few_to_tell or drifted."),
        output("other_segment", Type.TEXT, "The segment that it is like; null of other reasons."),
        output("words", Type.TEXT, "The reason in words."),
    )


def _overlapping(limit: float, models: PortfolioModels, relations: Relations) -> exp.Query:
    part = Operation.ROUNDED_TO_WHOLE(exp.Mul(this=number(100), expression=column("jaccard")))
    percent = cast(cast(part, Type.INTEGER), Type.TEXT)
    words = said(percent, " % of those in it or in ", column("other_segment"), " are in both")
    row = reason_row(column("segment"), column("entity"), MERGE, "alike", words)
    row[4] = column("other_segment")
    where = [exp.GT(this=column("jaccard"), expression=number(limit))]
    return select(row, table(relations.model(models.overlap)), where=where)


def _without_playbook(plan: Plan, relations: Relations) -> exp.Query:
    words = said("nothing says what is done with its members")
    row = reason_row(column("segment"), column("entity"), PRUNE, "no_playbook", words)
    return select(row, table(relations.model(plan.catalog)), where=[is_null(column("playbook"))])


def _sizes(plan: Plan, relations: Relations) -> exp.Query:
    names = ("segment", "entity", "as_of", "members", "population")
    until_now = exp.LTE(this=column("as_of"), expression=as_of())
    return select([*map(column, names)], table(relations.model(plan.history.sizes)), where=[until_now])


def _began() -> exp.Query:
    columns = [column("segment"), named(exp.Min(this=column("as_of")), "began_at")]
    return select(columns, table("sizes"), group_by=[column("segment")])


def _least(segment: Segment) -> tuple[int, float] | None:
    """The fewest members, and the smallest share of the population."""
    size = segment.size
    if size is None or (size.at_least is None and size.at_least_share is None):
        return None
    return size.at_least or 0, size.at_least_share or 0.0


def _bounds(segments: list[Segment]) -> exp.Query:
    rows = []
    for one in segments:
        least, share = _least(one) or (0, 0.0)
        rows.append([text(one.name), cast(number(least), Type.INTEGER), cast(number(share), Type.NUMBER)])
    return listed(("segment", "at_least", "at_least_share"), rows)


def _too_small() -> exp.Query:
    members = column("members", "sizes")
    share = exp.Mul(this=column("at_least_share", "bounds"), expression=column("population", "sizes"))
    less = exp.LT(this=members.copy(), expression=exp.Sub(this=share, expression=exp.Literal.number(_HAIR)))
    few = exp.LT(this=members.copy(), expression=column("at_least", "bounds"))
    words = said("it promises more than its ", cast(members, Type.TEXT), " members")
    row = reason_row(column("segment", "sizes"), column("entity", "sizes"), PRUNE, "too_small", words)
    joins = [inner_join("bounds", exp.EQ(this=column("segment", "bounds"), expression=column("segment", "sizes")))]
    now = exp.EQ(this=column("as_of", "sizes"), expression=as_of())
    return select(row, table("sizes"), joins=joins, where=[now, exp.paren(exp.Or(this=few, expression=less))])


def _not_entered(models: PortfolioModels, relations: Relations) -> exp.Query:
    """Where the runs of 28 days know of nobody, and history began before them."""
    monitors = table(relations.model(models.monitors), "monitors")
    row = reason_row(
        column("segment", "monitors"),
        column("entity", "monitors"),
        PRUNE,
        "nobody_entered",
        said("nobody entered it in 28 days"),
    )
    same = exp.EQ(this=column("segment", "began"), expression=column("segment", "monitors"))
    where = [
        exp.EQ(this=column("entered", "monitors"), expression=number(0)),
        exp.LTE(this=column("began_at", "began"), expression=minus(as_of(), LOOK_BACK)),
    ]
    return select(row, monitors, joins=[inner_join("began", same)], where=where)

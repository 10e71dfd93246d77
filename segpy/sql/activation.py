"""`segment_activation`: the members of segments that may be written to. A view, so that consent counts at once."""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.sql.holdouts import acted_upon
from segpy.sql.membership import members_columns
from segpy.sql.model import Cte, Query
from segpy.sql.reachable import who_may_leave
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    column,
    select,
    table,
    text,
    union_all,
)


def activation_query(plan: Plan) -> Query:
    """The members of every segment who are not held out or suppressed, and whose consent is given, or not asked for."""
    relations = Relations(plan.bound.settings.grain)
    columns = members_columns(plan)
    members = select([exp.Star()], table(relations.model(plan.members)), where=acted_upon(plan))
    words = ("nothing is done with those who are held out",) if plan.holdouts is not None else ()
    ctes = [Cte("members", words, members)]
    parts: list[exp.Query] = []
    for entity in (one.entity for one in plan.entities if one.segments is not None):
        own = exp.EQ(this=column("entity", "members"), expression=text(entity.name))
        leaving, joins, where = who_may_leave(entity, "members", relations)
        ctes += leaving
        parts.append(
            select([column(one.name, "members") for one in columns], table("members"), joins=joins, where=[own, *where])
        )
    return Query(
        plan.activation,
        "one row a segment and member",
        tuple(ctes),
        union_all(parts),
        columns,
        relations.placeholders,
        view=True,
    )

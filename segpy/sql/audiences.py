"""What reverse ETL writes elsewhere, as three plain tables: audiences, people and who is in which."""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.spec.expression import Type
from segpy.sql.cells import NOTHING_WITHHELD, WITHHELD, unless, withheld_column
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.relations import Relations
from segpy.sql.tree import all_of, coalesce, column, left_join, named, number, output, select, table
from segpy.sql.withheld import audience_hidden

_TOLD = ("description", "stage", "owner", "playbook")


def audience_queries(plan: Plan) -> tuple[Query, ...]:
    """The three views."""
    return (_audiences(plan), _people(plan), _memberships(plan))


def _audiences(plan: Plan) -> Query:
    relations = Relations(plan.bound.settings.grain)
    keys = [column("segment"), column("entity")]
    counted = select(
        [*keys, named(exp.Count(this=exp.Star()), "people")],
        table(relations.model(plan.activation)),
        group_by=[one.copy() for one in keys],
    )
    same = all_of(
        exp.EQ(this=column(name, "sizes"), expression=column(name, "definitions")) for name in ("segment", "entity")
    )
    people = coalesce(column("people", "sizes"), number(0))
    joins, hidden = [left_join("sizes", same)], None
    above: list[Cte] = []
    if plan.bound.settings.min_cell_size is not None:
        above, more, hidden = audience_hidden(plan, people, plan.bound.settings.min_cell_size, relations)
        joins += more
    columns = [
        named(column("segment", "definitions"), "audience"),
        column("entity", "definitions"),
        *(column(name, "definitions") for name in _TOLD),
        named(people if hidden is None else unless(hidden, people), "people"),
        NOTHING_WITHHELD.copy() if hidden is None else named(hidden, WITHHELD),
    ]
    outputs = (
        output("audience", Type.TEXT, "The audience: a segment."),
        output("entity", Type.TEXT, "Whom it is about."),
        output("description", Type.TEXT, "What its author says of it."),
        output("stage", Type.TEXT, "Its stage in the journey."),
        output("owner", Type.TEXT, "Who answers for it."),
        output("playbook", Type.TEXT, "What is done with a member."),
        output("people", Type.INTEGER, "How many of its members may be written to."),
        withheld_column(),
    )
    ctes = (
        Cte("definitions", (), select([exp.Star()], table(relations.model(plan.catalog)))),
        Cte("sizes", (), counted),
        *above,
    )
    final = select(columns, table("definitions"), joins=joins)
    return _view(plan.history.audiences, "one row an audience", ctes, final, outputs, relations)


def _people(plan: Plan) -> Query:
    relations = Relations(plan.bound.settings.grain)
    keys = [column("entity"), column("entity_key")]
    columns = [*keys, named(exp.Count(this=exp.Star()), "audiences")]
    by = [one.copy() for one in keys]
    final = select(columns, table(relations.model(plan.activation)), group_by=by)
    outputs = (
        output("entity", Type.TEXT, "What this is: a user, an account."),
        output("entity_key", Type.TEXT, "The key, as text."),
        output("audiences", Type.INTEGER, "How many audiences it is in."),
    )
    return _view(plan.history.people, "one row an entity that is in some audience", (), final, outputs, relations)


def _memberships(plan: Plan) -> Query:
    relations = Relations(plan.bound.settings.grain)
    names = ("entity", "entity_key", "entered_at", "respond_by")
    columns = [named(column("segment"), "audience"), *map(column, names)]
    final = select(columns, table(relations.model(plan.activation)))
    outputs = (
        output("audience", Type.TEXT, "The audience: a segment."),
        output("entity", Type.TEXT, "Whom it is about."),
        output("entity_key", Type.TEXT, "The key, as text."),
        output("entered_at", Type.TIMESTAMP, "Since when it is in."),
        output("respond_by", Type.TIMESTAMP, "Until when the playbook wants an answer; null where it does not say."),
    )
    name = plan.history.audience_memberships
    return _view(name, "one row an audience and entity", (), final, outputs, relations)


def _view(
    name: str,
    grain: str,
    ctes: tuple[Cte, ...],
    final: exp.Query,
    outputs: tuple[OutputColumn, ...],
    relations: Relations,
) -> Query:
    return Query(name, grain, ctes, final, outputs, relations.placeholders, view=True)

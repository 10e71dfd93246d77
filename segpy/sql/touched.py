"""`<entity>_touched`: which entities' events came or went, and in which run that was seen last."""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import EntityPlan, KeptPlan
from segpy.resolve.model_events import with_article
from segpy.spec.expression import Type
from segpy.spec.model import Grain
from segpy.sql.arrivals import KNOWN_AT, RUN, known_by, written_by
from segpy.sql.model import Cte, Kept, Query, When
from segpy.sql.relations import Relations
from segpy.sql.tree import cast, column, is_null, left_join, named, output, select, table, union_all


def touched_query(plan: EntityPlan, kept: KeptPlan, grain: Grain) -> Query:
    """The model of those who were touched. Who lost all events that may still go is told by what was kept of them."""
    assert plan.events is not None
    relations = Relations(grain)
    entity, key, known = plan.entity, plan.entity.key, known_by(plan.events)
    events, this = table(relations.model(plan.events.model)), table(relations.this())
    since = relations.last_look(plan.events.model, kept.lateness)
    latest = [column(key), named(exp.Max(this=column(known)), KNOWN_AT)]
    seen = select(latest, events, where=[exp.GTE(this=column(known), expression=since)], group_by=[column(key)])
    everybody = select([one.copy() for one in latest], events.copy(), group_by=[column(key)])
    before = select([column(key)], this, where=[exp.GTE(this=column(KNOWN_AT), expression=since.copy())])
    on = exp.EQ(this=column(key, "seen"), expression=column(key, "before"))
    nothing = named(cast(exp.Null(), Type.TIMESTAMP), KNOWN_AT)
    gone = select(
        [column(key, "before"), nothing],
        table("before"),
        joins=[left_join("seen", on)],
        where=[is_null(column(key, "seen"))],
    )
    ctes = (
        Cte("seen", ("those with events that may be new since the last run",), seen, when=When.CONTINUED),
        Cte("before", ("those who had such events when last seen",), before, when=When.CONTINUED),
        Cte(
            "touched",
            ("both: without any now, they lost theirs",),
            union_all([select([column(key), column(KNOWN_AT)], table("seen")), gone]),
            when=When.CONTINUED,
        ),
        Cte("touched", ("everybody",), everybody, when=When.ANEW),
    )
    final = select([column(key), column(KNOWN_AT), *written_by(relations)], table("touched"))
    columns = (
        output(key, entity.key_type, f"The {entity.name}."),
        output(KNOWN_AT, Type.TIMESTAMP, "When its latest event was known; null where all that were seen are gone."),
        output("as_of", Type.TIMESTAMP, "The instant of the last run that saw an event of it come or go."),
        output(RUN, Type.TEXT, "Which run of dbt that was."),
    )
    room = f"{{{{ segpy_make_room('{grain.value}') }}}}"
    keeping = Kept((key,), (room,), continues=f'segpy_continues("{grain.value}")')
    words = f"one row {with_article(entity.name)}"
    return Query(kept.touched, words, ctes, final, columns, relations.placeholders, kept=keeping)

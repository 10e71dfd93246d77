"""`<entity>_seen`: everybody with an event, whether some feature needs it or not, since when they are known by one."""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import EntityPlan, KeptPlan
from segpy.resolve.model_events import Stream, way_to, with_article
from segpy.spec.expression import Type
from segpy.spec.model import Grain
from segpy.sql.arrivals import KNOWN_AT, known_at
from segpy.sql.model import Cte, Kept, Query, When
from segpy.sql.operations import utc
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    as_of,
    cast,
    column,
    is_known,
    is_null,
    left_join,
    named,
    output,
    select,
    table,
    union_all,
)


def seen_query(plan: EntityPlan, kept: KeptPlan, model: str, grain: Grain) -> Query:
    """The model of those seen. Who was known before what a run reads again stays; the others are looked up anew."""
    relations = Relations(grain)
    entity, key = plan.entity, plan.entity.key
    rows = union_all([_rows(plan, stream, relations) for stream in entity.streams])
    first = [column(key), named(exp.Min(this=column(KNOWN_AT)), KNOWN_AT)]
    again = [exp.GTE(this=column(KNOWN_AT), expression=relations.last_as_of(kept.lateness))]
    lately = select(first, table("events"), where=again, group_by=[column(key)])
    everybody = select([one.copy() for one in first], table("events"), group_by=[column(key)])
    on = exp.EQ(this=column(key, "before"), expression=column(key, "lately"))
    both = [column(key, "lately"), column(KNOWN_AT, "lately")]
    new = select(both, table("lately"), joins=[left_join("before", on)], where=[is_null(column(key, "before"))])
    ctes = (
        Cte("events", ("all events of every stream",), rows),
        Cte("before", ("those who stay",), select([column(key)], table(relations.this())), when=When.CONTINUED),
        Cte("lately", ("those with events that may be new since the last run",), lately, when=When.CONTINUED),
        Cte("seen", (), new, when=When.CONTINUED),
        Cte("seen", (), everybody, when=When.ANEW),
    )
    final = select([column(key), column(KNOWN_AT), named(as_of(), "as_of")], table("seen"))
    columns = (
        output(key, entity.key_type, f"The {entity.name}."),
        output(KNOWN_AT, Type.TIMESTAMP, "When the first event of it was known."),
        output("as_of", Type.TIMESTAMP, "The instant of the run that found it."),
    )
    since = f"column='{KNOWN_AT}', seconds={kept.lateness.seconds:.0f}"
    room = f"{{{{ segpy_make_room('{grain.value}', {since}) }}}}"
    keeping = Kept(before=(room,), continues=f'segpy_continues("{grain.value}")')
    words = f"one row {with_article(entity.name)} with events"
    return Query(model, words, ctes, final, columns, relations.placeholders, kept=keeping)


def _rows(plan: EntityPlan, stream: Stream, relations: Relations) -> exp.Select:
    """Whose the events of a stream are, and when they were known."""
    entity = plan.entity
    key = column(way_to(entity, stream)[0])
    columns = [named(cast(key, entity.key_type), entity.key), named(known_at(stream), KNOWN_AT)]
    before = exp.LT(this=utc(column(stream.occurred_at)), expression=as_of())
    return select(columns, table(relations.written(stream.relation)), where=[is_known(key.copy()), before])

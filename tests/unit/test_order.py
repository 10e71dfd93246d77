"""The `order` of streams: kept in the events model where something asks for it, and nowhere else."""

from __future__ import annotations

import duckdb

from segpy.dialects import DIALECTS
from segpy.plan.build import build_plan
from segpy.plan.model import EntityPlan
from segpy.plan.selections import events_plan, found
from segpy.resolve.model_events import Atom
from segpy.resolve.model_measures import EventMeasure, measures_in
from segpy.spec.model import Grain
from segpy.sql.events import events_query
from segpy.sql.layout import lay_out
from segpy.sql.lower.query import lower
from tests.unit.stages import bound

STREAMS = """
streams:
  clicks: {relation: ref('clicks'), entity: {user: who}, occurred_at: clicked_at, id: click_id, order: position}
  calls: {relation: ref('calls'), entity: {user: who}, occurred_at: called_at}
events:
  click: {stream: clicks}
  call: {stream: calls}
features:
  clicks_7d: {entity: user, count: click, in_the_last: 7 days}
  calls_7d: {entity: user, count: call, in_the_last: 7 days}
"""


def planned(*, ordered: bool) -> EntityPlan:
    """The plan of a user, its events model planned for somebody who asks for the order, or not."""
    spec = bound(STREAMS)
    plan = next(one for one in build_plan(spec).entities if one.entity.name == "user")
    atoms: list[Atom] = []
    for feature in spec.features:
        for measure in measures_in(feature.measure):
            assert isinstance(measure, EventMeasure)
            atoms.append(measure.atom)
    events = events_plan("user_events", plan.entity, found(tuple(atoms), ()), (), ordered=ordered)
    return EntityPlan(plan.entity, None, events, plan.features, None, None)


def rows(plan: EntityPlan) -> list[tuple[object, ...]]:
    """The events model on two clicks of one instant, one of them delivered twice, and a call."""
    assert plan.events is not None
    query = events_query(plan, plan.events, Grain.DAY, kept=False)
    sql = lay_out(lower(query, DIALECTS["duckdb"]), "duckdb").replace("__as_of__", "timestamp '2026-03-10'")
    with duckdb.connect() as connection:
        connection.execute(
            "create table __clicks__ as select * from (values "
            "('ann', timestamp '2026-03-09', 'a', 2), ('ann', timestamp '2026-03-09', 'b', 1), "
            "('ann', timestamp '2026-03-09', 'b', 1), ('ann', timestamp '2026-03-09 01:00', 'c', null)"
            ") as clicks (who, clicked_at, click_id, position)"
        )
        connection.execute("create table __calls__ as select 'ann' as who, timestamp '2026-03-09' as called_at")
        return sorted(connection.execute(sql).fetchall(), key=str)


def test_the_order_stands_beside_the_instant_where_it_is_asked_for() -> None:
    plan = planned(ordered=True)
    assert plan.events is not None and plan.events.ordered
    assert [(str(row[1]), row[2], row[3]) for row in rows(plan)] == [
        ("2026-03-09 00:00:00", 1, "clicks"),
        ("2026-03-09 00:00:00", 2, "clicks"),
        ("2026-03-09 00:00:00", None, "calls"),
        ("2026-03-09 01:00:00", None, "clicks"),
    ]


def test_nobody_asks_so_nothing_is_kept() -> None:
    plan = planned(ordered=False)
    assert plan.events is not None and not plan.events.ordered
    assert [len(row) for row in rows(plan)] == [3, 3, 3, 3]


def test_a_stream_without_order_has_none_to_keep() -> None:
    spec = bound(STREAMS.replace(", order: position", ""))
    plan = next(one for one in build_plan(spec).entities if one.entity.name == "user")
    atom = next(f.measure.atom for f in spec.features if isinstance(f.measure, EventMeasure))
    events = events_plan("user_events", plan.entity, found((atom,), ()), (), ordered=True)
    assert events is not None and not events.ordered

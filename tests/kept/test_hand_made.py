"""Small histories with what must come of them, written by hand: each is a way in which a kept table could go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest

from tests.cases.runner import Models, compile_spec
from tests.cases.tables import Table
from tests.kept.warehouse import Warehouse, opened

SPEC = """\
lateness: 2 days
{settings}
entities:
  user: {{key: user_id}}
streams:
  app:
    relation: ref('events')
    entity: {{user: user_id}}
    occurred_at: at
    id: id
    event: name
{stream}
events:
  order: {{stream: app, is: order}}
  page: {{stream: app, is: page}}
features:
  orders: {{entity: user, count: order}}
  orders_7d: {{entity: user, count: order, in_the_last: 7 days}}
  since_order: {{entity: user, recency: order}}
  viewed_then_ordered: {{entity: user, sequence: {{steps: [page, order], in_the_last: 7 days}}}}
  quiet: {{entity: user, sequence: {{steps: [order], then_without: {{event: page, for: 4 days}}}}}}
"""
DAY = 86_400


@dataclass(frozen=True)
class Run:
    """A run as of a day in March: the rows of the source at that time, and what must stand in the features then."""

    day: int
    rows: tuple[str, ...]
    expected: dict[str, tuple[object, ...]]


@dataclass(frozen=True)
class History:
    """Runs, of which each looks at these columns of the features."""

    columns: tuple[str, ...]
    runs: tuple[Run, ...]
    settings: str = ""
    stream: str = ""


A, B = "1 ann order 03-01 10:00", "2 bob order 03-02 10:00"
HISTORIES = {
    "an event comes late, before the last run's instant": History(
        ("orders_7d", "since_order"),
        (
            Run(3, (A,), {"ann": (1, 38 / 24 * DAY)}),
            Run(4, (A, "2 ann order 03-02 00:00"), {"ann": (2, 2.0 * DAY)}),
        ),
    ),
    "an event leaves a window, and nothing else happens": History(
        ("orders_7d",),
        (
            Run(8, (A, B), {"ann": (1,), "bob": (1,)}),
            Run(9, (A, B), {"ann": (0,), "bob": (1,)}),
            Run(10, (A, B), {"ann": (0,), "bob": (0,)}),
        ),
    ),
    "a skipped week": History(
        ("orders_7d",), (Run(3, (A, B), {"ann": (1,), "bob": (1,)}), Run(20, (A, B), {"ann": (0,), "bob": (0,)}))
    ),
    "a copy comes later, with another time": History(
        ("orders_7d", "since_order"),
        (
            Run(2, (A,), {"ann": (1, 14 / 24 * DAY)}),
            Run(3, (A, "1 ann order 03-02 09:00"), {"ann": (1, 38 / 24 * DAY)}),
        ),
    ),
    "a copy of an event that no feature needs": History(
        ("orders_7d",),
        (
            Run(4, ("1 ann other 03-02 23:00", B), {"ann": (0,), "bob": (1,)}),
            Run(5, ("1 ann other 03-02 23:00", B), {"ann": (0,), "bob": (1,)}),
            Run(6, ("1 ann other 03-02 23:00", B, "1 ann order 03-04 22:00"), {"ann": (0,), "bob": (1,)}),
        ),
    ),
    "the copy that counted is taken back": History(
        ("orders_7d", "since_order"),
        (
            Run(3, (A, "1 ann order 03-02 09:00"), {"ann": (1, 38 / 24 * DAY)}),
            Run(4, ("1 ann order 03-02 09:00",), {"ann": (1, 39 / 24 * DAY)}),
        ),
    ),
    "the only event of somebody is taken back": History(
        ("orders_7d",),
        (Run(3, (A, B), {"ann": (1,), "bob": (1,)}), Run(4, (B,), {"bob": (1,)})),
    ),
    "an event is of the future, and its time comes": History(
        ("orders_7d",),
        (
            Run(3, (A, "3 ann order 03-07 08:00"), {"ann": (1,)}),
            Run(7, (A, "3 ann order 03-07 08:00"), {"ann": (1,)}),
            Run(8, (A, "3 ann order 03-07 08:00"), {"ann": (2,)}),
        ),
    ),
    "a match leaves the window of its sequence": History(
        ("viewed_then_ordered_completed", "viewed_then_ordered_step"),
        (
            Run(6, ("1 ann page 03-01 10:00", "2 ann order 03-03 10:00"), {"ann": (True, 2)}),
            Run(8, ("1 ann page 03-01 10:00", "2 ann order 03-03 10:00"), {"ann": (True, 2)}),
            Run(9, ("1 ann page 03-01 10:00", "2 ann order 03-03 10:00"), {"ann": (False, 0)}),
        ),
    ),
    "a wait ends": History(
        ("quiet_completed",),
        (
            *(Run(day, (A,), {"ann": (False,)}) for day in (2, 3, 4, 5)),
            Run(6, (A,), {"ann": (True,)}),
        ),
    ),
    "a wait is broken by an event that comes late": History(
        ("quiet_completed",),
        (
            Run(7, (A,), {"ann": (True,)}),
            Run(8, (A, "2 ann page 03-05 09:00"), {"ann": (False,)}),
        ),
    ),
    "an event is told under another name of somebody": History(
        ("orders_7d",),
        (Run(3, (A,), {"ann": (1,)}), Run(4, ("1 cat order 03-01 10:00",), {"cat": (1,)})),
    ),
    "two runs at one instant, and more is known at the second": History(
        ("orders_7d",),
        (Run(3, (A,), {"ann": (1,)}), Run(3, (A, B), {"ann": (1,), "bob": (1,)})),
    ),
    "an event comes a week late, and says when it came": History(
        ("orders_7d",),
        (
            Run(4, (f"{A} 03-01 10:00",), {"ann": (1,)}),
            Run(7, (f"{A} 03-01 10:00", "2 ann order 03-01 11:00 03-06 12:00"), {"ann": (2,)}),
        ),
        stream="    loaded_at: came",
    ),
    "of two copies the one that was known first counts": History(
        ("since_order",),
        (
            Run(3, ("1 ann order 03-02 00:00 03-02 00:00",), {"ann": (1.0 * DAY,)}),
            Run(
                4, ("1 ann order 03-02 00:00 03-02 00:00", "1 ann order 03-01 00:00 03-03 12:00"), {"ann": (2.0 * DAY,)}
            ),
        ),
        stream="    loaded_at: came",
    ),
    "events are retained no longer": History(
        ("since_order",),
        (
            Run(3, (A, B), {"ann": (38 / 24 * DAY,), "bob": (14 / 24 * DAY,)}),
            Run(11, (A, B), {"ann": (230 / 24 * DAY,), "bob": (206 / 24 * DAY,)}),
            Run(12, (A, B), {"bob": (230 / 24 * DAY,)}),
        ),
        settings="retention: 10 days",
    ),
    "one of two events is retained no longer": History(
        ("orders",),
        (
            Run(5, (A, "2 ann order 03-03 10:00"), {"ann": (2,)}),
            Run(8, (A, "2 ann order 03-03 10:00"), {"ann": (2,)}),
            Run(11, (A, "2 ann order 03-03 10:00"), {"ann": (2,)}),
            Run(12, (A, "2 ann order 03-03 10:00"), {"ann": (1,)}),
        ),
        settings="retention: 10 days",
    ),
    "of two copies the first is retained no longer": History(
        ("orders",),
        (
            Run(5, (A, "1 ann order 03-02 09:00", "2 ann order 03-03 10:00"), {"ann": (2,)}),
            Run(11, (A, "1 ann order 03-02 09:00", "2 ann order 03-03 10:00"), {"ann": (2,)}),
            Run(12, (A, "1 ann order 03-02 09:00", "2 ann order 03-03 10:00"), {"ann": (1,)}),
        ),
        settings="retention: 10 days",
    ),
    "a copy comes long after the event": History(
        ("orders", "since_order"),
        (
            Run(3, (A,), {"ann": (1, 38 / 24 * DAY)}),
            Run(9, (A,), {"ann": (1, 182 / 24 * DAY)}),
            Run(10, (A, "1 ann order 03-09 09:00"), {"ann": (1, 206 / 24 * DAY)}),
        ),
    ),
    "nobody looked for longer than events are kept": History(
        ("since_order",),
        (
            Run(3, (A, B), {"ann": (38 / 24 * DAY,), "bob": (14 / 24 * DAY,)}),
            Run(31 + 30 + 5, (A, B, "3 eve order 05-04 00:00"), {"eve": (1.0 * DAY,)}),
        ),
        settings="retention: 10 days",
    ),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_what_is_kept_is_what_happened(name: str) -> None:
    history = HISTORIES[name]
    models, warehouse = models_of(history), opened()
    for run in history.runs:
        warehouse.fill([events(run)])
        warehouse.run(models, as_of(run.day))
        assert features(warehouse, history.columns) == rounded(run.expected), f"as of {as_of(run.day)}"
        measured = {row["user_id"]: row["_events"] for row in warehouse.rows("user_measures")}
        assert measured.keys() <= run.expected.keys() and all(measured.values()), f"as of {as_of(run.day)}"


@pytest.mark.parametrize("name", HISTORIES)
def test_one_run_makes_the_same(name: str) -> None:
    history = HISTORIES[name]
    models = models_of(history)
    for run in history.runs:
        warehouse = opened()
        warehouse.fill([events(run)])
        warehouse.run(models, as_of(run.day))
        assert features(warehouse, history.columns) == rounded(run.expected), f"as of {as_of(run.day)}"


def models_of(history: History) -> Models:
    """The models of somebody's taxonomy."""
    return compile_spec(SPEC.format(settings=history.settings, stream=history.stream))


def as_of(day: int) -> datetime:
    """The instant of a run: so many days from the end of February."""
    return datetime.fromordinal(datetime(2026, 2, 28).toordinal() + day)


def events(run: Run) -> Table:
    """The source at a run."""
    rows = [line.split() for line in run.rows]
    return Table(
        "events",
        {"id": "text", "user_id": "text", "name": "text", "at": "timestamp", "came": "timestamp"},
        tuple(
            (id_, who, name, f"2026-{day} {time}", f"2026-{' '.join(came)}" if came else None)
            for id_, who, name, day, time, *came in rows
        ),
    )


def features(warehouse: Warehouse, columns: tuple[str, ...]) -> dict[str, tuple[object, ...]]:
    """What stands in these columns of the features, by entity."""
    found = warehouse.rows("user_features")
    return rounded({str(row["user_id"]): tuple(row[name] for name in columns) for row in found})


def rounded(rows: dict[str, tuple[object, ...]]) -> dict[str, tuple[object, ...]]:
    """Seconds without what calculations leave behind."""
    return {who: tuple(round(one) if isinstance(one, float) else one for one in row) for who, row in rows.items()}

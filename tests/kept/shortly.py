"""A few runs by dbt, for what only dbt can show of a mistake: the macros, and how tables are called."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.cases.tables import Table
from tests.kept.project import Project
from tests.kept.test_hand_made import as_of

SPEC = """\
lateness: 2 days
entities:
  user: {key: user_id}
streams:
  app: {relation: "source('raw', 'events')", entity: {user: user_id}, occurred_at: at}
events:
  order: {stream: app}
features:
  orders: {entity: user, count: order, in_the_last: 7 days}
"""
LONGER = SPEC.replace("7 days", "9 days")
ORDERS = ("ann", "03-01 10:00"), ("bob", "03-05 00:00"), ("cat", "03-08 10:00")
RUNS = (
    (5, SPEC, {"ann": 1}),
    (7, SPEC, {"ann": 1, "bob": 1}),
    (8, SPEC, {"ann": 1, "bob": 1}),
    (9, SPEC, {"ann": 0, "bob": 1, "cat": 1}),
    (10, LONGER, {"ann": 1, "bob": 1, "cat": 1}),
)
"""As of which day, by which spec, and how many orders each has made then. Bob's is where the fourth run reads again."""


def by_dbt() -> None:
    """Some days, and on the last of them another definition."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        for day, spec, expected in RUNS:
            rows = tuple((who, f"2026-{at}") for who, at in ORDERS if f"2026-{at}" < str(as_of(day)))
            project.render(spec)
            project.fill([Table("events", {"user_id": "text", "at": "timestamp"}, rows)])
            ended = project.dbt("run", as_of=as_of(day))
            assert ended.well, ended
            found = {str(row["user_id"]): row["orders"] for row in project.tables()["user_features"]}
            assert found == expected, f"as of day {day}"

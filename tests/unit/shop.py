"""A small project that commands are tried in, and what they say."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SPEC = """\
version: 1
entities:
  user: {key: user_id}
streams:
  app: {relation: ref('app_events'), entity: {user: user_id}, occurred_at: event_time, event: event_name}
events:
  pricing_viewed: {stream: app, is: pricing}
  order_placed: {stream: app, is: order}
segments:
  price_watchers:
    entity: user
    description: Circling the price
    stage: intent
    owner: growth
    all:
      - {count: pricing_viewed, in_the_last: 7 days, at_least: 2}
  buyers:
    entity: user
    description: Bought once
    all:
      - {did: order_placed}
  watching_buyers:
    entity: user
    all:
      - in_segment: price_watchers
      - in_segment: buyers
"""

PROJECT = {
    "dbt_project.yml": """\
name: shop
profile: shop
flags: {send_anonymous_usage_stats: false}
seeds: {shop: {app_events: {+column_types: {event_time: timestamp}}}}
""",
    "profiles.yml": "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, threads: 2}}}\n",
    "seeds/app_events.csv": """\
user_id,event_name,event_time
ada,pricing,2026-03-08 10:00:00
ada,pricing,2026-03-09 10:00:00
bob,pricing,2026-03-01 10:00:00
bob,order,2026-03-02 10:00:00
""",
    "models/unrelated.sql": "select 1 as one",
    "segments/users.yml": SPEC,
}


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Segpy = Callable[..., Said]


def change(project: Path, old: str, new: str, path: str = "segments/users.yml") -> None:
    text = (project / path).read_text()
    assert old in text
    (project / path).write_text(text.replace(old, new))


def let_go() -> None:
    """Close the warehouse: dbt keeps it open, and would take it for the next project's, whose path reads the same.

    A query that failed holds on to its connection as well, through its traceback.
    """
    connections = sys.modules.get("dbt.adapters.duckdb.connections")
    if connections is not None and connections.DuckDBConnectionManager._ENV is not None:
        connections.DuckDBConnectionManager.close_all_connections()
        gc.collect()

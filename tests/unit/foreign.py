"""dbt projects of other people, as small as they can be: three shapes that events come in."""

from __future__ import annotations

from pathlib import Path

PROFILE = "acme: {target: dev, outputs: {dev: {type: duckdb, path: acme.duckdb, threads: 2}}}\n"
_PROJECT = "name: acme\nprofile: acme\nflags: {send_anonymous_usage_stats: false}\n"

WIDE = {
    "dbt_project.yml": _PROJECT + "seeds: {acme: {events: {+column_types: {ts: timestamp, received_at: timestamp}}}}\n",
    "seeds/events.csv": """\
event_id,user_id,account_id,ts,event_name,path,received_at
e1,ada,red,2026-03-02 10:00:00,Page Viewed,/,2026-03-02 10:01:00
e2,ada,red,2026-03-03 10:00:00,report_shared,/reports,2026-03-03 10:01:00
e3,ada,red,2026-03-04 10:00:00,report_shared,/reports,2026-03-04 10:01:00
e4,ada,red,2026-03-05 10:00:00,report_shared,/reports,2026-03-05 10:01:00
e4,ada,red,2026-03-05 10:00:00,report_shared,/reports,2026-03-05 10:02:00
e5,bob,red,2026-02-10 10:00:00,report_shared,/reports,2026-02-10 10:01:00
e6,bob,red,2026-03-08 10:00:00,page_viewed,/,2026-03-08 10:01:00
e7,cleo,blue,2026-03-07 10:00:00,report_shared,/reports,2026-03-07 10:01:00
e8,cleo,blue,2026-03-07 11:00:00,report_shared,/reports,2026-03-07 11:01:00
e9,,blue,2026-03-09 09:00:00,page_viewed,/pricing,2026-03-09 09:01:00
e10,dan,blue,2026-03-09 10:00:00,page_viewed,/pricing,2026-03-09 10:01:00
""",
}
"""One relation with all events: a duplicate, a row of nobody, and a name that is written in two ways."""

SINGLE = {
    "dbt_project.yml": """\
name: acme
profile: acme
flags: {send_anonymous_usage_stats: false}
model-paths: [transform]
macro-paths: [jinja]
seeds:
  acme:
    page_viewed: {+column_types: &times {timestamp: timestamp, received_at: timestamp}}
    order_completed: {+column_types: *times}
    users: {+column_types: {created_at: timestamp, received_at: timestamp}}
""",
    "seeds/page_viewed.csv": """\
id,user_id,anonymous_id,timestamp,received_at,url
p1,7,x,2026-03-01 09:00:00,2026-03-01 09:00:05,/a
p2,7,x,2026-03-02 09:00:00,2026-03-02 09:00:05,/b
p3,8,y,2026-03-02 10:00:00,2026-03-02 10:00:05,/a
p4,,z,2026-03-03 10:00:00,2026-03-03 10:00:05,/a
p5,9,w,2026-03-03 11:00:00,2026-03-03 11:00:05,/a
""",
    "seeds/order_completed.csv": """\
id,user_id,anonymous_id,timestamp,received_at,revenue,order_id
o1,7,x,2026-03-02 09:10:00,2026-03-02 09:10:05,20.5,A1
o2,7,x,2026-03-06 09:10:00,2026-03-06 09:10:05,7,A2
o3,8,y,2026-01-02 10:00:00,2026-01-02 10:00:05,99,A3
""",
    "seeds/users.csv": """\
id,email,plan,created_at,received_at
7,ada@example.com,pro,2025-12-01 00:00:00,2025-12-01 00:00:05
8,bob@example.com,free,2025-12-24 00:00:00,2025-12-24 00:00:05
10,eve@example.com,free,2026-02-24 00:00:00,2026-02-24 00:00:05
""",
}
"""One relation for each event, as Segment and RudderStack load them, in folders of other names than usual."""

ORDERS = {
    "dbt_project.yml": _PROJECT + "seeds: {acme: {raw_orders: {+column_types: {order_date: date}}}}\n",
    "seeds/raw_orders.csv": """\
id,user_id,order_date,status,amount
1,1,2018-01-01,returned,10
2,3,2018-01-02,completed,20
3,1,2018-03-20,completed,15.5
4,4,2018-03-28,shipped,7
5,3,2018-04-01,placed,30
6,2,2018-02-01,completed,8
""",
    "seeds/raw_customers.csv": "id,first_name,signed_up_at\n"
    + "".join(
        f"{number},{name},2017-12-0{number}\n" for number, name in enumerate(("Ada", "Bob", "Cleo", "Dan", "Eve"), 1)
    ),
    "models/staging/stg_shop__orders.sql": """\
select id as order_id, user_id as customer_id, order_date, status, amount from {{ ref('raw_orders') }}
""",
    "models/staging/stg_shop__customers.sql": """\
select id as customer_id, first_name, cast(signed_up_at as timestamp) as signed_up_at from {{ ref('raw_customers') }}
""",
    "models/customer_events.sql": """\
select customer_id, count(*) as orders, max(order_date) as most_recent_order_date
from {{ ref('stg_shop__orders') }}
group by customer_id
""",
}
"""Orders and customers, long ago, and no event by name; raw, staged, and a mart that has a name of ours."""


def lay_out(project: dict[str, str], root: Path) -> Path:
    """A project on disk."""
    for path, text in {**project, "profiles.yml": PROFILE}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root

"""dbt projects of other people, as small as they can be: three shapes that events come in, and what is messy."""

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


MESSY = {
    "dbt_project.yml": _PROJECT,
    "models/sources.yml": """\
sources:
  - name: raw
    tables:
      - name: userEvents
      - name: visits
      - name: daily
      - name: many
      - name: as_text
      - name: as_number
      - name: nothing_yet
      - name: nobody
      - name: only_times
      - name: gone
      - name: Store Visits
""",
}
_AT = "timestamp '2026-03-0{} 10:00:00'"
RAW = (
    "create schema raw",
    """
    create table raw."userEvents" as
    select
        'e' || i as "eventId", case when i < 9 then 'u' || i % 3 end as "userId",
        timestamp '2026-03-01 10:00:00' + to_days(cast(i as integer)) as "eventTime",
        [
            'Signed Up', 'it''s "quoted": # no comment', '{{ 1/0 }}', 'true', 'Ünïcode ✓',
            '12 monkeys', 'any', 'select', 'a' || chr(10)
        ][cast(i % 9 + 1 as integer)] as "eventName",
        i as "order", 'g' as "group", 1.5 as "Total Price", 1 as "{{ 1/0 }}", 1 as "a""b", [1] as "list"
    from range(10) as rows(i)
    """,
    """
    create table raw.visits as
    select 'u' || i as "user id", case when i > 0 then date '2026-03-05' end as "visit date", 'x' as "end"
    from (select cast(i // 2 as integer) as i from range(6) as rows(i))
    """,
    """
    create table raw.daily as
    select i % 2 as user_id, date '2026-03-08' + cast(i as integer) as day from range(4) as r(i)
    """,
    f"""
    create table raw.many as
    select 'u' || i % 5 as user_id, {_AT.format(1)} as at, 'n' || i as event_name from range(999) r(i)
    """,
    "create table raw.as_text as select 'u1' as user_id, '2026-03-01' as ts from range(2)",
    "create table raw.as_number as select 'u1' as user_id, 1772409600 as ts from range(2)",
    "create table raw.nothing_yet (user_id text, created_at timestamp)",
    f"create table raw.nobody as select cast(null as text) as user_id, {_AT.format(1)} as at from range(3)",
    f"create table raw.only_times as select {_AT.format(1)} as at",
    f"""create table raw."Store Visits" as select 'u1' as user_id, {_AT.format(1)} as at""",
)
"""Names in capitals, with blanks, quotes and Jinja; reserved words; times that are none; nulls; nothing at all."""


def lay_out(project: dict[str, str], root: Path) -> Path:
    """A project on disk."""
    for path, text in {**project, "profiles.yml": PROFILE}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root

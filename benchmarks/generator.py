"""Events of a made-up product, the same for everybody who asks for the same size.

Plain SQL, run by DuckDB a day at a time. There is no random state: each number is drawn from a hash of the number of a
session, run or event, so the data do not depend on threads or on the order of rows. (DuckDB may change its hashes with
a version: what was generated is kept in a file and read by every engine and version.)

People are active by a shifted Zipf law; 40 in 100 arrive inside the history and 30 in 100 leave inside it; a third of
their weeks are quiet and a tenth are busy. They come in sessions, more by day and on working days, and do things one
after the other (`benchmarks.events`). Half of the clients stamp whole seconds, so some events share an instant.
Amounts are quarters, so that sums of them are exact in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb

from benchmarks.events import (
    AS_OF,
    DEVICES,
    FOLLOWS,
    FREQUENCIES,
    HOURS,
    ITEMS,
    LONGEST_RUN,
    MONEY,
    PLANS,
    WEEKDAYS,
    run_from,
)

SESSION_LENGTH = 8.0
_KEPT = 0.214
"""The share of sessions that remain when people have not arrived yet, have left, or have a quiet week."""
_SLOTS = 2_000
_SESSIONS_A_DAY = 1 << 21  # room for the numbers of a day's sessions


@dataclass(frozen=True, slots=True)
class Size:
    """How much is generated. `text_keys`: keys as text of the length of a UUID, as most warehouses have them."""

    events: int
    entities: int = 1_000_000
    days: int = 180
    seed: int = 7
    text_keys: bool = False

    @property
    def name(self) -> str:
        """A name for files."""
        keys = "_text" if self.text_keys else ""
        return f"events_{self.events}_entities_{self.entities}_days_{self.days}_seed_{self.seed}{keys}"


def generate(size: Size, path: Path, progress: Callable[[int, int], None] = lambda _, __: None) -> None:
    """Write table `events` in the order of time to a new DuckDB file."""
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    with duckdb.connect(str(unfinished)) as connection:
        for preparation in (*_macros(size), *_lookups()):
            connection.execute(preparation)
        for day in range(size.days):
            rows = _day(size, day)
            connection.execute(f"insert into events {rows}" if day else f"create table events as {rows}")
            progress(day + 1, size.days)
        for macro in ("draw", "stirred"):
            connection.execute(f"drop macro {macro}")
        connection.execute("checkpoint")
    unfinished.rename(path)


def _macros(size: Size) -> tuple[str, str]:
    """Numbers stirred together to one of 32 bits, and from a number and a purpose a fraction from 0 to below 1."""
    return (
        "create macro stirred(x, y) as hash(x, y) >> 32",
        f"create macro draw(purpose, x) as (hash(x, purpose, {size.seed}) >> 32)::double / 4294967296",
    )


def _list(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{value}'" for value in values) + "]"


def _lookups() -> tuple[str, str]:
    """Each event in as many slots as people do it often, for a draw to pick one; and what follows each."""
    total = sum(FREQUENCIES.values())
    often = [event for event, share in FREQUENCIES.items() for _ in range(round(_SLOTS * share / total))]
    slots = ", ".join(f"({slot}, '{event}')" for slot, event in enumerate(often))
    runs = ", ".join(
        f"('{anchor}', {step}, '{event}')" for anchor in FREQUENCIES for step, event in enumerate(run_from(anchor))
    )
    return (
        f"create temp table slots as from (values {slots}) as slots (slot, anchor)",
        f"create temp table runs as from (values {runs}) as runs (anchor, step, event)",
    )


def _hours() -> tuple[int, ...]:
    return tuple(hour for hour, people in enumerate(HOURS) for _ in range(people))


def _day(size: Size, day: int) -> str:
    """The events of one day, in the order of time."""
    midnight = AS_OF - timedelta(days=size.days - day)
    sessions = size.events / size.days / SESSION_LENGTH / _KEPT * WEEKDAYS[midnight.weekday()]
    assert sessions < _SESSIONS_A_DAY, "the numbers of sessions would run into those of the next day"
    first, hours = day * _SESSIONS_A_DAY, _hours()
    crowd = 20 / (size.entities + 20)  # the most active are cut off: no person is a tenth of the world
    user_id = "md5(user_number::text)::uuid::text" if size.text_keys else "user_number"
    money, items = (", ".join(f"'{event}'" for event in kind) for kind in (MONEY, ITEMS))
    return f"""
with candidates as (
    select
        session,
        (({size.entities + 20} * pow(draw(1, session) * (1 - cbrt({crowd})) + cbrt({crowd}), 3) - 20)::bigint
            * 7919) % {size.entities} as user_number
    from range({first}, {first + round(sessions)}) as numbers (session)
), lives as (
    select
        *,
        case when draw(2, user_number) < 0.6 then -1 else draw(3, user_number) * {size.days} end as arrives,
        draw(4, user_number) as stays,
        draw(5, user_number * 53 + {day // 7}) as busy
    from candidates
), sessions as (
    select
        session,
        user_number,
        {list(hours)}[1 + (draw(6, session) * {len(hours)})::bigint % {len(hours)}] * 3600 * 1000
            + draw(7, session) * 3600 * 1000 as begins,
        -ln(1 - draw(8, session)) * 45 * 1000 + 500 as pace,
        1 + floor(ln(1 - draw(9, session)) / ln(1 - {1 / ((SESSION_LENGTH - 1) * (1 - FOLLOWS))}))::bigint as runs,
        draw(10, session) < 0.5 as whole_seconds,
        {_list(DEVICES)}[1 + (draw(11, session) > 0.45)::int + (draw(11, session) > 0.7)::int
            + (draw(11, session) > 0.92)::int] as device
    from lives
    where arrives <= {day}
        and (stays < 0.7 or arrives + 1 + (stays - 0.7) / 0.3 * {size.days} > {day})
        and draw(12, session) < case when busy < 0.33 then 0.12 when busy > 0.9 then 1 else 0.3 end
), begun as (
    select *, unnest(range(least(runs, 60) + 1)) as run from sessions
), running as (
    select *, stirred(session, run) as number from begun
), doing as (
    select
        running.*,
        case when run = 0 then 'session_start' else anchor end as anchor,
        unnest(range(case when run = 0 then 1
            else least({LONGEST_RUN}, 1 + floor(ln(1 - draw(14, number)) / ln({FOLLOWS})))::bigint end)) as step
    from running
    join slots on slot = floor(draw(13, number) * (select count(*) from slots))::bigint
), done as (
    select
        user_number,
        stirred(number, step) as number,
        begins + pace * (run * 1.7 + (step + draw(15, number + step)) / {LONGEST_RUN} * 1.7) as milliseconds,
        whole_seconds,
        event,
        device
    from doing
    join runs using (anchor, step)
), told as (
    select
        *,
        case when whole_seconds then floor(milliseconds / 1000) * 1000 else floor(milliseconds) end::bigint as instant
    from done
    where milliseconds < 86400000
)
select
    {day * 100_000_000}::bigint + row_number() over (order by instant, number) as event_id,
    {user_id} as user_id,
    timestamp '{midnight}' + to_milliseconds(instant) as occurred_at,
    event,
    case when event in ({money})
        then round(exp(3.2 + 1.1 * sqrt(-2 * ln(1 - draw(16, number))) * cos(2 * pi() * draw(17, number))) * 4) / 4
    end as amount,
    case when event in ({items}) then 1 + (50000 * pow(draw(18, number), 3))::int end as product_id,
    {_list(PLANS)}[1 + (draw(19, user_number) > 0.62)::int + (draw(19, user_number) > 0.84)::int
        + (draw(19, user_number) > 0.96)::int] as plan,
    device,
    case when draw(20, number) < 0.33 then '/docs/' else '/app/' end
        || 'page-' || lpad((200 * pow(draw(21, number), 2.5))::int::text, 3, '0') as page
from told
order by instant, number"""

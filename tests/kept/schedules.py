"""Random specs, sources and schedules of runs, and the comparison of what is kept with what one run makes anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from tests.cases.expected import same
from tests.cases.runner import Models, compile_spec, in_order
from tests.cases.tables import Table
from tests.kept.arrivals import DAY, HOUR, Promise, Told, arrivals
from tests.kept.warehouse import Warehouse, comparable, opened
from tests.properties import measures

START = datetime(2026, 1, 20)
DAYS = 80
USERS = tuple(f"u{i}" for i in range(10))
RUN = ("as_of", "_run")


@dataclass(frozen=True)
class Cells:
    """What a row holds beside its time."""

    user: str | None
    name: str
    x: str | None
    t: str | None
    b: str | None
    n: str | None
    shop: bool


@dataclass(frozen=True)
class Source:
    """The rows of all streams as they come to be known, and what is known of people."""

    told: Sequence[Told]
    cells: Mapping[int, Cells]
    born: Mapping[str, str | None]

    def tables(self, now: datetime, before: datetime | None = None) -> tuple[Table, ...]:
        """The tables that a run sees; with `before` without what happens then or later."""
        there = [
            (one, self.cells[one.number])
            for one in self.told
            if one.there(now) and (before is None or one.occurred_at < before)
        ]
        return (
            Table(
                "events",
                {**EVENT_COLUMNS, "v": "integer", "p": "text", "seq": "integer"},
                tuple(
                    (one.id, c.user, c.name, str(one.occurred_at), str(one.arrives), c.n, c.x, c.t, c.b, c.n, c.t, c.n)
                    for one, c in there
                    if not c.shop
                ),
            ),
            Table(
                "orders",
                {"who": "text", "at": "timestamp", "came": "timestamp", "x": "number", "t": "text", "oid": "text"},
                tuple((c.user, str(one.occurred_at), str(one.arrives), c.x, c.t, one.id) for one, c in there if c.shop),
            ),
            Table(
                "people",
                {"user_id": "text", "born": "timestamp", "seats": "integer", "plan": "text"},
                tuple((user, born, "1", None) for user, born in self.born.items()),
            ),
        )


EVENT_COLUMNS = {
    "eid": "text",
    "user_id": "text",
    "name": "text",
    "at": "timestamp",
    "came": "timestamp",
    "n": "integer",
    "x": "number",
    "t": "text",
    "b": "boolean",
}


@dataclass(frozen=True)
class Step:
    """One run: at which instant it is evaluated, when it happens, and where it is killed."""

    as_of: datetime
    now: datetime
    anew: bool
    killed_before: str | None
    back: bool = False  # told that it goes back


def _back(chance: Random, step: Step, as_of: datetime) -> Step:
    """The same as of an earlier instant, of all that is known by now."""
    return replace(step, as_of=as_of - chance.choice((DAY, 5 * DAY)), back=True)


def random_source(chance: Random, promise: Promise) -> Source:
    """Events of a few, known as a promise has it."""
    told = arrivals(chance, promise, START, DAYS, chance.choice((15, 30, 60, 150)))
    ids: dict[str, Cells] = {}
    cells: dict[int, Cells] = {}
    for one in told:
        made = _cells(chance)
        if one.id is not None and one.id in ids and chance.random() < 0.5:
            made = ids[one.id]  # the same once more; else a copy says something else
        elif one.id is not None and one.id in ids:
            made = Cells(made.user, made.name, made.x, made.t, made.b, made.n, ids[one.id].shop)
        cells[one.number] = made
        if one.id is not None:
            ids.setdefault(one.id, made)
    born = {user: chance.choice((None, str(START + chance.randrange(60) * DAY))) for user in USERS[:8]}
    return Source(told, cells, born)


def _cells(chance: Random) -> Cells:
    user = None if chance.random() < 0.03 else chance.choice(USERS)
    x, t = chance.choice((None, "0", "1", "2", "2", "3.5", "-1", "0.25")), chance.choice((None, "p", "q", ""))
    name, n = chance.choice("aaabbcxzz"), chance.choice((None, "1", "2", "3"))
    return Cells(user, name, x, t, chance.choice((None, "true", "false")), n, chance.random() < 0.25)


def few_measures(chance: Random) -> str:
    """A spec of a few features only: each more would be another reason to look at somebody again."""
    made = (
        measures.of_a_value(chance) if chance.random() < 0.3 else measures.numeric(chance, depth=1)
        for _ in range(chance.choice((1, 1, 2, 4)))
    )
    lines = "".join(f"  n{i}: {{entity: user, {one}}}\n" for i, one in enumerate(made))
    order = "    order: n" if chance.random() < 0.5 else ""
    return measures.TAXONOMY.format(zone=chance.choice(measures.ZONES), order=order) + lines


def with_lateness(text: str, chance: Random, promise: Promise) -> str:
    """A spec whose streams are kept from run to run, some of them with ids."""
    settings = f"lateness: {round(promise.lateness / HOUR)} hours\n"
    if chance.random() < 0.4:
        settings += f"retention: {chance.choice((63, 70))} days\n"
    own = "    id: eid\n" if chance.random() < 0.7 else ""
    own += "    loaded_at: came\n" if promise.loaded else ""
    shop = ", id: oid" if chance.random() < 0.5 else ""
    shop += ", loaded_at: came" if promise.loaded else ""
    text = text.replace("    occurred_at: at\n    event: name\n", f"    occurred_at: at\n{own}    event: name\n")
    text = text.replace("relation: ref('orders'),", f"relation: ref('orders'){shop},")
    return settings + text + ("" if "grain:" in text else "grain: hour\n")


def random_schedule(chance: Random, models: Models) -> Iterator[Step]:
    """Runs at the same instant, a day or many later, killed somewhere and run again or not."""
    as_of = START + chance.randrange(20, 50) * DAY
    now = as_of
    for _ in range(chance.randrange(3, 7)):
        now = max(now, as_of + chance.choice((0, 0, 1, 5, 23)) * HOUR)
        step = Step(as_of, now, anew=chance.random() < 0.05, killed_before=None)
        if chance.random() < 0.25:
            yield replace(step, killed_before=chance.choice(in_order(models.sql)))
            if chance.random() < 0.5:
                yield replace(step, now=now + HOUR)
        elif chance.random() < 0.1:
            step = _back(chance, step, as_of)
            if chance.random() < 0.3:
                yield replace(step, killed_before=chance.choice(in_order(models.sql)))
            yield step
        else:
            yield step
        later = chance.choice((HOUR, 7 * HOUR, DAY, DAY, DAY, 2 * DAY, 9 * DAY, 35 * DAY, timedelta()))
        as_of = max(step.as_of + later, step.as_of)


def differences(models: Models, kept: Warehouse, source: Source, step: Step) -> list[str]:
    """Where what is kept differs from what one run makes of the same source."""
    fresh = opened()
    fresh.fill(source.tables(step.now))
    fresh.run(models, step.as_of)
    return between(models, kept, fresh)


def between(models: Models, kept: Warehouse, fresh: Warehouse) -> list[str]:
    """Where the models of two warehouses differ, of which one made all of it in one run."""
    found: list[str] = []
    for name in in_order(models.sql):
        if name.endswith("_touched") or (name.endswith("_events") and "segpy_let_go" in models.sql[name]):
            continue  # the last: what is not retained any more stays for a while
        but = RUN if name.endswith(("_measures", "_sequences", "_seen", "_events")) else ()
        mine, theirs = (comparable(one.rows(name), but=but) for one in (kept, fresh))
        if len(mine) != len(theirs):
            found.append(f"{name}: {len(mine)} rows kept, {len(theirs)} anew: {_apart(mine, theirs)}")
            continue
        for own, other in zip(mine, theirs, strict=True):
            wrong = [
                f"{column}: kept {value!r}, anew {dict(other)[column]!r}"
                for column, value in own
                if not same(value, dict(other)[column])
            ]
            if wrong:
                found.append(f"{name} {own[0][1]}: {'; '.join(wrong[:4])}")
    return found


def _apart(mine: Sequence[object], theirs: Sequence[object]) -> str:
    only = [one for one in mine if one not in theirs][:2], [one for one in theirs if one not in mine][:2]
    return f"only kept {only[0]}, only anew {only[1]}"


def about_users(models: Models) -> Models:
    """The models of an entity; those about all segments hold a history, which no single run can make."""
    return Models({name: sql for name, sql in models.sql.items() if name.startswith("user_")}, models.artifacts)


def needed_for(models: Models, wanted: set[str]) -> set[str]:
    """Some models and those that they are made from."""
    found: set[str] = set()
    while wanted:
        found |= wanted
        wanted = {one for name in wanted for one in models.sql if f'ref("{one}")' in models.sql[name]} - found
    return found


def random_promise(chance: Random) -> Promise:
    """How late events may come, and whether they say when they came."""
    return Promise(chance.choice((timedelta(), 12 * HOUR, DAY, 3 * DAY)), chance.random() < 0.5)


def proven(text: str, promise: Promise, chance: Random) -> tuple[int, list[str]]:
    """How many runs a random schedule of a spec had, and where the first of them differs that does."""
    models = about_users(compile_spec(text))
    source = random_source(chance, promise)
    warehouse, runs = opened(), 0
    for step in random_schedule(chance, models):
        warehouse.fill(source.tables(step.now))
        warehouse.run(models, step.as_of, anew=step.anew, killed_before=step.killed_before, rewrite=step.back)
        runs += 1
        if step.killed_before is None and (wrong := differences(models, warehouse, source, step)):
            return runs, [f"run {runs} as of {step.as_of} at {step.now}, {promise}", *wrong[:6]]
    return runs, []

"""Why somebody is in a segment, or is not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from segpy.cli.reasons import lasting, left_for, next_step, off
from segpy.cli.why import data
from segpy.dialects import DIALECTS
from segpy.plan.build import build_plan
from segpy.plan.part import part_of
from segpy.sql.model import WhyQueries
from segpy.sql.why import why_queries
from segpy.warehouse.keys import key_of
from segpy.warehouse.model_why import Why
from segpy.warehouse.why import told
from tests.cases.runner import NO_SPELLS_YET, rendered
from tests.cases.tables import Table, create
from tests.unit.shop import SPEC, Segpy, change
from tests.unit.stages import bound

AS_OF = datetime(2026, 3, 10)
EVENTS = {"user_id": "text", "team_id": "integer", "event_id": "text", "name": "text", "at": "timestamp"}
EVENTS |= {"amount": "number", "path": "text", "seats": "integer", "vip": "boolean", "due_at": "timestamp"}
USERS = {"user_id": "text", "plan": "text", "age": "integer", "signed_up_at": "timestamp", "born_on": "date"}
USERS |= {"trial": "boolean"}

STEPS = """
segments:
  bought:
    entity: user
    all: [{sequence: %s}]
"""


def event(key: str, name: str, at: str, path: str | None = None, number: str | None = None) -> tuple[str | None, ...]:
    return (key, "7", number, name, f"2026-03-{at}", None, path, None, None, None)


def queries(spec: str, entity: str, key: str, dialect: str = "duckdb") -> WhyQueries:
    whole = bound(f"dialect: {dialect}\n{spec}")
    own = [one.name for one in whole.segments if one.entity == entity]
    found = key_of(whole.entity(entity), key)
    assert isinstance(found, str | int)
    return why_queries(build_plan(part_of(whole, own)), entity, found, own, DIALECTS[dialect].adapter)


def why(spec: str, key: str, rows: Sequence[tuple[str | None, ...]], spells: str = NO_SPELLS_YET) -> Why:
    entity = "team" if "entity: team" in spec else "user"
    asked = queries(spec, entity, key)
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        create(connection, Table("raw.events", EVENTS, tuple(rows)))
        create(connection, Table("mails", {"reader": "text", "sent_at": "timestamp"}, ()))
        people = tuple((one, "free", None, None, None, None) for one in ("ada", "bob"))
        create(connection, Table("users", USERS, people))
        texts = [*asked.conditions, asked.events or "select 1 where false", asked.episodes]
        given = [rendered(text, AS_OF).replace(NO_SPELLS_YET, spells) for text in texts]
        *found, events, episodes = [connection.execute(text).fetchall() for text in given]
    cells = [cell for rows in found for row in rows for cell in row]
    return told(asked, key, cells, events, episodes)


def attempted(sequence: str, *rows: tuple[str | None, ...]) -> tuple[int, str]:
    """How many steps the furthest attempt of ada did, and what is said of the next."""
    (judged,) = why(STEPS % sequence, "ada", rows).segments
    ((tried,),) = [judged.sequences]
    assert tried.attempt is not None
    done = len(tried.attempt.steps)
    step = tried.sequence.steps[done] if done < len(tried.sequence.steps) else None
    return done, next_step(tried.attempt, step)


A = event("ada", "login", "01 09:00")


def paid(at: str, path: str | None = None) -> tuple[str | None, ...]:
    return event("ada", "charged", at, path)


@pytest.mark.parametrize(
    ("sequence", "rows", "done", "words"),
    [
        ("{steps: [login, {event: paid, within: 2 days}]}", [A, paid("03 09:00")], 2, ""),
        (
            "{steps: [login, {event: paid, within: 2 days}]}",
            [A, paid("04 10:00")],
            1,
            "came 2026-03-04 10:00, 1 day 1 hour too late",
        ),
        (
            "{steps: [login, {event: paid, after: 1 hour}]}",
            [A, paid("01 09:20")],
            1,
            "came 2026-03-01 09:20, 40 minutes too soon; there is still time",
        ),
        (
            "{steps: [login, {event: paid, without: [big]}]}",
            [A, (*event("ada", "x", "02 09:00")[:5], "100", *A[6:]), paid("03 09:00")],
            1,
            "came 2026-03-03 09:00, but big came between, 2026-03-02 09:00",
        ),
        (
            "{steps: [login, {event: paid, without: [big]}]}",
            [A, (*event("ada", "x", "02 09:00")[:5], "100", *A[6:])],
            1,
            "has not come; big came first, 2026-03-02 09:00",
        ),
        (  # what comes when the time was over anyway is to blame for nothing
            "{steps: [login, {event: paid, without: [big], within: 1 hour}]}",
            [A, (*event("ada", "x", "02 09:00")[:5], "100", *A[6:])],
            1,
            "has not come; it had to by 2026-03-01 10:00",
        ),
        (
            "{steps: [login, paid], complete_within: 1 day}",
            [A, paid("02 09:00:01")],
            1,
            "came 2026-03-02 09:00:01, 1 second beyond the time for all steps",
        ),
        (
            "{steps: [login, {event: paid, times: 3, within: 8 days}]}",
            [A, paid("02 09:00"), paid("03 09:00")],
            1,
            "2 of 3 came; it had to by 2026-03-09 09:00",
        ),
        (
            "{steps: [login, {event: paid, times: 3, within: 20 days}]}",
            [A, paid("02 09:00"), paid("03 09:00")],
            1,
            "2 of 3 came; there is still time until 2026-03-21 09:00",
        ),
        (
            "{steps: [login, {event: paid, within: 10 days}]}",
            [A],
            1,
            "has not come; there is still time until 2026-03-11 09:00",
        ),
        (
            "{steps: [login, paid], in_the_last: 10 days}",
            [A],
            1,
            "has not come; there is still time until just before 2026-03-11 09:00",
        ),
        ("{steps: [login, paid], in_the_last: 1 month}", [A], 1, "has not come; there is still time"),
        ("{steps: [login, paid]}", [paid("01 08:00")], 0, "has not come"),
        (
            "{steps: [login, paid], in_the_last: 3 days}",
            [A],
            0,
            "came last 2026-03-01 09:00, before the time that counts",
        ),
        (
            "{steps: [login, paid], same: path}",
            [event("ada", "login", "01 09:00", "/a"), paid("02 09:00", "/b")],
            1,
            "came 2026-03-02 09:00, but not of the same value; there is still time",
        ),
        (
            "{steps: [login], then_without: {event: paid, for: 2 days}}",
            [A, paid("02 09:00")],
            1,
            "paid followed 2026-03-02 09:00, after 1 day",
        ),
        (
            "{steps: [login], then_without: {event: paid, for: 20 days}}",
            [A],
            1,
            "not until 2026-03-21 09:00 is it certain that nothing of it follows",
        ),
        (
            "{steps: [login, {any_order: [paid, big], within: 20 days}]}",
            [A, paid("02 09:00")],
            1,
            "1 of 2 came; big has not; there is still time",
        ),
        (  # the second attempt is told of: the first is older, and did as many steps
            "{steps: [login, {event: paid, within: 1 day}]}",
            [A, paid("05 09:00"), event("ada", "login", "06 09:00"), paid("08 09:00")],
            1,
            "came 2026-03-08 09:00, 1 day too late",
        ),
        (  # and an older one that did more steps
            "{steps: [login, {event: paid, within: 1 day}, big]}",
            [A, paid("01 10:00"), event("ada", "login", "06 09:00")],
            2,
            "has not come; there is still time",
        ),
    ],
)
def test_what_broke_an_attempt(sequence: str, rows: list[tuple[str | None, ...]], done: int, words: str) -> None:
    assert attempted(sequence, *rows) == (done, words)


SEVERAL = """
segments:
  keen: {entity: user, all: [{count: login, in_the_last: 7 days, at_least: 3}, {attribute: plan, in: [paid]}]}
  calm: {entity: user, none: [{count: login, at_least: 2}]}
  late: {entity: user, all: [{recency: login, more_than: 14 days}]}
"""
ROWS = [
    event("ada", "login", "04 09:00", number="e1"),
    event("ada", "login", "05 09:00", number="e1"),  # a copy
    event("ada", "login", "06 09:00", number="e2"),
    event("bob", "login", "05 09:00", number="e3"),
    event("ada", "login", "08 09:00", number="e3"),  # a copy of what is bob's
    event("ada", "login", "10 00:00", number="e4"),  # not before the instant
]


def test_conditions_and_how_far_off_they_are() -> None:
    found = why(SEVERAL, "ada", ROWS)
    assert found.as_of == AS_OF
    said = {
        one.segment.segment.name: (
            one.is_member,
            one.missed,
            [(met.value, met.passed, off(met)) for met in one.conditions],
        )
        for one in found.segments
    }
    assert said == {
        "keen": (False, 2, [(2.0, False, "1 short"), ("free", False, "")]),
        "calm": (False, 1, [(2.0, False, "at the bound")]),
        "late": (False, 1, [(313_200.0, False, "10 days 9 hours short")]),
    }


def test_events_are_those_that_the_models_count() -> None:
    found = why(SEVERAL, "ada", ROWS)
    assert [(str(one.at), one.words) for one in found.events] == [
        ("2026-03-06 09:00:00", ("login",)),
        ("2026-03-04 09:00:00", ("login",)),
    ]


def test_a_key_is_a_constant_whatever_it_says() -> None:
    for key in (
        "' or 1=1 --",
        "a'; drop table users; --",
        "{{ 1/0 }}",
        "x\\' or true --",
        "a\nb",
        "{% raw %}",
        "--",
        "ü",
    ):
        found = why(SEVERAL, key, [*ROWS, event(key, "login", "09 09:00")])
        assert len(found.segments) == 3 and [one.at.day for one in found.events] == [9], key
    assert not why(SEVERAL, "' or 1=1 --", ROWS).segments


def test_keys_that_are_numbers() -> None:
    team = "segments: {busy: {entity: team, all: [{count: login, at_least: 2}]}}"
    for key, members in (("7", 1), ("+07", 1), ("-7", 0)):
        assert len(why(team, key, ROWS).segments) == members
    entity = bound(team).entity("team")
    for wrong in ("seven", "7.0", "", str(2**63), "7 or 1=1"):
        assert getattr(key_of(entity, wrong), "code", None) == "SEG631"
    assert key_of(entity, str(-(2**63))) == -(2**63)


def test_a_rank_is_among_everybody() -> None:
    features = "features: {n: {count: login, entity: user}, r: {percentile: n, entity: user}}"
    rank = f"{features}\nsegments: {{top: {{entity: user, all: [{{feature: r, at_least: 1}}]}}}}"
    assert [one.is_member for one in why(rank, "ada", ROWS).segments] == [True]
    assert [one.is_member for one in why(rank, "bob", ROWS).segments] == [False]


SPELLS = """(select * from (values
    ('calm', 'user', 'ada', 'member', timestamp '2026-03-01', timestamp '2026-03-05', timestamp '2026-03-01', 'conditions_failed', 1, 'h'),
    ('calm', 'user', 'ada', 'member', timestamp '2026-03-07', timestamp '2026-03-12', timestamp '2026-03-07', 'expired', 1, 'h'),
    ('calm', 'user', 'bob', 'member', timestamp '2026-03-01', null, timestamp '2026-03-01', null, 1, 'h'),
    ('calm', 'user', 'ada', 'member', timestamp '2026-03-13', null, timestamp '2026-03-13', null, 1, 'h'),
    ('', '', '', 'run', timestamp '2026-03-01', null, timestamp '2026-03-01', null, 1, ''),
    ('', '', '', 'run', timestamp '2026-03-12', null, timestamp '2026-03-12', null, 1, '')
) as t(segment, entity, entity_key, kind, from_at, to_at, since, reason, version, content_hash)) as spells"""  # noqa: E501


def test_episodes_are_those_known_at_the_instant() -> None:
    found = why(SEVERAL, "ada", ROWS, SPELLS)
    told_of = [
        (one.number, one.entered_at.day, one.exited_at and one.exited_at.day, one.reason) for one in found.episodes
    ]
    assert told_of == [(1, 1, 5, "conditions_failed"), (2, 7, None, None)]
    assert found.runs is not None and (found.runs.number, found.runs.last.day) == (1, 1)
    assert why(SEVERAL, "ada", ROWS).runs is None


def test_each_model_is_made_once() -> None:
    """Where DuckDB laid one out twice, it failed to copy what the demonstration's groups in any order come to."""
    (text,) = queries(SEVERAL, "user", "ada").conditions
    assert all(f"user_{model} as materialized (" in text for model in ("events", "features", "segments"))


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_every_dialect_can_write_it(dialect: str) -> None:
    asked = queries(SEVERAL, "user", "o'hara", dialect)
    assert all("hara" in (text or "") for text in (*asked.conditions, asked.events, asked.episodes))
    assert asked.events is not None
    assert "order by" in asked.events.rpartition(")")[2], "the latest events are read, not any"


def test_lengths_of_time() -> None:
    spans = {0: "", 0.2: "less than a second", 61: "1 minute 1 second", 3600: "1 hour", 90_061: "1 day 1 hour"}
    assert {seconds: lasting(seconds) for seconds in spans} == spans
    assert (lasting(86_460), left_for(None), left_for("expired")) == ("1 day", "", "its time was up")


def test_the_command(project: Path, segpy: Segpy) -> None:
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    before = (project / "shop.duckdb").read_bytes()
    said = segpy("explain", "bob", "price_watchers", "--as-of", "2026-03-10")
    assert said.code == 0, said
    lines = [" ".join(line.split()) for line in said.out.splitlines() if line.strip()]
    assert lines[0] == "user bob as of 2026-03-10: not in price_watchers, 1 condition missed"
    assert lines[3] == "no at least 2 pricing_viewed in the last 7 days 0 at least 2 2 short"
    assert lines[4] == "never a member in the run as of 2026-03-10"
    assert lines[-1] == "2026-03-01 10:00 pricing_viewed"
    said = segpy("explain", "bob", "--as-of", "2026-03-10", "--events", "1")
    lines = [" ".join(line.split()) for line in said.out.splitlines() if line.strip()]
    assert lines[0] == "user bob as of 2026-03-10: in 1 of 3 segments"
    assert [line[:24] for line in lines[3:6]] == ["buyers in", "price_watchers 1 missed ", "watching_buyers 1 missed"]
    assert lines[8].startswith("buyers 2026-03-10 now") and lines[-1] == "and 1 before: --events shows more"
    said = segpy("explain", "--key", "SEG102", "buyers", "--as-of", "2026-03-10", "--json")
    (finding,) = json.loads(said.out)["findings"]
    assert (said.code, finding["code"]) == (1, "SEG630") and "no user has the key `SEG102`" in said.out
    assert (project / "shop.duckdb").read_bytes() == before


def test_as_data() -> None:
    found = why(SEVERAL, "ada", ROWS, SPELLS)
    document = json.loads(json.dumps(data(found, 1, ())))
    assert (document["entity"], document["key"], document["as_of"]) == ("user", "ada", "2026-03-10 00:00:00")
    assert document["events"] == [{"at": "2026-03-06 09:00:00", "events": ["login"], "properties": {}}]
    assert (document["events_read"], document["more_events"], document["runs"]["number"]) == (2, False, 1)
    assert [one["exit_reason"] for one in document["episodes"]] == ["conditions_failed", None]
    keen = document["segments"][1]
    assert (keen["segment"], keen["is_member"], keen["conditions_missed"]) == ("keen", False, 2)
    assert [(one["value"], one["off"]) for one in keen["conditions"]] == [(2.0, 1.0), ("free", None)]
    found = why(STEPS % "{steps: [login, {event: paid, within: 10 days}]}", "ada", [A])
    (sequence,) = data(found, 0, ())["segments"][0]["sequences"]
    attempt = sequence["attempt"]
    assert (attempt["step"], attempt["standing"], attempt["until"]) == (1, "waiting", "2026-03-11 09:00:00")
    assert [one["kind"] for one in attempt["broken_by"]] == ["never"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ada", "price_watcher"], "did you mean `price_watchers`?"),
        (["ada", "buyers", "--entity", "team"], "segment `buyers` is not about `team`, but about `user`"),
        (["ada", "--entity", "users"], "no segment is about `users`: did you mean `user`?"),
        (["SEG102", "buyers"], "--key SEG102 asks about somebody"),
        (["--key", "ada", "buyers", "price_watchers"], "with --key there is one argument"),
    ],
)
def test_misuse(project: Path, segpy: Segpy, arguments: list[str], words: str) -> None:
    said = segpy("explain", *arguments)
    assert (said.code, said.out) == (2, "") and words in said.err


def test_what_cannot_be_explained(project: Path, segpy: Segpy) -> None:
    said = segpy("explain", "ada")  # nothing was rendered, so there are no macros
    assert said.code == 1 and "segpy render" in said.err
    (project / "segments/users.yml").write_text(SPEC[: SPEC.index("segments:")])
    assert "there are no segments to explain" in segpy("explain", "ada").err
    (project / "segments/users.yml").write_text(SPEC)
    change(project, "at_least: 2", "at_lest: 2")
    said = segpy("explain", "ada")
    assert (said.code, said.out) == (1, "") and "at_lest" in said.err
    assert json.loads(segpy("explain", "ada", "--json").out)["findings"]

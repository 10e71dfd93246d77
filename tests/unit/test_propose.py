"""What relations are taken for, by the names and types of their columns and by what is counted in them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from segpy.diagnostics.model import Span
from segpy.dialects import DIALECTS
from segpy.propose.build import propose
from segpy.propose.entities import tells_of
from segpy.propose.errors import NothingToPropose
from segpy.propose.model import MOST_ROWS, Column, Count, Kind, Look, Measured, Proposal, Surroundings, Table
from segpy.propose.names import defined, nameable, singular, subject, words
from segpy.propose.roles import event_column, time_rank, type_of, who
from segpy.propose.tables import looks
from segpy.propose.text import spec_files
from segpy.spec.expression import Type
from segpy.spec.model_values import Relation
from segpy.sql.looks import any_case, counts_query, in_spec, names_query


def table(
    name: str, columns: Mapping[str, str], *, kind: Kind = Kind.MODEL, above: frozenset[str] = frozenset()
) -> Table:
    made = [
        Column(column, sql_type, type_of(sql_type), column.lower() if nameable(column.lower()) else None)
        for column, sql_type in columns.items()
    ]
    return Table(name, Relation("ref", (name,), Span("x", 1, 1)), kind, tuple(made), above)


def measured(of: Table, rows: int = 100, names: tuple[tuple[str, int], ...] = (), **distinct: int) -> Measured:
    """A table whose columns are known in all rows, with ten values each where nothing else is said."""
    (look,), _ = looks([of])
    latest = dict.fromkeys(look.times, "2026-03-09")
    counts = {one: Count(rows, distinct.get(one, 10), latest.get(one)) for one in look.columns}
    return Measured(of, rows, counts, names)


def taken(*found: Measured) -> tuple[dict[str, str], dict[str, str]]:
    """The streams of a proposal with their relations, and what was not used."""
    proposal = propose(found, ())
    streams = {one.name: one.measured.table.name for one in proposal.streams}
    return streams, {one.name[5:-2]: one.reason for one in proposal.unused}


def spec(proposal: Proposal) -> str:
    return spec_files(proposal, Surroundings("duckdb"))[1].text


EVENTS = {"event_id": "text", "user_id": "text", "occurred_at": "timestamp", "event_name": "text"}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("CustomerID", ("customer", "id")),
        ("customer id", ("customer", "id")),
        ("HTTPStatus", ("http", "status")),
        ("Ünïcode-Näme", ("unicode", "name")),
        ("$pageview", ("pageview",)),
        ("--", ()),
    ],
)
def test_names_are_words(name: str, found: tuple[str, ...]) -> None:
    assert words(name) == found


def test_what_a_relation_is_about() -> None:
    assert subject("stg_shop__order_items") == ("order", "items")
    assert subject("fct_orders") == ("orders",)
    assert [singular(one) for one in ("orders", "companies", "people", "status", "boxes", "class")] == [
        *("order", "company", "person", "status", "box", "class")
    ]
    assert defined("12 monkeys", (), "event") == "event_12_monkeys"
    assert defined("true", (), "event") == "event_true"
    assert defined("x" * 80, {"x" * 50}, "event") == "x" * 46 + "_2"


@pytest.mark.parametrize(
    ("column", "entity"),
    [
        ("user_id", "user"),
        ("userId", "user"),
        ("USERID", "user"),
        ("account_key", "account"),
        ("anonymous_id", "visitor"),
        ("referring_user_id", "user"),
        ("customer", "customer"),
        ("company", None),
        ("order_id", None),
        ("is_id", None),
        ("user_name", None),
    ],
)
def test_whose_key_a_column_is(column: str, entity: str | None) -> None:
    whose = who(column)
    assert (None if whose is None else whose.entity) == entity


@pytest.mark.parametrize(
    ("sql_type", "type_"),
    [
        ("TIMESTAMP WITH TIME ZONE", Type.TIMESTAMP),
        ("Nullable(DateTime64(3))", Type.TIMESTAMP),
        ("date", Type.DATE),
        ("NUMBER(38,0)", Type.INTEGER),
        ("numeric(10, 2)", Type.NUMBER),
        ("hugeint", Type.NUMBER),
        ("FLOAT64", Type.NUMBER),
        ("character varying(256)", Type.TEXT),
        ("ENUM('a', 'b')", Type.TEXT),
        ("uuid", Type.UUID),
        ("BOOL", Type.BOOLEAN),
        ("varchar[]", None),
        ("struct(a integer)", None),
        ("interval", None),
        ("time", None),
        ("json", None),
    ],
)
def test_types(sql_type: str, type_: Type | None) -> None:
    assert type_of(sql_type) is type_


def test_which_time_is_taken() -> None:
    columns = ("occurred_at", "ordered_at", "timestamp", "shipped_at", "created_at", "whatever")
    ranks = [time_rank(Column(name, "timestamp", Type.TIMESTAMP), "stg_orders") for name in columns]
    assert ranks == sorted(rank for rank in ranks if rank is not None)
    for name in ("updated_at", "received_at", "valid_to", "birth_date", "dbt_valid_from"):
        assert time_rank(Column(name, "timestamp", Type.TIMESTAMP), "stg_orders") is None
    assert time_rank(Column("ordered_at", "text", Type.TEXT), "stg_orders") is None


def test_which_column_names_events() -> None:
    def chosen(rows: int, **distinct: int) -> str | None:
        columns = {"user_id": "text", "at": "timestamp", **dict.fromkeys(distinct, "text")}
        found = event_column(measured(table("t", columns), rows, **distinct))
        return None if found is None else found.name

    assert chosen(1000, name=20, event_name=150) == "event_name"
    assert chosen(1000, event_name=2000, type=5) == "type"
    assert chosen(1000, event_name=1) is None
    assert chosen(1000, name=41) is None
    assert chosen(10, name=6) is None


def test_a_row_for_each_is_an_entity() -> None:
    def told(name: str, columns: Mapping[str, str], **distinct: int) -> tuple[str, str] | None:
        return tells_of(measured(table(name, columns), 100, **distinct))

    plain = {"user_id": "text", "plan": "text"}
    assert told("stg_profiles", plain, user_id=100) == ("user", "user_id")
    assert told("stg_profiles", plain, user_id=99) is None
    assert told("users", {"id": "bigint", "created_at": "timestamp"}, id=100) == ("user", "id")
    # Everybody has ordered once, so far.
    orders = {"order_id": "text", "user_id": "text", "ordered_at": "timestamp"}
    assert told("orders", orders, order_id=100, user_id=100) is None
    # These would be events, were their time one.
    assert told("visits", {"user_id": "text", "visited_at": "text"}, user_id=100) is None


def test_of_relations_made_from_each_other_one_is_taken() -> None:
    raw = table("raw_events", EVENTS, kind=Kind.SEED)
    staged = table("stg_events", EVENTS, above=frozenset({"raw_events"}))
    mart = table("events", EVENTS, above=frozenset({"raw_events", "stg_events"}))
    streams, unused = taken(*(measured(one, event_id=100) for one in (mart, raw, staged)))
    assert streams == {"events": "stg_events"}
    assert unused == dict.fromkeys(
        ("raw_events", "events"), "ref('stg_events') is there, and one is made from the other"
    )


def test_a_relation_of_all_events_and_one_for_each() -> None:
    names = (("order_completed", 60), ("Page Viewed", 40))
    tracks = measured(table("tracks", EVENTS), names=names, event_id=100, event_name=2)
    single = {"id": "text", "user_id": "text", "timestamp": "timestamp", "revenue": "double"}
    streams, unused = taken(tracks, *(measured(table(one, single), id=100) for one in ("order_completed", "refunds")))
    assert streams == {"tracks": "tracks", "refunds": "refunds"}
    assert unused["order_completed"].startswith("its rows are events of ref('tracks') too")


def test_entities_of_one_stream_and_what_is_only_said() -> None:
    columns = {
        **EVENTS,
        "account_id": "text",
        "anonymous_id": "text",
        "received_at": "timestamp",
        "sent_at": "timestamp",
    }
    found = propose([measured(table("events", columns), event_id=97, event_name=300)], ())
    assert [one.name for one in found.entities] == ["user", "account"]
    text = spec(found)
    assert "      # visitor: anonymous_id    # could be an entity too" in text
    assert "    # loaded_at: received_at    # when it was loaded" in text
    assert "    id: event_id    # 3 rows of a value that was there: the first counts" in text
    assert "`event_name` has 300 different values: too many to be names of events" in text


def test_groups_by_their_people() -> None:
    people = table("users", {"id": "bigint", "account_id": "bigint", "signed_up_at": "timestamp"})
    found = propose([measured(people, id=100), measured(table("logins", {"user_id": "bigint", "at": "timestamp"}))], ())
    user, account = found.entities
    assert (user.key, user.key_type, user.start) == ("id", Type.INTEGER, "signed_up_at")
    assert (account.name, account.key, account.members) == ("account", "account_id", ("user", "account_id"))
    assert "members: {entity: user, by: account_id}" in spec(found)


def test_a_key_of_something_unheard_of() -> None:
    readings = measured(table("readings", {"gadget_id": "text", "read_at": "timestamp"}))
    assert taken(readings)[0] == {}
    gadgets = measured(table("gadgets", {"gadget_id": "text", "colour": "text"}), gadget_id=100)
    assert [one.name for one in propose([readings, gadgets], ()).entities] == ["gadget"]


def test_streams_agree_on_the_types_of_properties() -> None:
    columns = {"user_id": "text", "at": "timestamp"}
    first = measured(table("a", {**columns, "amount": "bigint", "note": "text"}))
    second = measured(table("b", {**columns, "amount": "double", "note": "date"}))
    proposal = propose([first, second], ())
    types = [{one.name: one.type for one in stream.properties} for stream in proposal.streams]
    assert types == [{"amount": Type.NUMBER, "note": Type.TEXT}, {"amount": Type.NUMBER}]
    assert "not properties, as another stream has them as another type: note" in spec(proposal)


def test_versions_are_neither() -> None:
    versions = table("users_history", {"user_id": "text", "dbt_valid_from": "timestamp", "dbt_valid_to": "timestamp"})
    wanted, unused = looks([versions])
    assert wanted == () and "its rows are versions" in unused[0].reason


def test_many_rows_are_said_to_be_more() -> None:
    found = propose([measured(table("events", EVENTS), MOST_ROWS, event_id=MOST_ROWS, event_name=300)], ())
    assert "1,000,000 rows or more" in spec(found)


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_every_dialect_can_ask(dialect: str) -> None:
    odd = table("raw.odd", {"user id": "text", "order": "text", 'a"b': "timestamp"})
    text = counts_query(Look(odd, ("user id", "order", 'a"b'), ('a"b',)), DIALECTS[dialect])
    assert "limit 1000000" in text and '{{ ref("raw.odd") }}' in text
    assert "group by" in names_query(odd, "order", DIALECTS[dialect])


@pytest.mark.parametrize(
    ("dialect", "spelled"),
    [
        ("duckdb", {"USER_ID": "user_id", "userId": "userId", "user_id": "user_id"}),
        ("postgres", {"USER_ID": "USER_ID", "userId": "userId", "user_id": "user_id"}),
        ("snowflake", {"USER_ID": "user_id", "userId": "userId", "user_id": None, "ORDER": "ORDER"}),
    ],
)
def test_how_a_spec_names_a_column(dialect: str, spelled: Mapping[str, str | None]) -> None:
    assert {name: in_spec(name, DIALECTS[dialect]) for name in spelled} == spelled
    assert any_case(DIALECTS[dialect]) == (dialect == "duckdb")


def test_a_time_that_is_none_gives_a_model_to_write() -> None:
    visits = {"user_id": "text", "visited_at": "varchar", "page": "text"}
    (unused,) = propose([measured(table("visits", visits))], ()).unused
    assert unused.reason == "`visited_at` looks like a time, and is varchar: cast it to a timestamp in a staging model"
    found = NothingToPropose((unused,))
    assert found.help == (
        "write a model with a time, such as models/staging/stg_visits.sql: select *, cast(visited_at as timestamp) as "
        "occurred_at from {{ ref('visits') }}; `dbt build` it, and run `segpy init` again"
    )
    (number,) = propose([measured(table("visits", {**visits, "visited_at": "bigint"}))], ()).unused
    assert "is bigint" in number.reason and number.model == ""
    assert "a column such as user_id, and a timestamp or a date" in NothingToPropose((number,)).help

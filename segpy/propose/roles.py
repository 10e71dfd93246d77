"""What a column may be, by its name and its type. All of the guessing by names is in this file and the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from segpy.propose.model import Column, Measured, Table
from segpy.propose.names import singular, snake, subject, words
from segpy.resolve.model_names import GENERATED_COLUMNS
from segpy.spec.expression import Type

PEOPLE = (
    *("user", "customer", "client", "person", "member", "subscriber", "contact", "lead", "shopper", "buyer"),
    *("seller", "player", "patient", "student", "household", "guest", "driver", "rider", "host", "reader", "donor"),
)
"""Who segments are about, in the order in which they are proposed."""

GROUPS = ("account", "organization", "organisation", "org", "company", "workspace", "team", "tenant")
"""Whom people belong to."""

TRACES = {"anonymous": "visitor", "visitor": "visitor", "distinct": "visitor", "device": "device", "cookie": "visitor"}
"""What is known of somebody who has not said who it is. Proposed only where nothing better is there."""

EVENT_NAMES = ("event_name", "event", "event_type", "event_action", "event_key", "activity_type", "activity")
"""Columns that name the event, the best first."""

VAGUE_NAMES = ("action", "type", "name")
"""Columns that name it perhaps: they are believed where they have few values."""

MOST_NAMES, MOST_VAGUE_NAMES = 200, 40
"""More different values than that name something else."""

_BARE = frozenset(
    {"user", "customer", "client", "subscriber", "shopper", "buyer", "seller", "player", "patient", "student"}
)
"""People whose key may be called like themselves: `customer` of orders."""

_ENDINGS = frozenset({"id", "uuid", "guid", "key", "ref"})
_TIMES = frozenset({"at", "time", "timestamp", "tstamp", "ts", "datetime", "date", "on", "day", "when"})
_OF_EVENTS = ("occurred_at", "event_time", "event_timestamp", "event_at", "event_ts", "happened_at", "derived_tstamp")
_PLAIN = ("timestamp", "ts", "time", "datetime", "tstamp", "event_date", "original_timestamp", "date")
_CREATED = frozenset({"created", "creation", "inserted", "collector"})
_LOADING = frozenset(
    {"loaded", "ingested", "received", "synced", "etl", "sent", "uuid", "dbt", "fivetran", "sdc", "airbyte", "load"}
    | {"extracted", "emitted", "processed", "batched"}
)
_ARRIVED = frozenset({"received", "loaded", "ingested", "synced"})
_NOT_THEN = frozenset(
    {"updated", "modified", "deleted", "valid", "expires", "expired", "expiry", "birth", "birthday", "birthdate", "dob"}
    | {"due", "ends", "end", "ended", "until", "next", "last", "recent", "latest", "first", "changed"}
)
_STARTS = ("signed", "signup", "registered", "joined", "subscribed", "created", "opened", "activated", "since")


def key_words(column: str) -> tuple[str, ...] | None:
    """Whose key a column is by its name, as words: none before a plain `id`; None where it is no key."""
    found = words(column)
    known = (*PEOPLE, *GROUPS, *TRACES)
    if found and (whose := next((one for one in known if found[-1] == f"{one}id"), None)):
        return (*found[:-1], whose)
    if len(found) == 1 and found[0] in _BARE:
        return found
    if not found or found[-1] not in _ENDINGS or GENERATED_COLUMNS.fullmatch(column.lower()):
        return None
    return tuple(singular(word) for word in found[:-1])


def is_key(column: Column) -> bool:
    """Whether a column identifies something."""
    of_key_type = column.type in (Type.TEXT, Type.INTEGER, Type.NUMBER, Type.UUID)
    return of_key_type and key_words(column.name) is not None


@dataclass(frozen=True, slots=True)
class Who:
    """An entity that a column may hold the key of. The lower the rank, the likelier."""

    entity: str
    rank: int


def who(column: str) -> Who | None:
    """Whose key a column is, where that is somebody or something that segments are usually about."""
    found = key_words(column)
    if not found:
        return None
    last = found[-1]
    further = 100 if len(found) > 1 else 0  # `referring_user_id` is some user's, `user_id` the user's
    further += 50 if words(column) == (last,) else 0
    if last in PEOPLE:
        return Who(last, PEOPLE.index(last) + further)
    if last in GROUPS:
        return Who(last, len(PEOPLE) + GROUPS.index(last) + further)
    if last in TRACES:
        return Who(TRACES[last], 60 + list(TRACES).index(last))
    return None


def speaks_of(table: str) -> str | None:
    """The entity that a relation has a row for each of, by its name."""
    last = singular(subject(table)[-1]) if subject(table) else ""
    return last if last in (*PEOPLE, *GROUPS) else None


def looks_like_time(column: Column) -> bool:
    """Whether a column is a time of something that happened by its name, whatever its type."""
    found = words(column.name)
    named = bool(found) and (found[-1] in _TIMES or snake(column.name) in (*_OF_EVENTS, *_PLAIN))
    return named and not _NOT_THEN & set(found) and not _LOADING & set(found)


def time_rank(column: Column, table: str) -> int | None:
    """How likely a column says when a row happened, 0 the most; None where it does not, or is no time at all."""
    found, name = words(column.name), snake(column.name)
    if column.type not in (Type.TIMESTAMP, Type.DATE) or _NOT_THEN & set(found) or is_loading(column):
        return None
    about = {word[:4] for word in subject(table)}
    if name in _OF_EVENTS:
        return _OF_EVENTS.index(name)
    if name in _PLAIN:
        return 20 + _PLAIN.index(name)
    if any(word[:4] in about for word in found):
        return 10  # `ordered_at` of orders
    if _CREATED & set(found):
        return 50
    return 40 if found and found[-1] in _TIMES else 60


def is_loading(column: Column) -> bool:
    """Whether a column says when the warehouse learned of a row."""
    found = set(words(column.name))
    return column.type is Type.TIMESTAMP and bool(found & _LOADING) and "original" not in found


def loading_rank(column: Column) -> int:
    """Of several columns that tell of loading, 0 for the likeliest: when it arrived, and not when it was sent."""
    return 0 if _ARRIVED & set(words(column.name)) else 1


def is_versioned(table: Table) -> bool:
    """Whether rows are versions, each of which holds for a while."""
    found = {snake(column.name) for column in table.columns}
    return bool(found & {"valid_from", "dbt_valid_from"}) and bool(found & {"valid_to", "dbt_valid_to"})


def start_rank(column: Column) -> int | None:
    """How likely a column of an entity says when it began."""
    found = words(column.name)
    if column.type not in (Type.TIMESTAMP, Type.DATE) or _NOT_THEN & (set(found) - {"first"}) or is_loading(column):
        return None
    return next((rank for rank, word in enumerate(_STARTS) if word in found), None)


def names_events(column: Column) -> bool:
    """Whether a column may name events."""
    return column.type is Type.TEXT and snake(column.name) in (*EVENT_NAMES, *VAGUE_NAMES)


def event_column(measured: Measured) -> Column | None:
    """The column that names the events of a table: one that has a few different values, and more than one."""
    order = (*EVENT_NAMES, *VAGUE_NAMES)
    likely = sorted(filter(names_events, measured.table.columns), key=lambda one: order.index(snake(one.name)))
    return next((column for column in likely if column.name in measured.counts and _few(column, measured)), None)


def _few(column: Column, measured: Measured) -> bool:
    count = measured.counts[column.name]
    if snake(column.name) in EVENT_NAMES:
        return 1 < count.distinct <= MOST_NAMES
    return 1 < count.distinct <= MOST_VAGUE_NAMES and 2 * count.distinct <= count.known


def type_of(sql_type: str) -> Type | None:
    """The language's type for what the warehouse calls a type; None where it has none."""
    plain = sql_type.lower().replace("nullable(", "").replace("lowcardinality(", "").strip(" )")
    name = plain.split("(")[0].strip()
    if "[" in name or name.startswith(("array", "struct", "map", "list", "tuple")):
        return None
    if name.startswith(("timestamp", "datetime")):
        return Type.TIMESTAMP
    if name in ("date", "date32"):
        return Type.DATE
    if name.startswith("bool"):
        return Type.BOOLEAN
    if name == "uuid":
        return Type.UUID
    if name.startswith(("hugeint", "uhugeint", "ubigint", "uint64", "int128", "uint128", "int256", "uint256")):
        return Type.NUMBER  # may be larger than the language's integers
    if name in _INTEGERS:
        return Type.INTEGER
    if name in ("number", "numeric", "decimal", "dec", "bignumeric"):
        return Type.INTEGER if plain.replace(" ", "").endswith(",0") else Type.NUMBER
    if name.startswith(("double", "float", "real")):
        return Type.NUMBER
    return Type.TEXT if name.startswith(_TEXTS) else None


_INTEGERS = frozenset(
    {
        "tinyint",
        "smallint",
        "mediumint",
        "int",
        "integer",
        "bigint",
        "byteint",
        "long",
        "short",
        "utinyint",
        "usmallint",
    }
    | {
        "uinteger",
        "int2",
        "int4",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "serial",
        "bigserial",
    }
)
_TEXTS = ("char", "varchar", "nvarchar", "nchar", "text", "string", "enum", "bpchar", "fixedstring", "citext")


def best(columns: Iterable[tuple[int, Column]]) -> Column | None:
    """The column with the lowest rank, the first of several."""
    found = sorted(columns, key=lambda pair: pair[0])
    return found[0][1] if found else None

"""Entities, streams, events and settings: section 1 and 2 of the language."""

from __future__ import annotations

import re
from enum import Enum
from zoneinfo import available_timezones

from segpy.diagnostics.nearest import nearest
from segpy.source.nodes import Node, Scalar, Sequence
from segpy.spec.errors import MissingKey
from segpy.spec.experiments import amount
from segpy.spec.expression import Type
from segpy.spec.fragments import SCALAR, beside, items, mapping_from, or_list, pattern
from segpy.spec.model import (
    Attributes,
    Entity,
    Event,
    ExclusiveGroup,
    Explanations,
    Grain,
    Members,
    Population,
    Portfolio,
    SemanticLayer,
    Semantics,
    Settings,
    Stream,
)
from segpy.spec.model_values import Name, Value
from segpy.spec.privacy import COLUMNS, PRIVACY
from segpy.spec.shapes import (
    COLUMN,
    DEFINED_NAME,
    EXACT_DURATION,
    EXACT_OR_ZERO,
    NAME,
    RELATION,
    SQL,
    TEXT,
    VALUE,
    Key,
    Shape,
    all_named,
    choice,
    fields,
    integer,
    keys_schema,
    list_of,
    named,
    refuse,
    table,
    word,
    wrong,
)


class _KeyType(Enum):
    TEXT = "text"
    INTEGER = "integer"
    UUID = "uuid"


_ATTRIBUTES = table(
    Key("relation", RELATION, "the relation with one row an entity", required=True),
    Key("columns", COLUMNS, "the attributes and their types"),
    Key("valid_from", COLUMN, "the column that says from when on a row holds; with `valid_to`"),
    Key("valid_to", COLUMN, "the column that says until when; null for rows that still hold"),
)
_BOTH_OR_NEITHER = beside({"valid_from": ["valid_to"], "valid_to": ["valid_from"]})


def _attributes(node: Node) -> Attributes:
    values = fields(node, _ATTRIBUTES, "the attributes of an entity")
    valid_from, valid_to = values.get("valid_from"), values.get("valid_to")
    if (valid_from is None) != (valid_to is None):
        missing = "valid_to" if valid_to is None else "valid_from"
        raise refuse(MissingKey(span=node.span, keys=(missing,), what="a version of attributes"))
    return Attributes(values["relation"], values.get("columns", ()), valid_from, valid_to)


_MEMBERS = table(
    Key("entity", NAME, "the entity whose members belong to this one", required=True),
    Key("by", NAME, "the attribute of theirs that holds this entity's key", required=True),
)


def _members(node: Node) -> Members:
    values = fields(node, _MEMBERS, "`members`")
    return Members(values["entity"], values["by"])


_KNOWN = Shape("attributes", _attributes, keys_schema(_ATTRIBUTES, _BOTH_OR_NEITHER))
_BELONGING = Shape("members", _members, keys_schema(_MEMBERS))
_ENTITY = table(
    Key("key", COLUMN, "the column that identifies it, under that name in every generated table", required=True),
    Key("key_type", choice(_KeyType, "a key type"), "what keys are cast to: text (default), integer or uuid"),
    Key(
        "attributes",
        _KNOWN,
        "who exists, and what is known of them",
    ),
    Key("start", NAME, "the attribute that holds its own beginning, for `within_first`"),
    Key("population", choice(Population, "a population"), "attributes, events or both"),
    Key("consent", NAME, "the attribute without which an entity is never in an activation table"),
    Key("suppressed", NAME, "the attribute with which an entity is never in an activation table"),
    Key(
        "members",
        _BELONGING,
        "entities that belong to it: their events are its events too",
    ),
)


def _entity(name: Name, node: Node) -> Entity:
    values = fields(node, _ENTITY, "an entity", name=name)
    key_type = values.get("key_type", _KeyType.TEXT)
    return Entity(
        name,
        values["key"],
        {_KeyType.TEXT: Type.TEXT, _KeyType.INTEGER: Type.INTEGER, _KeyType.UUID: Type.UUID}[key_type],
        values.get("attributes"),
        values.get("start"),
        values.get("population"),
        values.get("consent"),
        values.get("members"),
        values.get("suppressed"),
    )


def _entity_keys(node: Node) -> tuple[tuple[Name, Name], ...]:
    pairs = named(node, "entity", lambda name, value: (name, COLUMN.read(value)))
    if not pairs:
        raise wrong(node, "an entity and its key column", "write `{user: user_id}`, for example")
    return pairs


_ENTITY_KEYS = Shape(
    "entities and their key columns", _entity_keys, mapping_from(DEFINED_NAME.schema, COLUMN.schema, least=1)
)
_STREAM = table(
    Key("relation", RELATION, "the relation with one row an event", required=True),
    Key("entity", _ENTITY_KEYS, "entity to key column", required=True),
    Key("occurred_at", COLUMN, "the column that says when", required=True),
    Key("loaded_at", COLUMN, "the column that says when the warehouse learned of it"),
    Key("id", COLUMN, "duplicates by this column count once"),
    Key("order", COLUMN, "a whole number that orders events at one instant"),
    Key("event", COLUMN, "the column that names the event"),
    Key("properties", COLUMNS, "the properties in use and their types"),
)


def _stream(name: Name, node: Node) -> Stream:
    values = fields(node, _STREAM, "a stream", name=name)
    return Stream(
        name,
        values["relation"],
        values["entity"],
        values["occurred_at"],
        values.get("id"),
        values.get("order"),
        values.get("event"),
        values.get("properties", ()),
        values.get("loaded_at"),
    )


def _event_values(node: Node) -> tuple[Value, ...]:
    listed = list_of(VALUE, "an event name or a list of them") if isinstance(node, Sequence) else None
    return listed.read(node) if listed else (VALUE.read(node),)


_VALUES = Shape("event names", _event_values, or_list(SCALAR, items(VALUE.schema)))
_EVENT = table(
    Key("stream", NAME, "the stream it is in", required=True),
    Key(
        "is",
        _VALUES,
        "the value or values of the stream's event column",
    ),
    Key("where", SQL, "a boolean over the stream's properties"),
    Key("description", TEXT, "what it means"),
)


def _event(name: Name, node: Node) -> Event:
    values = fields(node, _EVENT, "an event", name=name)
    return Event(name, values["stream"], values.get("is", ()), values.get("where"), values.get("description", ""))


_IN_ORDER = list_of(NAME, "a list of segments in order", least=2)


def _group(name: Name, node: Node) -> ExclusiveGroup:
    return ExclusiveGroup(name, _IN_ORDER.read(node))


class Requirable(Enum):
    """The keys of a segment that a portfolio can require."""

    DESCRIPTION = "description"
    STAGE = "stage"
    OWNER = "owner"
    PLAYBOOK = "playbook"
    SIZE = "size"


_FEATURES = list_of(NAME, "a list of features")


def _worth(node: Node) -> tuple[Name, ...]:
    return _FEATURES.read(node) if isinstance(node, Sequence) else (NAME.read(node),)


_WORTH = Shape("a feature or a list of features", _worth, or_list(NAME.schema, items(NAME.schema)))
_PORTFOLIO = table(
    Key("max_segments", integer(1, "a whole number of at least 1"), "how many segments there may be"),
    Key(
        "require",
        list_of(choice(Requirable, "a key of a segment"), "a list of keys"),
        "keys that every segment must have",
    ),
    Key(
        "max_overlap",
        amount("a part from 0 to 1", 1),
        "the greatest part of the members of two segments that may be in both",
    ),
    Key("value", _WORTH, "what entities are worth: a feature, or several, each of another entity"),
    Key(
        "max_drift",
        amount("an index of at least 0"),
        "the greatest drift of a feature of a segment's members, as an index of population stability",
    ),
)


def _portfolio(node: Node) -> Portfolio:
    values = fields(node, _PORTFOLIO, "the portfolio")
    required = tuple(key.value for key in values.get("require", ()))
    return Portfolio(
        values.get("max_segments"),
        required,
        values.get("max_overlap"),
        values.get("value", ()),
        values.get("max_drift"),
        node.span,
    )


def _version(node: Node) -> int:
    if not isinstance(node, Scalar) or node.value != 1 or isinstance(node.value, bool):
        raise wrong(node, "1, the version of the language", "write `version: 1`: this segpy knows no other")
    return 1


def _dialects(node: Node) -> tuple[Name, ...]:
    items = node.items if isinstance(node, Sequence) else (node,)
    if not items:
        raise wrong(node, "a dialect or a list of them", "write `duckdb`, or leave it out for that of the dbt target")
    names: dict[str, Name] = {}
    for one in items:
        text = TEXT.read(one)
        if text in names:
            raise wrong(one, "each dialect once", "leave one of them out")
        names[text] = Name(text, one.span)
    return tuple(names.values())


def _timezone(node: Node) -> Name:
    text = TEXT.read(node)
    known = available_timezones() - {"localtime"}  # which is another on every machine
    if text not in known:
        guess = nearest(text, tuple(sorted(known)))
        way_out = f"write `{guess}`" if guess else "write a name of the IANA database, such as `Europe/Berlin`"
        raise wrong(node, "a time zone", way_out)
    return Name(text, node.span)


def _models_path(node: Node) -> str:
    scalar = word(node, "a folder of the project")
    text = scalar.text.strip("/")
    if not isinstance(scalar.value, str) or not re.fullmatch(r"[\w\-]+(/[\w\-]+)*", text):
        raise wrong(node, "a folder of the project", "write `models/segpy`, for example")
    return text


_PREFIX = "a prefix of at most 31 lower-case letters, digits and `_`"


def _prefix(node: Node) -> str:
    text = word(node, _PREFIX).text
    if not re.fullmatch(r"([a-z][a-z0-9_]{0,30})?", text):
        raise wrong(node, _PREFIX, "write `cdp_`, for example")
    return text


_ONE = Shape("1", _version, {"const": 1})
_DIALECT = Shape(
    "a dialect or a list of them",
    _dialects,
    {
        "anyOf": [SCALAR, {"type": "array", "items": SCALAR, "minItems": 1, "uniqueItems": True}],
        "examples": ["duckdb", ["duckdb", "postgres"]],
    },
)
_ZONE = pattern(r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+)*", "a time zone such as `Europe/Berlin`")
_FOLDER = pattern(r"/*(?:[\w\-]|[^\x00-\x7f])+(?:/(?:[\w\-]|[^\x00-\x7f])+)*/*", "a folder of the project")
_PUT_BEFORE = Shape("a prefix", _prefix, pattern("(?:[a-z][a-z0-9_]{0,30})?", _PREFIX))
_LAYER = choice(SemanticLayer, "`none`, `metrics` or `metrics_and_time_spine`")
_SEMANTICS = Shape(_LAYER.words, lambda node: Semantics(_LAYER.read(node), node.span), _LAYER.schema)
SETTINGS = table(
    Key("version", _ONE, "the version of the language"),
    Key("dialect", _DIALECT, "the engine's dialect, or several; by default that of the dbt target's adapter"),
    Key("grain", choice(Grain, "a grain"), "how finely `as_of` is truncated: hour or day"),
    Key("timezone", Shape("a time zone", _timezone, _ZONE), "for calendar units, `hour`, `weekday` and fixed dates"),
    Key("models_path", Shape("a folder", _models_path, _FOLDER), "where generated models go"),
    Key(
        "name_prefix",
        _PUT_BEFORE,
        "put before every generated model's name",
    ),
    Key("retention", EXACT_DURATION, "no event older than this is read"),
    Key("lateness", EXACT_OR_ZERO, "how late an event may arrive: a run reads only what may be new since the last"),
    Key(
        "explanations",
        choice(Explanations, "`view`, `table` or `none`"),
        "how `segment_explanations` is made, if it is",
    ),
    Key("semantic_layer", _SEMANTICS, "what dbt's semantic layer is told: metrics, and a calendar for them"),
    Key("portfolio", Shape("limits", _portfolio, keys_schema(_PORTFOLIO)), "limits on the segments as a whole"),
    Key("privacy", PRIVACY, "what tables that others read may tell of persons"),
)
TAXONOMY = table(
    Key("entities", all_named("entity", "entities", _entity, keys_schema(_ENTITY)), "what segments are about"),
    Key("streams", all_named("stream", "streams", _stream, keys_schema(_STREAM)), "relations with one row an event"),
    Key("events", all_named("event", "events", _event, keys_schema(_EVENT)), "named kinds of event"),
    Key(
        "exclusive_groups",
        all_named("group", "groups of segments", _group, _IN_ORDER.schema),
        "segments of which an entity is in at most one",
    ),
)


def settings_from(values: dict[str, object]) -> Settings:
    """Settings from the keys that were written; the rest at their defaults."""
    written = {
        key: values[key]
        for key in (
            "dialect",
            "grain",
            "timezone",
            "models_path",
            "name_prefix",
            "retention",
            "lateness",
            "explanations",
            "semantic_layer",
            "portfolio",
            "privacy",
        )
        if key in values
    }
    return Settings(**written)  # type: ignore[arg-type]

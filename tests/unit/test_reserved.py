"""Words that mean something to the engine may name anything in a spec."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from segpy.dialects import DIALECTS
from segpy.sql.lower.names import quoted as written
from tests.cases.runner import Refused, compile_spec, run
from tests.cases.tables import Row, Table

ENGINE = duckdb.connect(config={"threads": 1})
KEYWORDS = dict(ENGINE.execute("select keyword_name, keyword_category from duckdb_keywords() order by all").fetchall())
AS_OF = datetime(2026, 3, 1)
SQLGLOT = ["aggregate", "date", "extract", "interval", "length", "replace", "struct", "timestamp", "trim", "value"]
# Those that DuckDB does not take for a column wherever one can stand, and some that only sqlglot reads otherwise.
NAMES = sorted({word for word, category in KEYWORDS.items() if category != "unreserved"} | set(SQLGLOT))


def quoted(word: str) -> str:
    """A word for YAML, which has its own: null, true."""
    return f'"{word}"'


def test_there_are_keywords() -> None:
    assert len(NAMES) > 150
    assert {"select", "order", "timestamp", "lateral", "asof"} <= set(KEYWORDS)


def test_every_keyword_is_an_identifier_wherever_one_can_stand() -> None:
    for word in KEYWORDS:
        k = written(word, DIALECTS["duckdb"])
        ENGINE.execute(
            f"with t as (select cast(1 as bigint) as {k}, true as x) "
            f"select a.{k}, max(b.{k}) filter (where a.{k} = b.{k}) as m, "
            f"count(*) over (partition by a.{k} order by a.{k}) "
            f"from t as a inner join t as b on a.{k} = b.{k} and a.{k} is not null "
            f"where a.{k} in (1) and coalesce(a.{k}, 0) > 0 group by a.{k}, a.x order by a.{k}"
        )
        (row,) = ENGINE.execute(f"select {k}, {k} + 1 from (select 1 as {k}) where {k} > 0 order by {k}").fetchall()
        assert row == (1, 2), word


def test_every_keyword_names_features_segments_attributes_and_properties() -> None:
    """One spec in which each reserved word is an event, a feature, a segment and an attribute or a property."""
    attributes, properties = NAMES[::2], NAMES[1::2]
    events = {word if word != "any" else "anything": word for word in NAMES}  # `any` is a word of the language
    features = {word: f"count: {quoted(event)}" for event, word in events.items() if word not in attributes}
    segments = {word: f"attribute: {quoted(word)}" for word in attributes}
    segments |= {word: f"max: {event}.{word}" for event, word in events.items() if word in properties}
    found = answers(
        f"""
entities:
  user:
    key: user_id
    attributes: {{relation: ref('people'), columns: {mapping(dict.fromkeys(attributes, "integer"))}}}
streams:
  app:
    relation: ref('log')
    entity: {{user: user_id}}
    occurred_at: happened
    event: kind
    properties: {mapping(dict.fromkeys(properties, "integer"))}
events: {mapping({event: f"{{stream: app, is: {quoted(word)}}}" for event, word in events.items()})}
features: {mapping({word: f"{{{measure}}}" for word, measure in features.items()})}
segments: {mapping({word: f"{{entity: user, all: [{{{one}, at_least: 7}}]}}" for word, one in segments.items()})}
""",
        people(attributes),
        log("user_id", properties),
    )
    assert {row["segment"] for row in found["segment_members"]} == set(NAMES)
    (row,) = found["user_features"]
    assert {word: row[word] for word in features} == dict.fromkeys(features, 1)
    assert {word: row[word] for word in attributes} == dict.fromkeys(attributes, 7)


def mapping(entries: dict[str, str]) -> str:
    """A YAML mapping with quoted keys."""
    return "{" + ", ".join(f"{quoted(word)}: {value}" for word, value in entries.items()) + "}"


def people(columns: list[str]) -> Table:
    """One user, of whom everything is 7."""
    types = {"user_id": "text", **dict.fromkeys(columns, "integer")}
    return Table("people", types, (("u", *["7"] * len(columns)),))


def log(key: str, columns: list[str]) -> Table:
    """One event of each name, by one user, with all properties 7."""
    types = {key: "text", "happened": "timestamp", "kind": "text", **dict.fromkeys(columns, "integer")}
    return Table("log", types, tuple(("u", "2026-02-01", word, *["7"] * len(columns)) for word in NAMES))


def answers(spec: str, *tables: Table) -> dict[str, list[Row]]:
    """The rows of every model."""
    return run(compile_spec(spec), tables, AS_OF)


# One that is reserved in each way, and names that only look harmless.
KEYS = ["select", "order", "user", "timestamp", "lateral", "end", "asof", "window", "offset", "null"]
ODD = ["User Id", "user-id", "1st", 'a"b', "ключ", "UPPER"]


@pytest.mark.parametrize("keys", [KEYS[:5], KEYS[5:], ODD], ids=" ".join)
def test_any_column_can_be_a_key(keys: list[str]) -> None:
    """Each key in a spec with everything that a key takes part in: joins, groups, windows, sequences, anchors."""
    parts = [entity(i, key) for i, key in enumerate(keys)]
    spec = "".join(
        f"{section}:\n" + "".join(f"  {part[section]}\n" for part in parts)
        for section in ("entities", "streams", "events", "features", "segments")
    )
    tables = [
        table
        for i, key in enumerate(keys)
        for table in (
            Table(f"log{i}", {key: "text", "happened": "timestamp", "path": "text"}, EVENTS),
            Table(f"people{i}", {key: "text", "plan": "text"}, (("u", "pro"), ("v", None))),
        )
    ]
    found = answers(spec, *tables)
    for i, key in enumerate(keys):
        assert {row[key]: row[f"in{i}"] for row in found[f"e{i}_segments"]} == {"u": True, "v": False}, key
        assert {row[key]: row[f"trip{i}_step"] for row in found[f"e{i}_features"]} == {"u": 2, "v": 0}, key


EVENTS = (("u", "2026-02-01", "a"), ("u", "2026-02-02", "b"), ("u", "2026-02-03", "b"), (None, "2026-02-03", "b"))


def entity(i: int, key: str) -> dict[str, str]:
    """An entity with that key, and something of everything about it."""
    name = "'" + key.replace("'", "''") + "'"
    return {
        "entities": f"e{i}: {{key: {name}, attributes: {{relation: ref('people{i}'), columns: {{plan: text}}}}}}",
        "streams": f"s{i}: {{relation: ref('log{i}'), entity: {{e{i}: {name}}}, occurred_at: happened,"
        " properties: {path: text}}",
        "events": f"a{i}: {{stream: s{i}, where: \"path = 'a'\"}}\n  b{i}: {{stream: s{i}, where: \"path = 'b'\"}}",
        "features": f"trip{i}: {{sequence: {{steps: [a{i}, {{event: b{i}, without: a{i}}}]}}}}\n"
        f"  twice{i}: {{sequence: {{steps: [{{event: b{i}, times: 2}}, a{i}]}}}}\n"
        f"  paths{i}: {{count_distinct: b{i}.path, in_the_last: 40 days}}\n"
        f"  fewer{i}: {{count_distinct: b{i}.path, in_the_last: 27 days}}\n"
        f"  later{i}: {{count: b{i}, after: {{event: b{i}, nth: 2}}}}",
        "segments": f"in{i}: {{entity: e{i}, all: [{{count: b{i}, after: {{event: a{i}}}, at_least: 2}},"
        f" {{expression: paths{i} + later{i} = 1}}, {{attribute: plan, exactly: pro}}]}}",
    }


@pytest.mark.parametrize(
    "key", ["as_of", "occurred_at", "event", "spec_hash", "AS_OF", "Occurred_At", "day", "step", "reached_at"]
)
def test_a_key_that_a_generated_table_needs_itself_is_refused(key: str) -> None:
    part = {section: f"{section}: {{{text}}}" for section, text in entity(0, key).items() if section != "features"}
    with pytest.raises(Refused) as refusal:
        answers("\n".join((part["entities"], part["streams"])))
    assert refusal.value.codes == {"SEG213"}


COLUMNS = ["day", "path", "event", "occurred_at", "events", "anchor_at", "started_at", "reached_at", "step", "sequence"]
COLUMNS += ["population", "attributes", "measures", "sequences", "features", "conditions", "segments", "completed", "x"]


def test_names_on_the_way_are_free() -> None:
    """Features, segments, properties and attributes may be called as columns and relations of generated models are."""
    properties = ["path", "event", "happened", "user_id", "property_event"]
    lengths = {name: 27 + i for i, name in enumerate(COLUMNS)}
    features = {f"{name}": f"{{count_distinct: done.path, in_the_last: {days} days}}" for name, days in lengths.items()}
    features["day"] = "{active_days: done, in_the_last: 30 days}"
    features["days"] = "{active_days: done, in_the_last: 31 days}"
    features |= {f"max_{name}": f"{{max: done.{name}}}" for name in properties}
    features |= {"after_it": "{count: done, after: {event: done}}", "sum_of": "{expression: day + path + event}"}
    features["sequences"] = "{sequence: {steps: [done, {event: done, without: other}]}}"
    features["completed_trip"] = "{sequence: {steps: [{event: done, times: 2, without: done}, other]}}"
    segments = {name: f"{{entity: user, all: [{{feature: {name}, at_least: 1}}]}}" for name in [*COLUMNS, "days"]}
    segments["sequences"] = "{entity: user, any: [{feature: sequences_completed}, {in_segment: x}]}"
    found = answers(
        f"""
entities:
  user: {{key: user_id, attributes: {{relation: ref('people'), columns: {{conditions_too: integer}}}}}}
streams:
  events:
    relation: ref('log')
    entity: {{user: user_id}}
    occurred_at: happened
    event: kind
    properties: {mapping({name: "timestamp" if name == "happened" else "text" for name in properties})}
events: {{done: {{stream: events, is: done}}, other: {{stream: events, is: other}}}}
features: {mapping(features)}
segments: {mapping(segments)}
""",
        people(["conditions_too"]),
        Table(
            "log",
            {"user_id": "text", "happened": "timestamp", "kind": "text", "path": "text", "event": "text"}
            | {"property_event": "text"},
            (("u", "2026-02-02", "done", "/", "e", "p"), ("u", "2026-02-03", "done", "/x", "f", "q")),
        ),
    )
    (row,) = found["user_features"]
    assert (row["day"], row["days"], row["path"], row["sum_of"]) == (2, 2, 2, 6)
    assert (row["max_event"], row["max_property_event"], row["max_user_id"]) == ("f", "q", "u")
    assert row["max_happened"] == "2026-02-03 00:00:00"
    (flags,) = found["user_segments"]
    assert {flags[name] for name in segments} == {True}

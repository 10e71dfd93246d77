"""Whatever things are called: a spec either means the same under other names, or is refused with a finding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from segpy.resolve.model_names import GENERATED_COLUMNS
from tests.cases import case as cases
from tests.cases.runner import Models, Refused, compile_spec, rendered, run
from tests.cases.tables import Row, Table

AS_OF = datetime(2026, 3, 12)
USUAL = {
    "entity": "shopper",
    "key": "shopper_id",
    "attribute": "age",
    "start": "joined_at",
    "stream": "web",
    "other_stream": "till",
    "property": "amount",
    "text": "colour",
    "event": "bought",
    "filtered": "looked",
    "other": "paid",
    "feature": "recent",
    "sum": "spent",
    "sequence": "journey",
    "segment": "alpha",
    "second": "beta",
    "third": "gamma",
    "condition": "varied",
    "group": "stages",
}
SPEC = """\
entities:
  {entity}:
    key: "{key}"
    attributes: {{relation: ref('who'), columns: {{{attribute}: integer, {start}: timestamp}}}}
    start: {start}
    population: both
streams:
  {stream}:
    relation: source('raw', 'log')
    entity: {{{entity}: by}}
    occurred_at: happened
    id: row_id
    event: kind
    properties: {{{property}: number, {text}: text}}
  {other_stream}:
    relation: ref('other')
    entity: {{{entity}: by}}
    occurred_at: happened
    properties: {{{property}: number}}
events:
  {event}: {{stream: {stream}, is: a}}
  {filtered}: {{stream: {stream}, where: '"{text}" = ''x'''}}
  {other}: {{stream: {other_stream}}}
features:
  {feature}: {{count: {event}, in_the_last: 7 days}}
  {sum}: {{sum: {event}.{property}, where: '"{text}" = ''x'''}}
  {sequence}:
    sequence:
      steps: [{event}, {{event: {filtered}, within: 3 days, without: [{other}]}}, {{event: {other}, times: 2}}]
      complete_within: 9 days
segments:
  {segment}:
    entity: {entity}
    all:
      - {{feature: {feature}, at_least: 1}}
      - {{count_distinct: {event}.{property}, in_the_last: 30 days, at_least: 1, name: {condition}}}
  {second}:
    entity: {entity}
    any:
      - {{did: {other}, after: {{event: {event}, nth: 2}}}}
      - {{count: {filtered}, within_first: 30 days, at_least: 1}}
      - {{attribute: {attribute}, at_least: 100}}
      - {{expression: '"{feature}" + "{attribute}" > 1000'}}
      - {{feature: {sequence}_completed}}
      - {{sequence: {{steps: [{other}, {{event: {event}, times: 2}}], in_the_last: 90 days}}}}
  {third}:
    entity: {entity}
    all:
      - {{active_days: {filtered}, at_least: 1}}
      - {{not_in_segment: {segment}}}
      - {{recency: {other}, less_than: 400 days, or_never: true}}
exclusive_groups:
  {group}: [{segment}, {second}]
"""
# Relations, columns and aliases of generated SQL. None of them is a word that a spec may not use, save as a key.
OURS = (
    *("events", "population", "attributes", "conditions", "sequences", "features", "measures", "segments", "marked"),
    *("segments_depth_0", "expressions_depth_1", "anchor_at", "reached_at", "started_at", "attempt", "step", "summary"),
    *("started_1", "events_of_1", "is_step_1", "completed", "seconds", "is_looked", "is_bought", "property_event"),
    *("occurred_at_", "event_", "as_of_", "user_events", "shopper_features", "segment_members", "segpy_as_of"),
)
SLOTS = tuple(slot for slot in USUAL if slot != "key")


def named(**names: str) -> dict[str, str]:
    """The usual names, with some of them changed."""
    return {**USUAL, **names}


def tables(names: Mapping[str, str]) -> tuple[Table, ...]:
    """The input: who exists, a log with a duplicate, and a second log."""
    who = Table(
        "who",
        {names["key"]: "text", names["attribute"]: "integer", names["start"]: "timestamp"},
        (
            ("u1", "10", "2026-01-01"),
            ("u2", "200", "2026-02-01"),
            ("u3", None, "2026-03-01"),
            ("u4", "1", "2026-03-05"),
        ),
    )
    log = Table(
        "raw.log",
        {"by": "text", "happened": "timestamp", "row_id": "text", "kind": "text"}
        | {names["property"]: "number", names["text"]: "text"},
        (
            ("u1", "2026-03-08 10:00", "1", "a", "5", "x"),
            ("u1", "2026-03-08 10:00", "1", "a", "5", "x"),
            ("u1", "2026-03-09 10:00", "2", "b", "7", "x"),
            ("u2", "2026-01-09 10:00", "3", "a", "5", "y"),
            ("u2", "2026-02-09 10:00", "4", "b", "5", "x"),
            ("u4", "2026-03-08 10:00", "5", "a", "1", "x"),
            ("u4", "2026-03-09", "6", "a", "1", "y"),
            ("u5", "2026-03-09 10:00", "7", "c", "3", "x"),
        ),
    )
    other = Table(
        "other",
        {"by": "text", "happened": "timestamp", names["property"]: "number"},
        (("u1", "2026-03-10", "5"), ("u1", "2026-03-11", "5"), ("u4", "2026-03-09 12:00", "2")),
    )
    return who, log, other


def answer(**changed: str) -> list[tuple[object, ...]]:
    """For each entity, in one order whatever it is called: features and flags."""
    names = named(**changed)
    found = run(compile_spec(SPEC.format(**names)), tables(names), AS_OF)
    key, journey = names["key"], names["sequence"]
    columns = (names["feature"], names["sum"], f"{journey}_completed", f"{journey}_seconds")
    flags = (names["segment"], names["second"], names["third"])
    by_key: dict[object, list[object]] = {row[key]: [] for row in found[f"{names['entity']}_features"]}
    for table, wanted in (("features", columns), ("segments", flags)):
        for row in found[f"{names['entity']}_{table}"]:
            by_key[row[key]] += [row[column] for column in wanted]
    return sorted((entity, *values) for entity, values in by_key.items())


@cache
def usual_answer() -> list[tuple[object, ...]]:
    """The answer under names that collide with nothing."""
    return answer()


def test_the_answer_under_usual_names() -> None:
    """Worked out by hand: the journey of u1 takes from 10:00 on the 8th to midnight on the 11th."""
    assert usual_answer() == [
        ("u1", 1, 5.0, True, 2.0 * 86400 + 14 * 3600, True, False, False),
        ("u2", 0, 0.0, False, None, False, True, True),
        ("u3", 0, 0.0, False, None, False, False, False),
        ("u4", 2, 1.0, False, None, True, False, False),
        ("u5", 0, 0.0, False, None, False, False, True),
    ]


def rotated(words: tuple[str, ...], by: int) -> dict[str, str]:
    """A word for every slot, each word once."""
    return {slot: words[(index + by) % len(words)] for index, slot in enumerate(SLOTS)}


@pytest.mark.parametrize("by", range(len(OURS)))
def test_names_that_generated_sql_uses_itself(by: int) -> None:
    """Every such name in every place."""
    assert answer(**rotated(OURS, by)) == usual_answer()


def reserved() -> tuple[str, ...]:
    """The words that DuckDB reserves; `any` is a word of the language, `null`, `true` and `false` are no names."""
    rows = duckdb.sql("select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved'").fetchall()
    words = {word for (word,) in rows if re.fullmatch("[a-z][a-z_]*", word)}
    return tuple(sorted(words - {"any", "null", "true", "false"}))


@pytest.mark.parametrize("by", range(0, len(reserved()), len(SLOTS) // 2))
def test_reserved_words(by: int) -> None:
    """Every reserved word in two places."""
    assert answer(**rotated(reserved(), by), key=reserved()[(by + 50) % len(reserved())]) == usual_answer()


@pytest.mark.parametrize("word", ["if", "between", "xor", "cube", "rollup", "regexp", "insert", "drop", "values"])
@pytest.mark.parametrize("slot", ["attribute", "property", "sequence"])
def test_words_that_only_the_reader_of_generated_sql_takes_otherwise(word: str, slot: str) -> None:
    """No engine reserves them, but text that is read again must mean what was planned."""
    assert answer(**{slot: word}) == usual_answer()


def columns_of_generated_sql() -> set[str]:
    """Every column of every step of the models about entities, under names that can be told from ours.

    In those about all segments a key has no name of its own.
    """
    models = compile_spec(SPEC.format(**{slot: f"zz_{name}" for slot, name in USUAL.items()}))
    about_entities = [body for name, body in models.sql.items() if not name.startswith(("segment_", "activation_"))]
    trees = [sqlglot.parse_one(rendered(body, AS_OF), read="duckdb") for body in about_entities]
    names = {
        alias.alias for tree in trees for alias in tree.find_all(exp.Alias) if not isinstance(alias.this, exp.Table)
    }
    return {name for name in names if "zz" not in name}


def test_a_key_never_stands_beside_a_column_of_ours() -> None:
    """The key is a column of every step, under the name that the spec gives it."""
    assert {name for name in columns_of_generated_sql() if not refused(key=name)} == set()
    assert "step" in columns_of_generated_sql()


@pytest.mark.parametrize("name", cases.names())
def test_steps_have_no_column_that_a_key_could_be(name: str) -> None:
    """Every construct is in some case: a column of its steps is reserved, or stands in the spec."""
    spec = cases.load(name).spec
    for model, body in compile_spec(spec).sql.items():
        if model.endswith(("_events", "_sequences")):
            tree = sqlglot.parse_one(rendered(body, AS_OF), read="duckdb")
            columns = {one.alias.lower() for one in tree.find_all(exp.Alias) if not isinstance(one.this, exp.Table)}
            ours = {one for one in columns if one not in spec.lower()}
            assert {one for one in ours if not GENERATED_COLUMNS.fullmatch(one)} == set(), model


def refused(**changed: str) -> bool:
    """Whether the names are refused for being taken."""
    try:
        compile_spec(SPEC.format(**named(**changed)))
    except Refused as error:
        return error.codes == {"SEG213"}
    return False


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "As_Of"},
        {"key": "EVENT"},
        {"key": "is_looked"},
        {"attribute": "shopper_id"},
        {"key": "Age"},
        {"feature": "age"},
        {"feature": "shopper_id"},
        {"key": "RECENT"},
        {"feature": "as_of"},
        {"sum": "journey_step"},
        {"segment": "shopper_id"},
        {"segment": "spec_hash"},
        {"key": "Beta"},
        {"property": "property__event"},
    ],
    ids=lambda changed: " ".join(f"{slot}={name}" for slot, name in changed.items()),
)
def test_names_that_would_be_one_column_are_refused(changed: dict[str, str]) -> None:
    assert refused(**changed)


@pytest.mark.parametrize("name", ["event", "occurred_at", "as_of", "shopper_id"])
def test_properties_may_be_called_as_columns_of_the_events_are(name: str) -> None:
    """They are kept apart under another name."""
    assert answer(property=name) == usual_answer()


HEAD = """\
entities: {u: {key: who}}
streams:
  s:
    relation: ref('log')
    entity: {u: who}
    occurred_at: at
    event: kind
    properties: {v: text, is_x: boolean, event: text, property_event: text}
"""
LOG = Table(
    "log",
    {"who": "text", "at": "timestamp", "kind": "text", "v": "text"}
    | {"is_x": "boolean", "event": "text", "property_event": "text"},
    (
        ("a", "2026-03-01", "x", "1", "true", "p", "q"),
        ("a", "2026-03-02", "y", "__log__", "false", "q", "q"),
        ("b", "2026-03-02", "x", "2", "true", "__as_of__", "p"),
        ("b", "2026-03-03", "y", "1", None, None, None),
    ),
)


def rows_of(spec: str, table: str) -> dict[object, Row]:
    """The rows of a model by key."""
    return {row["who"]: row for row in run(compile_spec(HEAD + spec), (LOG,), AS_OF)[table]}


def test_an_event_called_as_a_filtered_one_is_named() -> None:
    """`x` where v is 1, and an event that is really called `x_where_v_is_1`."""
    rows = rows_of(
        """\
events:
  x: {stream: s, is: x}
  y: {stream: s, is: y}
  x_where_v_is_1: {stream: s, is: y}
segments:
  one: {entity: u, all: [{did: y, after: {event: x, where: "v = '1'"}}]}
  two: {entity: u, all: [{did: y, after: {event: x_where_v_is_1}}]}
  three: {entity: u, all: [{count: x, where: "v = '1'", at_least: 1}, {count: x_where_v_is_1, at_least: 1}]}
""",
        "u_segments",
    )
    assert [rows["a"][name] for name in ("one", "two", "three")] == [True, False, True]
    assert [rows["b"][name] for name in ("one", "two", "three")] == [False, False, False]


def test_a_property_called_as_a_flag() -> None:
    """Event `x` has a filter and hence a flag `is_x`; the property of that name is another thing."""
    rows = rows_of(
        """\
events:
  x: {stream: s, where: "kind = 'y'"}
features:
  flagged: {count: x}
  of_property: {count: x, where: "is_x"}
  distinct: {count_distinct: x.is_x}
""",
        "u_features",
    )
    assert [rows["a"][name] for name in ("flagged", "of_property", "distinct")] == [1, 0, 1]
    assert [rows["b"][name] for name in ("flagged", "of_property", "distinct")] == [1, 0, 0]


def test_properties_called_event_and_property_event() -> None:
    rows = rows_of(
        """\
events:
  x: {stream: s, is: [x, y]}
features:
  both: {count: x, where: "event = 'p' and property_event = 'q'"}
  first: {count_distinct: x.event}
  second: {count_distinct: x.property_event}
""",
        "u_features",
    )
    assert [rows["a"][name] for name in ("both", "first", "second")] == [1, 2, 1]
    assert [rows["b"][name] for name in ("both", "first", "second")] == [0, 1, 1]


def test_text_that_looks_like_a_placeholder_stays_text() -> None:
    """While SQL is built, relations and the instant stand as `__log__` and `__as_of__`."""
    rows = rows_of(
        """\
events:
  x: {stream: s, where: "v = '__log__'"}
  y: {stream: s, where: "event = '__as_of__'"}
  z: {stream: s, is: __as_of__}
features:
  relation: {count: x}
  instant: {count: y}
""",
        "u_features",
    )
    assert [rows[who][name] for who in ("a", "b") for name in ("relation", "instant")] == [1, 0, 0, 1]


def test_a_relation_called_as_the_instant() -> None:
    models = compile_spec((HEAD + "events: {x: {stream: s}}\nfeatures: {f: {count: x}}\n").replace("'log'", "'as_of'"))
    rows = run(models, (Table("as_of", LOG.columns, LOG.rows),), AS_OF)["u_features"]
    assert [row["f"] for row in rows] == [2, 2]


def codes(spec: str) -> frozenset[str]:
    """The codes that a spec is refused with."""
    with pytest.raises(Refused) as refusal:
        compile_spec(spec)
    return refusal.value.codes


def test_any_stands_for_every_event() -> None:
    assert codes(HEAD + "events: {any: {stream: s}}") == {"SEG213"}


def test_a_generated_model_never_reads_itself() -> None:
    spec = HEAD.replace("'log'", "'u_events'") + "events: {x: {stream: s}}\nfeatures: {f: {count: x}}\n"
    assert codes(spec) == {"SEG612"}
    assert compile_spec("name_prefix: cdp_\n" + spec).sql.keys() == {"cdp_u_events", "cdp_u_features"}


def test_two_conditions_of_a_segment_never_share_a_name() -> None:
    spec = (
        "events: {x: {stream: s}}\nsegments: {one: {entity: u, all: [{did: x, name: n}, {none: [{did: x, name: n}]}]}}"
    )
    assert codes(HEAD + spec) == {"SEG213"}


def test_a_double_underscore_parts_generated_names() -> None:
    """So `x__matches`, which a waterfall makes of `x`, is never a segment's own name."""
    spec = "events: {x: {stream: s}}\nsegments: {x__matches: {entity: u, all: [{did: x}]}}"
    assert codes(HEAD + spec) == {"SEG114"}


def test_names_as_long_as_they_may_be() -> None:
    """Their pieces are cut, their meanings kept apart."""
    long = {slot: (name + "_" + "long_" * 10)[:49] + "z" for slot, name in USUAL.items() if slot != "sequence"}
    assert answer(**long, sequence="s" * 50) == usual_answer()
    models: Models = compile_spec(SPEC.format(**named(**long)))
    assert max(len(word) for body in models.sql.values() for word in re.findall(r"[a-z_0-9]+", body)) <= 100

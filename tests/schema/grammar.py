"""The mappings of the grammar, each in a file that holds it, and values of every key."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from segpy.spec import (
    decode,
    examples,
    experiments,
    measures,
    membership,
    operands,
    segments,
    sequences,
    taxonomy,
    windows,
)
from segpy.spec.shapes import Key

Value = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A mapping of the grammar: its keys, and the file around one."""

    keys: Mapping[str, Key]
    file: Callable[[Value], Value]


def _in_sequence(step: Value) -> Value:
    return {"features": {"f": {"sequence": {"steps": ["a", step]}}}}


def _in_segment(**keys: Any) -> Value:
    return {"segments": {"s": {"entity": "user", "extends": "t", **keys}}}


PLACES = {
    "file": Place(decode.FILE, lambda one: one),
    "portfolio": Place(taxonomy._PORTFOLIO, lambda one: {"portfolio": one}),
    "entity": Place(taxonomy._ENTITY, lambda one: {"entities": {"user": one}}),
    "attributes": Place(taxonomy._ATTRIBUTES, lambda one: {"entities": {"user": {"key": "id", "attributes": one}}}),
    "members": Place(taxonomy._MEMBERS, lambda one: {"entities": {"user": {"key": "id", "members": one}}}),
    "stream": Place(taxonomy._STREAM, lambda one: {"streams": {"app": one}}),
    "event": Place(taxonomy._EVENT, lambda one: {"events": {"login": one}}),
    "feature": Place(segments._FEATURE, lambda one: {"features": {"f": one}}),
    "measure": Place(measures.MEASURE, lambda one: {"features": {"f": {"ratio": [{"count": "a"}, one]}}}),
    "anchor": Place(windows._ANCHOR, lambda one: {"features": {"f": {"count": "a", "after": one}}}),
    "condition": Place(
        {**segments._TEST, **segments._MEMBERSHIP, **segments.LOGIC}, lambda one: _in_segment(any=[{"did": "a"}, one])
    ),
    "completed": Place(
        segments.COMPARISONS, lambda one: _in_segment(all=[{"sequence": {"steps": ["a"]}, "completed": one}])
    ),
    "at_least_of": Place(segments._AT_LEAST_OF, lambda one: _in_segment(at_least_of=one)),
    "segment": Place(segments._SEGMENT, lambda one: {"segments": {"s": one}}),
    "size": Place(membership.SIZE_KEYS, lambda one: _in_segment(size=one)),
    "playbook": Place(membership.PLAYBOOK_KEYS, lambda one: _in_segment(playbook=one)),
    "eligible": Place(membership.ELIGIBLE_KEYS, lambda one: _in_segment(eligible=one)),
    "membership": Place(membership.MEMBERSHIP_KEYS, lambda one: _in_segment(membership=one)),
    "experiment": Place(experiments.EXPERIMENT_KEYS, lambda one: _in_segment(experiment=one)),
    "holdout": Place(experiments._HOLDOUT, lambda one: _in_segment(experiment={"holdout": one})),
    "shared holdout": Place(experiments._SHARED, lambda one: {"holdouts": {"everyone": one}}),
    "outcome": Place(experiments._OUTCOME, lambda one: {"outcomes": {"paid": one}}),
    "example": Place(examples.EXAMPLE, lambda one: _in_segment(examples=[one])),
    "expectation": Place(
        examples.EXPECTATION, lambda one: _in_segment(examples=[{"name": "n", "as_of": "2026-03-10", "expect": one}])
    ),
    "sequence": Place(sequences.SEQUENCE, lambda one: {"features": {"f": {"sequence": one}}}),
    "step": Place(sequences.STEP, _in_sequence),
    "group": Place(sequences.GROUP_STEP, _in_sequence),
    "first step": Place(
        {**sequences.STEP, **sequences.GROUP_STEP}, lambda one: {"features": {"f": {"sequence": {"steps": [one]}}}}
    ),
    "narrowed": Place(operands.NARROWED_KEYS, lambda one: _in_sequence({"event": "b", "without": one})),
    "then_without": Place(
        sequences._THEN_WITHOUT, lambda one: {"features": {"f": {"sequence": {"steps": ["a"], "then_without": one}}}}
    ),
}

_DURATION, _ONE_EVENT, _PROPERTY, _CONDITIONS = "7 days", "login", "order.amount", [{"did": "a"}, {"did_not": "b"}]
_BY_SHAPE = {
    "a duration": _DURATION,
    "a duration of fixed length": _DURATION,
    "a duration of fixed length, or none": _DURATION,
    "a name": "word",
    "a column": "word",
    "text": "word",
    "a value": 5,
    "a segment": "word",
    "an attribute": "word",
    "a feature": "word",
    "an event or a list of events": _ONE_EVENT,
    "`event.property`": _PROPERTY,
    "an event or `event.property`": _PROPERTY,
    "an SQL expression": "amount > 1",
    "a relation": "ref('model')",
    "true or false": True,
    "a list of conditions": _CONDITIONS,
    "a list of values": [1, "two"],
    "two values": [1, 2],
    "two durations": ["90 days", "30 days"],
    "true": True,
    "an anchor": {"event": "login", "nth": "last", "within": _DURATION},
    "1": 1,
    "a dialect or a list of them": ["duckdb", "postgres"],
    "a time zone": "Europe/Berlin",
    "a folder": "models/segpy",
    "a prefix": "cdp_",
    "limits": {"max_segments": 5},
    "what is private": {"publish": ["user.email"]},
    "a list of personal columns": ["user.email"],
    "entities": {"user": {"key": "id"}},
    "streams": {"app": {"relation": "ref('a')", "entity": {"user": "id"}, "occurred_at": "at"}},
    "events": {"login": {"stream": "app"}},
    "groups of segments": {"journey": ["s", "t"]},
    "features": {"f": {"count": "login", "in_the_last": ["1 day", "7 days"]}},
    "segments": {"s": {"entity": "user", "all": _CONDITIONS}},
    "columns with their types": {"plan": "text", "age": "integer", "email": {"type": "text", "personal": True}},
    "attributes": {"relation": "ref('users')", "columns": {"plan": "text"}},
    "members": {"entity": "user", "by": "account_id"},
    "entities and their key columns": {"user": "User Id"},
    "event names": ["page", 5],
    "a list of keys": ["owner"],
    "a measure": {"sum": _PROPERTY},
    "two measures": [{"count": "a"}, {"sum": _PROPERTY, "ever": True}],
    "a sequence": {"steps": ["a", {"event": "b", "within": "2 days"}], "complete_within": _DURATION},
    "comparisons": {"at_least": 2},
    "an instant": "2026-03-10 14:00",
    "features with their values": {"logins": 2, "plan": None},
    "an expectation": {"member": True},
    "a list of examples": [{"name": "two words", "as_of": "2026-03-10", "expect": "not_member"}],
    "`n` and `of`": {"n": 1, "of": _CONDITIONS},
    "a playbook": {"respond_within": _DURATION, "owner": "team"},
    "a size": {"at_least": 5, "at_most": "20%"},
    "a bound": "20.5%",
    "who is eligible": {"min_tenure": _DURATION},
    "membership": {"grace": _DURATION},
    "an experiment": {"holdout": "10%"},
    "a share": "0.25%",
    "an amount that is not negative": 0.1,
    "a part from 0 to 1": 0.7,
    "a list of outcomes": ["left"],
    "outcomes": {"paid": {"did": "order", "within": _DURATION}},
    "a share, or a mapping with `share`": {"share": "10%", "stratify_by": ["plan"]},
    "hold-outs": {"everyone": {"entity": "user", "share": "5%"}},
    "a list of attributes or features": ["plan"],
    "a list of segments": ["s", "t"],
    "a share such as `20%`": "20%",
    "an index of at least 0": 0.25,
    "a feature or a list of features": ["spent", "seats"],
    "a list of steps": ["a", {"any_order": ["b", "c"]}, {"event": ["d", "e"], "directly": True}],
    "an event and a duration": {"event": "login", "for": _DURATION},
    "properties": ["product_id"],
    "`first`, `last` or a number": 2,
    "a measure of the sequence": "step_2_seconds",
    "a list of events": ["a", {"event": "b", "where": "x"}],
}
_BY_PLACE: dict[tuple[str, str], Any] = {
    ("example", "events"): "2026-03-08 10:00  login  path=/x",
    ("example", "attributes"): {"plan": None},
    ("outcome", "value"): "login.amount",
}


def sample(place: str, key: Key) -> Any:
    """A value that a key takes."""
    schema = key.shape.schema
    if isinstance(schema, dict) and "enum" in schema:
        return schema["enum"][-1]
    if isinstance(schema, dict) and schema.get("type") == "integer":
        return schema["minimum"]
    if (place, key.name) in _BY_PLACE:
        return _BY_PLACE[place, key.name]
    return ["page"] if key.name in ("without", "ignore") else _BY_SHAPE[key.shape.words]


def smallest(place: str) -> Value:
    """A mapping with the keys that it must have."""
    return {name: sample(place, key) for name, key in PLACES[place].keys.items() if key.required}


def of_up_to_two_keys(place: str) -> Iterator[Value]:
    """Every mapping of at most two keys, of these and the required ones, and of the required ones but one."""
    keys, least = PLACES[place].keys, smallest(place)
    for count in (0, 1, 2):
        for names in combinations(keys, count):
            chosen = {name: sample(place, keys[name]) for name in names}
            yield chosen
            if least:
                yield {**least, **chosen}
    for name in least:
        yield {other: value for other, value in least.items() if other != name}


def of_more_keys(place: str, number: int) -> Iterator[Value]:
    """Some mappings of three to six keys."""
    keys, chance = PLACES[place].keys, random.Random(place)
    for _ in range(number):
        names = chance.sample(list(keys), min(len(keys), chance.randint(3, 6)))
        yield {name: sample(place, keys[name]) for name in names}


def refused_keys(place: str) -> Iterator[Value]:
    """Mappings with a key that is not theirs, or not yet."""
    everywhere = {name for other in PLACES.values() for name in other.keys} | {"x", "", "Count", "all_of", "__"}
    least = smallest(place)
    for name in sorted(everywhere - set(PLACES[place].keys)):
        yield {**least, name: _BY_SHAPE.get("a value")}


VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 1.0, 2.0, -0.0, 1.5, 1e300, 2**62, 20, 1000, 1001, [], {}, [[]], [{}], [None]),
    *("", " ", "x", "X", "true", "null", "any", "any.x", "a.b", "a.b.c", "a.B", ".", "a.", "a\n", "a b", "ä", "é.x"),
    *("a" * 50, "a" * 51, "a" * 100, "a" * 101, f"{'a' * 50}.{'b' * 50}", f"a.{'b' * 51}", "x__y", "_x", "1x", "x-y"),
    *("7 days", "1 day", "0 days", "00 days", "0 months", "3 months", "1 year", "7 dayss", "7days", "7  days", "7 d"),
    *(" 7 days\n", "7\u00a0days", "7\x85days", "400000 days", "1234567890 days", "0000000007 days", "000 000 days"),
    *("20%", "0%", "100%", "100.0%", "100.01%", "101%", "20.5 %", "0100%", "٣%", "5", "-1%", "20% ", "first", "last"),
    *("99.99%", "0.00%", "0.01%", ".5%", "1.234%", "007%"),
    *("ref('x')", 'ref("x")', "ref('x\")", " ref( 'a' , 'b.c' ) ", "ref('a', 'b', 'c')", "source('a', 'b')", "ref(x)"),
    *("source('a')", "ref('ü')", "ref('→')", "{{ ref('x') }}", "ref('x') }}", "{ % x", "tab\tx", "a\x85b", "\u2028"),
    *("2026-01-01", "Europe/Berlin", "Mars/Base", "Etc/GMT+5", "UTC", "duckdb", "/a/b-c/", "a//b", "ä/b", "a/→"),
    *("member", "2026-02-30", "2026-03-10T14:00:00.5", "2026-03-10 24:00", "2026-03-10  14:00", "n" * 200, "n" * 201),
    *("2026-03-10 14:00 login", "2026-03-10 14:00 login\n2026-03-11 14:00 login", "# nothing", {"member": False}),
    *({"logins": None}, {"logins": [1]}, {"Logins": 1}, {"member": True, "features": {"a": 1}}, {"features": {}}),
    *("completed", "step_2_seconds", "step_1_seconds", "step_900_seconds", "step_02_seconds", "matches", "strict"),
    *("any", "first", "day", "hour", "month", "avg", "zscore", "text", "uuid", "intent", "allowed", "both", "owner"),
    *(["a"], ["a", "a"], ["a", "b"], ["any"], ["any.x"], ["a.b", "c.b"], ["a.b", "c.d"], ["a.b", "a.c"], ["a", "c.d"]),
    *(["7 days", "7 days"], ["7 days", "1 week"], ["7 days"], ["1 day", "3 months"], ["0 days", "1 day"], [["a", "b"]]),
    *(["90 days", "30 days"], ["30 days", "90 days"], ["3 months", "0 months"], ["3 days", "00 days"], ["1 day"] * 3),
    *([1, 2], [1, 2, 3], [1], ["x", True], [2.0], ["owner", "size"], ["owner", "x"], {"a": "b"}, {"a": "text"}),
    *({"event": "a"}, [{"event": "a"}], {"event": "a", "where": "x"}, {"event": ["a", "b"]}, [["a", "b"], "c"]),
    *({"count": "a"}, [{"count": "a"}], [{"count": "a"}, {"count": "b"}], [{"count": "a"}] * 3, [{"did": "a"}]),
    *({"at_least": 1}, {"at_least": 5, "at_most": 4}, {"at_most": "20%"}, {"all": []}, {"n": 3, "of": [{"did": "a"}]}),
    *({"steps": ["a"]}, {"steps": []}, {"event": "a", "for": "1 day"}, {"min_tenure": "3 months"}, {"user": 5}),
    {"x": 1},
    *({"steps": ["a", "b"], "measure": "step"}, {"ratio": [{"count": "a"}, {"count": "b", "calendar": True}]}),
)  # fmt: skip

"""The schema as editors have it: valid, described throughout, and of a sensible shape."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from segpy.spec.schema import schema, schema_text
from tests.schema.grammar import PLACES
from tests.schema.values import validator

WHOLE = schema()
EXCERPTS = Path(__file__).parent / "excerpts.json"
SHOWN = ("measure.count", "measure.per", "measure.in_the_last", "feature.in_the_last", "condition.completed", "window")


def pieces(piece: Any) -> Iterator[dict[str, Any]]:
    """A schema and all that it is made of."""
    if isinstance(piece, dict):
        yield piece
        for value in piece.values():
            yield from pieces(value)
    elif isinstance(piece, list):
        for value in piece:
            yield from pieces(value)


def properties() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that is offered in some place, with its schema. Rules only refuse keys, or say more of them."""
    for piece in pieces(WHOLE):
        if piece.get("additionalProperties") is False:
            for name, one in piece["properties"].items():
                yield name, WHOLE["definitions"][one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one


def test_it_is_valid_itself() -> None:
    Draft7Validator.check_schema(WHOLE)
    assert WHOLE["$schema"] == Draft7Validator.META_SCHEMA["$schema"]


def test_the_text_is_the_schema() -> None:
    text = schema_text()
    assert json.loads(text) == WHOLE
    assert text.endswith("}\n") and text == schema_text()
    assert len(text) < 250_000


@pytest.mark.parametrize("place", PLACES)
def test_every_key_is_offered_with_its_line_of_the_reference(place: str) -> None:
    said = {(name, one["description"]) for name, one in properties()}
    for name, key in PLACES[place].keys.items():
        assert any(other == name and text.startswith(key.doc) for other, text in said), name


def test_whatever_is_offered_is_described() -> None:
    for name, one in properties():
        assert one["title"] == name
        assert one["description"] == one["markdownDescription"]
        assert one["description"].endswith(".")


def test_definitions_are_named_by_the_words_of_the_language() -> None:
    words = {name for place in PLACES.values() for name in place.keys}
    kinds = {
        "condition",
        "entity",
        "event",
        "feature",
        "group",
        "holdout",
        "outcome",
        "measure",
        "segment",
        "sequence",
        "step",
        "stream",
    }
    for name in WHOLE["definitions"]:
        kind, _, key = name.partition(".")
        assert kind in kinds | {"window"}
        assert key in words | {""}
    assert kinds <= set(WHOLE["definitions"])


def test_what_holds_itself_points_at_itself() -> None:
    pointed = {piece["$ref"] for piece in pieces(WHOLE) if "$ref" in piece}
    assert pointed == {f"#/definitions/{name}" for name in WHOLE["definitions"]}
    inner = {piece["$ref"] for piece in pieces(WHOLE["definitions"]["condition"]) if "$ref" in piece}
    assert "#/definitions/condition" in inner


def test_beside_a_reference_stands_nothing() -> None:
    """Draft 7 would pass over it."""
    assert [piece for piece in pieces(WHOLE) if "$ref" in piece and len(piece) > 1] == []


def test_patterns_hold_what_both_dialects_know() -> None:
    """Python's patterns and those of ECMA 262 mean the same in these: no named groups, flags, `\\A`, `\\Z` or `\\d`."""
    for piece in pieces(WHOLE):
        if isinstance(piece.get("pattern"), str):
            re.compile(piece["pattern"])
            assert not re.search(r"\(\?[^:=!]|\\[AZdDbBuN]|\{,|[*+?}][+]", piece["pattern"]), piece["pattern"]


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ({"count": "a", "per": "1 day"}, "per"),
        ({"did": "a", "at_least": 2}, "at_least"),
        ({"attribute": "plan", "in_the_last": "7 days"}, "in_the_last"),
        ({"in_segment": "s", "at_least": 2}, "at_least"),
    ],
)
def test_the_stray_key_is_named(condition: Any, path: str) -> None:
    """An editor marks the key that does not go with the others, not all that could have stood there instead."""
    file = {"segments": {"s": {"entity": "user", "all": [condition]}}}
    (error,) = validator().iter_errors(file)
    assert f"'{path}'" in error.message or path in error.absolute_schema_path


def test_excerpts() -> None:
    """A few pieces in full: `SEGPY_REGENERATE=1` writes what they are now, to be read by somebody."""
    text = json.dumps({name: WHOLE["definitions"][name] for name in SHOWN}, indent=2) + "\n"
    if os.environ.get("SEGPY_REGENERATE"):
        EXCERPTS.write_text(text, encoding="utf-8")
    assert text == EXCERPTS.read_text(encoding="utf-8")

"""Specs as nodes and as plain JSON values, and a validator of the latter.

Values are those of segpy's own nodes, not of PyYAML's loader: that reads YAML 1.1, in which `no` is false and
`2026-01-01` a date. Editors read YAML 1.2 as segpy does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft7Validator, ValidationError
from jsonschema.validators import extend

from segpy.diagnostics.model import Span
from segpy.source.nodes import Mapping, Node, Pair, Scalar, Sequence
from segpy.spec.schema import schema

HERE = Span("spec.yml", 1, 1)


def plain(node: Node) -> Any:
    """What a node is to a tool that knows JSON only."""
    match node:
        case Mapping(pairs=pairs):
            return {pair.key.text: plain(pair.value) for pair in pairs}
        case Sequence(items=items):
            return [plain(item) for item in items]
        case Scalar(quoted=True, text=text):
            return text
        case Scalar(value=value):
            return value


def node_of(value: Any, *, key: bool = False) -> Any:
    """The node that a value would be written as; texts are quoted."""
    match value:
        case dict():
            pairs = (Pair(node_of(name, key=True), node_of(inner)) for name, inner in value.items())
            return Mapping(tuple(pairs), HERE)
        case list():
            return Sequence(tuple(node_of(item) for item in value), HERE)
        case str():
            return Scalar(value, value, not key, HERE)
        case None:
            return Scalar(None, "", False, HERE)
        case bool():
            return Scalar(value, str(value).lower(), False, HERE)
    return Scalar(value, repr(value), False, HERE)


def keys_of(node: Node) -> Iterator[Scalar]:
    """Every key in a node."""
    match node:
        case Mapping(pairs=pairs):
            for pair in pairs:
                yield pair.key
                yield from keys_of(pair.value)
        case Sequence(items=items):
            for item in items:
                yield from keys_of(item)


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """Patterns are of ECMA 262, where `$` is the very end; to Python it may stand before a last line break."""
    if isinstance(instance, str) and not re.search(re.sub(r"\$(?=\)|$)", r"\\Z", pattern), instance):
        yield ValidationError(f"{instance!r} is not {pattern}")


@cache
def validator() -> Any:
    """An independent validator of the language's schema."""
    return extend(Draft7Validator, {"pattern": _pattern})(schema())

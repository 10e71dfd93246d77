"""The language as a JSON Schema for editors, from the tables that read it."""

from __future__ import annotations

import json
from typing import Any

from segpy.spec.decode import FILE
from segpy.spec.fragments import Defined, Fragment
from segpy.spec.shapes import keys_schema


def schema() -> Fragment:
    """The JSON Schema, draft 7, of a spec file."""
    definitions: Fragment = {}
    root = _written(keys_schema(FILE), definitions)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "description": "A file in segments/ of a dbt project. Written by `segpy schema`.",
        **root,
        "definitions": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    """The same as a file: a line for each definition and each key of the top level."""
    parts = [f"{json.dumps(key)}: {_lines(value)}" for key, value in schema().items()]
    return "{\n " + ",\n ".join(parts) + "\n}\n"


def _lines(value: Any) -> str:
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    entries = [f"{json.dumps(key)}: {json.dumps(one, ensure_ascii=False)}" for key, one in value.items()]
    return "{\n  " + ",\n  ".join(entries) + "\n }"


def _written(piece: Any, definitions: Fragment) -> Any:
    """A piece in which all that is defined is put among the definitions, and pointed at."""
    match piece:
        case Defined(name, make):
            if name not in definitions:
                definitions[name] = {}  # known before it is made: it may point at itself
                definitions[name] = _written(make(), definitions)
            return {"$ref": f"#/definitions/{name}"}
        case dict():
            return {key: _written(value, definitions) for key, value in piece.items()}
        case list():
            return [_written(value, definitions) for value in piece]
    return piece

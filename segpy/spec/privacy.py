"""What is said of persons: which columns are personal, which of them may be published, how small a count may be."""

from __future__ import annotations

import re
from enum import Enum

from segpy.source.nodes import Mapping, Node, Scalar
from segpy.spec.expression import Type
from segpy.spec.fragments import either, mapping_from, pattern
from segpy.spec.model import Privacy
from segpy.spec.model_values import Column, Name
from segpy.spec.shapes import (
    BOOLEAN,
    COLUMN_NAME,
    Key,
    Shape,
    choice,
    fields,
    integer,
    keys_schema,
    list_of,
    named,
    table,
    wrong,
)


class _ColumnType(Enum):
    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    DATE = "date"


_COLUMN_TYPE = choice(_ColumnType, "a type")
_COLUMN = table(
    Key("type", _COLUMN_TYPE, "text, number, integer, boolean, timestamp or date", required=True),
    Key("personal", BOOLEAN, "whether it says who somebody is: then it stays out of generated tables"),
)


def _columns(node: Node) -> tuple[Column, ...]:
    def read(name: Name, value: Node) -> Column:
        if not isinstance(value, Mapping):
            return Column(name, Type(_COLUMN_TYPE.read(value).value))
        values = fields(value, _COLUMN, "a column", name=name)
        return Column(name, Type(values["type"].value), values.get("personal", False))

    return named(node, "column", read, COLUMN_NAME)


COLUMNS = Shape(
    "columns with their types",
    _columns,
    mapping_from(COLUMN_NAME.schema, either(_COLUMN_TYPE.schema, keys_schema(_COLUMN))),
)

_MEMBER = r"[a-z][a-z0-9_]{0,49}\.[a-z][a-z0-9_]{0,49}"
_WHOSE = "a personal column with whose it is, such as `user.email`"


def _published(node: Node) -> Name:
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or not re.fullmatch(_MEMBER, node.text):
        raise wrong(node, _WHOSE, "write the entity or the stream, a dot, and the column")
    return Name(node.text, node.span)


_PUBLISHED = Shape(_WHOSE, _published, pattern(_MEMBER, _WHOSE))
_LEAST_CELL = integer(2, "a whole number of at least 2", most=1_000_000)
_PUBLISHED_ALL = list_of(_PUBLISHED, "a list of personal columns")
_PRIVACY = table(
    Key("min_cell_size", _LEAST_CELL, "the smallest count that published aggregates tell: smaller ones are withheld"),
    Key("publish", _PUBLISHED_ALL, "personal columns that generated tables may hold"),
)


def _privacy(node: Node) -> Privacy:
    values = fields(node, _PRIVACY, "what is private")
    return Privacy(values.get("min_cell_size"), values.get("publish", ()))


PRIVACY = Shape("what is private", _privacy, keys_schema(_PRIVACY))

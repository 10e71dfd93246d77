"""The types of the language as an engine calls them."""

from __future__ import annotations

from functools import cache

from sqlglot import exp

from segpy.dialects import Dialect

_NAMES = {
    exp.DType.TEXT: "text",
    exp.DType.DOUBLE: "number",
    exp.DType.BIGINT: "integer",
    exp.DType.BOOLEAN: "boolean",
    exp.DType.TIMESTAMP: "timestamp",
    exp.DType.DATE: "date",
    exp.DType.UUID: "uuid",
}


def engine_type(type_: exp.DataType, dialect: Dialect) -> exp.DataType:
    """The engine's type; the labels of events are text where it has no enumerations."""
    if type_.this is exp.DType.ENUM and dialect.enum_type:
        return type_
    return _parsed(dialect.types[_NAMES.get(type_.this, "text")], dialect.grammar).copy()


def written_type(type_: exp.DataType, dialect: Dialect) -> str:
    """The same as text."""
    if type_.this is exp.DType.ENUM and dialect.enum_type:
        return type_.sql(dialect.grammar)
    return dialect.types[_NAMES.get(type_.this, "text")]


@cache
def _parsed(name: str, dialect: str) -> exp.DataType:
    return exp.DataType.build(name, dialect=dialect)

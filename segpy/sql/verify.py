"""The text that is about to be handed out, read again: it must parse, and mean the tree that it was written from."""

from __future__ import annotations

from collections.abc import Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from segpy.sql.layout import lowered
from segpy.sql.model import Cte, Query


class Unfaithful(Exception):
    """Generated text that does not read back as its tree: a defect of segpy, never of a spec."""


def verify(query: Query, text: str, dialect: str) -> None:
    """Raises `Unfaithful` where a text, placeholders in it, is not the tree of its query."""
    try:
        read = sqlglot.parse_one(text, read=dialect)
    except SqlglotError as error:
        raise Unfaithful(f"{query.name}: {error}") from error
    meant = sqlglot.parse_one(_whole(query.ctes, query.final).sql(dialect), read=dialect)
    if _plain(read, dialect) != _plain(meant, dialect):
        raise Unfaithful(f"{query.name}: the text does not mean what was planned")


def _whole(ctes: Sequence[Cte], final: exp.Query) -> exp.Query:
    whole, recursive = final.copy(), any(cte.recursive for cte in ctes)
    for cte in ctes:
        name, materialized = exp.to_identifier(cte.name, quoted=False), False if cte.inline else cte.copied or None
        body = _whole(cte.ctes, cte.query)
        whole.with_(name, as_=body, recursive=recursive, materialized=materialized, copy=False)
    return whole


def _plain(tree: exp.Expr, dialect: str) -> str:
    text = tree.sql(dialect, copy=False, comments=False, normalize=True, normalize_functions="lower")
    return lowered(text, dialect)

"""The text that is about to be handed out, read again: it must parse, and mean the tree that it was written from."""

from __future__ import annotations

from collections.abc import Sequence

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token

from segpy.sql.layout import KEPT, lowered
from segpy.sql.model import Cte, Query


class Unfaithful(Exception):
    """Generated text that does not read back as its tree: a defect of segpy, never of a spec."""


def verify(query: Query, text: str, dialect: str, tokens: Sequence[Token] = ()) -> None:
    """Raises `Unfaithful` where a text, placeholders in it, is not the tree of its query.

    `tokens` are those of the text, where they are known.
    """
    engine = Dialect.get_or_raise(dialect)
    try:
        found = list(tokens) or engine.tokenize(text)
        read = engine.parser().parse(found, text)
    except SqlglotError as error:
        raise Unfaithful(f"{query.name}: {error}") from error
    meant = _whole(query.ctes, query.final).sql(dialect, copy=False, normalize_functions="lower")
    if _signs(found) == _signs(engine.tokenize(meant)):
        return  # the same tokens are the same SQL, however they are laid out
    only = read[0] if len(read) == 1 else None
    if only is None or _plain(only, dialect) != _plain(sqlglot.parse_one(meant, read=dialect), dialect):
        raise Unfaithful(f"{query.name}: the text does not mean what was planned")


def _whole(ctes: Sequence[Cte], final: exp.Query) -> exp.Query:
    whole, recursive = final.copy(), any(cte.recursive for cte in ctes)
    for cte in ctes:
        identifier, columns = exp.to_identifier(cte.name, quoted=False), [one.copy() for one in cte.columns]
        name = exp.TableAlias(this=identifier, columns=columns) if columns else identifier
        materialized = False if cte.inline else cte.copied or None
        body = _whole(cte.ctes, cte.query)
        whole.with_(name, as_=body, recursive=recursive, materialized=materialized, copy=False)
    return whole


def _signs(tokens: list[Token]) -> list[tuple[object, str]]:
    """What tokens say: the letters of words count for nothing."""
    return [(one.token_type, one.text if one.token_type in KEPT else one.text.lower()) for one in tokens]


def _plain(tree: exp.Expr, dialect: str) -> str:
    text = tree.sql(dialect, copy=False, comments=False, normalize=True, normalize_functions="lower")
    return lowered(text, dialect)

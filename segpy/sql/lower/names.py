"""Which names need quotes in a dialect."""

from __future__ import annotations

import hashlib
import re
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Grammar
from sqlglot.errors import SqlglotError

from segpy.dialects import Dialect

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_USES = """
    select cast({0} as text) as {0}, {0}, {0} + 1 as one, {0} is null as two, not {0} as three, t.{0}, coalesce({0}, 1),
        max({0}) filter (where {0} and not {0}), sum({0}) over (partition by {0} order by {0}),
        case when {0} then {0} else {0} end as four
    from t inner join {0} on {0}.a = t.a and t.{0} = {0} where {0} and {0} > 1 and {0} in ({0}) and {0}.a
    group by {0}, t.{0}, {0} order by {0}, {0}
"""


def needs_quotes(name: str, dialect: Dialect) -> bool:
    """Whether a name is read as that name only in quotes."""
    return not _PLAIN.fullmatch(name) or any(_means_more(name, one) for one in (dialect, *dialect.beside))


def _means_more(name: str, dialect: Dialect) -> bool:
    """Whether a plain name is a word of the dialect."""
    return name in dialect.reserved or not _reads_bare(name, dialect.grammar)


def fitting(name: str, dialect: Dialect) -> str:
    """A name that the engine takes whole. Those of models and their columns are: `check` sees to that."""
    if len(name.encode()) <= dialect.longest_name:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name.encode()[: dialect.longest_name - 9].decode(errors='ignore')}_{digest}"


def quoted(name: str, dialect: Dialect) -> str:
    """A name as the dialect writes it."""
    return exp.to_identifier(name, quoted=needs_quotes(name, dialect)).sql(dialect.grammar)


@cache
def _reads_bare(name: str, dialect: str) -> bool:
    """Whether a name without quotes is read as that name wherever a column or a table can stand."""
    grammar = Grammar.get_or_raise(dialect)
    reserved = name in {word.lower() for word in grammar.generator_class.RESERVED_KEYWORDS}
    if name not in _words(dialect):
        return not reserved
    try:
        bare, marked = (sqlglot.parse_one(_USES.format(one), read=dialect) for one in (name, _marked(name, dialect)))
    except SqlglotError:
        return False
    for part in marked.find_all(exp.Identifier):
        part.set("quoted", False)
    return not reserved and bare == marked


def _marked(name: str, dialect: str) -> str:
    return exp.to_identifier(name, quoted=True).sql(dialect)


@cache
def _words(dialect: str) -> frozenset[str]:
    """What the grammar knows as a word of its own."""
    grammar = Grammar.get_or_raise(dialect)
    words = (*grammar.tokenizer_class.KEYWORDS, *grammar.parser_class.NO_PAREN_FUNCTION_PARSERS)
    return frozenset(word.lower() for word in words)

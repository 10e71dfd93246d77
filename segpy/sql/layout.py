"""Syntax trees to text, in the style that an analytics engineer writes: lower case, one column a line, CTEs on top.

The shape of a query is laid out here; expressions inside it are written by sqlglot. Letters are lowered and
placeholders replaced token by token, so that nothing inside a constant or a quoted name can ever change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlglot import TokenType, exp, tokenize
from sqlglot.dialects.dialect import Dialect as Grammar
from sqlglot.tokenizer_core import Token

from segpy.sql.model import Cte, Query, When

INDENT = "    "
_WIDE = 110
# What sqlglot lays out over several lines, and reads better on one. A constant has no line breaks.
_SMALL = re.compile(r"\(\n\s*(SELECT\n\s*\w+\n\s*FROM \w+|[\w.\"-]+ AT TIME ZONE '[\w/+-]+')\n\s*\)")
_WHEN = re.compile(r"^( *WHEN .*)\n *(THEN .*)$", re.MULTILINE)
_PROPER = frozenset({"MD5"})  # ClickHouse tells its words by their letters: `argMin`
# Where Jinja chooses between CTEs: a line of comment until the text has been verified, which no other comment can be.
_CHOICE = re.compile(r"^--<(.*)>$", re.MULTILINE)
KEPT = (TokenType.STRING, TokenType.IDENTIFIER, TokenType.NUMBER)


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A query as text with its tokens, words in capitals as sqlglot writes them."""

    text: str
    tokens: tuple[Token, ...]

    def filled_in(self, query: Query) -> str:
        """The text in lower case, with the Jinja in place of the placeholders."""
        jinja = dict(query.placeholders)

        def fill(token: TokenType, written: str) -> str:
            lower = _lower(token, written)
            return jinja.get(lower, lower)

        return _CHOICE.sub(r"{% \1 %}", _rewritten(self.text, self.tokens, fill))


def typeset(query: Query, dialect: str) -> LaidOut:
    """A model's query with placeholders where dbt fills something in."""
    continues = query.kept.continues if query.kept is not None else ""
    text = _Writer(dialect, continues).whole(query.ctes, query.final) + "\n"
    return LaidOut(text, tuple(tokenize(text, read=dialect)))


def lay_out(query: Query, dialect: str) -> str:
    """The text of a model's query: plain SQL of the dialect, with placeholders where dbt fills something in."""
    laid = typeset(query, dialect)
    return _rewritten(laid.text, laid.tokens, _lower)


def statement(tree: exp.Expr, dialect: str, placeholders: tuple[tuple[str, str], ...]) -> str:
    """The text of a statement that is no query, on one line, with the Jinja in place of the placeholders."""
    text = tree.sql(dialect=dialect)
    nothing = Query("", "", (), exp.Select(), (), placeholders)
    return LaidOut(text, tuple(tokenize(text, read=dialect))).filled_in(nothing)


def variants(query: Query) -> tuple[Query, ...]:
    """The queries that the runs of a model come to: one that is kept may be continued or made anew."""
    if all(cte.when is When.ALWAYS for cte in query.ctes):
        return (query,)
    return tuple(
        replace(
            query, ctes=tuple(replace(cte, when=When.ALWAYS) for cte in query.ctes if cte.when in (When.ALWAYS, when))
        )
        for when in (When.CONTINUED, When.ANEW)
    )


def lowered(sql: str, dialect: str) -> str:
    """A text in lower case, constants and quoted names aside."""
    return _rewritten(sql, tokenize(sql, read=dialect), _lower)


def _lower(token: TokenType, written: str) -> str:
    if token in KEPT or not written.isupper() or written in _PROPER:
        return written
    return written.lower() + (" " if written == "FILTER" else "")


def _rewritten(sql: str, tokens: Iterable[Token], rewrite: Callable[[TokenType, str], str]) -> str:
    """A text with each token rewritten; what stands between tokens, comments among it, stays as it is."""
    pieces: list[str] = []
    end = 0
    for token in tokens:
        pieces += (sql[end : token.start], rewrite(token.token_type, sql[token.start : token.end + 1]))
        end = token.end + 1
    return "".join((*pieces, sql[end:]))


def comment_line(text: str) -> str:
    """One line of comment. Line breaks and openings of Jinja, and of Spark's variables, in it are made harmless."""
    return "-- " + re.sub(r"(\{(?=[{%#])|\$(?=\{))", r"\1 ", " ".join(text.split()))


class _Writer:
    def __init__(self, dialect: str, continues: str) -> None:
        self._continues = continues
        grammar = Grammar.get_or_raise(dialect)
        self._short = grammar.generator(normalize_functions=False)
        self._long = grammar.generator(normalize_functions=False, pretty=True, indent=4, pad=4)
        by_default = grammar.SET_OP_DISTINCT_BY_DEFAULT[exp.Union]
        self.distinct = "union" if by_default else "union distinct"

    def whole(self, ctes: Sequence[Cte], final: exp.Query) -> str:
        recursive = " recursive" if any(cte.recursive for cte in ctes) else ""
        head = f"with{recursive}\n\n" + self._listed(ctes) + "\n\n" if ctes else ""
        return head + self.query(final)

    def _listed(self, ctes: Sequence[Cte]) -> str:
        """The CTEs with what stands between them. One that only some runs have stands beside another for the rest."""
        parts, before, more = [], When.ALWAYS, True
        last = {
            one: max((i for i, cte in enumerate(ctes) if cte.when in (When.ALWAYS, one)), default=0) for one in When
        }
        for i, cte in enumerate(ctes):
            if cte.when is not before:
                parts.append(self._turn(before, cte.when, more))
                before = cte.when
            more = i < last[cte.when if cte.when is not When.ALWAYS else When.CONTINUED]
            parts.append(self.cte(cte) + (",\n\n" if more else ""))
        return "".join((*parts, "\n--<endif>" if before is not When.ALWAYS else ""))

    def _turn(self, before: When, after: When, more: bool) -> str:
        """What stands between CTEs that are there in different runs."""
        match before, after:
            case When.CONTINUED, When.ANEW:
                return f"{'' if more else chr(10)}--<else>\n"
            case _, When.ALWAYS:
                return "--<endif>\n"
            case When.ALWAYS, _:
                return f"--<if {'not ' if after is When.ANEW else ''}{self._continues}>\n"
            case _:
                raise AssertionError("what is made anew stands behind what is continued")

    def cte(self, cte: Cte) -> str:
        comment = "".join(comment_line(line) + "\n" for line in cte.comment)
        name = self.scalar(exp.to_identifier(cte.name, quoted=False))
        hint = "NOT MATERIALIZED " if cte.inline else "MATERIALIZED " if cte.copied else ""
        listed = ", ".join(map(self.scalar, cte.columns))
        name += f" ({listed})" if listed else ""
        return f"{comment}{name} as {hint}(\n{_indented(self.whole(cte.ctes, cte.query))}\n)"

    def query(self, query: exp.Query) -> str:
        later: list[str] = []
        while isinstance(query, exp.Union):  # a loop, as there may be a thousand in a row
            keyword = self.distinct if query.args.get("distinct") else "union all"
            later.append(f"\n\n{keyword}\n\n{self.query(query.expression)}")
            query = query.this
        assert isinstance(query, exp.Select)
        return "\n".join(self._clauses(query)) + "".join(reversed(later))

    def _clauses(self, query: exp.Select) -> list[str]:
        distinct = " distinct" if query.args.get("distinct") else ""
        items = [self.scalar(item) for item in query.expressions]
        source = query.args.get("from_")
        origin = f"from {self.scalar(source.this)}" if source is not None else ""
        if source is None and not any(isinstance(item, exp.Alias) for item in query.expressions):
            line = f"select{distinct} {', '.join(items)}"  # a row of constants, below one that names their columns
            if len(line) <= _WIDE:
                return [line]
        if items == ["*"]:
            clauses = [f"select{distinct} * {origin}"]
        else:
            clauses = [_list(f"select{distinct}", items), *([origin] if origin else [])]
        clauses += [self._join(join) for join in query.args.get("joins") or ()]
        if where := query.args.get("where"):
            conditions = (
                [self.scalar(part) for part in where.this.flatten(unnest=False)]
                if isinstance(where.this, exp.And)
                else []
            )
            clauses.append(_conditions("where", conditions or [self.scalar(where.this)]))
        if group := query.args.get("group"):
            clauses.append("group by " + ", ".join(self.scalar(item) for item in group.expressions))
        if having := query.args.get("having"):
            clauses.append(_conditions("having", [self.scalar(having.this)]))
        if order := query.args.get("order"):
            clauses.append("order by " + ", ".join(self.scalar(item) for item in order.expressions))
        if limit := query.args.get("limit"):
            clauses.append(f"limit {self.scalar(limit.expression)}")
        if settings := query.args.get("settings"):
            clauses.append(_list("settings", [self.scalar(item) for item in settings]))
        return clauses

    def _join(self, join: exp.Join) -> str:
        words = [join.args.get("method") or "", join.args.get("side") or "", join.args.get("kind") or "", "join"]
        head = " ".join(word.lower() for word in words if word)
        on = join.args.get("on")
        if on is None:
            return f"{head} {self.scalar(join.this)}"
        parts = (
            [self.scalar(part) for part in on.flatten(unnest=False)] if isinstance(on, exp.And) else [self.scalar(on)]
        )
        return f"{head} {self.scalar(join.this)}\n{_indented(_conditions('on', parts))}"

    def scalar(self, node: exp.Expr) -> str:
        """An expression on one line, or laid out by sqlglot where it is too long for one."""
        line = self._short.generate(node, copy=False)
        if len(line) <= _WIDE or not isinstance(node, exp.Alias | exp.Case | exp.Connector | exp.Paren):
            return line
        pretty = self._long.generate(node, copy=False)
        pretty = _SMALL.sub(lambda found: f"({' '.join(found[1].split())})", pretty)
        return _WHEN.sub(_on_one_line, pretty)


def _on_one_line(found: re.Match[str]) -> str:
    """A branch of a CASE, where that is short."""
    line = f"{found[1]} {found[2]}"
    return line if len(line) <= _WIDE else found[0]


def _indented(text: str) -> str:
    return "\n".join(INDENT + line if line else line for line in text.split("\n"))


def _list(keyword: str, items: Sequence[str]) -> str:
    return f"{keyword}\n" + ",\n".join(_indented(item) for item in items)


def _conditions(keyword: str, parts: Sequence[str]) -> str:
    joined = f"\n{INDENT}and ".join(part.replace("\n", "\n" + INDENT) for part in parts)
    return f"{keyword} {joined}"

"""Syntax trees to text, in the style that an analytics engineer writes: lower case, one column a line, CTEs on top.

The shape of a query is laid out here; expressions inside it are written by sqlglot. Letters are lowered and
placeholders replaced token by token, so that nothing inside a constant or a quoted name can ever change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import TokenType, exp, tokenize

from segpy.sql.model import Cte, Query

INDENT = "    "
_WIDE = 110
_KEPT = (TokenType.STRING, TokenType.IDENTIFIER, TokenType.NUMBER)


def lay_out(query: Query, dialect: str, *, jinja: bool = True) -> str:
    """The text of a model's query. Without `jinja` placeholders stay, so that the text is plain SQL of the dialect."""
    replaced = dict(query.placeholders) if jinja else {}
    writer = _Writer(dialect, replaced)
    parts = [writer.cte(cte) for cte in query.ctes]
    head = "with\n\n" + ",\n\n".join(parts) + "\n\n" if parts else ""
    return head + writer.query(query.final) + "\n"


def comment_line(text: str) -> str:
    """One line of comment. Line breaks and openings of Jinja in it are made harmless."""
    flat = " ".join(text.split())
    for opening in ("{{", "{%", "{#"):
        flat = flat.replace(opening, f"{{ {opening[1]}")
    return f"-- {flat}"


class _Writer:
    def __init__(self, dialect: str, replaced: Mapping[str, str]) -> None:
        self.dialect = dialect
        self.replaced = replaced

    def cte(self, cte: Cte) -> str:
        comment = "".join(comment_line(line) + "\n" for line in cte.comment)
        name = self.scalar(exp.to_identifier(cte.name, quoted=False))
        return f"{comment}{name} as (\n{_indented(self.query(cte.query))}\n)"

    def query(self, query: exp.Query) -> str:
        if isinstance(query, exp.Union):
            keyword = "union" if query.args.get("distinct") else "union all"
            return f"{self.query(query.this)}\n\n{keyword}\n\n{self.query(query.expression)}"
        assert isinstance(query, exp.Select)
        return "\n".join(self._clauses(query))

    def _clauses(self, query: exp.Select) -> list[str]:
        distinct = " distinct" if query.args.get("distinct") else ""
        items = [self.scalar(item) for item in query.expressions]
        source = query.args.get("from_")
        origin = f"from {self.scalar(source.this)}" if source is not None else ""
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
        if order := query.args.get("order"):
            clauses.append("order by " + ", ".join(self.scalar(item) for item in order.expressions))
        return clauses

    def _join(self, join: exp.Join) -> str:
        words = [join.args.get("method") or "", join.args.get("side") or "", join.args.get("kind") or "", "join"]
        head = " ".join(word.lower() for word in words if word)
        on = join.args["on"]
        parts = (
            [self.scalar(part) for part in on.flatten(unnest=False)] if isinstance(on, exp.And) else [self.scalar(on)]
        )
        return f"{head} {self.scalar(join.this)}\n{_indented(_conditions('on', parts))}"

    def scalar(self, node: exp.Expr) -> str:
        """An expression on one line, or laid out by sqlglot where it is too long for one."""
        line = self._lowered(node.sql(self.dialect, normalize_functions="lower"))
        if len(line) <= _WIDE or not isinstance(node, exp.Alias | exp.Case | exp.Connector | exp.Paren):
            return line
        return self._lowered(node.sql(self.dialect, normalize_functions="lower", pretty=True, indent=4, pad=4))

    def _lowered(self, sql: str) -> str:
        pieces: list[str] = []
        end = 0
        for token in tokenize(sql, read=self.dialect):
            pieces.append(sql[end : token.start])
            written = sql[token.start : token.end + 1]
            if token.token_type in _KEPT:
                pieces.append(written)
            elif written in self.replaced:
                pieces.append(self.replaced[written])
            else:
                pieces.append(written.lower() + (" " if written == "FILTER" else ""))
            end = token.end + 1
        return "".join((*pieces, sql[end:]))


def _indented(text: str) -> str:
    return "\n".join(INDENT + line if line else line for line in text.split("\n"))


def _list(keyword: str, items: Sequence[str]) -> str:
    return f"{keyword}\n" + ",\n".join(_indented(item) for item in items)


def _conditions(keyword: str, parts: Sequence[str]) -> str:
    joined = f"\n{INDENT}and ".join(part.replace("\n", "\n" + INDENT) for part in parts)
    return f"{keyword} {joined}"

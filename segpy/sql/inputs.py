"""Which columns of the user's relations a query reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlglot import exp

from segpy.sql.model import Cte, Query, Read


def reads_of(query: Query, generated: Collection[str]) -> tuple[Read, ...]:
    """What is read of relations that are none of the `generated` ones, which are given as Jinja."""
    found: dict[str, set[str]] = {}
    jinja = {name: text for name, text in query.placeholders if text.startswith(_RELATIONS) and text not in generated}
    for tree in _queries(query.ctes, query.final):
        for one in tree.find_all(exp.Select):
            source = one.args.get("from_")
            name = source.this.name if source is not None and isinstance(source.this, exp.Table) else ""
            if name in jinja:
                own = {each.name for each in one.find_all(exp.Column) if not isinstance(each.this, exp.Star)}
                found.setdefault(jinja[name], set()).update(
                    own - {placeholder for placeholder, _ in query.placeholders}
                )
    return tuple(Read(relation, tuple(sorted(columns))) for relation, columns in sorted(found.items()))


_RELATIONS = ("{{ ref(", "{{ source(")


def _queries(ctes: tuple[Cte, ...], final: exp.Query) -> Iterator[exp.Query]:
    for cte in ctes:
        yield from _queries(cte.ctes, cte.query)
    yield final

"""Looking something up in a relation of one row: by a scalar subquery, or by a cross join.

Not every engine takes a subquery wherever an expression can stand: in the filter of an aggregate, or under `over`.
"""

from __future__ import annotations

from sqlglot import exp

from segpy.sql.tree import column, identifier, is_placeholder


def looked_up_by_joins(query: exp.Query) -> exp.Query:
    """A copy of a query that joins the relations of its scalar subqueries."""
    whole = query.copy()
    for select in list(whole.find_all(exp.Select)):
        if not isinstance(select.parent, exp.Subquery):
            _join(select)
    return whole


def _join(select: exp.Select) -> None:
    found = [one for one in select.find_all(exp.Subquery) if _of_one_row(one)]
    if not found:
        return
    if not select.args.get("joins"):
        _qualify(select)
    joined: list[str] = []
    for one in found:
        name = str(one.this.args["from_"].this.name)
        one.replace(column(one.this.expressions[0].name, name))
        if name not in joined:
            joined.append(name)
    joins = [exp.Join(this=exp.Table(this=identifier(name)), kind="CROSS") for name in joined]
    select.set("joins", [*(select.args.get("joins") or ()), *joins])


def _of_one_row(one: exp.Subquery) -> bool:
    """Whether a subquery stands for a value, and not for a list to be in."""
    return isinstance(one.this, exp.Select) and not isinstance(one.parent, exp.In)


def _qualify(select: exp.Select) -> None:
    """Name the table of each column: the relation that is joined may have one of the same name."""
    source = str(select.args["from_"].this.alias_or_name)
    inside = {id(part) for one in select.find_all(exp.Subquery) for part in one.find_all(exp.Column)}
    for part in select.find_all(exp.Column):
        if id(part) not in inside and not part.table and not is_placeholder(part.name):
            part.set("table", identifier(source))

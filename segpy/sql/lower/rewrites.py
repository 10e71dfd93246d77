"""What an engine lacks, said by what it has: one tree for another, operations still in it."""

from __future__ import annotations

from sqlglot import exp

from segpy.dialects import Dialect
from segpy.sql.nodes import Operation, operation
from segpy.sql.tree import identifier, is_null, number

_ROWS = "_rows"
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def rewrite(tree: exp.Query, dialect: Dialect) -> exp.Query:
    """The same query, changed in place."""
    day = Operation.FIRST_OF_DAY.spelled in dialect.spellings
    months = Operation.MONTHS_LATER.spelled in dialect.spellings
    able = dialect.filter_clause and dialect.nulls_last and dialect.range_frames and not dialect.rows_by_name
    if able and day and not months:
        return tree
    for node in reversed(list(tree.walk())):
        match node:
            case exp.Filter() if not dialect.filter_clause:
                node.replace(_conditional(node))
            case exp.Anonymous(this=Operation.FIRST_OF_DAY) if not day:
                node.replace(_first_of_day(node, dialect))
            case exp.Window() if not dialect.range_frames and node.args.get("order") and not node.args.get("spec"):
                _frame(node)
            case exp.Add() | exp.Sub() if months and (by := _months(node)):
                node.replace(Operation.MONTHS_LATER(node.this, number(by)))
            case exp.Order() if not dialect.nulls_last:
                node.set("expressions", [one for ordered in node.expressions for one in _nulls_last(ordered)])
            case exp.Select() if dialect.rows_by_name:
                _tell_columns_from_rows(node)
            case _:
                pass
    return tree


def _conditional(filtered: exp.Filter) -> exp.Expr:
    """An aggregate over the values of the rows that fulfil a condition, those of others being null."""
    aggregate, condition = filtered.this, filtered.expression.this
    kind = operation(aggregate)
    own = aggregate.expressions[0] if kind is not None else aggregate.this
    value = exp.Literal.number(1) if isinstance(own, exp.Star) else own
    distinct = isinstance(value, exp.Distinct)
    chosen = exp.Case(ifs=[exp.If(this=condition, true=value.expressions[0] if distinct else value)])
    of = exp.Distinct(expressions=[chosen]) if distinct else chosen
    made: exp.Expr = aggregate.copy()
    if kind is not None:
        return kind(of, *made.expressions[1:])
    made.set("this", of)
    return made


def _months(moved: exp.Add | exp.Sub) -> int | None:
    """By how many months an instant is moved, if by months."""
    by = moved.expression
    unit = by.unit.name.lower() if isinstance(by, exp.Interval) and by.unit else ""
    if unit not in _MONTHS:
        return None
    count = int(by.name) * _MONTHS[unit]
    return count if isinstance(moved, exp.Add) else -count


def _frame(window: exp.Window) -> None:
    """A running extreme by rows. Of those at one place the most extreme comes first, so that all of them have it."""
    if not isinstance(window.this, exp.Max | exp.Min):
        return  # what gives a row its place or another row has no frame
    order = window.args["order"]
    most = exp.Ordered(this=window.this.this.copy(), desc=isinstance(window.this, exp.Max), nulls_first=False)
    order.set("expressions", [*order.expressions, most])
    spec = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
    window.set("spec", spec)


def _first_of_day(node: exp.Anonymous, dialect: Dialect) -> exp.Expr:
    """When clocks show a beginning of a day for the first time.

    Where they go back over midnight they show it twice. An engine that takes the second says the first as the instant
    after the last of the day before. Where they are put forward to midnight, that instant does not exist, but midnight
    does.
    """
    shown, zone = node.expressions
    begun = Operation.FROM_LOCAL(shown.copy(), zone.copy())
    if dialect.first_of_two:
        return begun
    instant = exp.Interval(this=exp.Literal.string("1"), unit=exp.var("microsecond"))
    last_before = Operation.FROM_LOCAL(exp.Sub(this=shown.copy(), expression=instant), zone.copy())
    return exp.Least(this=begun, expressions=[exp.Add(this=last_before, expression=instant.copy())], ignore_nulls=True)


def _nulls_last(ordered: exp.Ordered) -> list[exp.Ordered]:
    """An order that ends with nulls, on an engine that begins with them where it ascends."""
    kept, descends = ordered.copy(), bool(ordered.args.get("desc"))
    kept.set("nulls_first", not descends)  # as the engine has it
    if descends or ordered.args.get("nulls_first") is not False:
        return [kept]
    asked = ordered.this.copy()
    simple = isinstance(asked, exp.Column)  # a condition is in brackets, or only its end would be asked
    return [exp.Ordered(this=is_null(asked if simple else exp.paren(asked)), nulls_first=True), kept]


def _tell_columns_from_rows(query: exp.Select) -> None:
    """Where a column is called as the relation that it is of, that gets another name."""
    source = query.args.get("from_")
    joins = query.args.get("joins")
    if source is None or joins or not isinstance(source.this, exp.Table):
        return
    name = source.this.alias_or_name
    own = [one for one in query.find_all(exp.Column) if one.find_ancestor(exp.Select) is query]
    if any(not one.table and one.name.lower() == name.lower() for one in own):
        source.this.set("alias", exp.TableAlias(this=identifier(_ROWS)))
        for one in own:
            if one.table == name:
                one.set("table", identifier(_ROWS))

"""Small builders of syntax trees. Every identifier and value of a spec enters SQL here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp

from segpy.spec.duration import Duration
from segpy.spec.expression import Literal, Type
from segpy.sql.model import OutputColumn
from segpy.sql.nodes import Operation

AS_OF = "__as_of__"
UTC = "UTC"
_PIECES = re.compile(r"(?<=\{)(?=[{%#])|(?<=\$)(?=\{)|(?=[\n\r])|(?<=[\n\r])")
_TOO_LONG = 10**18  # as an integer; engines read 1e+18 as a double
_TYPES = {
    Type.TEXT: exp.DType.TEXT,
    Type.NUMBER: exp.DType.DOUBLE,
    Type.DURATION: exp.DType.DOUBLE,
    Type.INTEGER: exp.DType.BIGINT,
    Type.BOOLEAN: exp.DType.BOOLEAN,
    Type.TIMESTAMP: exp.DType.TIMESTAMP,
    Type.DATE: exp.DType.DATE,
    Type.UUID: exp.DType.UUID,
}


def identifier(name: str) -> exp.Identifier:
    """A name. Whether it needs quotes is the dialect's to say."""
    return exp.to_identifier(name, quoted=True)


def output(name: str, type_: Type | exp.DataType, description: str) -> OutputColumn:
    """A column of a model."""
    return OutputColumn(name, sql_type(type_) if isinstance(type_, Type) else type_, description)


def column(name: str, table: str | None = None) -> exp.Column:
    """A column, of a table where one is named."""
    return exp.Column(this=identifier(name), table=identifier(table) if table else None)


def table(name: str, alias: str | None = None) -> exp.Table:
    """A CTE or a placeholder of a relation."""
    renamed = alias is not None and alias != name
    return exp.Table(this=identifier(name), alias=exp.TableAlias(this=identifier(alias)) if alias and renamed else None)


def as_of() -> exp.Column:
    """The instant that everything is evaluated at."""
    return told(AS_OF)


def is_placeholder(name: str) -> bool:
    """Whether a name stands for what dbt fills in. No name of a spec begins with `_`."""
    return name.startswith("__") and name.endswith("__")


def told(placeholder: str) -> exp.Column:
    """A value that dbt fills in."""
    return exp.Column(this=exp.to_identifier(placeholder, quoted=False))


def text(value: str) -> exp.Expr:
    """A text constant: of harmless pieces where Jinja or Spark would fill something in, or where it has lines."""
    pieces = [piece for piece in _PIECES.split(value) if piece] or [""]
    parts: list[exp.Expr] = [
        call("chr", number(ord(piece))) if piece in ("\n", "\r") else exp.Literal.string(piece) for piece in pieces
    ]
    found = parts[0]
    for part in parts[1:]:
        found = exp.DPipe(this=found, expression=part, safe=True)
    return exp.paren(found) if len(parts) > 1 else found


def number(value: int | float) -> exp.Expr:
    """A numeric constant."""
    if value < 0:
        return exp.Neg(this=number(-value))
    whole = isinstance(value, float) and value.is_integer() and value < _TOO_LONG
    return exp.Literal.number(int(value) if whole else value)


def constant(literal: Literal) -> exp.Expr:
    """A typed constant."""
    value = literal.value
    if value is None:
        return exp.Null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if literal.type is Type.DURATION:
        return _seconds(Duration(microseconds=round(float(value) * 1_000_000)))
    if isinstance(value, int | float):
        return number(value)
    return cast(text(value), literal.type) if literal.type in (Type.TIMESTAMP, Type.DATE) else text(value)


def _seconds(duration: Duration) -> exp.Expr:
    """A length in seconds, written so that people see which: `14 * 86400`."""
    amount, unit = duration.counted
    seconds = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}[unit]
    if duration.microseconds % 1_000_000 or seconds == 1 or amount in (0, 1):
        return number(duration.seconds)
    return exp.Mul(this=number(amount), expression=number(seconds))


def sql_type(type_: Type) -> exp.DataType:
    """A type of the language in a syntax tree."""
    return exp.DataType(this=_TYPES[type_])


def cast(value: exp.Expr, type_: Type) -> exp.Expr:
    """A value as another type."""
    if type_ is Type.TEXT:
        return Operation.AS_TEXT(value)
    if type_ is Type.UUID:
        return Operation.AS_UUID(value)
    return exp.Cast(this=value, to=sql_type(type_))


def named(value: exp.Expr, name: str) -> exp.Expr:
    """A column of a select list."""
    if isinstance(value, exp.Column) and value.name == name:
        return value
    return exp.Alias(this=value, alias=identifier(name))


def all_of(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """All conditions; true where there are none."""
    return _joined(exp.And, conditions, exp.true())


def any_of(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """Any condition; false where there are none."""
    return _joined(exp.Or, conditions, exp.false())


def _joined(kind: type[exp.Connector], conditions: Iterable[exp.Expr], empty: exp.Expr) -> exp.Expr:
    found: exp.Expr | None = None
    for condition in conditions:
        foreign = isinstance(condition, exp.Connector) and type(condition) is not kind
        wrapped = exp.paren(condition) if foreign else condition
        found = wrapped if found is None else kind(this=found, expression=wrapped)
    return empty if found is None else found


def negated(condition: exp.Expr) -> exp.Expr:
    """The opposite of a condition that is never null."""
    simple = isinstance(condition, exp.Column | exp.Paren | exp.Boolean | exp.Coalesce)
    return exp.Not(this=condition if simple else exp.paren(condition))


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A function by name."""
    return exp.func(name, *arguments, dialect="duckdb")


def is_null(value: exp.Expr) -> exp.Expr:
    """Whether a value is null."""
    return exp.Is(this=value, expression=exp.Null())


def is_known(value: exp.Expr) -> exp.Expr:
    """Whether a value is not null."""
    return exp.Is(this=value, expression=exp.Not(this=exp.Null()))


def coalesce(value: exp.Expr, default: exp.Expr) -> exp.Expr:
    """A value, or a default where it is null."""
    return exp.Coalesce(this=value, expressions=[default])


def interval(duration: Duration) -> exp.Expr:
    """A length of time."""
    amount, unit = duration.counted
    return exp.Interval(this=exp.Literal.string(str(amount)), unit=exp.var(unit))


def minus(instant: exp.Expr, duration: Duration) -> exp.Expr:
    """An instant earlier."""
    return _moved(exp.Sub, instant, duration)


def plus(instant: exp.Expr, duration: Duration) -> exp.Expr:
    """An instant later."""
    return _moved(exp.Add, instant, duration)


def _moved(kind: type[exp.Binary], instant: exp.Expr, duration: Duration) -> exp.Expr:
    """An instant moved by a length of time. Months are those of the calendar, that of UTC."""
    if duration.exact:
        return kind(this=instant, expression=interval(duration))
    shown = Operation.LOCAL(instant, text(UTC))
    return Operation.FROM_LOCAL(kind(this=shown, expression=interval(duration)), text(UTC))


def select(
    columns: Sequence[exp.Expr],
    source: exp.Expr,
    *,
    where: Sequence[exp.Expr] = (),
    group_by: Sequence[exp.Expr] = (),
    having: exp.Expr | None = None,
    order_by: Sequence[exp.Expr] = (),
    joins: Sequence[exp.Join] = (),
    distinct: bool = False,
) -> exp.Select:
    """A select. Conditions under `where` must all hold."""
    query = exp.Select(expressions=list(columns), from_=exp.From(this=source))
    if joins:
        query.set("joins", list(joins))
    if where:
        query.set("where", exp.Where(this=all_of(where)))
    if group_by:
        query.set("group", exp.Group(expressions=list(group_by)))
    if having is not None:
        query.set("having", exp.Having(this=having))
    if order_by:
        query.set("order", exp.Order(expressions=list(order_by)))
    if distinct:
        query.set("distinct", exp.Distinct())
    return query


def union_all(queries: Sequence[exp.Query], *, distinct: bool = False) -> exp.Query:
    """Rows of all queries, one after the other; with `distinct` each row once."""
    found = queries[0]
    for query in queries[1:]:
        found = exp.Union(this=found, expression=query, distinct=distinct)
    return found


def listed(names: Sequence[str], rows: Iterable[Sequence[exp.Expr]]) -> exp.Query:
    """Rows of constants. Their columns are named in the first row."""
    selects: list[exp.Query] = []
    for row in rows:
        values = row if selects else [named(value, name) for value, name in zip(row, names, strict=True)]
        selects.append(exp.Select(expressions=list(values)))
    return union_all(selects)


def left_join(name: str, on: exp.Expr, alias: str | None = None) -> exp.Join:
    """A left join to a CTE."""
    return exp.Join(this=table(name, alias), side="LEFT", on=on)


def inner_join(name: str, on: exp.Expr, alias: str | None = None) -> exp.Join:
    """An inner join to a CTE."""
    return exp.Join(this=table(name, alias), kind="INNER", on=on)


def cross_join(name: str, alias: str | None = None) -> exp.Join:
    """Every row beside every row of a CTE."""
    return exp.Join(this=table(name, alias), kind="CROSS")


def nearest(name: str, on: exp.Expr, alias: str, columns: Mapping[str, Type], *, outer: bool = False) -> exp.Join:
    """A join to the nearest row of a CTE that fits, of which these columns are read: see `Operation`."""
    read = [exp.ColumnDef(this=identifier(one), kind=sql_type(type_)) for one, type_ in columns.items()]
    condition = Operation.NEAREST(on, exp.Tuple(expressions=read))
    return exp.Join(this=table(name, alias), side="LEFT" if outer else None, on=condition)

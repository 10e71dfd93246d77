"""Joins to the nearest row: by the engine's own kind of join, or by a running extreme.

Without such a join, the rows of both sides are put into one order and each row of the left side takes the greatest
value (or the least, where it looks ahead) that the other side had so far. That is the value of the nearest row, as
what is read of it grows with the column that is compared (`nodes.Operation`). Joins of one select that look along the
same order share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sqlglot import exp

from segpy.sql.model import Cte
from segpy.sql.nodes import Operation, argument, operation
from segpy.sql.tree import all_of, column, identifier, is_known, named, number, select, table, union_all

_PLACE, _TURN = "_place", "_turn"
_OWN_TURN = 1


@dataclass(frozen=True, slots=True)
class _Look:
    """One nearest row that is looked for: the key columns of both sides, what is compared, and what is read."""

    join: exp.Join
    keys: tuple[tuple[exp.Expr, exp.Expr], ...]
    compared: exp.Expr
    place: exp.Expr
    ahead: bool
    turn: int

    @property
    def alias(self) -> str:
        return str(self.join.this.alias_or_name)

    @property
    def order(self) -> tuple[str, ...]:
        """What joins along the same order have in common."""
        return (*(left.sql() for left, _ in self.keys), self.compared.sql(), str(self.ahead))

    @property
    def read(self) -> dict[str, exp.DataType]:
        """The columns that are read, with their types."""
        return {one.name: one.kind for one in argument(self.join.args["on"], "columns").expressions}

    def carried(self, name: str) -> str:
        """The column that carries what is read to the left side."""
        return f"_{self.alias}_{name}"


def nearest_by_extremes(cte: Cte, *, joins: bool) -> list[Cte]:
    """A CTE without joins to the nearest row, behind those that it now reads. `joins`: the engine knows them."""
    if not isinstance(cte.query, exp.Select) or not any(map(_is_nearest, _joins(cte.query))):
        return [cte]
    query = cte.query.copy()
    if joins:
        query.set("joins", [_asof(one) if _is_nearest(one) else one for one in _joins(query)])
        return [replace(cte, query=query)]
    found: list[Cte] = []
    looks = sorted(map(_look, filter(_is_nearest, _joins(query))), key=lambda look: look.order)
    query.set("joins", [one for one in _joins(query) if not _is_nearest(one)])
    kept: list[exp.Expr] = []
    groups = [list(group) for _, group in groupby(looks, key=lambda look: look.order)]
    for done, along in enumerate(groups, start=1):
        later = [look for group in groups[done:] for look in group]
        found += _along(cte.name, query, along, later, kept)
        kept = _kept(str(query.args["from_"].this.alias_or_name), along)
    old = query.args.get("where")
    query.set("where", exp.Where(this=all_of([*kept, *([old.this] if old is not None else [])])))
    return [*found, replace(cte, query=query)]


def _joins(query: exp.Select) -> list[exp.Join]:
    return list(query.args.get("joins") or ())


def _is_nearest(join: exp.Join) -> bool:
    return operation(join.args.get("on")) is Operation.NEAREST


def _asof(join: exp.Join) -> exp.Join:
    found = exp.Join(this=join.this, method="ASOF", on=argument(join.args["on"], "on"))
    if join.side:
        found.set("side", join.side)
    return found


def _look(join: exp.Join) -> _Look:
    """The parts of a join. At one place the rows of both sides stand in the order that the comparison wants."""
    *equal, compared = argument(join.args["on"], "on").flatten(unnest=False)
    alias = join.this.alias_or_name
    keys = [
        (one.this, one.expression) if one.expression.table == alias else (one.expression, one.this) for one in equal
    ]
    ahead, ties = isinstance(compared, exp.LT | exp.LTE), isinstance(compared, exp.GTE | exp.LTE)
    turn = _OWN_TURN - 1 if ties else _OWN_TURN + 1
    return _Look(join, tuple(keys), compared.this, compared.expression, ahead, turn)


def _along(
    name: str, query: exp.Select, looks: Sequence[_Look], later: Sequence[_Look], kept: Sequence[exp.Expr]
) -> list[Cte]:
    """Both sides in one order, and with the nearest rows; the query reads these instead of its own source.

    `later` are those that are looked for along other orders after this. `kept` says which rows of the source are its
    own, where an earlier order left it beside others.
    """
    source = query.args["from_"].this
    own = source.alias_or_name
    labels = "_and_".join(look.alias for look in looks)
    both, beside = f"{name}_and_{labels}", f"{name}_beside_{labels}"
    columns = _of_source(query, own, looks, later)
    parts: list[exp.Query] = [_left(source, columns, looks, kept), *(_right(look, columns, looks) for look in looks)]
    extremes = [named(_extreme(look, one, looks), look.carried(one)) for look in looks for one in look.read]
    joined = select([*map(column, columns), column(_PLACE), column(_TURN), *extremes], table(both))
    _read_instead(query, own, beside, looks)
    nearest = "next" if looks[0].ahead else "latest"
    return [
        Cte(both, ("in one order",), union_all(parts)),
        Cte(beside, (f"each with the {nearest} of {', '.join(look.alias for look in looks)}",), joined),
    ]


def _of_source(query: exp.Select, own: str, looks: Sequence[_Look], later: Sequence[_Look]) -> list[str]:
    """The columns that are read of the left side, those that hold it together with the other first."""
    keys = [left.name for left, _ in looks[0].keys]
    compared = [part for look in later for part in (*(left for left, _ in look.keys), look.compared)]
    read = [one.name for part in (query, *compared) for one in part.find_all(exp.Column) if one.table == own]
    return list(dict.fromkeys([*keys, *sorted(read)]))


def _left(source: exp.Expr, columns: Sequence[str], looks: Sequence[_Look], kept: Sequence[exp.Expr]) -> exp.Select:
    own = source.alias_or_name
    nothing = [
        named(exp.Cast(this=exp.Null(), to=type_.copy()), look.carried(one))
        for look in looks
        for one, type_ in look.read.items()
    ]
    place = [named(looks[0].compared.copy(), _PLACE), named(number(_OWN_TURN), _TURN)]
    return select([*(column(one, own) for one in columns), *place, *nothing], source.copy(), where=kept)


def _right(look: _Look, columns: Sequence[str], looks: Sequence[_Look]) -> exp.Select:
    keys = {left.name: right for left, right in look.keys}
    own = [named(keys[one].copy() if one in keys else exp.Null(), one) for one in columns]
    place = [named(look.place.copy(), _PLACE), named(number(look.turn), _TURN)]
    read = [
        named(column(one, other.alias) if other is look else exp.Null(), other.carried(one))
        for other in looks
        for one in other.read
    ]
    return select([*own, *place, *read], look.join.this.copy())


def _extreme(look: _Look, read: str, looks: Sequence[_Look]) -> exp.Expr:
    kind = exp.Min if look.ahead else exp.Max
    order = [
        exp.Ordered(this=column(_PLACE), desc=look.ahead or None, nulls_first=False),
        exp.Ordered(this=column(_TURN)),
    ]
    frame = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
    return exp.Window(
        this=kind(this=column(look.carried(read))),
        partition_by=[column(left.name) for left, _ in looks[0].keys],
        order=exp.Order(expressions=order),
        spec=frame,
    )


def _read_instead(query: exp.Select, own: str, beside: str, looks: Sequence[_Look]) -> None:
    """The query reads its own rows with what the nearest rows hold."""
    carried = {(look.alias, one): look.carried(one) for look in looks for one in look.read}
    for found in list(query.find_all(exp.Column)):
        if (found.table, found.name) in carried:
            instead = column(carried[found.table, found.name], own)
            found.replace(named(instead, found.name) if found.parent is query else instead)
    query.set("from_", exp.From(this=exp.alias_(exp.Table(this=identifier(beside)), identifier(own), table=True)))


def _kept(own: str, looks: Sequence[_Look]) -> list[exp.Expr]:
    """Which rows are of the left side, and have what they need of the other."""
    where = [exp.EQ(this=column(_TURN, own), expression=number(_OWN_TURN)), is_known(column(_PLACE, own))]
    inner = (look for look in looks if not look.join.side)
    return [*where, *(is_known(column(look.carried(next(iter(look.read))), own)) for look in inner)]

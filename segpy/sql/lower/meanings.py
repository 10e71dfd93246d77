"""What engines write alike and mean differently, written so that the engine means what the tree does."""

from __future__ import annotations

from sqlglot import exp

from segpy.dialects import Dialect
from segpy.sql.nodes import Operation
from segpy.sql.tree import any_of

_OPERATIONS: dict[type[exp.Expr], tuple[Operation, tuple[str, ...]]] = {
    exp.Avg: (Operation.AVERAGE, ("this",)),
    exp.IntDiv: (Operation.WHOLE_QUOTIENT, ("this", "expression")),
    exp.LogicalOr: (Operation.ANY_OF_GROUP, ("this",)),
    exp.VariancePop: (Operation.VARIANCE, ("this",)),
}
_INSTEAD = (Operation.DEVIATION, *(operation for operation, _ in _OPERATIONS.values()))
_COUNTS = (exp.Count, exp.RowNumber, exp.Rank)


def with_meaning(whole: exp.Query, dialect: Dialect) -> None:
    """Change a query in place, before it is lowered node by node."""
    _as_operations(whole, dialect)
    if not dialect.names_kept:
        _name_columns(whole)
    if not dialect.signed_counts:
        _sign_counts(whole)
    if not dialect.in_knows_nulls:
        _compare_each(whole)


def _as_operations(whole: exp.Query, dialect: Dialect) -> None:
    """Nodes of the parser that the dialect has a spelling of its own for become operations."""
    if not any(one.spelled in dialect.spellings for one in _INSTEAD):
        return
    for node in list(whole.walk()):
        if isinstance(node, exp.StddevSamp) and Operation.DEVIATION.spelled in dialect.spellings:
            filtered = node.parent if isinstance(node.parent, exp.Filter) else None
            condition = filtered.expression.this if filtered is not None else exp.true()
            (filtered or node).replace(Operation.DEVIATION(node.this, condition))
        elif type(node) in _OPERATIONS:
            kind, arguments = _OPERATIONS[type(node)]
            if kind.spelled in dialect.spellings:
                node.replace(kind(*(node.args[one] for one in arguments)))


def _name_columns(whole: exp.Query) -> None:
    """What is yielded of a table that is named is given its own name."""
    for select in whole.find_all(exp.Select):
        select.set("expressions", [_with_name(item) for item in select.expressions])


def _with_name(item: exp.Expr) -> exp.Expr:
    plain = isinstance(item, exp.Column) and item.table and not isinstance(item.this, exp.Star)
    return exp.Alias(this=item, alias=item.this.copy()) if plain else item


def _sign_counts(whole: exp.Query) -> None:
    """Counts are whole numbers as all others, which may be negative."""
    to = exp.DataType(this=exp.DType.BIGINT)
    for node in list(whole.find_all(*_COUNTS)):
        outer: exp.Expr = node
        while isinstance(outer.parent, exp.Filter | exp.Window) and outer.arg_key == "this":
            outer = outer.parent
        if not (isinstance(outer.parent, exp.Cast) and outer.parent.to == to):
            outer.replace(exp.Cast(this=outer.copy(), to=to.copy()))


def _compare_each(whole: exp.Query) -> None:
    """Membership in a list that may hold a null is told by comparing with each."""
    for node in list(whole.find_all(exp.In)):
        if not all(isinstance(one, exp.Literal | exp.Neg) for one in node.expressions):
            equal = [exp.EQ(this=node.this.copy(), expression=one.copy()) for one in node.expressions]
            node.replace(exp.paren(any_of(equal)))

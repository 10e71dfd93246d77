"""`segpy_time_spine`: the calendar of the semantic layer, each day or hour from the first run to the last.

No two engines count alike, so the stretch doubles: a row and, where it is not beyond the last run, the same row so much
later. Each CTE is read once, as some engines compute one as often as it is read.
"""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.spec.duration import Duration
from segpy.spec.expression import Type
from segpy.spec.model import Grain
from segpy.sql.model import Cte, Query
from segpy.sql.relations import Relations
from segpy.sql.tree import any_of, as_of, column, cross_join, named, number, output, plus, select, table, union_all

_STEPS = {Grain.DAY: Duration(86_400_000_000), Grain.HOUR: Duration(3_600_000_000)}
_DOUBLINGS = {Grain.DAY: 15, Grain.HOUR: 18}  # for 89 years, and for 29
_MOVED = "moved"


def time_spine_query(plan: Plan, name: str) -> Query:
    """One row a step of `as_of`."""
    grain = plan.bound.settings.grain
    relations = Relations(grain)
    first = named(exp.Min(this=column("as_of")), "starts_at")
    ctes = [
        Cte("runs", ("the first run",), select([first], table(relations.model(plan.history.sizes)))),
        Cte("once_or_moved", (), union_all([_constant(0), _constant(1)])),
    ]
    for power in range(_DOUBLINGS[grain]):
        length = Duration(_STEPS[grain].microseconds * 2**power)
        words = (f"each again, {length} later" + (", as far as this run" if power == 0 else ""),)
        ctes.append(Cte(f"{grain.value}s_{2 ** (power + 1)}", words, _doubled(ctes[-1 if power else 0].name, length)))
    final = select([column("starts_at")], table(ctes[-1].name))
    columns = (output("starts_at", Type.TIMESTAMP, f"The beginning of the {grain.value}, in UTC."),)
    rows = "one row an hour" if grain is Grain.HOUR else "one row a day"
    return Query(name, rows, tuple(ctes), final, columns, relations.placeholders)


def _constant(value: int) -> exp.Query:
    return exp.Select(expressions=[named(number(value), _MOVED)])


def _doubled(source: str, length: Duration) -> exp.Query:
    """The rows of a CTE, and so much later those of them again that are not beyond this run."""
    starts, moved = column("starts_at", source), column(_MOVED, "once_or_moved")
    again = exp.EQ(this=moved, expression=number(1))
    later = plus(starts, length)
    chosen = exp.Case(ifs=[exp.If(this=again, true=later)], default=starts.copy())
    once = exp.EQ(this=moved.copy(), expression=number(0))
    there = any_of([once, exp.LTE(this=later.copy(), expression=as_of())])
    return select([named(chosen, "starts_at")], table(source), joins=[cross_join("once_or_moved")], where=[there])

"""Stretches without overlap, counted: by a walk from each to the next, or by the engine's own fold over a list.

The walk is a CTE that reads itself: it begins at the earliest end, and from each end a pointer leads to the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from segpy.sql.model import Cte
from segpy.sql.nodes import Operation, argument, arguments, operation
from segpy.sql.tree import all_of, column, identifier, named, select, table


def apart_by_steps(cte: Cte, *, recursion: bool) -> list[Cte]:
    """A CTE that counts by columns only, behind those that it now reads. `recursion`: a CTE can read itself."""
    counted = _counted(cte.query)
    if not isinstance(cte.query, exp.Select) or counted is None:
        return [cte]
    work = _work(cte, cte.query, counted)
    return _walked(work) if recursion else _folded(work)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is counted: for each `key`, among the rows with the same `by`, in a relation."""

    cte: Cte
    query: exp.Select
    counted: exp.Anonymous
    source: str
    key: tuple[str, ...]
    by: tuple[str, ...]

    @property
    def reached(self) -> str:
        return argument(self.counted, "reached").name

    @property
    def started(self) -> str:
        return argument(self.counted, "started").name

    @property
    def following(self) -> str:
        """The column of the end of the next match: `next_at` beside `reached_at`."""
        return f"next_{self.reached.rpartition('_')[2]}"

    def columns(self, source: str | None = None) -> list[exp.Expr]:
        """Whose stretches can overlap."""
        return [column(name, source) for name in (*self.key, *self.by)]

    def relation(self, ending: str) -> str:
        """A relation of this work."""
        return f"{self.cte.name}_{ending}"

    def result(self, source: str, count: exp.Expr) -> Cte:
        """The CTE with the count read from another relation."""
        query = self.query.copy()
        found = _counted(query)
        assert found is not None
        found.replace(count)
        query.set("from_", exp.From(this=table(source)))
        return replace(self.cte, query=query)


def _counted(query: exp.Query) -> exp.Anonymous | None:
    return next((one for one in query.find_all(exp.Anonymous) if operation(one) is Operation.APART), None)


def _work(cte: Cte, query: exp.Select, counted: exp.Anonymous) -> _Work:
    key = tuple(one.name for one in query.args["group"].expressions)
    by = tuple(one.name for one in argument(counted, "by").expressions)
    return _Work(cte, query, counted, query.args["from_"].this.name, key, by)


def _folded(work: _Work) -> list[Cte]:
    """One fold for each group; those of different values are added up."""
    if not work.by:
        return [work.cte]
    given = {name: one.copy() for name, one in arguments(work.counted).items()}
    counted = Operation.APART(*{**given, "by": exp.Tuple()}.values())
    found = str(work.counted.parent.alias if isinstance(work.counted.parent, exp.Alias) else work.relation("count"))
    apart = select([*work.columns(), named(counted, found)], table(work.source), group_by=work.columns())
    each = work.relation("each")
    return [Cte(each, work.cte.comment, apart), replace(work.result(each, exp.Sum(this=column(found))), comment=())]


def _walked(work: _Work) -> list[Cte]:
    ends, begun, following, walk = map(work.relation, ("ends", "begun", "next", "walk"))
    first = named(exp.Min(this=column(work.reached)), work.reached)
    anchor = select([*work.columns(), first], table(ends), group_by=work.columns())
    pairs = [*zip(work.columns("ended"), work.columns(walk), strict=True)]
    pairs.append((column(work.reached, "ended"), column(work.reached, walk)))
    here = all_of([exp.EQ(this=left, expression=right) for left, right in pairs])
    step = select(
        [*work.columns("ended"), column(work.following, "ended")],
        table(walk),
        joins=[exp.Join(this=table(following, "ended"), kind="INNER", on=here)],
    )
    return [
        Cte(ends, (), select([*work.columns(), column(work.reached)], table(work.source), distinct=True)),
        Cte(begun, ("of the matches that start here or later the earliest end",), _begun(work)),
        # the walk reads it once a match
        Cte(following, ("after each end, that of the next match",), _pointers(work, ends, begun), copied=True),
        Cte(walk, work.cte.comment, exp.Union(this=anchor, expression=step, distinct=False), recursive=True),
        replace(work.result(walk, exp.Count(this=exp.Star())), comment=()),
    ]


def _begun(work: _Work) -> exp.Select:
    latest_first = exp.Order(expressions=[exp.Ordered(this=column(work.started), desc=True)])
    least = exp.Window(this=exp.Min(this=column(work.reached)), partition_by=work.columns(), order=latest_first)
    return select([*work.columns(), column(work.started), named(least, work.following)], table(work.source))


def _pointers(work: _Work, ends: str, begun: str) -> exp.Select:
    pairs = zip(work.columns("ended"), work.columns("begun"), strict=True)
    equal = [exp.EQ(this=left, expression=right) for left, right in pairs]
    later = exp.LT(this=column(work.reached, "ended"), expression=column(work.started, "begun"))
    read = exp.ColumnDef(this=identifier(work.following), kind=argument(work.counted, "kind").copy())
    on = Operation.NEAREST(all_of([*equal, later]), exp.Tuple(expressions=[read]))
    join = exp.Join(this=table(begun, "begun"), on=on)
    columns = [*work.columns("ended"), column(work.reached, "ended"), column(work.following, "begun")]
    return select(columns, table(ends, "ended"), joins=[join])

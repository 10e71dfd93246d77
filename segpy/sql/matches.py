"""What is asked of the complete matches of a sequence, once for all methods.

Which ends nothing unwanted follows, and how many matches there are without overlap.
"""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import Aftermath
from segpy.sql.attempts import Frame
from segpy.sql.model import Cte
from segpy.sql.nodes import Operation
from segpy.sql.operations import selected
from segpy.sql.tree import any_of, as_of, column, is_known, is_null, named, plus, select, table


def complete(frame: Frame) -> str:
    """The relation of the ends of complete matches."""
    sequence = frame.sequence
    return f"{sequence.name}__complete" if sequence.then_without else f"{sequence.name}__step_{len(sequence.steps)}"


def aftermath_ctes(frame: Frame, aftermath: Aftermath) -> list[Cte]:
    """`<sequence>__complete`: the ends that nothing unwanted followed, where that is known already."""
    name, last = frame.sequence.name, f"{frame.sequence.name}__step_{len(frame.sequence.steps)}"
    known = [is_known(column(prop)) for prop in frame.sequence.same]
    unwanted = select(frame.told(), table(frame.events), where=[*selected(aftermath.selection), *known])
    after = exp.LT(this=column(frame.place("reached"), last), expression=column(frame.at, "unwanted"))
    pending = plus(column("reached_at", last), aftermath.length)
    followed = column("occurred_at", "unwanted")
    late = exp.GT(this=followed, expression=pending.copy())
    columns = [
        *frame.by(last),
        *(column(place, last) for what in ("reached", "started") for place in frame.places(what)),
        column("events", last),
    ]
    joins = [frame.nearest(f"{name}__aftermath", after, last, "unwanted", ["occurred_at"], outer=True)]
    where = [exp.LT(this=pending, expression=as_of()), exp.paren(any_of([is_null(followed.copy()), late]))]
    return [
        Cte(f"{name}__aftermath", (), unwanted),
        Cte(f"{name}__complete", (aftermath.words,), select(columns, table(last), joins=joins, where=where)),
    ]


def counted_ctes(frame: Frame) -> list[Cte]:
    """`<sequence>__matches`: how many matches there are, the earliest end first, each next one starting later."""
    reached, started = frame.place("reached"), frame.place("started")
    counted = Operation.APART(
        column(reached),
        column(started),
        exp.Tuple(expressions=[column(name) for name in frame.shared]),
        frame.type_of(reached),
    )
    key = column(frame.key)
    query = select([key, named(counted, "matches")], table(complete(frame)), group_by=[key.copy()])
    return [
        Cte(
            f"{frame.sequence.name}__matches",
            ("the earliest end, and of those that start later the earliest again: matches without overlap",),
            query,
        )
    ]

"""What is asked of the complete matches of a sequence, once for all methods.

Which ends nothing unwanted follows, and how many matches there are without overlap.
"""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import Aftermath
from segpy.sql.attempts import Frame
from segpy.sql.model import Cte
from segpy.sql.operations import selected
from segpy.sql.tree import all_of, any_of, as_of, column, is_known, is_null, named, plus, select, table


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
    name = frame.sequence.name
    reached, started, following = frame.place("reached"), frame.place("started"), frame.place("next")
    latest_first = exp.Order(expressions=[exp.Ordered(this=column(started), desc=True)])
    least = exp.Window(this=exp.Min(this=column(reached)), partition_by=frame.by(), order=latest_first)
    begun = select([*frame.by(), column(started), named(least, following)], table(complete(frame)))
    later = exp.LT(this=column(reached, "ended"), expression=column(started, "begun"))
    pointer = [*frame.by("ended"), column(reached, "ended"), column(following, "begun")]
    joins = [frame.nearest(f"{name}__begun", later, "ended", "begun", [following])]
    ends = select([*frame.by(), column(reached)], table(complete(frame)), distinct=True)
    first = named(exp.Min(this=column(reached)), reached)
    anchor = select([*frame.by(), first], table(f"{name}__ends"), group_by=frame.by())
    here = exp.EQ(this=column(reached, "ended"), expression=column(reached, f"{name}__walk"))
    on = all_of([*frame.equal("ended", f"{name}__walk"), here])
    step = select(
        [*frame.by("ended"), column(following, "ended")],
        table(f"{name}__walk"),
        joins=[exp.Join(this=table(f"{name}__next", "ended"), kind="INNER", on=on)],
    )
    total = named(exp.Count(this=exp.Star()), "matches")
    return [
        Cte(f"{name}__ends", (), ends),
        Cte(f"{name}__begun", ("of the matches that start here or later the earliest end",), begun),
        Cte(
            f"{name}__next",
            ("after each end, that of the next match",),
            select(pointer, table(f"{name}__ends", "ended"), joins=joins),
            copied=True,  # the walk reads it once a match
        ),
        Cte(
            f"{name}__walk",
            ("the earliest end, and from each the next: matches without overlap",),
            exp.Union(this=anchor, expression=step, distinct=False),
            recursive=True,
        ),
        Cte(
            f"{name}__matches",
            (),
            select([column(frame.key), total], table(f"{name}__walk"), group_by=[column(frame.key)]),
        ),
    ]

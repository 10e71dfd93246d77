"""What a step of a chain is made from: the instants of its events, and what may not lie before them.

Of a step of several events, `run_started_at` is the latest possible first of them for each possible last, and `events`
is how many can be that last one.
"""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import StepPlan
from segpy.spec.model_measures import Start, Ties
from segpy.sql.attempts import CROWDED, Frame
from segpy.sql.model import Cte
from segpy.sql.operations import one_of, selected
from segpy.sql.tree import all_of, call, column, is_known, named, negated, number, select, table, union_all


def step_events(name: str, frame: Frame, step: StepPlan, *, first: bool) -> list[Cte]:
    """`<step>_events`: the instants of a step's events."""
    if len(step.items) > 1:
        return _any_order(name, frame, step)
    if step.times > 1:
        return _times(name, frame, step)
    where = [*selected(step.selection), *frame.known()]
    if not first or frame.sequence.start is Start.ANY:
        return [Cte(f"{name}_events", (), select(frame.told(), table(frame.events), where=where))]
    return _only(name, frame, where)


def _only(name: str, frame: Frame, where: list[exp.Expr]) -> list[Cte]:
    """The first or the last of the events that could be the first step; of several at once each."""
    start = frame.sequence.start
    edge = exp.Min(this=column(frame.at)) if start is Start.FIRST else exp.Max(this=column(frame.at))
    window = named(exp.Window(this=edge, partition_by=frame.by_events()), "edge")
    every = f"{name}_occurrences"
    columns = [*frame.by(), *(column(at) for at in frame.ats)]
    at_edge = exp.EQ(this=column(frame.at), expression=column("edge"))
    return [
        Cte(every, (), select([*frame.told(), window], table(frame.events), where=where)),
        Cte(f"{name}_events", (f"the {start.value} of them only",), select(columns, table(every), where=[at_edge])),
    ]


def _times(name: str, frame: Frame, step: StepPlan) -> list[Cte]:
    where = [*selected(step.selection), *frame.known()]
    runs = [
        named(_over(frame, exp.Lag(this=column(at), offset=number(step.times - 1))), place)
        for at, place in zip(frame.ats, frame.places("run_started"), strict=True)
    ]
    events = named(exp.Count(this=exp.Star()), "events")
    if frame.sequence.ties is not Ties.ANY:
        by = [*frame.by_events(), *(column(at) for at in frame.ats)]
        comment = (f"of the {step.times} latest instants the earliest, and how many events there are at the last",)
        query = select([*frame.told(), *runs, events], table(frame.events), where=where, group_by=by)
        return [Cte(f"{name}_events", comment, query)]
    return [
        Cte(
            f"{name}_runs",
            (f"the earliest of the {step.times} latest events",),
            select([*frame.told(), *runs], table(frame.events), where=where),
        ),
        _of_one_instant(name, frame, [column(place) for place in frame.places("run_started")]),
    ]


def _of_one_instant(name: str, frame: Frame, runs: list[exp.Expr], where: tuple[exp.Expr, ...] = ()) -> Cte:
    """The runs that end at one instant: the latest to begin, and how many events can be the last."""
    by = [*frame.by(), *(column(at) for at in frame.ats)]
    begun = [named(exp.Max(this=run), place) for run, place in zip(runs, frame.places("run_started"), strict=True)]
    grouped = [*by, *begun, named(exp.Count(this=exp.Star()), "events")]
    query = select(grouped, table(f"{name}_runs"), where=where, group_by=[one.copy() for one in by])
    return Cte(f"{name}_events", ("of events at one instant each can be the last",), query)


def _any_order(name: str, frame: Frame, step: StepPlan) -> list[Cte]:
    """Where no event can be two of a group, the latest of each up to an instant leave the most room before them."""
    latest = []
    for number_, item in enumerate(step.items, start=1):
        for at, place in zip(frame.ats, frame.places(f"item_{number_}"), strict=True):
            own = exp.Case(ifs=[exp.If(this=all_of(selected(item)), true=column(at))])
            latest.append(named(_over(frame, exp.Max(this=own)), place))
    where = [one_of(step.items), *frame.known()]
    items = range(1, len(step.items) + 1)
    begun = [
        call("least", *(column(frame.places(f"item_{one}")[kind]) for one in items)) for kind in range(len(frame.ats))
    ]
    there = tuple(is_known(column(f"item_{one}_at")) for one in items)
    comment = ("the latest of each of the group up to an event",)
    return [
        Cte(f"{name}_runs", comment, select([*frame.told(), *latest], table(frame.events), where=where)),
        _of_one_instant(name, frame, begun, there),
    ]


def _over(frame: Frame, function: exp.Expr, *, shared: bool = True) -> exp.Window:
    """A function over the events of an entity (and its shared values) up to each, those at the same place included."""
    by = frame.by_events() if shared else [column(frame.key)]
    return exp.Window(this=function, partition_by=by, order=exp.Order(expressions=[exp.Ordered(this=column(frame.at))]))


def foreign(frame: Frame, step: StepPlan) -> bool:
    """Whether there can be unwanted events that the step itself may not take."""
    if not step.own or frame.sequence.ties is not Ties.ANY:
        return bool(step.without)
    return any((one.labels, one.flag) != (step.selection.labels, step.selection.flag) for one in step.without)


def bars(name: str, frame: Frame, step: StepPlan, *, first: bool) -> list[Cte]:
    """`<step>_unwanted`, what must not lie before a step, and `<step>_own`: unwanted events that it may be itself."""
    ctes = _own(name, frame, step) if step.own else []
    if not foreign(frame, step):
        return ctes
    where = [one_of(step.without), *frame.since()]
    if step.own:
        where.append(negated(all_of(selected(step.selection))))
    columns: list[exp.Expr] = [column(frame.key), column(frame.at)]
    query: exp.Query = select(columns, table(frame.events), where=where)
    comment: tuple[str, ...] = ()
    if step.own and frame.sequence.ties is not Ties.ANY:
        crowd = exp.GT(this=column("events"), expression=number(1))
        doubled = select([one.copy() for one in columns], table(f"{name}_own"), where=[crowd])
        query, comment = union_all([query, doubled]), ("of several at once the step could be one only",)
    if not first:
        return [*ctes, Cte(f"{name}_unwanted", comment, query)]
    # The first step looks back over the whole window: the earliest decides.
    source = frame.events
    if isinstance(query, exp.Union):
        source, where = f"{name}_foreign", []
        ctes.append(Cte(source, comment, query))
    earliest = named(exp.Min(this=column(frame.at)), frame.at)
    grouped = select([column(frame.key), earliest], table(source), where=where, group_by=[column(frame.key)])
    return [*ctes, Cte(f"{name}_unwanted", (), grouped)]


def _own(name: str, frame: Frame, step: StepPlan) -> list[Cte]:
    """Unwanted events that are of the step's own kind: all that lie after the step before must be of the match.

    There is room for one less than the step takes: the `times`-th latest of them is one too many.
    """
    where = [one_of(step.without), *selected(step.selection), *frame.since()]
    by = [column(frame.key), *(column(at) for at in frame.ats)]
    crowded = _over(frame, exp.Lag(this=column(frame.at), offset=number(step.times - 1)), shared=False)
    firsts = [
        named(exp.Window(this=exp.Min(this=column(at)), partition_by=[column(frame.key)]), place)
        for at, place in zip(frame.ats, frame.places("first"), strict=True)
    ]
    columns = [*by, named(crowded, CROWDED), *firsts]
    comment = (f"unwanted events that the step may take itself; with the one {step.times - 1} before there is no room",)
    if frame.sequence.ties is not Ties.ANY:
        columns.append(named(exp.Count(this=exp.Star()), "events"))
        return [Cte(f"{name}_own", comment, select(columns, table(frame.events), where=where, group_by=by))]
    latest = [
        named(exp.Max(this=column(CROWDED)), CROWDED),
        named(exp.Min(this=column("first_at")), "first_at"),
    ]
    grouped = select([*by, *latest], table(f"{name}_own_runs"), group_by=[one.copy() for one in by])
    return [
        Cte(f"{name}_own_runs", comment, select(columns, table(frame.events), where=where)),
        Cte(f"{name}_own", (), grouped),
    ]

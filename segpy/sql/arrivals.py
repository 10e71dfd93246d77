"""The events model kept from run to run: which events a run reads again, and which of them it adds.

Everything rests on one line: what changes between two runs is known at or after the earlier one, less `lateness`.
An event is known when it has occurred and, where `loaded_at` tells, has been loaded. All rows from there on are deleted
and read again; all before stay as they are, and of two copies of an event the one that was known first counts.
"""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import EntityPlan
from segpy.plan.model_events import EventsPlan, StreamRead
from segpy.resolve.model_events import Stream
from segpy.spec.duration import Duration
from segpy.spec.expression import Type
from segpy.spec.model import Grain
from segpy.sql.model import Cte, Kept, OutputColumn, When
from segpy.sql.operations import utc
from segpy.sql.relations import Relations
from segpy.sql.tree import as_of, cast, column, is_null, left_join, named, output, select, table, text

EVENT_ID = "_event_id"
KNOWN_AT = "_known_at"
RUN = "_run"
_KEPT = "kept"
SLACK = Duration(microseconds=31 * 86_400_000_000)
"""How much longer than `retention` events are kept, so that a run can tell whose events have left it."""


def known_by(events: EventsPlan) -> str:
    """The column of the events model that says when an event was known."""
    return KNOWN_AT if any(read.stream.loaded_at is not None for read in events.streams) else "occurred_at"


def known_at(stream: Stream) -> exp.Expr:
    """When an event of the stream was known: not before it occurred."""
    occurred = utc(column(stream.occurred_at))
    if stream.loaded_at is None:
        return occurred
    loaded = utc(column(stream.loaded_at))
    later = exp.If(this=exp.GT(this=loaded, expression=occurred), true=loaded.copy())
    return exp.Case(ifs=[later], default=occurred.copy())


def lately_ctes(read: StreamRead, lateness: Duration, relations: Relations) -> list[Cte]:
    """`<stream>__lately`: the rows that a run reads again, and before them those that they may be copies of."""
    stream = read.stream
    rows, lately = (f"{stream.name}__{part}" for part in ("rows", "lately"))
    reach = Duration(microseconds=(2 if stream.id is not None else 1) * lateness.microseconds)
    copies = ", and those that these may be copies of" if stream.id is not None else ""
    known = column(KNOWN_AT if stream.loaded_at is not None else "occurred_at")
    since = [exp.GTE(this=known, expression=relations.last_as_of(reach))]
    comment = (f"those that may be new since the last run{copies}",)
    return [
        Cte(lately, comment, select([exp.Star()], table(rows), where=since), when=When.CONTINUED),
        Cte(lately, (), select([exp.Star()], table(rows)), when=When.ANEW),
    ]


def arrival(read: StreamRead, events: EventsPlan) -> list[exp.Expr]:
    """What of a stream's events is kept to tell which of them came when: the columns of `arrival_columns`."""
    columns: list[exp.Expr] = []
    if known_by(events) == KNOWN_AT:
        own = KNOWN_AT if read.stream.loaded_at is not None else "occurred_at"
        columns.append(named(column(own), KNOWN_AT))
    if _with_ids(events):
        # An id is one of its stream's: those of another may be the same.
        id_: exp.Expr = cast(column(EVENT_ID), Type.TEXT) if read.stream.id is not None else cast(exp.Null(), Type.TEXT)
        if len(events.streams) > 1 and read.stream.id is not None:
            id_ = exp.DPipe(this=text(f"{read.stream.name}:"), expression=id_, safe=True)
        columns.append(exp.Alias(this=id_, alias=exp.to_identifier(EVENT_ID)))
    return columns


def arrival_columns(events: EventsPlan) -> tuple[OutputColumn, ...]:
    """The columns of the events model by which runs continue each other."""
    known = output(KNOWN_AT, Type.TIMESTAMP, "When it was known: when it had occurred and was loaded, in UTC.")
    return (
        *((known,) if known_by(events) == KNOWN_AT else ()),
        *((output(EVENT_ID, Type.TEXT, "Its id, by which copies of it are told."),) if _with_ids(events) else ()),
        output("as_of", Type.TIMESTAMP, "The instant of the run that read it."),
    )


def added_ctes(events: EventsPlan, source: str, lateness: Duration, relations: Relations) -> list[Cte]:
    """`added`: the events that a run adds to those that stayed; none that is a copy of one of these."""
    if not _with_ids(events):
        return []
    ids = select([column(EVENT_ID)], table(relations.this()))
    on = exp.EQ(this=column(EVENT_ID, _KEPT), expression=column(EVENT_ID, source))
    new = [
        exp.GTE(this=column(known_by(events), source), expression=relations.last_as_of(lateness)),
        is_null(column(EVENT_ID, _KEPT)),
    ]
    every = exp.Column(this=exp.Star(), table=exp.to_identifier(source))
    added = select([every], table(source), joins=[left_join(_KEPT, on)], where=new)
    return [
        Cte(_KEPT, ("the events that stay",), ids, when=When.CONTINUED),
        Cte("added", ("those that may be new, and are no copies",), added, when=When.CONTINUED),
        Cte("added", (), select([exp.Star()], table(source)), when=When.ANEW),
    ]


def written_by(relations: Relations) -> list[exp.Expr]:
    """The columns by which a kept answer tells when, and in which run, it was computed."""
    return [named(as_of(), "as_of"), named(relations.run(), RUN)]


def written_by_columns(done: str) -> tuple[OutputColumn, ...]:
    """What these columns are."""
    return (
        output("as_of", Type.TIMESTAMP, f"The instant of the run that {done} it last."),
        output(RUN, Type.TEXT, "Which run of dbt that was."),
    )


def keeping_events(plan: EntityPlan, lateness: Duration, grain: Grain) -> Kept:
    """How the events model is kept."""
    assert plan.events is not None
    since = f"column='{known_by(plan.events)}', seconds={lateness.seconds:.0f}"
    room = f"{{{{ segpy_make_room('{grain.value}', {since}) }}}}"
    continues = f'segpy_continues("{grain.value}")'
    if plan.retention is None:
        return Kept(before=(room,), continues=continues)
    longest = plan.retention.seconds + SLACK.seconds
    gone = f"{{{{ segpy_let_go('{grain.value}', 'occurred_at', {longest:.0f}) }}}}"
    return Kept(before=(room, gone), continues=continues)


def _with_ids(events: EventsPlan) -> bool:
    return any(read.stream.id is not None for read in events.streams)

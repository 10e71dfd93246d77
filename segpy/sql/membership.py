"""Views of history: episodes, changes, moves inside exclusive groups, and the members of now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.spec.duration import Duration
from segpy.spec.expression import Type
from segpy.sql.holdouts import acted_upon, arm_columns, with_arms
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.reachable import who_may_leave
from segpy.sql.relations import Relations
from segpy.sql.remembered import EXPIRED, MEMBER, REACHABLE, TOLD, WHO
from segpy.sql.spells import CARRIED
from segpy.sql.tree import (
    all_of,
    any_of,
    as_of,
    cast,
    coalesce,
    column,
    inner_join,
    is_known,
    is_null,
    named,
    number,
    output,
    plus,
    select,
    table,
    text,
    union_all,
)


def membership_query(plan: Plan) -> Query:
    """Every membership there was, numbered; those that a segment takes for one are one."""
    relations = Relations(plan.bound.settings.grain)
    gaps = _gaps(plan)
    spells = table(relations.model(plan.history.spells))
    members = exp.EQ(this=column("kind"), expression=text(MEMBER))
    kept = ("from_at", "to_at", "reason", *TOLD, "since")
    if not gaps:
        renamed = {"from_at": "entered_at", "to_at": "exited_at", "reason": "exit_reason"}
        columns = [
            *map(column, WHO),
            named(cast(_over(exp.RowNumber()), Type.INTEGER), "episode"),
            *(named(column(name), renamed.get(name, name)) for name in kept),
        ]
        ctes: tuple[Cte, ...] = ()
        final: exp.Query = select(columns, spells, where=[members])
    else:
        before = {name: named(_over(exp.Lag(this=column(name))), f"{name}_before") for name in _PREVIOUS}
        listed = [*map(column, (*WHO, *kept)), *before.values()]
        begins = cast(exp.Case(ifs=[exp.If(this=_goes_on(gaps), true=number(0))], default=number(1)), Type.INTEGER)
        ctes = (
            Cte("memberships", ("each with the one before it",), select(listed, spells, where=[members])),
            Cte(
                "told_apart",
                ("who comes back soon enough goes on with the same episode",),
                select([*map(column, (*WHO, *kept)), named(begins, "begins")], table("memberships")),
            ),
            Cte("episodes", (), _numbered(kept)),
        )
        final = _whole()
    own = _membership_columns()
    ctes, final = with_arms(plan, relations, ctes, final, own)
    return Query(
        plan.history.membership,
        "one row a segment, entity and episode",
        ctes,
        final,
        (*own, *arm_columns(plan)),
        relations.placeholders,
        view=True,
    )


WITHDRAWN = "not_to_be_written_to"
_PREVIOUS = ("to_at", "reason", "content_hash")


def _over(function: exp.Expr, spec: exp.WindowSpec | None = None) -> exp.Expr:
    """A window function over the memberships of one entity in one segment, in their order."""
    order = exp.Order(expressions=[exp.Ordered(this=column("from_at"))])
    return exp.Window(this=function, partition_by=[column(name) for name in WHO], order=order, spec=spec)


def _gaps(plan: Plan) -> Mapping[str, Duration]:
    """How far apart memberships may be that are one episode, by segment."""
    rules = ((one.name, one.membership) for one in plan.bound.segments)
    return {name: said.collapse_gap.duration for name, said in rules if said and said.collapse_gap}


def _goes_on(gaps: Mapping[str, Duration]) -> exp.Expr:
    """Whether a membership goes on with the episode of the one before: of one definition, and not expired."""
    latest = [
        exp.If(this=exp.EQ(this=column("segment"), expression=text(name)), true=plus(column("to_at_before"), gap))
        for name, gap in gaps.items()
    ]
    soon = exp.LTE(this=column("from_at"), expression=exp.Case(ifs=latest))
    same = exp.EQ(this=column("content_hash_before"), expression=column("content_hash"))
    return all_of([soon, same, exp.NEQ(this=column("reason_before"), expression=text(EXPIRED))])


def _numbered(own: tuple[str, ...]) -> exp.Query:
    rows = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
    columns = [
        *map(column, (*WHO, *own, "begins")),
        named(cast(_over(exp.Sum(this=column("begins")), rows), Type.INTEGER), "episode"),
        named(_over(exp.Lead(this=column("begins"))), "next_begins"),
    ]
    return select(columns, table("told_apart"))


def _whole() -> exp.Query:
    """Each episode from the beginning of its first membership to the end of its last."""
    first, last = "opening", "closing"
    columns = [
        *(column(name, first) for name in (*WHO, "episode")),
        named(column("from_at", first), "entered_at"),
        named(column("to_at", last), "exited_at"),
        named(column("reason", last), "exit_reason"),
        *(column(name, last) for name in TOLD),
        column("since", first),
    ]
    same = all_of(exp.EQ(this=column(name, last), expression=column(name, first)) for name in (*WHO, "episode"))
    ends = exp.EQ(this=coalesce(column("next_begins", last), number(1)), expression=number(1))
    where = [exp.EQ(this=column("begins", first), expression=number(1)), ends]
    return select(columns, table("episodes", first), joins=[inner_join("episodes", same, last)], where=where)


def _membership_columns() -> tuple[OutputColumn, ...]:
    return (
        *_who_columns(),
        output("episode", Type.INTEGER, "Its number, from 1."),
        output("entered_at", Type.TIMESTAMP, "The run that found the entity in the segment."),
        output("exited_at", Type.TIMESTAMP, "The run that did not any more; null while the entity is in."),
        output("exit_reason", Type.TEXT, "Why it ended; null while it lasts."),
        output("version", Type.INTEGER, "The author's version of the segment."),
        output("content_hash", Type.TEXT, "The hash of the segment's meaning."),
        output("since", Type.TIMESTAMP, "As entered_at, or before a changed definition was carried over."),
    )


def _who_columns() -> tuple[OutputColumn, ...]:
    return (
        output("segment", Type.TEXT, "The segment."),
        output("entity", Type.TEXT, "Whom the segment is about."),
        output("entity_key", Type.TEXT, "The entity's key, as text."),
    )


def members_query(plan: Plan) -> Query:
    """The members of every segment, whoever they are: keys as text."""
    relations = Relations(plan.bound.settings.grain)
    within = [(one.name, one.respond_within.duration) for one in plan.bound.segments if one.respond_within]
    respond: exp.Expr = cast(exp.Null(), Type.TIMESTAMP)
    if within:
        ifs = [
            exp.If(this=exp.EQ(this=column("segment"), expression=text(name)), true=plus(column("since"), length))
            for name, length in within
        ]
        respond = exp.Case(ifs=ifs)
    columns = [
        *map(column, WHO),
        named(as_of(), "as_of"),
        *map(column, TOLD),
        named(column("since"), "entered_at"),
        column("episode"),
        named(respond, "respond_by"),
        *(column(one.name) for one in arm_columns(plan)),
    ]
    still = [is_null(column("exited_at"))]
    final = select(columns, table(relations.model(plan.history.membership)), where=still)
    return Query(plan.members, "one row a segment and member", (), final, members_columns(plan), relations.placeholders)


def members_columns(plan: Plan) -> tuple[OutputColumn, ...]:
    """What is told of a member of a segment."""
    return (
        *_who_columns(),
        output("as_of", Type.TIMESTAMP, "The instant of the membership."),
        output("version", Type.INTEGER, "The author's version of the segment."),
        output("content_hash", Type.TEXT, "The hash of the segment's meaning."),
        output("entered_at", Type.TIMESTAMP, "Since when the entity is in."),
        output("episode", Type.INTEGER, "Which time this is, from 1."),
        output("respond_by", Type.TIMESTAMP, "Until when the playbook wants an answer; null where it does not say."),
        *arm_columns(plan),
    )


def changes_query(plan: Plan) -> Query:
    """One row an entry or an exit, as runs found them, of those who may be told of.

    Of an entity that consents, or can be suppressed, only the time counts in which it could be written to: who
    withdraws consent has left, whatever they are a member of. An entry is told as long as they may be written to, an
    exit always. Nor is an entry told of who is held out.
    """
    relations = Relations(plan.bound.settings.grain)
    spells = relations.model(plan.history.spells)
    asking = [one.entity for one in plan.entities if one.segments is not None and one.entity.asks]
    ctes: list[Cte] = []
    parts: list[exp.Query] = []
    others = all_changes(spells, [one.name for one in asking])
    for entity in asking:
        pieces = f"{entity.name}__reached"
        ctes.append(Cte(pieces, ("memberships while somebody could be written to",), _pieces(entity.name, spells)))
        leaving, joins, where = who_may_leave(entity, pieces, relations)
        ctes += leaving
        parts += _of_pieces(pieces, joins, where)
    columns = (
        *_who_columns(),
        output("changed_at", Type.TIMESTAMP, "The run that found the change."),
        output("change", Type.TEXT, "entered or exited."),
        output("reason", Type.TEXT, "Why it was left; null of an entry."),
        output("version", Type.INTEGER, "The author's version of the segment that was entered or left."),
        output("content_hash", Type.TEXT, "The hash of that segment's meaning."),
    )
    told: list[exp.Expr] = []
    if treated := acted_upon(plan, "found", "arms"):  # exits of whoever a later hold-out holds out are told
        left = exp.NEQ(this=column("change", "found"), expression=text("entered"))
        told = [any_of([left, *treated])]
    above, final = with_arms(plan, relations, tuple(ctes), union_all([*others, *parts]), columns, told)
    return Query(
        plan.history.changes,
        "one row a segment, entity, instant and change",
        above,
        final,
        (*columns, *arm_columns(plan)),
        relations.placeholders,
        view=True,
    )


def all_changes(spells: str, but: Sequence[str] = ()) -> list[exp.Query]:
    """Entries and exits as runs found them, whoever may be told of them; but of these entities."""
    member: list[exp.Expr] = [exp.EQ(this=column("kind"), expression=text(MEMBER))]
    if but:
        member.append(exp.Not(this=exp.In(this=column("entity"), expressions=[text(one) for one in but])))
    entered = exp.EQ(this=column("since"), expression=column("from_at"))
    exited = exp.NEQ(this=column("reason"), expression=text(CARRIED))
    begun = select(_change("from_at", "entered", cast(exp.Null(), Type.TEXT)), table(spells), where=[*member, entered])
    over = select(
        _change("to_at", "exited", column("reason")),
        table(spells),
        where=[*(one.copy() for one in member), is_known(column("to_at")), exited],
    )
    return [begun, over]


def _pieces(entity: str, spells: str) -> exp.Query:
    """The memberships of an entity, cut to the spells in which it could be written to."""
    own, reach = "memberships", "reached"
    told: list[exp.Expr] = [column(name, own) for name in (*WHO, "from_at", "to_at", "since", "reason", *TOLD)]
    told += [named(column(name, reach), f"reached_{name}") for name in ("from_at", "to_at")]
    same = [exp.EQ(this=column(name, reach), expression=column(name, own)) for name in WHO[1:]]
    begins = [
        is_null(column("to_at", own)),
        exp.LT(this=column("from_at", reach), expression=column("to_at", own)),
    ]
    ends = [
        is_null(column("to_at", reach)),
        exp.GT(this=column("to_at", reach), expression=column("from_at", own)),
    ]
    kind = exp.EQ(this=column("kind", reach), expression=text(REACHABLE))
    on = all_of([*same, kind, exp.paren(any_of(begins)), exp.paren(any_of(ends))])
    about = exp.EQ(this=column("entity", own), expression=text(entity))
    member = exp.EQ(this=column("kind", own), expression=text(MEMBER))
    return select(told, table(spells, own), joins=[inner_join(spells, on, reach)], where=[member, about])


def _of_pieces(pieces: str, joins: list[exp.Join], where: list[exp.Expr]) -> list[exp.Query]:
    def own(name: str) -> exp.Column:
        return column(name, pieces)

    def rows(at: exp.Expr, change: str, reason: exp.Expr) -> list[exp.Expr]:
        names = [*map(own, WHO), named(at, "changed_at"), named(text(change), "change")]
        return [*names, named(reason, "reason"), *map(own, TOLD)]

    later = exp.GTE(this=own("reached_from_at"), expression=own("from_at"))
    at = exp.Case(ifs=[exp.If(this=later, true=own("reached_from_at"))], default=own("from_at"))
    entered = any_of([exp.EQ(this=own("since"), expression=own("from_at")), later.copy()])
    carried = exp.EQ(this=own("reason"), expression=text(CARRIED))
    at_once = all_of([exp.EQ(this=own("reached_to_at"), expression=own("to_at")), carried])
    before = any_of(
        [is_null(own("to_at")), exp.LT(this=own("reached_to_at"), expression=own("to_at")), exp.paren(at_once)]
    )
    withdrawn = all_of([is_known(own("reached_to_at")), exp.paren(before)])
    left = all_of([exp.Not(this=exp.paren(withdrawn.copy())), is_known(own("to_at")), exp.Not(this=carried.copy())])
    return [
        select(
            rows(at, "entered", cast(exp.Null(), Type.TEXT)),
            table(pieces),
            joins=joins,
            where=[exp.paren(entered), *where],
        ),
        select(rows(own("reached_to_at"), "exited", text(WITHDRAWN)), table(pieces), where=[withdrawn]),
        select(rows(own("to_at"), "exited", own("reason")), table(pieces), where=[left]),
    ]


def _change(at: str, change: str, reason: exp.Expr) -> list[exp.Expr]:
    names = [*map(column, WHO), named(column(at), "changed_at"), named(text(change), "change")]
    return [*names, named(reason, "reason"), *map(column, TOLD)]

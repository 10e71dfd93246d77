"""`segment_spells`: the one table in which history is kept. Everything else about time is a view of it.

A spell is a fact that holds from the run at which it was found (`from_at`) until the run at which it was not (`to_at`).
A run compares what was open before it with what it finds, and writes what begins, what ends, and what a former run at
the same instant had ended and goes on. So a run that is run again leaves what it left before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segpy.plan.model import EntityPlan, Plan, SegmentPlan
from segpy.plan.model_history import Remembered
from segpy.spec.expression import Type
from segpy.spec.model import Grain, OnChange, Reentry
from segpy.sql.model import Cte, Kept, OutputColumn, Query
from segpy.sql.reachable import who_may_leave
from segpy.sql.relations import Relations
from segpy.sql.remembered import BARRED, EXPIRED, LAPSE, MEMBER, REACHABLE, RUN, TOLD, WHO, open_before
from segpy.sql.tree import (
    all_of,
    any_of,
    as_of,
    cast,
    coalesce,
    column,
    inner_join,
    is_null,
    left_join,
    named,
    negated,
    number,
    output,
    plus,
    select,
    table,
    text,
    union_all,
)

CARRIED, CHANGED = "definition_carried", "definition_changed"
REMOVED, GONE, DISPLACED, FAILED = "segment_removed", "left_population", "displaced", "conditions_failed"
_SAME = (*WHO, "kind", "definition")
_COLUMNS = (*WHO, "kind", "from_at", "to_at", "since", "reason", *TOLD)
_NO_TEXT = cast(exp.Null(), Type.TEXT)
_NO_INSTANT = cast(exp.Null(), Type.TIMESTAMP)


def spells_query(plan: Plan) -> Query:
    """The spells that change at a run."""
    work = _Work(plan, Relations(plan.bound.settings.grain), _remembered(plan))
    ctes = (
        Cte("open_spells", ("what was open before this run",), work.open_spells()),
        Cte("definitions", (), select([exp.Star()], table(work.relations.model(plan.catalog)))),
        Cte("found", work.found_words(), work.found()),
        Cte("ended", ("memberships that end at this run, and why",), work.ended()),
        *work.reach(),
        Cte("now_open", ("what holds from this run on",), work.now_open()),
    )
    return Query(
        plan.history.spells,
        "one row a segment, entity, kind and beginning",
        ctes,
        union_all([*_changes(), _run()]),
        spells_columns(),
        work.relations.placeholders,
        kept=outlasting("from_at", plan.bound.settings.grain, (*WHO, "kind", "from_at")),
    )


def outlasting(found_at: str, grain: Grain, key: tuple[str, ...] = ()) -> Kept:
    """How a table of history is kept: a run first forgets what was found at its own instant, told by a column."""
    return Kept(key, before=(f"{{{{ segpy_forget('{found_at}', '{grain.value}') }}}}",), by_meaning=False)


def spells_columns() -> tuple[OutputColumn, ...]:
    """What is told of a spell."""
    return (
        output("segment", Type.TEXT, "The segment; empty of runs."),
        output("entity", Type.TEXT, "Whom the segment is about."),
        output("entity_key", Type.TEXT, "The entity's key, as text."),
        output(
            "kind", Type.TEXT, "member, lapse (a member although the conditions do not hold), barred, reachable or run."
        ),
        output("from_at", Type.TIMESTAMP, "The run at which it began."),
        output("to_at", Type.TIMESTAMP, "The run at which it had ended; null while it lasts."),
        output("since", Type.TIMESTAMP, "Since when somebody is in, changed definitions that were carried included."),
        output("reason", Type.TEXT, "Why a membership ended; of a bar, why the membership before it did."),
        output("version", Type.INTEGER, "The author's version of the segment when it began."),
        output("content_hash", Type.TEXT, "The hash of the segment's meaning when it began."),
    )


def _remembered(plan: Plan) -> tuple[Remembered, ...]:
    return tuple(one for entity in plan.entities if entity.segments for one in entity.segments.remembered)


def _everybody(entity: EntityPlan) -> str:
    """The CTE of all keys of an entity."""
    return f"{entity.entity.name}__everybody"


@dataclass(frozen=True, slots=True)
class _Work:
    """The CTEs of one query."""

    plan: Plan
    relations: Relations
    remembered: tuple[Remembered, ...]

    def entities(self) -> Iterator[tuple[EntityPlan, str, tuple[SegmentPlan, ...]]]:
        """The entities with segments: the relation of their flags, and the segments."""
        for entity in self.plan.entities:
            if entity.segments is not None:
                yield entity, self.relations.model(entity.segments.model), entity.segments.segments

    def carrying(self) -> list[str]:
        """The segments whose memberships outlast a change of their definition."""
        rules = ((one.name, one.membership) for one in self.plan.bound.segments)
        return [name for name, said in rules if said is not None and said.on_change is OnChange.CARRY]

    def open_spells(self) -> exp.Query:
        """The spells that were open before this run, with what tells one of them from the next of its kind."""
        member = exp.EQ(this=column("kind"), expression=text(MEMBER))
        definition = exp.Case(ifs=[exp.If(this=member, true=column("content_hash"))], default=text(""))
        columns = [*map(column, _COLUMNS), named(definition, "definition")]
        spells = table(self.relations.history(self.plan.history.spells))
        return select(columns, spells, where=[open_before()])

    def found_words(self) -> tuple[str, ...]:
        """What `found` is for."""
        beside = ", and those whose conditions hold although they are not" if self.remembered else ""
        return (f"the members of every segment at this run{beside}",)

    def found(self) -> exp.Query:
        """Who is in which segment now, and where membership has rules, whose conditions hold."""
        by_rules = {one.segment: one for one in self.remembered}
        parts: list[exp.Query] = []
        for entity, flags, segments in self.entities():
            for one in segments:
                flag, rules = column(one.segment.name), by_rules.get(one.segment.name)
                states: list[exp.Expr] = []
                if self.remembered:
                    holds = column(rules.holds) if rules else exp.true()
                    states = [named(flag.copy() if rules else exp.true(), "is_member"), named(holds, "holds")]
                columns = [
                    named(text(one.segment.name), "segment"),
                    named(text(entity.entity.name), "entity"),
                    named(cast(column(entity.entity.key), Type.TEXT), "entity_key"),
                    *states,
                    named(cast(number(one.segment.version), Type.INTEGER), "version"),
                    named(text(one.content_hash), "content_hash"),
                ]
                where = any_of([flag, column(rules.holds)]) if rules else flag
                parts.append(select(columns, table(flags), where=[where]))
        return union_all(parts)

    def is_member(self) -> list[exp.Expr]:
        """What is true of members among those that are found."""
        return [column("is_member", "found")] if self.remembered else []

    def ended(self) -> exp.Query:
        """Memberships that end: of those whose segment is still there, entity by entity."""
        parts: list[exp.Query] = []
        for entity, flags, segments in self.entities():
            key = cast(column(entity.entity.key, "flags"), Type.TEXT)
            joins = [
                inner_join("definitions", _equal("definitions", "open_spells", WHO[:2])),
                left_join("found", _equal("found", "open_spells", WHO)),
                left_join(flags, exp.EQ(this=key, expression=column("entity_key", "open_spells")), "flags"),
            ]
            out = [is_null(column("entity_key", "found")), *map(negated, self.is_member()), self._redefined()]
            about = exp.EQ(this=column("entity", "open_spells"), expression=text(entity.entity.name))
            columns = [*self._ending(), named(self._reason(entity, segments), "reason")]
            if self.remembered:
                columns.append(named(coalesce(column("holds", "found"), exp.false()), "holds"))
            where = [_kind(MEMBER, "open_spells"), about, exp.paren(any_of(out))]
            parts.append(select(columns, table("open_spells"), joins=joins, where=where))
        joins = [left_join("definitions", _equal("definitions", "open_spells", WHO[:2]))]
        removed = [*self._ending(), named(text(REMOVED), "reason")]
        removed += [named(exp.false(), "holds")] if self.remembered else []
        where = [_kind(MEMBER, "open_spells"), is_null(column("segment", "definitions"))]
        return union_all([*parts, select(removed, table("open_spells"), joins=joins, where=where)])

    def _ending(self) -> list[exp.Expr]:
        return [column(name, "open_spells") for name in (*WHO, "kind", "since")]

    def _redefined(self) -> exp.Expr:
        """Whether a segment means something else than when the membership began."""
        return exp.NEQ(this=column("content_hash", "definitions"), expression=column("content_hash", "open_spells"))

    def _reason(self, entity: EntityPlan, segments: Sequence[SegmentPlan]) -> exp.Expr:
        """Why a membership ends: the first of these that is true."""
        own = {one.segment.name for one in segments}
        carrying = [name for name in self.carrying() if name in own]
        cases = [(is_null(column(entity.entity.key, "flags")), GONE)]
        if carrying:
            named_so = exp.In(this=column("segment", "open_spells"), expressions=[text(name) for name in carrying])
            stays = self.is_member() or [exp.Not(this=is_null(column("entity_key", "found")))]
            cases.append((all_of([self._redefined(), named_so, *stays]), CARRIED))
            cases.append((all_of([self._redefined(), exp.Not(this=named_so.copy())]), CHANGED))
        else:
            cases.append((self._redefined(), CHANGED))
        for one in self.remembered:
            if one.segment in own and one.rules.expires is not None:
                end = plus(column("since", "open_spells"), one.rules.expires.duration)
                over = exp.GTE(this=as_of(), expression=end)
                cases.append((all_of([_segment(one.segment, "open_spells"), over]), EXPIRED))
        assert entity.segments is not None
        for group in entity.segments.groups:
            for place, name in enumerate(group.segments[1:], start=1):
                ahead = any_of(column(other, "flags") for other in group.segments[:place])
                cases.append((all_of([_segment(name, "open_spells"), ahead]), DISPLACED))
        ifs = [exp.If(this=when, true=text(reason)) for when, reason in cases]
        return exp.Case(ifs=ifs, default=text(FAILED))

    def now_open(self) -> exp.Query:
        """What is so at this run, each as a spell that would begin with it."""
        since: exp.Expr = as_of()
        joins: list[exp.Join] = []
        if self.carrying():
            carried = exp.Case(ifs=[exp.If(this=_is("ended", "reason", CARRIED), true=column("since", "ended"))])
            since = coalesce(carried, as_of())
            joins = [left_join("ended", _equal("ended", "found", WHO))]
        definition = column("content_hash", "found")
        members = select(
            [*_spell("found", MEMBER, since, definition)], table("found"), joins=joins, where=self.is_member()
        )
        parts: list[exp.Query] = [members]
        if any(one.lapses for one in self.remembered):
            where = [*self.is_member(), exp.Not(this=column("holds", "found"))]
            parts.append(select(_spell("found", LAPSE, as_of(), text("")), table("found"), where=where))
        parts += self._barred()
        return union_all([*parts, *self._reachable()])

    def reach(self) -> Iterator[Cte]:
        """Of entities that consent, or can be suppressed, everybody, and who may be written to or not."""
        for entity, flags, _ in self.entities():
            if entity.entity.asks:
                key = named(cast(column(entity.entity.key), Type.TEXT), "entity_key")
                yield Cte(_everybody(entity), (), select([key], table(flags)))
                yield from who_may_leave(entity.entity, _everybody(entity), self.relations)[0]

    def _reachable(self) -> Iterator[exp.Query]:
        """Those who may be written to at this run."""
        for entity in (one for one, _, _ in self.entities() if one.entity.asks):
            source = _everybody(entity)
            _, joins, where = who_may_leave(entity.entity, source, self.relations)
            values = {
                "segment": text(""),
                "entity": text(entity.entity.name),
                "entity_key": column("entity_key", source),
                "kind": text(REACHABLE),
                "since": as_of(),
                "reason": _NO_TEXT,
                "version": cast(exp.Null(), Type.INTEGER),
                "content_hash": _NO_TEXT,
                "definition": text(""),
            }
            columns = [named(one.copy(), name) for name, one in values.items()]
            yield select(columns, table(source), joins=joins, where=where)

    def _barred(self) -> list[exp.Query]:
        """Those who may not enter: who left at this run, and who was barred before and still is."""
        never = [one.segment for one in self.remembered if one.rules.reentry is Reentry.NEVER]
        expiring = [one.segment for one in self.remembered if one.bars and one.segment not in never]
        rules: list[exp.Expr] = []
        still: list[exp.Expr] = [is_null(column("segment", "definitions"))]
        if never:
            named_so = [text(name) for name in never]
            other = exp.In(this=column("reason", "ended"), expressions=[text(CHANGED), text(CARRIED)])
            rules.append(all_of([exp.In(this=column("segment", "ended"), expressions=named_so), exp.Not(this=other)]))
            still.append(exp.In(this=column("segment", "open_spells"), expressions=[one.copy() for one in named_so]))
        if expiring:
            named_so = [text(name) for name in expiring]
            own = exp.In(this=column("segment", "ended"), expressions=named_so)
            rules.append(all_of([own, _is("ended", "reason", EXPIRED), column("holds", "ended")]))
            own = exp.In(this=column("segment", "open_spells"), expressions=[one.copy() for one in named_so])
            still.append(all_of([own, coalesce(column("holds", "found"), exp.false())]))
        found: list[exp.Query] = []
        if rules:
            joins = [inner_join("definitions", _equal("definitions", "ended", WHO[:2]))]
            columns = _spell("ended", BARRED, as_of(), text(""), reason=column("reason", "ended"), told="definitions")
            found.append(select(columns, table("ended"), joins=joins, where=[any_of(rules)]))
        joins = [
            left_join("definitions", _equal("definitions", "open_spells", WHO[:2])),
            left_join("found", _equal("found", "open_spells", WHO)),
        ]
        out = [negated(coalesce(one, exp.false())) for one in self.is_member()]
        columns = _spell("open_spells", BARRED, column("since", "open_spells"), text(""))
        where = [_kind(BARRED, "open_spells"), *out, any_of(still)]
        return [*found, select(columns, table("open_spells"), joins=joins, where=where)]


def _spell(
    source: str, kind: str, since: exp.Expr, definition: exp.Expr, *, reason: exp.Expr = _NO_TEXT, told: str = ""
) -> list[exp.Expr]:
    """A spell that is made of rows of a CTE, `told` of another."""
    return [
        *(column(name, source) for name in WHO),
        named(text(kind), "kind"),
        named(since, "since"),
        named(reason.copy(), "reason"),
        *(column(name, told or source) for name in TOLD),
        named(definition, "definition"),
    ]


def _changes() -> list[exp.Query]:
    """What begins, what ends, and what had ended and goes on."""
    before = _equal("open_spells", "now_open", _SAME)
    begins = select(
        [
            *(column(name, "now_open") for name in (*WHO, "kind")),
            named(as_of(), "from_at"),
            named(_NO_INSTANT.copy(), "to_at"),
            *(column(name, "now_open") for name in ("since", "reason", *TOLD)),
        ],
        table("now_open"),
        joins=[left_join("open_spells", before)],
        where=[is_null(column("segment", "open_spells"))],
    )
    why = coalesce(column("reason", "ended"), column("reason", "open_spells"))
    ends = select(
        _kept(as_of(), why),
        table("open_spells"),
        joins=[
            left_join("now_open", _equal("now_open", "open_spells", _SAME)),
            left_join("ended", _equal("ended", "open_spells", (*WHO, "kind"))),
        ],
        where=[is_null(column("segment", "now_open"))],
    )
    barred = exp.Case(ifs=[exp.If(this=_kind(BARRED, "open_spells"), true=column("reason", "open_spells"))])
    goes_on = select(
        _kept(_NO_INSTANT, barred),
        table("open_spells"),
        joins=[inner_join("now_open", _equal("now_open", "open_spells", _SAME))],
        where=[exp.Not(this=is_null(column("to_at", "open_spells")))],
    )
    return [begins, ends, goes_on]


def _kept(end: exp.Expr, reason: exp.Expr) -> list[exp.Expr]:
    """A spell that was open, with another end."""
    return [
        *(column(name, "open_spells") for name in (*WHO, "kind", "from_at")),
        named(end.copy(), "to_at"),
        column("since", "open_spells"),
        named(reason, "reason"),
        *(column(name, "open_spells") for name in TOLD),
    ]


def _run() -> exp.Query:
    """That there was a run at all: it may have changed nothing else.

    It is told of definitions, which with --empty nobody sees: such a run finds nothing, and is none.
    """
    values = {
        **dict.fromkeys(WHO, text("")),
        "kind": text(RUN),
        "from_at": as_of(),
        "to_at": _NO_INSTANT,
        "since": as_of(),
        "reason": _NO_TEXT,
        "version": cast(exp.Null(), Type.INTEGER),
        "content_hash": _NO_TEXT,
    }
    columns = [named(value.copy(), name) for name, value in values.items()]
    return select(columns, table("definitions"), distinct=True)


def _equal(one: str, other: str, columns: Sequence[str]) -> exp.Expr:
    return all_of(exp.EQ(this=column(name, one), expression=column(name, other)) for name in columns)


def _is(source: str, name: str, value: str) -> exp.Expr:
    return exp.EQ(this=column(name, source), expression=text(value))


def _kind(kind: str, source: str) -> exp.Expr:
    return _is(source, "kind", kind)


def _segment(name: str, source: str) -> exp.Expr:
    return _is(source, "segment", name)

"""Flags that depend on earlier runs: what history tells of somebody, and the rules of membership."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from segpy.plan.model import EntityPlan
from segpy.plan.model_history import Remembered
from segpy.spec.expression import Type
from segpy.spec.model import Reentry
from segpy.sql.model import Cte
from segpy.sql.tree import (
    all_of,
    any_of,
    as_of,
    cast,
    coalesce,
    column,
    is_null,
    left_join,
    named,
    plus,
    select,
    table,
    text,
)

WHO, TOLD = ("segment", "entity", "entity_key"), ("version", "content_hash")
MEMBER, LAPSE, BARRED, REACHABLE, RUN = "member", "lapse", "barred", "reachable", "run"
EXPIRED = "expired"


def open_before(spells: str | None = None) -> exp.Expr:
    """Whether a spell was open when this run began: what a run at this instant or later ended is open again."""
    start, end = column("from_at", spells), column("to_at", spells)
    still = any_of([is_null(end), exp.GTE(this=end.copy(), expression=as_of())])
    return all_of([exp.LT(this=start, expression=as_of()), exp.paren(still)])


def remembering(
    plan: EntityPlan, remembered: Sequence[Remembered], source: str, kept: Sequence[str], spells: str
) -> list[Cte]:
    """What history tells of everybody, beside columns of a CTE."""
    columns = [column("entity_key"), *(part for one in remembered for part in _told(one))]
    names = exp.In(this=column("segment"), expressions=[text(one.segment) for one in remembered])
    about = exp.EQ(this=column("entity"), expression=text(plan.entity.name))
    open_spells = select(columns, table(spells), where=[about, names, open_before()], group_by=[column("entity_key")])
    key = cast(column(plan.entity.key, source), Type.TEXT)
    joined = left_join("history", exp.EQ(this=column("entity_key", "history"), expression=key))
    found = [*(column(name, source) for name in kept), *(column(one.alias, "history") for one in columns[1:])]
    return [
        Cte("history", ("what earlier runs found: since when somebody is in, or lapses, or is barred",), open_spells),
        Cte("remembered", (), select(found, table(source), joins=[joined])),
    ]


def _told(one: Remembered) -> Iterator[exp.Expr]:
    """What the open spells of a segment tell of somebody: at most one of each kind is open."""
    since = [_of(one, MEMBER)]
    if not one.carries:  # under another definition somebody was not a member of this
        since.append(exp.EQ(this=column("content_hash"), expression=text(one.content_hash)))
    yield _latest("since", since, f"{one.segment}__since")
    if one.rules.grace is not None:
        yield _latest("from_at", [_of(one, LAPSE)], f"{one.segment}__lapsed")
    if one.bars:
        yield _latest("from_at", [_of(one, BARRED)], f"{one.segment}__barred")
    if _comes_back(one):
        left = exp.NEQ(this=column("reason"), expression=text(EXPIRED))
        yield _latest("from_at", [_of(one, BARRED), left], f"{one.segment}__left")


def _of(one: Remembered, kind: str) -> exp.Expr:
    segment = exp.EQ(this=column("segment"), expression=text(one.segment))
    return all_of([segment, exp.EQ(this=column("kind"), expression=text(kind))])


def _latest(value: str, conditions: Sequence[exp.Expr], name: str) -> exp.Expr:
    case = exp.Case(ifs=[exp.If(this=all_of(conditions), true=column(value))])
    return named(exp.Max(this=case), name)


def _comes_back(one: Remembered) -> bool:
    return one.rules.reentry is Reentry.NEVER and one.rules.collapse_gap is not None


def membership_by_rules(one: Remembered) -> exp.Expr:
    """Whether somebody is a member now: the first rule that says something decides."""
    rules, holds, since = one.rules, column(one.holds), column(f"{one.segment}__since")
    enters = all_of([holds, *_not_barred(one)])
    cases: list[tuple[exp.Expr, exp.Expr]] = [(is_null(since), enters)]
    if rules.expires is not None:
        over = exp.GTE(this=as_of(), expression=plus(since.copy(), rules.expires.duration))
        cases.append((over, exp.false()))
    cases.append((holds.copy(), exp.true()))
    if one.ahead:
        cases.append((any_of(map(column, one.ahead)), exp.false()))
    if rules.minimum_stay is not None:
        stays = exp.LT(this=as_of(), expression=plus(since.copy(), rules.minimum_stay.duration))
        cases.append((stays, exp.true()))
    if rules.grace is not None:
        lapsed = coalesce(column(f"{one.segment}__lapsed"), as_of())
        cases.append((exp.LT(this=as_of(), expression=plus(lapsed, rules.grace.duration)), exp.true()))
    return exp.Case(ifs=[exp.If(this=when, true=then) for when, then in cases], default=exp.false())


def _not_barred(one: Remembered) -> list[exp.Expr]:
    if not one.bars:
        return []
    free: exp.Expr = is_null(column(f"{one.segment}__barred"))
    if one.rules.collapse_gap is not None and _comes_back(one):
        last = plus(column(f"{one.segment}__left"), one.rules.collapse_gap.duration)
        soon = coalesce(exp.LTE(this=as_of(), expression=last), exp.false())
        free = exp.paren(any_of([free, soon]))
    return [free]

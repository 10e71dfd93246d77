"""`<entity>_features`: one grouped branch an atom, then one wide join on the population."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from segpy.plan.model import EntityPlan, KeptPlan
from segpy.plan.model_features import (
    Derived,
    FeatureColumn,
    FeaturesPlan,
    FromAttribute,
    FromBranch,
    FromColumns,
    FromMembers,
    FromRank,
    FromRates,
    FromSequence,
    FromVerdict,
)
from segpy.resolve.model_events import Entity, way_to, with_article
from segpy.spec.duration import Duration
from segpy.spec.expression import Literal, Type
from segpy.spec.model import Grain, Population
from segpy.sql.affected import retained
from segpy.sql.anchors import anchor_ctes
from segpy.sql.branches import INSTANTS, branch_ctes
from segpy.sql.expression import lower_as
from segpy.sql.members import EVERYBODY, MEMBERS, members_in, members_in_ctes, owner_ctes, owner_joins, owner_key
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.nodes import Operation
from segpy.sql.operations import seconds_between, utc
from segpy.sql.reached import SEQUENCES, or_nothing, reached_ctes, relation_of, sequences_in_use, told_of
from segpy.sql.relations import Relations
from segpy.sql.segments import compared
from segpy.sql.tree import (
    as_of,
    cast,
    coalesce,
    column,
    constant,
    is_known,
    is_null,
    left_join,
    minus,
    named,
    number,
    output,
    select,
    table,
    union_all,
)
from segpy.sql.versions import holding
from segpy.sql.windows import calendar_ctes

MEASURED = "measured"


def features_query(plan: EntityPlan, grain: Grain, *, kept: bool) -> Query:
    """The features model of an entity. What is kept of its measures is looked up, the rest measured."""
    relations = Relations(grain)
    features, key = plan.features, plan.entity.key
    measured = plan.kept if kept else None
    branches = features.branches if measured is None else measured.fresh
    counted = _counted(features)
    seen = measured.seen if measured is not None else None
    ways = [way_to(plan.entity, stream)[1] for stream in plan.entity.streams]
    wanted = ways if plan.entity.population is not Population.ATTRIBUTES else []
    owners = owner_ctes([*wanted, *([_own_members(plan.entity)] if counted else [])], relations)
    attributes, population = _attributes(plan, relations), _population(plan, seen, relations)
    ctes = [*attributes, *owners, Cte("population", (_who(plan),), population)]
    if branches:
        assert plan.events is not None
        source = select([exp.Star()], table(relations.model(plan.events.model)), where=retained(plan) if kept else [])
        ctes.append(Cte("events", (), source, inline=True))
        ctes += calendar_ctes(one.window for branch in branches for one in branch.columns)
    ctes += anchor_ctes(branches, key)
    for branch in branches:
        ctes += branch_ctes(branch, key)
    if measured is not None:
        ctes.append(Cte(MEASURED, (), select([exp.Star()], table(relations.model(measured.measures)))))
    names = sequences_in_use(features) if measured is None else []
    if names:
        assert plan.sequences is not None
        ctes.append(Cte(SEQUENCES, (), select([exp.Star()], table(relations.model(plan.sequences.model)))))
        ctes += reached_ctes(names)
    if counted:
        ctes += members_in_ctes(_own_members(plan.entity), counted, relations)
    outputs, source_name = _levels(plan, measured, ctes)
    final = select(outputs, table(source_name)) if source_name else _wide(plan, measured)
    return Query(
        features.model,
        f"one row {with_article(plan.entity.name)}",
        tuple(ctes),
        final,
        _columns(plan),
        relations.placeholders,
        view=measured is not None and _of_kept_tables(plan, measured, attributes),
    )


def _of_kept_tables(plan: EntityPlan, measured: KeptPlan, attributes: list[Cte]) -> bool:
    """Whether nothing is read but tables that only runs change, and little is left to do: then a view will do."""
    return measured.seen is not None and not (measured.fresh or attributes or _counted(plan.features))


def _counted(features: FeaturesPlan) -> list[FromMembers]:
    return [one.origin for one in features.columns if isinstance(one.origin, FromMembers)]


def _own_members(entity: Entity) -> tuple[Entity, ...]:
    assert entity.members is not None
    return entity.members.entity, entity


def _columns(plan: EntityPlan) -> tuple[OutputColumn, ...]:
    return (
        output(plan.entity.key, plan.entity.key_type, f"The {plan.entity.name}."),
        output("as_of", Type.TIMESTAMP, "The instant that every column is evaluated at."),
        *(output(one.name, one.type, one.description) for one in plan.features.shown),
    )


def _who(plan: EntityPlan) -> str:
    known, seen = "everybody with a row of attributes", "everybody with an event"
    words = {Population.ATTRIBUTES: known, Population.EVENTS: seen, Population.BOTH: f"{known}, and {seen}"}
    return words[plan.entity.population]


def _attributes(plan: EntityPlan, relations: Relations) -> list[Cte]:
    entity = plan.entity
    wanted = {one.origin.attribute for one in plan.features.columns if isinstance(one.origin, FromAttribute)}
    starts = {branch.start for branch in plan.features.branches if branch.start is not None}
    used = [prop for prop in entity.attributes if prop in wanted or prop.name in starts]
    if entity.relation is None or not (used or entity.population is not Population.EVENTS):
        return []
    columns = [named(cast(column(entity.key), entity.key_type), entity.key)]
    for prop in used:
        raw = column(prop.name)
        columns.append(named(utc(raw) if prop.type is Type.TIMESTAMP else cast(raw, prop.type), prop.name))
    known = [is_known(column(entity.key)), *holding(entity)]
    comment = (f"what is known of each {entity.name}" + (", as it was at as_of" if entity.validity else ""),)
    return [Cte("attributes", comment, select(columns, table(relations.written(entity.relation)), where=known))]


def _population(plan: EntityPlan, seen_before: str | None, relations: Relations) -> exp.Query:
    entity = plan.entity
    parts: list[exp.Query] = []
    if entity.population is not Population.EVENTS:
        parts.append(select([column(entity.key)], table("attributes")))
    if seen_before is not None:
        parts.append(select([column(entity.key)], table(relations.model(seen_before))))
    elif entity.population is not Population.ATTRIBUTES:
        for stream in entity.streams:
            name, way = way_to(entity, stream)
            rows = "rows" if way else None
            raw_key = column(name, rows)
            occurred_at = utc(column(stream.occurred_at, rows))
            seen = [
                is_known(raw_key),
                exp.LT(this=occurred_at, expression=as_of()),
            ]
            if plan.retention is not None:
                seen.append(exp.GTE(this=occurred_at.copy(), expression=minus(as_of(), plan.retention)))
            typed = cast(raw_key.copy(), (way[0] if way else entity).key_type)
            key = named(column(owner_key(entity)) if way else typed, entity.key)
            source = table(relations.written(stream.relation), rows)
            parts.append(select([key], source, joins=owner_joins(way, typed), where=seen))
    if entity.population is Population.EVENTS and len(parts) == 1 and seen_before is None:
        parts[0].set("distinct", exp.Distinct())
    return union_all(parts, distinct=True)


def _value(one: FeatureColumn, measured: KeptPlan | None) -> exp.Expr:
    """A column's value in the wide join."""
    kept = measured.columns if measured is not None else {}
    match one.origin:
        case FromBranch(branch, name, zero):
            raw: exp.Expr = column(name, MEASURED if name in kept else branch)
            if name in kept and kept[name].aggregation in INSTANTS:
                raw = seconds_between(raw, as_of())
            return coalesce(raw, number(0)) if zero else raw
        case FromAttribute(attribute, tenure):
            raw = column(attribute.name, "attributes")
            if not tenure:
                return raw
            instant = cast(raw, Type.TIMESTAMP) if attribute.type is Type.DATE else raw
            past = exp.LT(this=instant, expression=as_of())
            return exp.Case(ifs=[exp.If(this=past, true=seconds_between(instant.copy(), as_of()))])
        case FromSequence() as origin:
            return or_nothing(told_of(origin) if measured is None else column(one.name, MEASURED), origin)
        case FromMembers(segment, _, every):
            many = column(members_in(segment), MEMBERS)
            if not every:
                return coalesce(many, number(0))
            return coalesce(exp.EQ(this=many, expression=column(EVERYBODY, MEMBERS)), exp.false())
        case FromColumns() | FromRates() | FromRank() | FromVerdict():
            raise AssertionError("what is made of columns is computed above the wide join")


def _wide(plan: EntityPlan, measured: KeptPlan | None) -> exp.Select:
    features, key = plan.features, plan.entity.key
    plain = [one for one in features.columns if not isinstance(one.origin, Derived)]
    columns = [
        column(key, "population"),
        named(as_of(), "as_of"),
        *(named(_value(one, measured), one.name) for one in plain),
    ]
    joined = [branch.name for branch in (features.branches if measured is None else measured.fresh)]
    joined += [MEASURED] if measured is not None else []
    if any(isinstance(one.origin, FromAttribute) for one in plain):
        joined.insert(0, "attributes")
    joined += [relation_of(name) for name in sequences_in_use(features)] if measured is None else []
    joined += [MEMBERS] if _counted(features) else []
    joins = [left_join(name, exp.EQ(this=column(key, name), expression=column(key, "population"))) for name in joined]
    return select(columns, table("population"), joins=joins)


def _levels(plan: EntityPlan, measured: KeptPlan | None, ctes: list[Cte]) -> tuple[list[exp.Expr], str | None]:
    """The CTEs in which columns are made of columns, each on those before; the last select and what it reads."""
    derived = [(one, one.origin) for one in plan.features.columns if isinstance(one.origin, Derived)]
    if not derived:
        return [], None
    source = "measures"
    ctes.append(Cte(source, ("everything that is not an expression",), _wide(plan, measured)))
    types = {one.name: one.type for one in plan.features.columns}
    for depth in sorted({origin.depth for _, origin in derived}):
        own = [
            named(_made(one, origin, types, plan.entity.key), one.name)
            for one, origin in derived
            if origin.depth == depth
        ]
        name = f"expressions_depth_{depth}"
        ctes.append(Cte(name, (), select([exp.Star(), *own], table(source))))
        source = name
    outputs = [plan.entity.key, "as_of", *(one.name for one in plan.features.shown)]
    return [column(name) for name in outputs], source


def _made(one: FeatureColumn, origin: Derived, types: Mapping[str, Type], key: str) -> exp.Expr:
    """A column made of others."""
    match origin:
        case FromColumns(expression, columns):
            found = dict(columns)
            own = {name: types[made] for name, made in columns}
            return lower_as(expression, one.type, lambda name: column(found[name]), own)
        case FromRates(recent, recent_length, baseline, baseline_length):
            known = Operation.NULL_IF(column(baseline), number(0))
            return exp.Div(this=_rate(column(recent), recent_length), expression=_rate(known, baseline_length))
        case FromVerdict(name, comparisons, or_never):
            return compared(column(name), comparisons, or_never=or_never)
        case FromRank(name):
            order = exp.Order(expressions=[exp.Ordered(this=column(name)), exp.Ordered(this=column(key))])
            apart = is_null(column(name))
            rank = exp.Window(this=exp.PercentRank(), partition_by=[apart], order=order)
            return exp.Case(ifs=[exp.If(this=is_known(column(name)), true=rank)])


def _rate(amount: exp.Expr, length: Duration) -> exp.Expr:
    """An amount a second."""
    seconds = exp.paren(constant(Literal(length.seconds, Type.DURATION)))
    return exp.paren(exp.Div(this=cast(amount, Type.NUMBER), expression=seconds))

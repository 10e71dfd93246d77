"""`<entity>_features`: one grouped branch an atom, then one wide join on the population."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from segpy.dialects import Dialect
from segpy.plan.model import (
    Anchor,
    Branch,
    BranchColumn,
    EntityPlan,
    FeatureColumn,
    FeaturesPlan,
    FromAttribute,
    FromBranch,
    FromColumns,
    FromSequence,
)
from segpy.resolve.model_measures import Aggregation, BetweenAgo, InTheLast
from segpy.spec.duration import Duration
from segpy.spec.expression import Type
from segpy.spec.model import Grain, Population
from segpy.spec.model_measures import CalendarUnit, Output
from segpy.sql.expression import lower_as
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.operations import calendar_unit, filtered, in_window, seconds_between, selected, utc
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    as_of,
    cast,
    coalesce,
    column,
    inner_join,
    is_known,
    left_join,
    minus,
    named,
    number,
    output,
    select,
    table,
    text,
    type_name,
    union_all,
)

_ZEROES = {Output.COMPLETED: exp.false(), Output.STEP: number(0), Output.COMPLETIONS: number(0)}


def features_query(plan: EntityPlan, grain: Grain, dialect: Dialect) -> Query:
    """The features model of an entity."""
    relations = Relations(grain)
    features, key = plan.features, plan.entity.key
    ctes = [*_attributes(plan, relations), Cte("population", (_who(plan),), _population(plan, relations))]
    if features.branches:
        assert plan.events is not None
        source = select([exp.Star()], table(relations.model(plan.events.model)))
        ctes.append(Cte("events", (), source, inline=dialect.inline_hint))
    ctes += [_anchor(anchor, key) for anchor in features.anchors]
    for branch in features.branches:
        ctes += _branch(branch, key)
    names = _sequence_names(features)
    if names:
        assert plan.sequences is not None
        ctes.append(Cte("sequences", (), select([exp.Star()], table(relations.model(plan.sequences.model)))))
        ctes += [_sequence(name) for name in names]
    outputs, source_name = _levels(plan, ctes)
    final = select(outputs, table(source_name)) if source_name else _wide(plan)
    return Query(
        features.model,
        f"one row a {plan.entity.name}",
        tuple(ctes),
        final,
        _columns(plan, dialect.name),
        relations.placeholders,
    )


def _columns(plan: EntityPlan, dialect: str) -> tuple[OutputColumn, ...]:
    return (
        output(plan.entity.key, type_name(plan.entity.key_type, dialect), f"The {plan.entity.name}."),
        output("as_of", "timestamp", "The instant that every column is evaluated at."),
        *(output(one.name, type_name(one.type, dialect), one.description) for one in plan.features.columns),
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
    known = is_known(column(entity.key))
    comment = (f"what is known of each {entity.name}",)
    return [Cte("attributes", comment, select(columns, table(relations.written(entity.relation)), where=[known]))]


def _population(plan: EntityPlan, relations: Relations) -> exp.Query:
    entity = plan.entity
    parts: list[exp.Query] = []
    if entity.population is not Population.EVENTS:
        parts.append(select([column(entity.key)], table("attributes")))
    if entity.population is not Population.ATTRIBUTES:
        for stream in entity.streams:
            raw_key = column(dict(stream.keys)[entity.name])
            occurred_at = utc(column(stream.occurred_at))
            seen = [
                is_known(raw_key),
                exp.LT(this=occurred_at, expression=as_of()),
            ]
            if plan.retention is not None:
                seen.append(exp.GTE(this=occurred_at.copy(), expression=minus(as_of(), plan.retention)))
            key = named(cast(raw_key.copy(), entity.key_type), entity.key)
            parts.append(select([key], table(relations.written(stream.relation)), where=seen))
    if entity.population is Population.EVENTS and len(parts) == 1:
        parts[0].set("distinct", exp.Distinct())
    return union_all(parts, distinct=True)


def _anchor(anchor: Anchor, key: str) -> Cte:
    where = selected(anchor.selection)
    comment = (anchor.words,)
    occurred_at = column("occurred_at")
    if anchor.nth in (0, 1):
        edge = exp.Max(this=occurred_at) if anchor.nth == 0 else exp.Min(this=occurred_at)
        query = select([column(key), named(edge, "anchor_at")], table("events"), where=where, group_by=[column(key)])
        return Cte(anchor.name, comment, query)
    order = exp.Order(expressions=[exp.Ordered(this=occurred_at)])
    nth = exp.Anonymous(this="nth_value", expressions=[occurred_at.copy(), number(anchor.nth)])
    frame = exp.WindowSpec(
        kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="UNBOUNDED", end_side="FOLLOWING"
    )
    window = exp.Window(this=nth, partition_by=[column(key)], order=order, spec=frame)
    query = select([column(key), named(window, "anchor_at")], table("events"), where=where, distinct=True)
    return Cte(anchor.name, comment, query)


def _branch(branch: Branch, key: str) -> list[Cte]:
    comment = (f"{branch.selection.words}: for {', '.join(branch.serves)}",)
    joins, edge, prefix = _frame(branch, key)
    occurred_at = column("occurred_at", prefix)
    where = selected(branch.selection, prefix)
    lower_edge = _earliest(branch, occurred_at)
    where += lower_edge
    group = column(key, prefix)
    source = table("events")

    def condition(one: BranchColumn) -> exp.Expr | None:
        parts = in_window(one.window, occurred_at.copy(), edge)
        return all_of(parts) if parts and parts != lower_edge else None

    if not branch.distinct:
        columns = [group, *(named(_aggregate(one, condition(one), prefix), one.name) for one in branch.columns)]
        query = select(columns, source, joins=joins, where=where, group_by=[group.copy()])
        return [Cte(branch.name, comment, query)]
    value = branch.columns[0].value
    unit = column(value, prefix) if value else calendar_unit(occurred_at.copy(), CalendarUnit.DAY, branch.zone or "UTC")
    if value:
        where.append(is_known(unit.copy()))
    inner: list[exp.Expr] = [group]  # the unit itself is not selected: a feature may have its name
    outer: list[exp.Expr] = [column(key)]
    for one in branch.columns:
        inside = condition(one)
        if inside is None:
            outer.append(named(exp.Count(this=exp.Star()), one.name))
        else:
            ones = exp.Case(ifs=[exp.If(this=inside, true=number(1))], default=number(0))
            inner.append(named(exp.Max(this=ones), one.name))
            outer.append(named(cast(exp.Sum(this=column(one.name)), Type.INTEGER), one.name))
    each = f"{branch.name}_each"
    units = select(inner, source, joins=joins, where=where, group_by=[group.copy(), unit.copy()])
    return [
        Cte(each, (f"each {value or 'day'} once",), units),
        Cte(branch.name, comment, select(outer, table(each), group_by=[column(key)])),
    ]


def _frame(branch: Branch, key: str) -> tuple[list[exp.Join], exp.Expr | None, str | None]:
    """The join that brings the edge of the windows, that edge, and the table that events must be named by then."""
    if branch.anchor is not None:
        name, edge = branch.anchor.name, "anchor_at"
    elif branch.start is not None:
        name, edge = "attributes", branch.start
    else:
        return [], None, None
    on = exp.EQ(this=column(key, name), expression=column(key, "events"))
    return [inner_join(name, on)], column(edge, name), "events"


def _earliest(branch: Branch, occurred_at: exp.Expr) -> list[exp.Expr]:
    """The lower bound that all windows of a branch share, so that older events are not even read."""
    reaches: list[Duration] = []
    for one in branch.columns:
        match one.window:
            case InTheLast(length):
                reaches.append(length)
            case BetweenAgo(far, _):
                reaches.append(far)
            case _:
                return []
    if len({reach.exact for reach in reaches}) > 1:  # months and days cannot be told apart before the run
        return []
    widest = max(reaches, key=lambda reach: reach.seconds)
    return [exp.GTE(this=occurred_at.copy(), expression=minus(as_of(), widest))]


def _aggregate(one: BranchColumn, condition: exp.Expr | None, prefix: str | None) -> exp.Expr:
    value = column(one.value or "occurred_at", prefix)
    match one.aggregation:
        case Aggregation.COUNT:
            return filtered(exp.Count(this=exp.Star()), condition)
        case Aggregation.SUM:
            total = filtered(exp.Sum(this=value), condition)
            return cast(total, Type.INTEGER) if one.type is Type.INTEGER else total
        case Aggregation.AVG:
            return filtered(exp.Avg(this=value), condition)
        case Aggregation.MIN:
            return filtered(exp.Min(this=value), condition)
        case Aggregation.MAX:
            return filtered(exp.Max(this=value), condition)
        case Aggregation.RECENCY:
            return seconds_between(filtered(exp.Max(this=value), condition), as_of())
        case Aggregation.TENURE:
            return seconds_between(filtered(exp.Min(this=value), condition), as_of())
        case other:
            raise AssertionError(other)


def _sequence_names(features: FeaturesPlan) -> list[str]:
    return sorted({one.origin.sequence for one in features.columns if isinstance(one.origin, FromSequence)})


def _sequence(name: str) -> Cte:
    where = [exp.EQ(this=column("sequence"), expression=text(name))]
    return Cte(f"{name}__sequence", (), select([exp.Star()], table("sequences"), where=where))


def _value(one: FeatureColumn) -> exp.Expr:
    """A column's value in the wide join."""
    match one.origin:
        case FromBranch(branch, name, zero):
            raw: exp.Expr = column(name, branch)
            if zero:
                raw = coalesce(raw, number(0))
            return raw
        case FromAttribute(attribute, tenure):
            raw = column(attribute.name, "attributes")
            if not tenure:
                return raw
            instant = cast(raw, Type.TIMESTAMP) if attribute.type is Type.DATE else raw
            past = exp.LT(this=instant, expression=as_of())
            return exp.Case(ifs=[exp.If(this=past, true=seconds_between(instant.copy(), as_of()))])
        case FromSequence(sequence, output, step):
            name = f"step_{step}_seconds" if output is Output.STEP_SECONDS else output.value
            raw = column(name, f"{sequence}__sequence")
            return coalesce(raw, _ZEROES[output].copy()) if output in _ZEROES else raw
        case FromColumns():
            raise AssertionError("expressions are computed above the wide join")


def _wide(plan: EntityPlan) -> exp.Select:
    features, key = plan.features, plan.entity.key
    plain = [one for one in features.columns if not isinstance(one.origin, FromColumns)]
    columns = [column(key, "population"), named(as_of(), "as_of"), *(named(_value(one), one.name) for one in plain)]
    joined = [branch.name for branch in features.branches]
    if any(isinstance(one.origin, FromAttribute) for one in plain):
        joined.insert(0, "attributes")
    joined += [f"{name}__sequence" for name in _sequence_names(features)]
    joins = [left_join(name, exp.EQ(this=column(key, name), expression=column(key, "population"))) for name in joined]
    return select(columns, table("population"), joins=joins)


def _levels(plan: EntityPlan, ctes: list[Cte]) -> tuple[list[exp.Expr], str | None]:
    """The CTEs in which expressions are computed, each on those before; the last select and what it reads."""
    computed = [one for one in plan.features.columns if isinstance(one.origin, FromColumns)]
    if not computed:
        return [], None
    source = "measures"
    ctes.append(Cte(source, ("everything that is not an expression",), _wide(plan)))
    types = {one.name: one.type for one in plan.features.columns}
    depths = sorted({one.origin.depth for one in computed if isinstance(one.origin, FromColumns)})
    for depth in depths:
        own = [
            _computed(one, types)
            for one in computed
            if isinstance(one.origin, FromColumns) and one.origin.depth == depth
        ]
        name = f"expressions_depth_{depth}"
        ctes.append(Cte(name, (), select([exp.Star(), *own], table(source))))
        source = name
    outputs = [plan.entity.key, "as_of", *(one.name for one in plan.features.columns)]
    return [column(name) for name in outputs], source


def _computed(one: FeatureColumn, types: Mapping[str, Type]) -> exp.Expr:
    assert isinstance(one.origin, FromColumns)
    columns = dict(one.origin.columns)
    own = {name: types[made] for name, made in columns.items()}
    return named(lower_as(one.origin.expression, one.type, lambda name: column(columns[name]), own), one.name)

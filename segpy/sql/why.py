"""What is known of one entity: its conditions, its events and its memberships, asked of queries that build nothing.

The models are inlined as they are; only the rows that can be of some use to this one are read of what they are made
from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from segpy.dialects import Dialect
from segpy.plan.model import EntityPlan, Plan, SegmentPlan
from segpy.plan.model_events import EventsPlan
from segpy.plan.model_explained import Line, Measured
from segpy.plan.model_features import FromRank
from segpy.resolve.model_events import Entity, way_to
from segpy.spec.expression import Type
from segpy.sql.build import dialect_of, entity_queries, written
from segpy.sql.inline import from_warehouse, inlined
from segpy.sql.lower.query import lower
from segpy.sql.membership import membership_query
from segpy.sql.model import Cte, OutputColumn, Query, WhyQueries
from segpy.sql.nodes import Operation
from segpy.sql.relations import Relations, jinja_of
from segpy.sql.remembered import MEMBER, RUN
from segpy.sql.spells import spells_columns
from segpy.sql.tree import (
    all_of,
    any_of,
    as_of,
    cast,
    column,
    inner_join,
    named,
    number,
    output,
    select,
    table,
    text,
    union_all,
)
from segpy.sql.verdicts import FEATURES, SEGMENTS, missed, verdict

_MOST_CELLS = 1_200
_EPISODES = ("segment", "episode", "entered_at", "exited_at", "exit_reason")


def why_queries(part: Plan, entity: str, key: str | int, segments: Sequence[str], adapter: str | None) -> WhyQueries:
    """What is asked of one entity; `part` is a plan of the segments and all that they need."""
    plan = next(one for one in part.entities if one.entity.name == entity)
    assert plan.segments is not None
    dialect = dialect_of(part, adapter)
    one = _One(part, plan, key)
    own = tuple(each for each in plan.segments.segments if each.segment.name in segments)
    events = plan.events
    return WhyQueries(
        plan,
        own,
        tuple(_text(_conditions(one, batch), dialect) for batch in _batches(own)),
        None if events is None else _text(_events(one, events), dialect),
        _text(_episodes(one, segments), dialect),
    )


def _text(query: Query, dialect: Dialect) -> str:
    return written(lower(query, dialect), dialect)


class _One:
    """The one that is asked about, and the rows that can be of use to it."""

    def __init__(self, part: Plan, plan: EntityPlan, key: str | int) -> None:
        self.part, self.plan, self.entity, self.key = part, plan, plan.entity, key
        self.grain = part.bound.settings.grain

    def literal(self) -> exp.Expr:
        """The key as a constant of its type. What somebody typed enters SQL here and nowhere else."""
        if isinstance(self.key, int):
            return cast(number(self.key), Type.INTEGER)
        return cast(text(self.key), Type.UUID) if self.entity.key_type is Type.UUID else text(self.key)

    def found(self, name: str) -> exp.Expr:
        """That a row of a model about the entity is of this one."""
        return exp.EQ(this=column(name), expression=self.literal())

    def models(self, wanted: tuple[str, ...], relations: Relations) -> list[Cte]:
        """Models as CTEs, of the rows that can matter.

        Each is made once and kept: where it would lay one out twice, DuckDB fails at `greatest` of columns of one name.
        """
        queries = entity_queries(self.part, kept=False)
        names = {query.name for query in queries}
        ctes = from_warehouse(queries, wanted, relations, self.only(relations))
        return [replace(cte, copied=cte.name in names) for cte in ctes]

    def only(self, relations: Relations) -> Mapping[str, exp.Expr]:
        """By relation the rows that can matter. A rank within the population needs everybody."""
        columns = (one for entity in self.part.entities for one in entity.features.columns)
        if any(isinstance(one.origin, FromRank) for one in columns):
            return {}
        found: dict[str, list[exp.Expr]] = {}
        entity: Entity | None = self.entity
        while entity is not None:
            if entity.relation is not None:
                own = self._of(entity, entity.key, relations)
                found.setdefault(jinja_of(entity.relation), []).append(own)
            for stream in entity.streams:
                key, way = way_to(entity, stream)
                mine = self._of(way[0] if way else entity, key, relations)
                found.setdefault(jinja_of(stream.relation), []).append(mine)
                if stream.id is not None:
                    # Of copies one counts, whoever the others are said to be of: these are looked at as well.
                    source = table(relations.written(stream.relation))
                    ids = select([column(stream.id)], source, where=[mine.copy()])
                    copies = exp.In(this=column(stream.id), query=exp.Subquery(this=ids))
                    found[jinja_of(stream.relation)].append(copies)
            entity = entity.members.entity if entity.members is not None else None
        return {jinja: any_of(_once(conditions)) for jinja, conditions in found.items()}

    def _of(self, entity: Entity, key: str, relations: Relations) -> exp.Expr:
        """That a column holds the key of the one, or of a member of it at any time."""
        value = cast(column(key), entity.key_type)
        if entity is self.entity:
            return exp.EQ(this=value, expression=self.literal())
        owner = self._owner(entity)
        assert entity.relation is not None and owner.members is not None
        source = table(relations.written(entity.relation))
        mine = self._of(owner, owner.members.by, relations)
        keys = select([cast(column(entity.key), entity.key_type)], source, where=[mine])
        return exp.In(this=value, query=exp.Subquery(this=keys))

    def _owner(self, member: Entity) -> Entity:
        """Whose members these are, on the way down from the one that is asked about."""
        owner = self.entity
        while owner.members is not None and owner.members.entity != member:
            owner = owner.members.entity
        return owner


def _once(conditions: Sequence[exp.Expr]) -> list[exp.Expr]:
    """Each condition once: several streams may be in one relation."""
    return list(dict.fromkeys(conditions))


def _batches(segments: Sequence[SegmentPlan]) -> Iterator[list[SegmentPlan]]:
    """Segments in their order, so many at once as there may be columns for: PostgreSQL has room for some 1,600."""
    batch: list[SegmentPlan] = []
    for segment in segments:
        if batch and sum(map(_cells, batch)) + _cells(segment) > _MOST_CELLS:
            yield batch
            batch = []
        batch.append(segment)
    yield batch


def _cells(segment: SegmentPlan) -> int:
    return 2 + 2 * len(segment.apart.lines)


def _conditions(one: _One, segments: Sequence[SegmentPlan]) -> Query:
    """One row, if there is such a one: of each segment its flag and how many conditions are missed, then each of them.

    Of a condition its value, in a type that all engines spell alike, and whether it passes. A row for each condition,
    as `segment_explanations` has it, takes an engine the longer to plan the more segments there are: of one entity
    a single row will do.
    """
    relations = Relations(one.grain)
    assert one.plan.segments is not None
    features, flags = one.plan.features.model, one.plan.segments.model
    ctes = one.models((features, flags), relations)
    key = one.entity.key
    same = exp.EQ(this=column(key, SEGMENTS), expression=column(key, FEATURES))
    found: dict[str, exp.Expr] = {f"is_{i}": column(each.segment.name, SEGMENTS) for i, each in enumerate(segments)}
    numbered = [(f"{i}_{line.position}", line) for i, each in enumerate(segments) for line in each.apart.lines]
    found |= {f"passed_{at}": verdict(line) for at, line in numbered}
    values = [named(_value(line), f"value_{at}") for at, line in numbered]
    mine = exp.EQ(this=column(key, FEATURES), expression=one.literal())
    rows = select(
        [*(named(value, name) for name, value in found.items()), *values],
        table(features, FEATURES),
        joins=[inner_join(flags, same, SEGMENTS)],
        where=[mine],
    )
    columns: list[exp.Expr] = []
    for i, each in enumerate(segments):
        columns.append(named(Operation.ONE_IF(column(f"is_{i}")), f"is_{i}"))
        least = missed(each.apart.need, lambda line, i=i: column(f"passed_{i}_{line.position}"))  # type: ignore[misc]
        columns.append(named(cast(least, Type.INTEGER), f"missed_{i}"))
        for line in each.apart.lines:
            at = f"{i}_{line.position}"
            columns += [column(f"value_{at}"), named(Operation.ONE_IF(column(f"passed_{at}")), f"passed_{at}")]
    types = {f"value_{at}": _value_type(line) for at, line in numbered}
    names = [each.alias_or_name for each in columns]
    outputs = tuple(output(name, types.get(name, Type.INTEGER), name) for name in names)
    final = select(columns, table("looked_at"))
    all_ctes = (*ctes, Cte("looked_at", ("what they look at, and whether they pass",), rows))
    return Query("conditions", "one row in all", all_ctes, final, outputs, relations.placeholders)


def _value(line: Line) -> exp.Expr:
    """What a condition looks at; of a flag nothing, as whether it passes tells it."""
    match line.about:
        case Measured(name, _, Type.NUMBER | Type.INTEGER | Type.DURATION):
            return cast(column(name, FEATURES), Type.NUMBER)
        case Measured(name, _, Type.TIMESTAMP | Type.DATE):
            return Operation.MICROSECONDS(cast(column(name, FEATURES), Type.TIMESTAMP))
        case Measured(name, _, Type.BOOLEAN):
            value = column(name, FEATURES)
            false = exp.If(this=exp.Not(this=value.copy()), true=number(0))
            return exp.Case(ifs=[exp.If(this=value, true=number(1)), false])
        case Measured(name):
            return cast(column(name, FEATURES), Type.TEXT)
    return cast(exp.Null(), Type.INTEGER)


def _value_type(line: Line) -> Type:
    match line.about:
        case Measured(_, _, Type.NUMBER | Type.INTEGER | Type.DURATION):
            return Type.NUMBER
        case Measured(_, _, Type.TEXT | Type.UUID):
            return Type.TEXT
    return Type.INTEGER


def _about(one: _One, name: str) -> exp.Expr:
    """That a row of all entities, with keys as text, is of this one."""
    same = exp.EQ(this=column(name), expression=cast(one.literal(), Type.TEXT))
    return all_of([exp.EQ(this=column("entity"), expression=text(one.entity.name)), same])


def _among(segments: Sequence[str]) -> exp.Expr:
    return exp.In(this=column("segment"), expressions=[text(name) for name in segments])


def _events(one: _One, events: EventsPlan) -> Query:
    """The events of some use, the latest first, with all that tells what they are."""
    relations = Relations(one.grain)
    ctes = one.models((events.model,), relations)
    place = column("event_order") if events.ordered else cast(exp.Null(), Type.INTEGER)
    told = {"at": Operation.MICROSECONDS(column("occurred_at")), "place": place}
    told |= {"label": cast(column("event"), Type.TEXT)}
    told |= {f"is_{i}": Operation.ONE_IF(column(flag)) for i, flag in enumerate(events.flags)}
    told |= {f"value_{i}": _shown(name, prop.type) for i, (prop, name) in enumerate(events.properties)}
    rows = [named(value, name) for name, value in told.items()]
    found = Cte("found", (), select(rows, table(events.model), where=[one.found(one.entity.key)]))
    keys = [exp.Ordered(this=column("at"), desc=True, nulls_first=False)]
    keys.append(exp.Ordered(this=column("place"), desc=True, nulls_first=True))
    keys += [exp.Ordered(this=column(name), nulls_first=False) for name in list(told)[2:]]
    final = select([column(name) for name in told], table("found"), order_by=keys)
    texts = ("label", *(name for name in told if name.startswith("value_")))
    outputs = tuple(output(name, Type.TEXT if name in texts else Type.INTEGER, name) for name in told)
    return Query("events", "one row an event", (*ctes, found), final, outputs, relations.placeholders, shown=True)


def _shown(name: str, type_: Type) -> exp.Expr:
    """A property as text that is equal where the property is."""
    return cast(Operation.TELLING_NUMBER(column(name)) if type_ is Type.NUMBER else column(name), Type.TEXT)


def _episodes(one: _One, segments: Sequence[str]) -> Query:
    """Every membership as known at the instant, and under no segment the runs that there were; none without history."""
    relations = Relations(one.grain)
    query = membership_query(one.part)
    (model,), read = inlined((query,), (query.name,))
    spells = table(relations.history(one.part.history.spells))
    (name,) = read.values()
    found = all_of([_about(one, "entity_key"), exp.EQ(this=column("kind"), expression=text(MEMBER))])
    ctes = (
        Cte("history", (), select([*map(_as_known, spells_columns())], spells, where=[_known_by("from_at")])),
        Cte(name, (), select([exp.Star()], table("history"), where=[found])),
        model,
    )
    episodes = [*map(column, _EPISODES[:2]), *(_micros(own) for own in _EPISODES[2:4]), column(_EPISODES[4])]
    episodes.append(named(cast(as_of(), Type.TEXT), "as_of"))
    runs = [
        named(text(""), "segment"),
        named(cast(exp.Count(this=exp.Star()), Type.INTEGER), "episode"),
        named(Operation.MICROSECONDS(exp.Min(this=column("from_at"))), "entered_at"),
        named(Operation.MICROSECONDS(exp.Max(this=column("from_at"))), "exited_at"),
        named(cast(exp.Null(), Type.TEXT), "exit_reason"),
        named(cast(as_of(), Type.TEXT), "as_of"),
    ]
    final = union_all(
        [
            select(episodes, table(query.name), where=[_among(segments)]),
            select(runs, table("history"), where=[exp.EQ(this=column("kind"), expression=text(RUN))]),
        ]
    )
    types = (Type.TEXT, *(Type.INTEGER,) * 3, Type.TEXT, Type.TEXT)
    outputs = tuple(output(name, type_, name) for name, type_ in zip((*_EPISODES, "as_of"), types, strict=True))
    return Query("episodes", "one row a segment and episode", ctes, final, outputs, relations.placeholders)


def _micros(name: str) -> exp.Expr:
    return named(Operation.MICROSECONDS(column(name)), name)


def _known_by(name: str) -> exp.Expr:
    """That something was found at the instant, or before."""
    return exp.LTE(this=column(name), expression=as_of())


def _as_known(one: OutputColumn) -> exp.Expr:
    """A column of the spells without what later runs found: what these ended was open still."""
    if one.name not in ("to_at", "reason"):
        return column(one.name)
    return named(exp.Case(ifs=[exp.If(this=_known_by("to_at"), true=column(one.name))]), one.name)

"""`<entity>_measures`: what is measured of an entity, as long as no event of it comes, goes or passes an edge."""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import EntityPlan, KeptPlan
from segpy.plan.model_features import BranchColumn
from segpy.resolve.model_events import with_article
from segpy.spec.expression import Type
from segpy.spec.model import Grain
from segpy.sql.affected import (
    AFFECTED,
    affected_ctes,
    affected_only,
    edges_of_branches,
    edges_of_sequences,
    keeping,
)
from segpy.sql.anchors import anchor_ctes
from segpy.sql.arrivals import written_by, written_by_columns
from segpy.sql.branches import INSTANTS, branch_ctes
from segpy.sql.model import Cte, OutputColumn, Query, When
from segpy.sql.reached import SEQUENCES, columns_of_sequences, reached_ctes, relation_of, sequences_in_use, told_of
from segpy.sql.relations import Relations
from segpy.sql.tree import coalesce, column, left_join, named, number, output, select, table
from segpy.sql.windows import calendar_ctes

EVENTS = "_events"


def measures_query(plan: EntityPlan, kept: KeptPlan, grain: Grain) -> Query:
    """The model of measures. Only those are measured anew whose answer can have changed."""
    relations = Relations(grain)
    entity, key = plan.entity, plan.entity.key
    windows = [one.window for branch in kept.branches for one in branch.columns]
    sequences = plan.sequences.sequences if plan.sequences is not None else ()
    edges = [*edges_of_branches(kept.branches), *edges_of_sequences(sequences)]
    concerned = affected_ctes(plan, kept, edges, windows, relations, after_sequences=True)
    affected = [*concerned, *_entities(key), *_sequences(plan, relations)]
    names = sequences_in_use(plan.features)
    ctes = [
        *calendar_ctes(windows),
        *(cte for cte in affected if cte.when is When.CONTINUED),
        *(cte for cte in affected if cte.when is When.ANEW),
        _counted(key),
        *anchor_ctes(kept.branches, key),
        *(cte for branch in kept.branches for cte in branch_ctes(branch, key, instants=True)),
        *reached_ctes(names),
    ]
    values = [named(column(one.name, branch.name), one.name) for branch in kept.branches for one in branch.columns]
    values += [named(told_of(origin), one.name) for one, origin in columns_of_sequences(plan.features)]
    events = named(coalesce(column(EVENTS, "counted"), number(0)), EVENTS)
    joined = ["counted", *(branch.name for branch in kept.branches), *map(relation_of, names)]
    joins = [left_join(name, exp.EQ(this=column(key, name), expression=column(key, "entities"))) for name in joined]
    final = select([column(key, "entities"), *written_by(relations), events, *values], table("entities"), joins=joins)
    said = {one.name: one.description for one in plan.features.columns}
    columns = (
        output(key, entity.key_type, f"The {entity.name}."),
        *written_by_columns("measured"),
        output(EVENTS, Type.INTEGER, "How many events of it are in use."),
        *(_column(one, said[one.name]) for branch in kept.branches for one in branch.columns),
        *(output(one.name, one.type, one.description) for one, _ in columns_of_sequences(plan.features)),
    )
    words = f"one row {with_article(entity.name)} with events"
    made = keeping(plan, (key,), EVENTS, grain)
    return Query(kept.measures, words, tuple(ctes), final, columns, relations.placeholders, kept=made)


def _entities(key: str) -> list[Cte]:
    """Who is measured."""
    return [
        Cte("entities", (), select([column(key)], table(AFFECTED)), when=When.CONTINUED),
        Cte("entities", (), select([column(key)], table("events"), distinct=True), when=When.ANEW),
    ]


def _sequences(plan: EntityPlan, relations: Relations) -> list[Cte]:
    """How far they came in sequences."""
    if plan.sequences is None:
        return []
    source = table(relations.model(plan.sequences.model))
    among = [affected_only(plan.entity.key)]
    return [
        Cte(SEQUENCES, (), select([exp.Star()], source, where=among), copied=True, when=When.CONTINUED),
        Cte(SEQUENCES, (), select([exp.Star()], source.copy()), when=When.ANEW),
    ]


def _column(one: BranchColumn, said: str) -> OutputColumn:
    """A measure as it is kept: of the time since an instant the instant itself."""
    if one.aggregation in INSTANTS:
        return output(one.name, Type.TIMESTAMP, f"the instant that this is counted from: {said}")
    return output(one.name, one.type, said)


def _counted(key: str) -> Cte:
    events = named(exp.Count(this=exp.Star()), EVENTS)
    return Cte("counted", (), select([column(key), events], table("events"), group_by=[column(key)]))

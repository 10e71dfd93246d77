"""A plan to the queries of its models, and these to the text of a dialect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segpy.dialects import DIALECTS, Dialect
from segpy.plan.model import Plan
from segpy.plan.model_portfolio import PortfolioModels
from segpy.resolve.model_events import Entity
from segpy.sql.activation import activation_query
from segpy.sql.arms import arms_query
from segpy.sql.assignments import assignments_query
from segpy.sql.attrition import attrition_query
from segpy.sql.audiences import audience_queries
from segpy.sql.candidates import candidates_query
from segpy.sql.events import events_query
from segpy.sql.explanations import explanations_query
from segpy.sql.features import features_query
from segpy.sql.holdouts import holdouts_query
from segpy.sql.inputs import reads_of
from segpy.sql.layout import typeset, variants
from segpy.sql.lower.query import lower, lowered_column
from segpy.sql.meaning import meaning_of
from segpy.sql.measures import measures_query
from segpy.sql.membership import changes_query, members_query, membership_query
from segpy.sql.model import Model, Query, Written
from segpy.sql.monitors import monitors_query
from segpy.sql.outcomes import outcomes_query
from segpy.sql.overlap import overlap_query
from segpy.sql.pareto import pareto_query
from segpy.sql.relations import jinja_of_model
from segpy.sql.results import result_queries
from segpy.sql.seen import seen_query
from segpy.sql.segments import catalog_query, segments_query
from segpy.sql.sequences import sequences_query
from segpy.sql.sizes import moves_query, sizes_query
from segpy.sql.spells import spells_query
from segpy.sql.stays import stays_query
from segpy.sql.time_spine import time_spine_query
from segpy.sql.touched import touched_query
from segpy.sql.verify import verify


def models_in_sql(plan: Plan) -> tuple[Model, ...]:
    """Every model, verified, in the order in which they depend on each other."""
    dialects = dialects_of(plan.bound.settings.dialects)
    models: list[Model] = []
    meanings: dict[str, str] = {}
    queries = queries_of(plan)
    generated = {jinja_of_model(query.name) for query in queries}
    for query in queries:
        written = tuple(_in_dialect(query, dialect) for dialect in dialects)
        meaning = None
        if query.kept is not None and query.kept.by_meaning:
            upstream = [meanings[jinja] for _, jinja in query.placeholders if jinja in meanings]
            meaning = meanings[jinja_of_model(query.name)] = meaning_of(query.kept, written, upstream)
        models.append(
            Model(query.name, query.grain, query.view, written, query.kept, meaning, reads_of(query, generated))
        )
    return tuple(models)


def dialects_of(names: Sequence[str]) -> tuple[Dialect, ...]:
    """The dialects of a project. A name that needs quotes in one of them has them in all."""
    found = tuple(DIALECTS[name] for name in names)
    return tuple(replace(one, beside=tuple(other for other in found if other is not one)) for one in found)


def dialect_of(plan: Plan, adapter: str | None) -> Dialect:
    """The dialect of a project that the adapter of a target speaks; its first where none of them does."""
    dialects = dialects_of(plan.bound.settings.dialects)
    return next((one for one in dialects if one.adapter == adapter), dialects[0])


def queries_of(plan: Plan) -> tuple[Query, ...]:
    """The query of every model, the same for all engines."""
    queries = entity_queries(plan, kept=True)
    if any(entity.segments for entity in plan.entities):
        queries += (catalog_query(plan), spells_query(plan))
        if plan.holdouts is not None:
            queries += (holdouts_query(plan, plan.holdouts), assignments_query(plan, plan.holdouts))
        queries += (membership_query(plan), changes_query(plan))
        queries += _experiments(plan)
        queries += result_queries(plan)
        queries += (members_query(plan), sizes_query(plan), activation_query(plan), *audience_queries(plan))
        queries += (attrition_query(plan),)
        queries += _portfolio(plan, plan.portfolio) if plan.portfolio is not None else ()
        if plan.explanations is not None:
            queries += (explanations_query(plan, plan.explanations),)
        if plan.semantics is not None and plan.semantics.time_spine is not None:
            queries += (time_spine_query(plan, plan.semantics.time_spine),)
        queries += (moves_query(plan, plan.history.moves),) if plan.history.moves is not None else ()
    return queries


def _portfolio(plan: Plan, models: PortfolioModels) -> tuple[Query, ...]:
    """The segments as a whole."""
    pareto = (pareto_query(plan, models.pareto),) if models.pareto is not None else ()
    monitors = monitors_query(plan, models.monitors)
    stays = (stays_query(plan, models.stays),) if models.stays is not None else ()
    return (overlap_query(plan, models.overlap), *pareto, monitors, candidates_query(plan, models), *stays)


def _experiments(plan: Plan) -> tuple[Query, ...]:
    """What came of those who were assigned, in a project that measures anything."""
    models = plan.holdouts
    if models is None or models.outcomes is None or models.arms is None:
        return ()
    return (outcomes_query(plan, models, models.outcomes), arms_query(plan, models.outcomes, models.arms))


def entity_queries(plan: Plan, *, kept: bool) -> tuple[Query, ...]:
    """The queries of the models about entities, in the order in which they depend on each other.

    Without `kept` nothing is kept from run to run, whatever the plan keeps.
    """
    grain = plan.bound.settings.grain
    queries: list[Query] = []
    for entity in sorted(plan.entities, key=lambda one: _owning(one.entity)):
        if entity.events is not None:
            queries.append(events_query(entity, entity.events, grain, kept=kept))
        if kept and entity.kept is not None:
            queries.append(touched_query(entity, entity.kept, grain))
        if entity.sequences is not None:
            queries.append(sequences_query(entity, entity.sequences, grain, kept=kept))
        if kept and entity.kept is not None:
            queries.append(measures_query(entity, entity.kept, grain))
            if entity.kept.seen is not None:
                queries.append(seen_query(entity, entity.kept, entity.kept.seen, grain))
        queries.append(features_query(entity, grain, kept=kept))
        if entity.segments is not None:
            queries.append(segments_query(entity, entity.segments, grain, plan.history.spells))
    return tuple(queries)


def _owning(entity: Entity) -> int:
    """How many kinds of members stand below an entity: what asks about members comes after them."""
    return 0 if entity.members is None else 1 + _owning(entity.members.entity)


def _in_dialect(query: Query, dialect: Dialect) -> Written:
    columns = tuple(lowered_column(column, dialect) for column in query.columns)
    return Written(dialect, written(lower(query, dialect), dialect), columns)


def written(lowered: Query, dialect: Dialect, *, verified: bool = True) -> str:
    """The text of a query that was lowered, read again and compared with what it was written from."""
    runs = variants(lowered)
    texts = [typeset(one, dialect.grammar) for one in runs]
    if verified:
        for one, text in zip(runs, texts, strict=True):
            verify(one, text.text, dialect.grammar, text.tokens)
    text = texts[0] if len(runs) == 1 else typeset(lowered, dialect.grammar)
    return text.filled_in(lowered)

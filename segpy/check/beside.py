"""What stands beside the generated models in their dbt project. Asked once these are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from segpy.catalog.model import Catalog
from segpy.check.errors import ModelTaken, NoTimeSpine, TwoTimeSpines
from segpy.diagnostics.model import Diagnostic
from segpy.resolve.model import Bound
from segpy.spec.model import SemanticLayer

_FINE = ("nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day")


def beside(models: Iterable[str], bound: Bound, catalog: Catalog) -> tuple[Diagnostic, ...]:
    """Everything in the project that generated models get into the way of, or that they lack."""
    return (*models_taken(models, bound, catalog), *_time_spines(bound, catalog))


def models_taken(models: Iterable[str], bound: Bound, catalog: Catalog) -> tuple[Diagnostic, ...]:
    """The generated models under a name that the dbt project already has."""
    relations = [stream.relation for entity in bound.entities for stream in entity.streams]
    relations += [entity.relation for entity in bound.entities if entity.relation is not None]
    read = {relation.arguments[-1]: relation.span for relation in relations if relation.function == "ref"}
    taken = read.keys() | (catalog.refs or frozenset())
    return tuple(ModelTaken(span=read.get(model), model=model) for model in models if model in taken)


def _time_spines(bound: Bound, catalog: Catalog) -> Iterator[Diagnostic]:
    """The semantic layer has one calendar to go by.

    Asked for days it takes the coarsest time spine that can tell days, and of two that are as coarse the last that it
    reads. So ours may stand beside those only that are coarser.
    """
    wanted, grain = bound.settings.semantics, bound.settings.grain.value
    own = [(one, one.granularity or grain) for one in catalog.time_spines]
    match wanted.layer:
        case SemanticLayer.METRICS if bound.segments and catalog.refs is not None:
            if not any(granularity in _FINE for _, granularity in own):
                yield NoTimeSpine(span=wanted.span)
        case SemanticLayer.METRICS_AND_TIME_SPINE:
            rivals = [one.model for one, granularity in own if granularity in _FINE[: _FINE.index(grain) + 1]]
            if rivals:
                yield TwoTimeSpines(span=wanted.span, model=rivals[0])
        case _:
            return

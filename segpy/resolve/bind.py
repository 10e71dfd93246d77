"""A whole spec bound."""

from __future__ import annotations

from segpy.catalog.model import Catalog
from segpy.diagnostics.model import Diagnostic
from segpy.resolve.examples import bind_examples
from segpy.resolve.experiments import ExperimentBinder
from segpy.resolve.features import FeatureBinder
from segpy.resolve.holdouts import HoldoutBinder
from segpy.resolve.model import Bound, Settings
from segpy.resolve.portfolio import bind_values
from segpy.resolve.scope import Findings, Parse
from segpy.resolve.segments import SegmentBinder
from segpy.resolve.taxonomy import bind_taxonomy, timezone_of
from segpy.spec.model import Spec


def bind(spec: Spec, catalog: Catalog, parse: Parse) -> tuple[Bound | None, tuple[Diagnostic, ...]]:
    """The bound spec, or None and all that could not be resolved. `parse` reads the text of an expression."""
    findings = Findings(parse)
    taxonomy = bind_taxonomy(spec, catalog, findings)
    features = FeatureBinder(spec, taxonomy, findings)
    bound_features = features.bind_all()
    segments, groups = SegmentBinder(spec, taxonomy, features, findings).bind_all()
    holdouts = HoldoutBinder(spec, taxonomy, features, findings, segments).bind_all()
    binder = ExperimentBinder(spec, taxonomy, features, findings, holdouts)
    experiments, outcomes = binder.bind_all(), binder.bind_outcomes()
    values = bind_values(spec, features, findings)
    examples = bind_examples(spec, taxonomy, features, findings)
    if findings.noted:
        return None, tuple(dict.fromkeys(findings.noted))
    entities = tuple(sorted(taxonomy.entities.values(), key=lambda entity: entity.name))
    events = tuple(sorted(taxonomy.events.values(), key=lambda event: event.name))
    settings, measured = _settings(spec, catalog), (holdouts, experiments, values, outcomes, events)
    return Bound(settings, entities, bound_features, segments, groups, examples, *measured), ()


def _settings(spec: Spec, catalog: Catalog) -> Settings:
    written = spec.settings
    return Settings(
        tuple(one.text for one in written.dialect) or (catalog.adapter or "duckdb",),
        tuple(one.span for one in written.dialect) or (None,),
        written.grain,
        written.models_path,
        f"{catalog.macro_folder}/segpy",
        written.name_prefix,
        written.retention.duration if written.retention else None,
        written.lateness.duration if written.lateness else None,
        timezone_of(spec),
        written.explanations,
        written.portfolio,
        written.semantic_layer,
        catalog.models_grouped,
        written.privacy.min_cell_size,
    )

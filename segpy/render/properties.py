"""`_segpy.yml`: descriptions, types, contracts and tests of the generated models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segpy.plan.model import EntityPlan, Plan, SegmentsPlan
from segpy.render.explained import explained_contents, explained_tests
from segpy.render.history import Contents, a_test, history_contents
from segpy.render.holdouts import activation_tests, holdout_contents
from segpy.render.model import Artifact
from segpy.render.owners import flag_config, segments_config
from segpy.render.personal import personal_columns
from segpy.render.portfolio import portfolio_contents
from segpy.render.results import result_contents
from segpy.render.semantics import calendar, calendar_words, semantics_file
from segpy.render.yaml_text import plain_text, yaml_text
from segpy.resolve.model import Size
from segpy.sql.model import Model


def properties_files(plan: Plan, models: tuple[Model, ...]) -> list[Artifact]:
    """The properties of all generated models, and what the semantic layer is told of them."""
    written = {column.name: column.name_in_yaml for model in models for column in _columns(model)}
    contents = _contents(plan, written)
    about = {
        entity.segments.model: _About(
            segments_config(plan, entity.segments),
            {one.segment.name: flag_config(one) for one in entity.segments.segments},
        )
        for entity in plan.entities
        if entity.segments is not None
    }
    for entity in plan.entities:
        about |= {model: _About({}, columns) for model, columns in personal_columns(entity).items()}
    described = [
        _model(model, *contents[model.name], about.get(model.name, _About({}, {})))
        for model in sorted(models, key=lambda model: model.name)
    ]
    if plan.semantics is not None:
        grain, spine = plan.bound.settings.grain.value, plan.semantics.time_spine
        described = [calendar(one, grain) if one["name"] == spine else one for one in described]
    path = f"{plan.bound.settings.models_path}/_segpy.yml"
    return [Artifact(path, yaml_text({"version": 2, "models": described})), *semantics_file(plan, written)]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column as a properties file tells of it, whatever the dialect of the target."""

    name: str
    quoted: bool
    name_in_yaml: str
    type_in_yaml: str
    description: str


@dataclass(frozen=True, slots=True)
class _About:
    """What else dbt is told of a model and of its columns, by name: tags, meta, the group that it is in."""

    model: Mapping[str, Any]
    columns: Mapping[str, Mapping[str, Any]]


def _columns(model: Model) -> list[_Column]:
    found = []
    for same in zip(*(one.columns for one in model.written), strict=True):
        pairs = list(zip((one.dialect.adapter for one in model.written), same, strict=True))
        names = by_adapter({adapter: column.written for adapter, column in pairs})
        types = by_adapter({adapter: column.sql_type for adapter, column in pairs})
        first = same[0]
        found.append(_Column(first.name, first.written != first.name, names, types, first.description))
    return found


def by_adapter(values: Mapping[str, str]) -> str:
    """A value that may be another for each adapter, as Jinja that chooses."""
    if len(set(values.values())) == 1:
        return next(iter(values.values()))
    return f"{{{{ {json.dumps(values)}[target.type] }}}}"


def _model(model: Model, description: str, contract: bool, tests: list[Any], about: _About) -> dict[str, Any]:
    columns = [
        {
            "name": column.name,
            **({"quote": True} if column.quoted else {}),
            "description": plain_text(column.description),
            "data_type": column.type_in_yaml,
            **({"config": about.columns[column.name]} if column.name in about.columns else {}),
        }
        for column in _columns(model)
    ]
    return {
        "name": model.name,
        "description": plain_text(f"{description} One row: {model.grain.removeprefix('one row ')}."),
        "config": {"tags": ["segpy"], **({"contract": {"enforced": True}} if contract else {}), **about.model},
        "columns": columns,
        "data_tests": [_named(model.name, test) for test in tests],
    }


def _contents(plan: Plan, written: Mapping[str, str]) -> dict[str, Contents]:
    """Description, contract and tests of each model."""
    found: dict[str, Contents] = {}
    for entity in plan.entities:
        found |= _entity_contents(plan, entity, written)
    members = "The members of every segment at as_of."
    found[plan.members] = (members, True, [a_test("segpy_grain", columns=["segment", "entity", "entity_key"])])
    found |= history_contents(plan) | explained_contents(plan) | holdout_contents(plan)
    found |= portfolio_contents(plan) | result_contents(plan)
    activation = "The members of every segment at as_of whose entity asks for no consent or has given it."
    activation = activation.replace(" whose", ", of whom none is held out, whose") if plan.holdouts else activation
    grain = a_test("segpy_grain", columns=["segment", "entity", "entity_key"])
    found[plan.activation] = (activation, True, [grain, *activation_tests(plan.holdouts)])
    catalog = "What each segment means: to be shown beside a flag."
    found[plan.catalog] = (catalog, True, [a_test("segpy_grain", columns=["segment"])])
    spines = calendar_words(plan.semantics, plan.bound.settings.grain.value) if plan.semantics is not None else {}
    found |= {name: (words, False, [a_test("segpy_grain", columns=["starts_at"])]) for name, words in spines.items()}
    return found


def _entity_contents(plan: Plan, entity: EntityPlan, written: Mapping[str, str]) -> dict[str, Contents]:
    name, key = entity.entity.name, written[entity.entity.key]
    found: dict[str, Contents] = {}
    if entity.events is not None:
        before = a_test("segpy_before_as_of", column="occurred_at", grain=plan.bound.settings.grain.value)
        words = f"The events of every {name} that some feature or segment needs, each once, before as_of."
        found[entity.events.model] = (words, False, [before])
    if entity.kept is not None:
        words = f"The last run that saw events of a {name} come or go, by which later runs know whom to look at."
        found[entity.kept.touched] = (words, False, [a_test("segpy_grain", columns=[key])])
        words = f"What is measured of every {name}, kept until an event of it comes, goes or leaves a window."
        found[entity.kept.measures] = (words, False, [a_test("segpy_grain", columns=[key])])
    if entity.kept is not None and entity.kept.seen is not None:
        words = f"Every {name} with an event in any stream, whether a feature needs it or not."
        found[entity.kept.seen] = (words, False, [a_test("segpy_grain", columns=[key])])
    if entity.sequences is not None:
        words = f"How far every {name} came in each sequence, of those that reached its first step."
        found[entity.sequences.model] = (words, False, [a_test("segpy_grain", columns=[key, written["sequence"]])])
    words = f"What is measured of every {name} at as_of. Durations are in seconds."
    found[entity.features.model] = (words, False, [a_test("segpy_grain", columns=[key])])
    if entity.segments is not None:
        words = f"Which segments every {name} is in at as_of."
        found[entity.segments.model] = (words, True, _segment_tests(plan, entity, entity.segments, written))
    return found


def _segment_tests(plan: Plan, entity: EntityPlan, segments: SegmentsPlan, written: Mapping[str, str]) -> list[Any]:
    name, key = entity.entity.name, written[entity.entity.key]
    names = [written[one.segment.name] for one in segments.segments]
    tests = [
        a_test("segpy_grain", columns=[key]),
        a_test("segpy_known_keys", column=key, to=f"ref('{entity.features.model}')"),
        a_test("segpy_flags_match_members", members=f"ref('{plan.members}')", entity=name, key=key, segments=names),
        *explained_tests(plan, name, key, {one.segment.name: written[one.holds] for one in segments.segments}),
    ]
    if segments.groups:
        groups = {group.name: [written[name] for name in group.segments] for group in segments.groups}
        tests.append(a_test("segpy_exclusive_groups", key=key, groups=groups))
    sized = [(written[one.segment.name], one.segment.size) for one in segments.segments if one.segment.size]
    bounds = [found for name, size in sized if len(found := _bounds(name, size)) > 1]
    if bounds:
        tests.append(a_test("segpy_segment_sizes", bounds=bounds))
    return tests


def _bounds(segment: str, size: Size) -> dict[str, Any]:
    written = {
        "at_least": size.at_least,
        "at_most": size.at_most,
        "at_least_share": size.at_least_share,
        "at_most_share": size.at_most_share,
    }
    return {"segment": segment, **{key: value for key, value in written.items() if value is not None}}


def _named(model: str, test: dict[str, Any]) -> dict[str, Any]:
    """A test under a short name of its own: dbt would make one of all its arguments."""
    ((kind, body),) = test.items()
    return {kind: {"name": f"{kind}_{model}", **body}}

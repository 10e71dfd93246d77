"""The stages and their order: the one file that knows them."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from segpy.catalog.model import Catalog
from segpy.catalog.profiles import find_profiles_dir
from segpy.catalog.scan import scan_project
from segpy.check.beside import beside
from segpy.check.rules import check
from segpy.diagnostics.model import Diagnostic, Severity
from segpy.plan.build import build_plan
from segpy.plan.chosen import Chosen as Chosen
from segpy.plan.chosen import chosen
from segpy.plan.compare import compare
from segpy.plan.examples import build_examples, models_of_examples
from segpy.plan.model import Plan, models_of
from segpy.plan.model_compare import Comparison
from segpy.plan.model_summaries import SegmentSummary as SegmentSummary
from segpy.plan.part import part_of
from segpy.plan.summaries import summaries
from segpy.project.drift import find_drift
from segpy.project.errors import FormerErrors
from segpy.project.find import find_specs
from segpy.project.model import WriteReport
from segpy.project.revision import specs_at
from segpy.project.write import write_artifacts
from segpy.render.model import Artifact
from segpy.render.models import render
from segpy.resolve.bind import bind
from segpy.resolve.model import Bound
from segpy.source.nodes import Mapping, Scalar, Source
from segpy.source.read import read_bytes, read_source
from segpy.spec.decode import decode
from segpy.spec.inputs import inputs_of
from segpy.spec.model_inputs import Input
from segpy.spec.schema import schema_text as language_schema
from segpy.sql.build import models_in_sql
from segpy.sql.differences import members_queries
from segpy.sql.examples import build_unit_tests, example_summaries
from segpy.sql.model import ExampleSummary as ExampleSummary
from segpy.sql.model import MembersQuery, Model
from segpy.sql.preview import preview_queries
from segpy.sql.read import read_expression
from segpy.sql.relations import jinja_of
from segpy.sql.why import why_queries
from segpy.warehouse.backfill import backfill as backfill_history
from segpy.warehouse.differences import members_differ
from segpy.warehouse.inputs import gone
from segpy.warehouse.keys import key_of
from segpy.warehouse.model import BuildOptions, BuildResult, Progress, Sizes, Target
from segpy.warehouse.model_backfill import BackfillOptions, BackfillProgress, BackfillResult
from segpy.warehouse.model_differences import MembersDiffer as MembersDiffer
from segpy.warehouse.model_inputs import Reading
from segpy.warehouse.model_preview import Preview
from segpy.warehouse.model_why import Why, WhyAsked
from segpy.warehouse.preview import preview as preview_segment
from segpy.warehouse.query import segment_sizes
from segpy.warehouse.run import build_parsed, parse
from segpy.warehouse.why import why as ask_why


@dataclass(frozen=True, slots=True)
class Compiled:
    """What came of a project's specs. Without errors in `diagnostics` there are artifacts and segments."""

    sources: tuple[Source, ...]
    diagnostics: tuple[Diagnostic, ...]
    artifacts: tuple[Artifact, ...] = ()
    segments: tuple[SegmentSummary, ...] = ()
    examples: tuple[ExampleSummary, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    grain: str = "day"
    members_model: str = "segment_members"
    history_models: tuple[str, ...] = ()  # those that remember from run to run, the spells first
    readings: tuple[Reading, ...] = ()
    min_cell_size: int | None = None  # the smallest count that is told to others

    @property
    def failed(self) -> bool:
        """Whether anything found is an error."""
        return _has_errors(self.diagnostics)


def check_project(project_dir: Path, profiles_dir: Path | None = None, target: str | None = None) -> Compiled:
    """All findings in a dbt project's `segments/` folder, and its segments. Nothing of it is written in SQL."""
    with _rarely_collecting():
        found = _project(project_dir, profiles_dir, target)
        return found if isinstance(found, Compiled) else _planned(*found).compiled


def compile_project(project_dir: Path, profiles_dir: Path | None = None, target: str | None = None) -> Compiled:
    """Everything that a dbt project's `segments/` folder asks for. Reads files, writes none."""
    with _rarely_collecting():
        found = _project(project_dir, profiles_dir, target)
        return found if isinstance(found, Compiled) else _compiled(_planned(*found))


@contextmanager
def _rarely_collecting() -> Iterator[None]:
    """Let Python look for garbage less often: of the many small nodes of a compilation most live as long as it does.

    To look through all of them again and again took longer than the compilation itself.
    """
    before = gc.get_threshold()
    gc.set_threshold(200_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def compile_sources(sources: Sequence[Source], catalog: Catalog | None = None) -> Compiled:
    """Everything that these spec files ask for. A stage begins only where those before it found no error."""
    return _compiled(_planned(_read(sources), catalog or Catalog(), ()))


@dataclass(frozen=True, slots=True)
class _Read:
    """Spec files in the order of their paths, and their nodes."""

    sources: tuple[Source, ...]
    files: tuple[Mapping, ...]
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is known before anything is written in SQL; the rest of `compiled` is still missing."""

    compiled: Compiled
    bound: Bound | None = None
    plan: Plan | None = None
    inputs: tuple[Input, ...] = ()


def _project(
    project_dir: Path, profiles_dir: Path | None, target: str | None
) -> tuple[_Read, Catalog, tuple[Diagnostic, ...]] | Compiled:
    """The spec files of a project, and what its dbt project says; or what is the matter with its files."""
    found, diagnostics = find_specs(project_dir)
    sources: list[Source] = []
    problems = list(diagnostics)
    for path, data in found:
        one = read_bytes(path, data)
        if isinstance(one, Source):
            sources.append(one)
        else:
            problems.append(one)
    if problems:
        return Compiled(tuple(sources), tuple(problems))
    read = _read(sources)
    catalog, warnings = scan_project(project_dir, profiles_dir, target, exclude=_generated_folders(read.files))
    return read, catalog, warnings


def _read(sources: Sequence[Source]) -> _Read:
    ordered = tuple(sorted(sources, key=lambda source: source.path))
    read = [read_source(source) for source in ordered]
    findings = tuple(finding for _, found in read for finding in found)
    return _Read(ordered, tuple(file for file, _ in read if file is not None), findings)


def _planned(read: _Read, catalog: Catalog, warnings: tuple[Diagnostic, ...]) -> _Planned:
    """The stages before SQL."""
    findings: list[Diagnostic] = [*warnings, *read.findings]
    bound, inputs = _bound(read, catalog, findings)
    if bound is None or _has_errors(findings):
        return _Planned(Compiled(read.sources, tuple(findings)))
    plan = build_plan(bound)
    findings += beside((*models_of(plan), *models_of_examples(bound)), bound, catalog)
    if _has_errors(findings):
        return _Planned(Compiled(read.sources, tuple(findings)))
    grain = bound.settings.grain.value
    assigned = (plan.holdouts.assignments,) if plan.holdouts is not None else ()
    history = (plan.history.spells, plan.history.sizes, *assigned)
    told, least = (plan.members, history), bound.settings.min_cell_size
    compiled = Compiled(
        read.sources, tuple(findings), (), summaries(plan), (), chosen(plan), grain, *told, min_cell_size=least
    )
    return _Planned(compiled, bound, plan, inputs)


def _bound(read: _Read, catalog: Catalog, findings: list[Diagnostic]) -> tuple[Bound | None, tuple[Input, ...]]:
    """What the files say, each name resolved, and what they read. Findings on the way are added to the others."""
    if _has_errors(findings):
        return None, ()
    spec, found = decode(list(read.files))
    findings += found
    if spec is None:
        return None, ()
    bound, found = bind(spec, catalog, read_expression)
    findings += found
    if bound is not None:
        findings += check(bound)
    return bound, inputs_of(spec)


def _compiled(planned: _Planned) -> Compiled:
    """The stages from SQL on."""
    plan, bound = planned.plan, planned.bound
    if plan is None or bound is None:
        return planned.compiled
    tests = build_unit_tests(build_examples(bound))
    models = models_in_sql(plan)
    artifacts, readings = render(plan, models, tests), tuple(_readings(models, planned.inputs))
    return replace(planned.compiled, artifacts=artifacts, examples=example_summaries(tests), readings=readings)


def _readings(models: Sequence[Model], inputs: Sequence[Input]) -> Iterator[Reading]:
    """What each model reads of the user's, and where that is written."""
    for model in models:
        for read in model.reads:
            own = [one for one in inputs if jinja_of(one.relation) == read.relation]
            names = {name.text: name for one in own for name in one.columns}
            columns = tuple(names[column] for column in read.columns if column in names)
            yield Reading(model.name, own[0].relation, columns)


def write(project_dir: Path, compiled: Compiled, *, force: bool = False) -> tuple[WriteReport, tuple[Diagnostic, ...]]:
    """Bring the generated files of a project up to date: all of them, or with findings none."""
    return write_artifacts(project_dir, compiled.artifacts, force=force)


def drift(project_dir: Path, compiled: Compiled) -> tuple[Diagnostic, ...]:
    """The generated files of a project that are not what its specs ask for. Writes nothing."""
    return find_drift(project_dir, compiled.artifacts)


def warehouse_of(project_dir: Path, profiles_dir: Path | None, target: str | None) -> Target:
    """Where dbt builds a project, its profiles looked for as dbt does."""
    return Target(project_dir, find_profiles_dir(project_dir, profiles_dir), target)


def build(
    where: Target, compiled: Compiled, asked: BuildOptions, on_progress: Progress = lambda _: None
) -> BuildResult:
    """Build a rendered project with dbt; nothing of it where the warehouse lacks what is read."""
    manifest = parse(where, asked.variables)
    if isinstance(manifest, Diagnostic):
        return BuildResult(problems=(manifest,))
    missing = gone(where, manifest, asked, compiled.readings)
    return BuildResult(problems=missing) if missing else build_parsed(where, manifest, asked, on_progress)


def backfill(
    where: Target, compiled: Compiled, asked: BackfillOptions, on_progress: BackfillProgress = lambda _: None
) -> BackfillResult:
    """Build the history of a rendered project that has segments, instant after instant."""
    return backfill_history(where, asked, compiled.history_models, compiled.readings, on_progress)


def sizes(where: Target, compiled: Compiled, result: BuildResult) -> Sizes | Diagnostic | None:
    """How large the segments are; None where a build did not make all that tells it."""
    flags = {segment.entity: segment.model for segment in compiled.segments}
    built = {node.name for node in result.nodes if node.kind == "model" and node.status == "success"}
    if not flags or not {compiled.members_model, *flags.values()} <= built:
        return None
    asked = [(segment.name, segment.entity) for segment in compiled.segments]
    return segment_sizes(where, result.manifest, members=compiled.members_model, flags=flags, segments=asked)


@dataclass(frozen=True, slots=True)
class Difference:
    """How a project's specs differ from another version of them. Without problems there is a comparison."""

    after: Compiled
    problems: tuple[Diagnostic, ...] = ()
    comparison: Comparison | None = None
    queries: tuple[MembersQuery, ...] = ()


def difference(project_dir: Path, profiles_dir: Path | None, target: str | None, against: str | Path) -> Difference:
    """How the specs of a project differ from those of a revision of git, or of another project's folder."""
    with _rarely_collecting():
        found = _project(project_dir, profiles_dir, target)
        if isinstance(found, Compiled):
            return Difference(found, found.diagnostics)
        after = _planned(*found)
        if after.plan is None or after.bound is None:
            return Difference(after.compiled, after.compiled.diagnostics)
        specs, problems = specs_at(project_dir, against) if isinstance(against, str) else find_specs(against)
        if problems:
            return Difference(after.compiled, problems)
        before = _former(specs, after.bound, found[1])
        if isinstance(before, Compiled):
            errors = [one for one in before.diagnostics if one.severity is Severity.ERROR]
            first = f"{errors[0].code} in {errors[0].span.file if errors[0].span else 'the specs'}: {errors[0].title}"
            return Difference(after.compiled, (FormerErrors(str(against), len(errors), first),))
        comparison = compare(build_plan(before), after.plan)
        affected = frozenset(one.segment for one in comparison.segments if one.affects_members)
        parts = [build_plan(part_of(bound, affected & _names_of(bound))) for bound in (before, after.bound)]
        queries = members_queries(parts[0], parts[1], affected, found[1].adapter)
    return Difference(after.compiled, (), comparison, queries)


def _former(specs: Sequence[tuple[str, bytes]], now: Bound, catalog: Catalog) -> Bound | Compiled:
    """What another version of the specs says; where there are none, nothing. What it reads is not looked for."""
    if not specs:
        return part_of(now, ())
    sources = [read_bytes(path, data) for path, data in specs]
    unreadable = tuple(one for one in sources if not isinstance(one, Source))
    if unreadable:
        return Compiled((), unreadable)
    planned = _planned(_read([one for one in sources if isinstance(one, Source)]), Catalog(adapter=catalog.adapter), ())
    return planned.compiled if planned.bound is None else planned.bound


def _names_of(bound: Bound) -> frozenset[str]:
    return frozenset(segment.name for segment in bound.segments)


def members(where: Target, found: Difference, instants: Sequence[str | None]) -> tuple[MembersDiffer, ...] | Diagnostic:
    """Who is in the segments that differ, before and after, at each of the instants."""
    manifest = parse(where, {})
    if isinstance(manifest, Diagnostic):
        return manifest
    differ: list[MembersDiffer] = []
    for instant in instants:
        at = members_differ(where, manifest, found.queries, instant)
        if isinstance(at, Diagnostic):
            return at
        differ += at
    return tuple(differ)


def preview(
    project_dir: Path, profiles_dir: Path | None, target: str | None, where: Target, segment: str, as_of: str | None
) -> tuple[Compiled, Preview | Diagnostic | None]:
    """A segment as it would be; None where the specs do not hold, or have no such segment."""
    with _rarely_collecting():
        found = _project(project_dir, profiles_dir, target)
        if isinstance(found, Compiled):
            return found, None
        planned = _planned(*found)
        bound, plan = planned.bound, planned.plan
        if plan is None or bound is None or segment not in _names_of(bound):
            return planned.compiled, None
        queries = preview_queries(build_plan(part_of(bound, (segment,))), plan, segment, found[1].adapter)
    manifest = parse(where, {})
    if isinstance(manifest, Diagnostic):
        return planned.compiled, manifest
    return planned.compiled, preview_segment(where, manifest, queries, as_of)


def why(
    project_dir: Path, profiles_dir: Path | None, target: str | None, where: Target, asked: WhyAsked
) -> tuple[Compiled, Why | Diagnostic | None]:
    """Why somebody is in segments or is not; None where the specs do not hold, or have not what is asked for."""
    with _rarely_collecting():
        found = _project(project_dir, profiles_dir, target)
        if isinstance(found, Compiled):
            return found, None
        planned = _planned(*found)
        bound, compiled = planned.bound, planned.compiled
        entity = asked.entity_among([(one.name, one.entity) for one in compiled.segments])
        if bound is None or entity is None:
            return compiled, None
        key = key_of(bound.entity(entity), asked.key)
        if isinstance(key, Diagnostic):
            return compiled, key
        own = [one.name for one in compiled.segments if asked.segment in (None, one.name) and one.entity == entity]
        queries = why_queries(build_plan(part_of(bound, own)), entity, key, own, found[1].adapter)
    manifest = parse(where, {})
    return compiled, manifest if isinstance(manifest, Diagnostic) else ask_why(where, manifest, queries, asked)


def planned(
    project_dir: Path, profiles_dir: Path | None, target: str | None
) -> tuple[Compiled, Plan | None, str | None]:
    """A project's plan, None where its specs do not hold, and the adapter of its target."""
    found = _project(project_dir, profiles_dir, target)
    if isinstance(found, Compiled):
        return found, None, None
    made = _planned(*found)
    return made.compiled, made.plan, found[1].adapter


def schema_text() -> str:
    """The language as a JSON Schema, the text of a file."""
    return language_schema()


def _has_errors(findings: Sequence[Diagnostic]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def _generated_folders(files: Sequence[Mapping]) -> tuple[str, ...]:
    """Where generated models are about to stand: what is in their way there is not a name that is taken."""
    for file in files:
        written = file.get("models_path")
        if isinstance(written, Scalar):
            return (written.text.strip("/"),)
    return ("models/segpy",)

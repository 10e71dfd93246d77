"""The stages and their order: the one file that knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from segpy.catalog.model import Catalog
from segpy.catalog.profiles import find_profiles_dir
from segpy.catalog.scan import scan_project
from segpy.check.rules import check, models_taken
from segpy.diagnostics.model import Diagnostic, Severity
from segpy.plan.build import build_plan
from segpy.plan.examples import build_examples
from segpy.plan.model import Plan
from segpy.project.drift import find_drift
from segpy.project.find import find_specs
from segpy.project.model import WriteReport
from segpy.project.write import write_artifacts
from segpy.render.model import Artifact
from segpy.render.models import render
from segpy.resolve.bind import bind
from segpy.source.nodes import Mapping, Scalar, Source
from segpy.source.read import read_bytes, read_source
from segpy.spec.decode import decode
from segpy.spec.schema import schema_text as language_schema
from segpy.sql.build import models_in_sql
from segpy.sql.examples import build_unit_tests
from segpy.sql.model import UnitTests
from segpy.sql.read import read_expression
from segpy.warehouse.model import BuildOptions, BuildResult, Progress, Sizes, Target
from segpy.warehouse.query import segment_sizes
from segpy.warehouse.run import build as build_models


@dataclass(frozen=True, slots=True)
class SegmentSummary:
    """A segment as people are told of it. `english` is its definition, a line each."""

    name: str
    entity: str
    description: str
    stage: str | None
    owner: str | None
    version: int
    content_hash: str
    english: tuple[str, ...]
    spec_file: str
    model: str


@dataclass(frozen=True, slots=True)
class ExampleSummary:
    """An example as a build tells of it. `test` is the name of its unit test, `member` the column of membership."""

    test: str
    segment: str
    name: str
    spec_file: str
    line: int
    member: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """What came of a project's specs. Without errors in `diagnostics` there are artifacts and segments."""

    sources: tuple[Source, ...]
    diagnostics: tuple[Diagnostic, ...]
    artifacts: tuple[Artifact, ...] = ()
    segments: tuple[SegmentSummary, ...] = ()
    examples: tuple[ExampleSummary, ...] = ()
    grain: str = "day"
    members_model: str = "segment_members"

    @property
    def failed(self) -> bool:
        """Whether anything found is an error."""
        return _has_errors(self.diagnostics)


def compile_project(project_dir: Path, profiles_dir: Path | None = None, target: str | None = None) -> Compiled:
    """Everything that a dbt project's `segments/` folder asks for. Reads files, writes none."""
    found, diagnostics = find_specs(project_dir)
    sources: list[Source] = []
    problems = list(diagnostics)
    for path, data in found:
        read = read_bytes(path, data)
        if isinstance(read, Source):
            sources.append(read)
        else:
            problems.append(read)
    if problems:
        return Compiled(tuple(sources), tuple(problems))
    catalog, warnings = scan_project(project_dir, profiles_dir, target, exclude=_generated_folders(sources))
    compiled = compile_sources(sources, catalog)
    return replace(compiled, diagnostics=(*warnings, *compiled.diagnostics))


def compile_sources(sources: Sequence[Source], catalog: Catalog | None = None) -> Compiled:
    """Everything that these spec files ask for. A stage begins only where those before it found no error."""
    ordered = tuple(sorted(sources, key=lambda source: source.path))
    files: list[Mapping] = []
    findings: list[Diagnostic] = []
    for source in ordered:
        file, found = read_source(source)
        findings += found
        if file is not None:
            files.append(file)
    if _has_errors(findings):
        return Compiled(ordered, tuple(findings))
    spec, found = decode(files)
    findings += found
    if spec is None:
        return Compiled(ordered, tuple(findings))
    bound, found = bind(spec, catalog or Catalog(), read_expression)
    findings += found
    if bound is None:
        return Compiled(ordered, tuple(findings))
    findings += check(bound)
    if _has_errors(findings):
        return Compiled(ordered, tuple(findings))
    plan = build_plan(bound)
    models = models_in_sql(plan)
    tests = build_unit_tests(build_examples(bound))
    made = (*(model.name for model in models), *(one.plan.model for one in tests))
    findings += models_taken(made, bound, catalog or Catalog())
    if _has_errors(findings):
        return Compiled(ordered, tuple(findings))
    artifacts = render(plan, models, tests)
    grain = bound.settings.grain.value
    return Compiled(ordered, tuple(findings), artifacts, _summaries(plan), _examples(tests), grain, plan.members)


def write(project_dir: Path, compiled: Compiled, *, force: bool = False) -> tuple[WriteReport, tuple[Diagnostic, ...]]:
    """Bring the generated files of a project up to date: all of them, or with findings none."""
    return write_artifacts(project_dir, compiled.artifacts, force=force)


def drift(project_dir: Path, compiled: Compiled) -> tuple[Diagnostic, ...]:
    """The generated files of a project that are not what its specs ask for. Writes nothing."""
    return find_drift(project_dir, compiled.artifacts)


def warehouse_of(project_dir: Path, profiles_dir: Path | None, target: str | None) -> Target:
    """Where dbt builds a project, its profiles looked for as dbt does."""
    return Target(project_dir, find_profiles_dir(project_dir, profiles_dir), target)


def build(where: Target, asked: BuildOptions, on_progress: Progress = lambda _: None) -> BuildResult:
    """Build a rendered project with dbt."""
    return build_models(where, asked, on_progress)


def sizes(where: Target, compiled: Compiled, result: BuildResult) -> Sizes | Diagnostic | None:
    """How large the segments are; None where a build did not make all that tells it."""
    flags = {segment.entity: segment.model for segment in compiled.segments}
    built = {node.name for node in result.nodes if node.kind == "model" and node.status == "success"}
    if not flags or not {compiled.members_model, *flags.values()} <= built:
        return None
    asked = [(segment.name, segment.entity) for segment in compiled.segments]
    return segment_sizes(where, result.manifest, members=compiled.members_model, flags=flags, segments=asked)


def schema_text() -> str:
    """The language as a JSON Schema, the text of a file."""
    return language_schema()


def _has_errors(findings: Sequence[Diagnostic]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def _generated_folders(sources: Sequence[Source]) -> tuple[str, ...]:
    """Where generated models are about to stand: what is in their way there is not a name that is taken."""
    for source in sources:
        file, _ = read_source(source)
        written = file.get("models_path") if file is not None else None
        if isinstance(written, Scalar):
            return (written.text.strip("/"),)
    return ("models/segpy",)


def _summaries(plan: Plan) -> tuple[SegmentSummary, ...]:
    return tuple(
        SegmentSummary(
            one.segment.name,
            one.segment.entity,
            one.segment.description,
            one.segment.stage,
            one.segment.owner,
            one.segment.version,
            one.content_hash,
            one.english,
            one.segment.span.file,
            entity.segments.model,
        )
        for entity in plan.entities
        if entity.segments is not None
        for one in entity.segments.segments
    )


def _examples(tests: tuple[UnitTests, ...]) -> tuple[ExampleSummary, ...]:
    return tuple(
        ExampleSummary(
            test.name,
            test.example.segment,
            test.example.name,
            test.example.span.file,
            test.example.span.line,
            one.plan.member,
        )
        for one in tests
        for test in one.plan.tests
    )

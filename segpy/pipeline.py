"""The stages and their order: the one file that knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from segpy.catalog.model import Catalog
from segpy.catalog.scan import scan_project
from segpy.check.rules import check
from segpy.diagnostics.model import Diagnostic, Severity
from segpy.plan.build import build_plan
from segpy.plan.model import Plan
from segpy.project.find import find_specs
from segpy.render.model import Artifact
from segpy.render.models import render
from segpy.resolve.bind import bind
from segpy.source.nodes import Mapping, Source
from segpy.source.read import read_bytes, read_source
from segpy.spec.decode import decode
from segpy.sql.build import build_queries
from segpy.sql.read import read_expression


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
class Compiled:
    """What came of a project's specs. Without errors in `diagnostics` there are artifacts and segments."""

    sources: tuple[Source, ...]
    diagnostics: tuple[Diagnostic, ...]
    artifacts: tuple[Artifact, ...] = ()
    segments: tuple[SegmentSummary, ...] = ()
    grain: str = "day"

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
    return Compiled(
        compiled.sources, (*warnings, *compiled.diagnostics), compiled.artifacts, compiled.segments, compiled.grain
    )


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
    artifacts = render(plan, build_queries(plan))
    return Compiled(ordered, tuple(findings), artifacts, _summaries(plan), bound.settings.grain.value)


def _has_errors(findings: Sequence[Diagnostic]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def _generated_folders(sources: Sequence[Source]) -> tuple[str, ...]:
    """Where generated models stand: a spec must not read its own output."""
    for source in sources:
        file, _ = read_source(source)
        written = file.get("models_path") if file is not None else None
        if written is not None and hasattr(written, "text"):
            return (str(written.text).strip("/"),)
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

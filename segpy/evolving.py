"""What `segpy evolve` does, in order: reads features, finds clusters and questions, tries them, writes a spec file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from segpy.catalog.scan import scan_project
from segpy.check.logic_errors import ContainedSegment, IdleComparison, Implied
from segpy.check.nulls import may_be_null
from segpy.diagnostics.model import Diagnostic
from segpy.diagnostics.nearest import listed, nearest
from segpy.evolve.describe import at_another_instant, describe
from segpy.evolve.errors import NeedsEvolve
from segpy.evolve.idle import agrees, without
from segpy.evolve.learn import LIBRARY, missing
from segpy.evolve.model import Described, EvolvedFile, Feature, People, Row, Score, Unit, Wanted, Written
from segpy.evolve.names import segments_of
from segpy.evolve.text import Heading, condition_text, group_name, spec_text
from segpy.measure.model import Estimate, Status, withheld
from segpy.measure.wilson import rate
from segpy.pipeline import Compiled, compile_sources, planned
from segpy.plan.model import Plan
from segpy.plan.model_results import STATISTICS
from segpy.plan.model_results import Row as ResultRow
from segpy.project.one_spec import stands_against, write_spec
from segpy.propose.model import SpecFile
from segpy.resolve.model import Bound
from segpy.resolve.model_measures import type_of
from segpy.resolve.model_personal import is_personal
from segpy.saving import figure_row, plain_number, saved
from segpy.source.nodes import Source
from segpy.spec.expression import Type
from segpy.sql.evolving import numbers_query
from segpy.warehouse.errors import DbtRefused
from segpy.warehouse.model import Target
from segpy.warehouse.model_numbers import Numbers
from segpy.warehouse.numbers import numbers_of
from segpy.warehouse.run import parse

_UNITS = {Type.NUMBER: Unit.NUMBER, Type.INTEGER: Unit.INTEGER, Type.DURATION: Unit.SECONDS}
_EARLIER = timedelta(days=90)
_LEAST_TRIED = 30  # people of whom a share tells anything
_MOST_CHANGES = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. `out_of_time` is an instant, empty for none, None for 90 days before the last build.

    `keys` are those that each segment gets: `stage`, `owner`. `path` is the file, relative to the project.
    """

    wanted: Wanted
    out_of_time: str | None
    keys: tuple[tuple[str, str], ...]
    path: str


@dataclass(frozen=True, slots=True)
class Tried:
    """How the questions do on people that nothing was made of: at an instant, beside always saying the largest cluster.

    `accuracy` has Wilson's interval. It is withheld where there are too few, and the share of the largest with it.
    """

    as_of: str
    accuracy: Estimate
    largest: float | None


@dataclass(frozen=True, slots=True)
class Evolved:
    """Segments that were evolved, and the file of them. `findings` are what `segpy check` says of the file."""

    entity: str
    as_of: str
    described: Described
    segments: tuple[Written, ...]
    held_out: Tried
    out_of_time: Tried | None
    file: SpecFile
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Misused:
    """Why what was asked for makes no sense."""

    message: str


@dataclass(frozen=True, slots=True)
class Known:
    """An entity of a project that was planned, and the features of it that are looked at, some at least."""

    plan: Plan
    adapter: str | None
    sources: tuple[Source, ...]
    findings: tuple[Diagnostic, ...]
    entity: str
    features: tuple[Feature, ...]


def features_of(bound: Bound, entity: str) -> tuple[Feature, ...]:
    """The features of an entity that are numbers and tell nobody's personal column, by name."""
    own = [one for one in bound.features if one.entity == entity and not is_personal(one.measure)]
    return tuple(
        Feature(one.name, _UNITS[type_of(one.measure)], may_be_null(one.measure))
        for one in own
        if type_of(one.measure) in _UNITS
    )


def conditions(found: Evolved, segment: Written) -> list[list[str]]:
    """What a segment demands, way by way, as it is written."""
    features = found.described.description.features
    return [[condition_text(one, features[one.feature]) for one in way] for way in segment.ways]


def look(
    project_dir: Path, profiles_dir: Path | None, target: str | None, entity: str | None, features: Sequence[str]
) -> tuple[Compiled, Known | Misused | None]:
    """What is to be looked at: an entity's features, all that can be where none is named. None where specs fail."""
    compiled, plan, adapter = planned(project_dir, profiles_dir, target)
    if plan is None or compiled.failed:
        return compiled, None
    found = {one.name: features_of(plan.bound, one.name) for one in plan.bound.entities}
    able = sorted(name for name, own in found.items() if own)
    if entity is not None and entity not in found:
        near = nearest(entity, found)
        hint = f"did you mean `{near}`?" if near else f"there are {listed(sorted(found))}"
        return compiled, Misused(f"no entity is called `{entity}`: {hint}")
    if entity is None and len(able) > 1:
        return compiled, Misused(f"several entities have features: say which by --entity, of {listed(able)}")
    chosen = entity if entity is not None else able[0] if able else None
    if chosen is None or not found[chosen]:
        who = f"entity `{chosen}` has no" if chosen else "no entity has any"
        return compiled, Misused(f"{who} `features` that are numbers, to find clusters by")
    own = {one.name: one for one in found[chosen]}
    for name in features:
        if name not in own:
            return compiled, Misused(_unusable(plan.bound, chosen, name, own))
    wanted = [own[name] for name in dict.fromkeys(features)] or list(own.values())
    return compiled, Known(plan, adapter, compiled.sources, compiled.diagnostics, chosen, tuple(wanted))


def _unusable(bound: Bound, entity: str, name: str, own: Mapping[str, Feature]) -> str:
    one = next((each for each in bound.features if each.entity == entity and each.name == name), None)
    if one is None:
        near = nearest(name, own)
        return f"`{entity}` has no feature `{name}`: " + (
            f"did you mean `{near}`?" if near else f"it has {listed(own)}"
        )
    if is_personal(one.measure):
        return f"feature `{name}` tells of a personal column, and segments are not evolved from such"
    return f"feature `{name}` is no number: these are {listed(own)}"


def stands_in_the_way(project_dir: Path, path: str, *, force: bool) -> Diagnostic | None:
    """What keeps the file from being written, asked before the work."""
    return stands_against(project_dir, path, force=force)


def write(project_dir: Path, found: Evolved, *, force: bool) -> Diagnostic | None:
    """Write the file; why it was not, if so."""
    return write_spec(project_dir, found.file, force=force)


def cannot_save(known: Known) -> Misused | None:
    """Why the project has no table that figures could be put into, asked before the work; None where it has one."""
    if known.plan.results.name_of(STATISTICS) is not None:
        return None
    if known.plan.bound.settings.min_cell_size is not None:
        return Misused("with `min_cell_size` nothing is saved: clusters can be of few people")
    return Misused(
        "the project has no segment yet, so no table to save to: leave out --save, run `segpy build` with the segments "
        "that are written, and then this again with --save and --force"
    )


def save(where: Target, known: Known, found: Evolved) -> str | Diagnostic | None:
    """Put the figures into their table, by dbt: the model that has them now, or what stood against it."""
    manifest = parse(where, {})
    if isinstance(manifest, Diagnostic):
        return manifest
    return saved(known.plan, known.adapter, where, manifest, STATISTICS, evolved_rows(found))


def evolved_rows(found: Evolved) -> list[ResultRow]:
    """A row for each figure, with the columns of `STATISTICS`; `last_at` is the instant that people were looked at."""
    group = group_name(found.file.path, found.entity)
    return [
        {
            "as_of": found.as_of,
            "command": "evolve",
            "segment": group,
            "entity": found.entity,
            "about": found.file.path,
            "last_at": at,
            "confidence": one.confidence if one.interval is not None else None,
            **figure_row(name, place, one),
        }
        for name, place, at, one in figures(found)
    ]


def figures(found: Evolved) -> list[tuple[str, str, str, Estimate]]:
    """Every figure: its name, its place, the instant that it is of, and what it is."""
    described, now = found.described, found.as_of
    people, chosen = sum(described.counts), described.stability
    told = [
        ("clusters", "all", now, plain_number(people, chosen.clusters)),
        ("questions", "all", now, plain_number(people, described.asked)),
        ("stability", "all", now, plain_number(chosen.samples, chosen.mean)),
    ]
    told += [
        ("stability_tried", str(one.clusters), now, plain_number(one.samples, one.mean)) for one in described.tried
    ]
    for place, tried in (("held_out", found.held_out), ("out_of_time", found.out_of_time)):
        if tried is not None:
            largest = plain_number(tried.accuracy.n, tried.largest)
            told += [("accuracy", place, tried.as_of, tried.accuracy), ("largest_cluster", place, tried.as_of, largest)]
    told += [("people", one.name, now, plain_number(people, described.counts[one.cluster])) for one in found.segments]
    return told


def evolve(where: Target, known: Known, asked: Asked) -> Evolved | Diagnostic | Misused:
    """Clusters of the entity's people as of the last build, and a spec file of the questions that tell them apart."""
    if missing():
        return NeedsEvolve(LIBRARY)
    manifest = parse(where, {})
    if isinstance(manifest, Diagnostic):
        return manifest
    numbers = _read(where, manifest, known, None)
    if isinstance(numbers, Diagnostic):
        return numbers
    people = People(known.features, numbers.keys, numbers.rows)
    described = describe(people, asked.wanted)
    if isinstance(described, Diagnostic):
        return described
    assert numbers.as_of is not None
    held_out = _tried(numbers.as_of, described.held_out)
    other = _elsewhere(where, manifest, known, asked, described, numbers.as_of)
    if isinstance(other, Diagnostic | Misused):
        return other
    bound = known.plan.bound
    taken = [one.name for one in bound.segments if one.span.file != asked.path]
    segments = segments_of(described, known.entity, taken)
    tried = tuple(one for one in (held_out, other) if one is not None)
    comments = _comments(known.entity, described, tried, asked)
    told = Heading(
        comments, known.entity, group_name(asked.path, known.entity), asked.keys, bound.settings.min_cell_size or 0
    )
    segments, text, findings = _checked(where, known, asked, described, segments, told, people)
    file = SpecFile(asked.path, text)
    return Evolved(known.entity, numbers.as_of, described, segments, held_out, other, file, findings)


def _read(where: Target, manifest: Any, known: Known, as_of: str | None) -> Numbers | Diagnostic:
    names = [one.name for one in known.features]
    sql = numbers_query(known.plan, known.entity, names, known.adapter, built=as_of is None)
    found = numbers_of(where, manifest, sql, as_of)
    if isinstance(found, DbtRefused) and as_of is None:
        return replace(found, way_out="`segpy build` makes the features that are read here; logs/dbt.log says more")
    return found


def _elsewhere(
    where: Target, manifest: Any, known: Known, asked: Asked, described: Described, now: str
) -> Tried | Diagnostic | Misused | None:
    """How the questions do at another instant, if that is asked for."""
    if asked.out_of_time == "":
        return None
    instant = asked.out_of_time or str(datetime.fromisoformat(now) - _EARLIER)
    numbers = _read(where, manifest, known, instant)
    if isinstance(numbers, Diagnostic):
        return numbers
    if numbers.as_of == now:
        return Misused(f"the last build is as of {now} itself: name another instant by --out-of-time")
    people = People(known.features, numbers.keys, numbers.rows)
    found = at_another_instant(described.description, people, asked.wanted.seed)
    return _tried(numbers.as_of or instant, found)


def _tried(as_of: str, found: Score) -> Tried:
    if found.people < _LEAST_TRIED:
        return Tried(as_of, withheld(found.people, Status.TOO_FEW), None)
    return Tried(as_of, rate(found.right, found.people), found.largest / found.people)


def _comments(entity: str, described: Described, tried: Sequence[Tried], asked: Asked) -> tuple[str, ...]:
    """The top of the file: how it came about, and how far it can be trusted."""
    stability = described.stability
    names = ", ".join(one.name for one in described.description.features)
    lines = [
        f"Written by `segpy evolve --entity {entity}`: a spec like any other, to be read, renamed and changed.",
        f"{stability.clusters} clusters of {described.fitted.people:,} people as of {tried[0].as_of}, by {names}",
        f"(seed {asked.wanted.seed}; adjusted Rand index of resampled people {stability.mean:.2f}), told apart by "
        f"{described.asked} questions. How often these are right",
        "about others than these people, and how often the largest cluster is:",
    ]
    lines += [f"  as of {one.as_of}: {said(one)}" for one in tried]
    return tuple(lines)


def said(tried: Tried) -> str:
    """`87.3 % [85.4, 89.0] of 1,295, and 31.0 %`, or why nothing is told."""
    found = tried.accuracy
    if found.estimate is None or found.interval is None or tried.largest is None:
        return f"not told, {found.status.reason}"
    low, high = (100 * (one or 0.0) for one in (found.interval.low, found.interval.high))
    return f"{100 * found.estimate:.1f} % [{low:.1f}, {high:.1f}] of {found.n:,}, and {100 * tried.largest:.1f} %"


def _checked(
    where: Target,
    known: Known,
    asked: Asked,
    described: Described,
    segments: tuple[Written, ...],
    told: Heading,
    people: People,
) -> tuple[tuple[Written, ...], str, tuple[Diagnostic, ...]]:
    """The file after `segpy check`: without the conditions that it knows to say nothing, where that changes nobody."""
    made = described.description
    places = [known.features.index(one) for one in made.features]
    rows: list[Row] = [tuple(row[place] for place in places) for row in people.rows]
    assert agrees(segments, made.tree, rows)
    catalog, _ = scan_project(
        where.project_dir, where.profiles_dir, where.target, exclude=(known.plan.bound.settings.models_path,)
    )
    sources = [one for one in known.sources if one.path != asked.path]
    before = {one for one in known.findings if one.span is None or one.span.file != asked.path}
    for _ in range(_MOST_CHANGES):
        file = spec_text(described, segments, told)
        compiled = compile_sources([*sources, Source(asked.path, file.text)], catalog)
        found = tuple(one for one in compiled.diagnostics if one not in before)
        better_ones = (_better(one, file, segments) for one in found)
        better = next((one for one in better_ones if one != segments and agrees(one, made.tree, rows)), None)
        if better is None:
            break
        segments = better
    return segments, file.text, found


def _better(finding: Diagnostic, file: EvolvedFile, segments: tuple[Written, ...]) -> tuple[Written, ...]:
    """The segments without what a finding says to be idle, or with what it says to be missing; else as they are."""
    if isinstance(finding, ContainedSegment):
        return tuple(
            replace(one, extends=finding.other) if (one.name, one.extends) == (finding.segment, None) else one
            for one in segments
        )
    span = finding.span if isinstance(finding, IdleComparison | Implied) else None
    place = next((one for one in file.places if span is not None and one.line == span.line), None)
    if place is None or span is None:
        return segments
    comparison = file.text.splitlines()[span.line - 1][span.column - 1 :].partition(":")[0]
    return without(segments, place, comparison)

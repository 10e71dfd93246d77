"""The generated SQL held against the oracle; what differs is made small, shown, and written as a case."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from segpy.catalog.model import Catalog
from segpy.diagnostics.model import Severity
from segpy.pipeline import compile_sources
from segpy.render.model import Artifact
from segpy.source.nodes import Source
from tests.cases.runner import Models, run
from tests.cases.tables import Row, Table, Value, plain
from tests.explanations import told as told_of
from tests.oracle.ask import world
from tests.oracle.world import World
from tests.properties.language.specs import RandomSpec

# What cannot be compiled exactly; windows against `retention` and the grain; `ordered` without an order;
# names that this engine would cut off (the generator knows none); conditions that say nothing or contradict themselves.
EXCUSED = frozenset(
    {"SEG341", "SEG342", "SEG401", "SEG402", "SEG403", "SEG502", "SEG503", "SEG801", "SEG802", "SEG808"}
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not the oracle's; `column` is empty where the entity itself is missing or too many."""

    entity: str
    key: str
    column: str
    expected: Value
    found: Value

    def __str__(self) -> str:
        return f"{self.entity} {self.key} {self.column}: the oracle says {self.expected!r}, the SQL {self.found!r}"


class Unexcused(AssertionError):
    """The compiler refuses what the generator holds for right."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What compiles of a spec, its models, and why each of the other parts does not."""

    spec: RandomSpec
    models: Models
    refused: dict[str, str]


def compilable(spec: RandomSpec, dialect: str = "duckdb") -> Trial | None:
    """What compiles of a spec; None where nothing does."""
    reasons: dict[str, str] = {}
    while spec.items:
        compiled = compile_sources((Source("segments/spec.yml", spec.text),), Catalog(adapter=dialect))
        errors = [found for found in compiled.diagnostics if found.severity is Severity.ERROR]
        if not errors:
            return Trial(spec, models_of(compiled.artifacts), reasons)
        for error in [error for error in errors if error.code in EXCUSED] or errors:  # what needs those goes with them
            assert error.span is not None
            names = spec.on_lines(frozenset({error.span.line}))
            if not names or error.code not in EXCUSED:
                where = spec.text.splitlines()[error.span.line - 1]
                raise Unexcused(f"{error.code} {error.title}: {error.label}\n{error.help}\n{where}\n\n{spec.text}")
            reasons |= dict.fromkeys(names, f"{error.code} {error.label}")
        spec = spec.without(frozenset(reasons))
    return None


def models_of(artifacts: Iterable[Artifact]) -> Models:
    """The models among what was compiled."""
    texts = {one.path: one.text for one in artifacts}
    sql = {PurePosixPath(path).stem: text for path, text in texts.items() if path.startswith("models/segpy/")}
    return Models({name: text for name, text in sql.items() if name != "_segpy"}, texts)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of a spec and its tables."""

    differences: list[Difference]
    entities: int
    values: int
    flags: int
    members: int


def compare(trial: Trial, tables: tuple[Table, ...]) -> Comparison:
    """Every feature, every column of a sequence and every flag of everybody; if these agree, every reason."""
    spec = trial.spec
    answer = run(trial.models, tables, spec.taxonomy.as_of)
    truth = world(spec.text, tables, spec.taxonomy.as_of)
    found: list[Difference] = []
    counts = {"entities": 0, "values": 0, "flags": 0, "members": 0}
    for entity in spec.taxonomy.entities:
        population = {str(key) for key in truth.log.population(entity)}
        counts["entities"] += len(population)
        for what, expected in (("features", features(truth, entity)), ("segments", flags(truth, entity))):
            rows = {str(next(iter(row.values()))): row for row in answer.get(f"{entity}_{what}", ())}
            if rows or any(expected.values()):
                missing = [Difference(entity, key, "", True, False) for key in sorted(population - rows.keys())]
                found += missing + [
                    Difference(entity, key, "", False, True) for key in sorted(rows.keys() - population)
                ]
            for key in sorted(population & rows.keys()):
                found += differing(entity, key, expected[key], rows[key])
                counts["values" if what == "features" else "flags"] += len(expected[key])
                if what == "segments":
                    counts["members"] += sum(bool(value) for value in expected[key].values())
    if not found:
        found = [
            Difference(truth.segments[segment].entity.text, key, f"{segment}_{what}", one, other)
            for told, model in ((told_of.explanations, "explanations"), (told_of.counts, "attrition"))
            for segment, key, what, one, other in told_of.differing(told(truth), answer.get(f"segment_{model}", ()))
        ]
    return Comparison(found, **counts)


def features(truth: World, entity: str) -> dict[str, Row]:
    """The features of everybody, as tables show them."""
    by_key = truth.features(entity).items()
    return {str(key): {column: plain(value) for column, value in columns.items()} for key, columns in by_key}


def flags(truth: World, entity: str) -> dict[str, Row]:
    """The flags of everybody."""
    segments = [name for name, segment in truth.segments.items() if segment.entity.text == entity]
    return {
        str(key): {segment: truth.is_member(segment, key) for segment in segments}
        for key in truth.log.population(entity)
    }


def differing(entity: str, key: str, expected: Row, found: Row) -> Iterator[Difference]:
    """The columns in which a row is not as expected."""
    for column, value in expected.items():
        if column not in found or not same(value, found[column]):
            yield Difference(entity, key, column, value, found.get(column, "no such column"))


def same(one: Value, other: Value) -> bool:
    """Equal values; fractions within 1e-9."""
    if isinstance(one, bool) or isinstance(other, bool) or isinstance(one, str) or isinstance(other, str):
        return type(one) is type(other) and one == other
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def perhaps(spec: RandomSpec) -> Trial | None:
    """What compiles of a spec out of which something was cut, if all of it does."""
    try:
        trial = compilable(spec)
    except Unexcused:
        return None
    return None if trial is None or trial.refused else trial


def smallest(trial: Trial, tables: tuple[Table, ...]) -> tuple[Trial, tuple[Table, ...]]:
    """A spec and tables that still differ, though not if any one row were left out."""

    def differs(less: Trial, fewer: tuple[Table, ...]) -> bool:
        return bool(compare(less, fewer).differences)

    first = compare(trial, tables).differences[0]
    names = {item.name for item in trial.spec.items}
    named = {name for name in names if first.column == name or first.column.startswith(f"{name}_")}
    less = compilable(trial.spec.only(frozenset(named)))
    if less is not None and differs(less, tables):
        trial = less
    goes_on = True
    while goes_on:
        goes_on = False
        for shorter in trial.spec.shorter():
            less = perhaps(shorter)
            if less is not None and differs(less, tables):
                trial, goes_on = less, True
                break
    for position in range(len(tables)):
        size = max(len(tables[position].rows) // 2, 1)
        while size:
            at = 0
            while at < len(tables[position].rows):
                rows = tables[position].rows[:at] + tables[position].rows[at + size :]
                fewer = (*tables[:position], replace(tables[position], rows=rows), *tables[position + 1 :])
                if differs(trial, fewer):
                    tables = fewer
                else:
                    at += size
            size //= 2
    return trial, tables


def shown(spec: RandomSpec, tables: Iterable[Table]) -> str:
    """A spec and its rows, for people."""
    parts = [spec.text, f"as_of {spec.taxonomy.as_of}"]
    for table in tables:
        if table.rows:
            parts.append(table.name + "\n" + ",".join(table.columns))
            parts += [",".join("" if cell is None else cell for cell in row) for row in table.rows]
    return "\n".join(parts)


def write_case(folder: Path, spec: RandomSpec, tables: tuple[Table, ...]) -> None:
    """A folder as those of `tests/cases`; what is expected is what the oracle says, and wants a person's eye."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = world(spec.text, tables, spec.taxonomy.as_of)
    entities = spec.taxonomy.entities
    by_entity: dict[str, Any] = {entity: features(truth, entity) for entity in entities}
    population = {entity: sorted(by_entity[entity]) for entity in entities}
    segments = {name: sorted(map(str, truth.members(name))) for name in truth.segments}
    one = len(entities) == 1
    case = {
        "title": "Found by a random spec",
        "why": "Not yet said",
        "as_of": spec.taxonomy.as_of,
        "tables": {table.name: dict(table.columns) for table in tables},
        "expect": {
            "population": population["user"] if one else population,
            "segments": segments,
            "features": by_entity["user"] if one else by_entity,
        },
    }
    (folder / "case.yml").write_text(yaml.safe_dump(case, sort_keys=False, allow_unicode=True), encoding="utf-8")
    (folder / "spec.yml").write_text(spec.text, encoding="utf-8")
    for table in tables:
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table.columns)
            writer.writerows([["" if cell is None else cell for cell in row] for row in table.rows])

"""Which relations of a project the warehouse has, their columns, and what is in them. Through dbt, as everything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segpy.diagnostics.model import Diagnostic, Span
from segpy.propose.model import NOT_BUILT, Count, Kind, Look, Unused
from segpy.spec.model_values import Relation
from segpy.warehouse.invoke import invoke
from segpy.warehouse.model import Target
from segpy.warehouse.query import forget_query, rows_of

MOST_RELATIONS = 400
_KINDS = {"model": Kind.MODEL, "seed": Kind.SEED, "snapshot": Kind.SNAPSHOT}
_NOWHERE = Span("segments/taxonomy.yml", 1, 1)


@dataclass(frozen=True, slots=True)
class Named:
    """A relation that a project names, and what it is made from."""

    id: str
    relation: Relation
    kind: Kind
    ancestors: frozenset[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """A relation that is there, and its columns: pairs of a name and a type, both the warehouse's words."""

    named: Named
    columns: tuple[tuple[str, str], ...]


def relations_named(target: Target, manifest: Any, select: Sequence[str]) -> tuple[Named, ...] | Diagnostic:
    """The relations of a project that a spec can name, or those of them that are selected in dbt's words.

    What segpy generated, what no relation stands for, and what packages bring is none of them.
    """
    chosen = _selected(target, manifest, select) if select else None
    if isinstance(chosen, Diagnostic):
        return chosen
    own = manifest.metadata.project_name
    found: dict[Relation, Named] = {}
    for id_, node in sorted({**manifest.nodes, **manifest.sources}.items()):
        relation = _relation(node)
        if relation is None or (node.package_name != own if chosen is None else id_ not in chosen):
            continue
        kind = _KINDS.get(str(node.resource_type), Kind.SOURCE)
        found.setdefault(relation, Named(id_, relation, kind, _ancestors(manifest, id_)))
    return tuple(found.values())


def _selected(target: Target, manifest: Any, select: Sequence[str]) -> frozenset[str] | Diagnostic:
    kinds = [word for kind in (*_KINDS, "source") for word in ("--resource-type", kind)]
    words = [word for one in select for word in ("--select", one)]
    listed = invoke(target, ["ls", *words, *kinds, "--output", "json", "--output-keys", "unique_id"], manifest)
    if isinstance(listed, Diagnostic):
        return listed
    return frozenset(json.loads(line)["unique_id"] for line in listed or [])


def _relation(node: Any) -> Relation | None:
    kind = str(node.resource_type)
    if kind == "source":
        return Relation("source", (node.source_name, node.name), _NOWHERE)
    if kind not in _KINDS or node.config.materialized == "ephemeral" or "segpy" in node.tags:
        return None
    return Relation("ref", (node.name,), _NOWHERE)


def _ancestors(manifest: Any, id_: str) -> frozenset[str]:
    found: set[str] = set()
    ahead = [id_]
    while ahead:
        node = manifest.nodes.get(ahead.pop())
        new = set(node.depends_on_nodes if node is not None else ()) - found
        found |= new
        ahead += new
    return frozenset(found)


def unreachable(target: Target, manifest: Any) -> Diagnostic | None:
    """Why the warehouse does not answer at all, if it does not."""
    asked = rows_of(target, manifest, "select 1 as one")
    return asked if isinstance(asked, Diagnostic) else None


def columns_of(target: Target, manifest: Any, named: Sequence[Named]) -> tuple[tuple[Columns, ...], tuple[Unused, ...]]:
    """The columns of those relations that are in the warehouse, and why the others are not looked at."""
    there: list[Columns] = []
    missing = [Unused(str(one.relation), f"{MOST_RELATIONS} others were looked at") for one in named[MOST_RELATIONS:]]
    for one, columns in _asked(target, manifest, named[:MOST_RELATIONS]):
        if isinstance(columns, str):
            missing.append(Unused(str(one.relation), f"it cannot be read: {_first_line(columns)}"))
        elif columns:
            there.append(Columns(one, columns))
        else:
            missing.append(Unused(str(one.relation), NOT_BUILT))
    return tuple(there), tuple(missing)


def _asked(
    target: Target, manifest: Any, named: Sequence[Named]
) -> Iterator[tuple[Named, tuple[tuple[str, str], ...] | str]]:
    """All at once, or where one of them fails, each half by itself, down to the one that does."""
    told = _ask(target, manifest, named) if named else []
    if not isinstance(told, str):
        yield from zip(named, told, strict=True)
    elif len(named) == 1:
        yield named[0], told
    else:
        half = len(named) // 2
        yield from _asked(target, manifest, named[:half])
        yield from _asked(target, manifest, named[half:])


def _ask(target: Target, manifest: Any, named: Sequence[Named]) -> list[tuple[tuple[str, str], ...]] | str:
    lines = []
    for number, one in enumerate(named):
        arguments = ", ".join(map(json.dumps, one.relation.arguments))
        lines.append(_COLUMNS.format(number=number, relation=f"{one.relation.function}({arguments})"))
    outcome = invoke(target, ["compile", "--inline", "\n".join(lines) or "--"], manifest)
    forget_query(manifest)
    if isinstance(outcome, Diagnostic):
        return outcome.label
    (result,) = outcome.results
    if result.node.compiled_code is None:
        return str(result.message)
    found: list[list[tuple[str, str]]] = [[] for _ in named]
    for line in result.node.compiled_code.splitlines():
        if line.startswith("["):
            number, name, sql_type = json.loads(line)
            found[number].append((str(name), str(sql_type)))
    return [tuple(columns) for columns in found]


_COLUMNS = """\
{{% set segpy_relation_{number} = {relation} %}}{{% if execute %}}
{{% set segpy_there = load_relation(segpy_relation_{number}) %}}{{% if segpy_there is not none %}}
{{% for column in adapter.get_columns_in_relation(segpy_there) %}}
{{{{ tojson([{number}, column.name, column.data_type]) }}}}
{{% endfor %}}{{% endif %}}{{% endif %}}"""


def counts_of(target: Target, manifest: Any, look: Look, query: str) -> tuple[int, Mapping[str, Count]] | str:
    """How many rows a relation has and what its columns hold, or what dbt says instead."""
    rows = rows_of(target, manifest, query)
    if isinstance(rows, Diagnostic):
        return _first_line(rows.label)
    ((counted, *cells),) = rows
    width = 2 * len(look.columns)
    latest = dict(zip(look.times, cells[width:], strict=True))
    found = {}
    for i, name in enumerate(look.columns):
        last = latest.get(name)
        found[name] = Count(int(cells[2 * i]), int(cells[2 * i + 1]), None if last is None else str(last))
    return int(counted), found


def names_of(target: Target, manifest: Any, query: str) -> tuple[tuple[str, int], ...] | str:
    """The values of a column and how many rows have each, or what dbt says instead."""
    rows = rows_of(target, manifest, query)
    if isinstance(rows, Diagnostic):
        return _first_line(rows.label)
    return tuple((str(value), int(count)) for value, count in rows if value is not None)


def _first_line(message: str) -> str:
    return next((line.strip() for line in message.splitlines() if line.strip()), "dbt does not say why")

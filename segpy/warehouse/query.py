"""Reads built tables. Through `dbt show`, which every adapter has: none of their connections are ours to know."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.errors import DbtRefused
from segpy.warehouse.invoke import invoke
from segpy.warehouse.model import NodeResult, SegmentSize, Sizes, Target
from segpy.warehouse.plain import plain

Row = tuple[Any, ...]

_ROWS_SHOWN = 5


def segment_sizes(
    target: Target,
    manifest: Any,
    *,
    members: str,
    flags: Mapping[str, str],
    segments: Sequence[tuple[str, str]],
) -> Sizes | Diagnostic:
    """The size of every segment, given as pairs of segment and entity.

    `members` names the model with a row a member, `flags` that of each entity with a row an entity.
    """
    parts = [_MEMBERS.format(model=members)]
    parts += [_POPULATION.format(entity=entity, model=model) for entity, model in sorted(flags.items())]
    rows = rows_of(target, manifest, "\nunion all\n".join(parts))
    if isinstance(rows, Diagnostic):
        return rows
    counts = {(str(entity), str(segment)): int(count) for entity, segment, count, _ in rows}
    instants = [str(as_of) for _, _, _, as_of in rows if as_of is not None]
    sizes = tuple(
        SegmentSize(segment, entity, counts.get((entity, segment), 0), counts.get((entity, ""), 0))
        for segment, entity in segments
    )
    return Sizes(sizes, max(instants, default=None))


def with_rows(target: Target, manifest: Any, node: NodeResult) -> NodeResult:
    """A test that found rows, with the first of them: they name what is wrong."""
    if node.kind != "test" or not node.failures or not node.compiled:
        return node
    try:
        sql = (target.project_dir / node.compiled).read_text(encoding="utf-8")
    except OSError:
        return node
    table = _table_of(target, manifest, f"{{% raw %}}{sql}{{% endraw %}}", _ROWS_SHOWN)
    if isinstance(table, Diagnostic):
        return node
    rows = (
        ", ".join(f"{name}: {value}" for name, value in zip(table.column_names, row, strict=True)) for row in table.rows
    )
    rest = (f"and {node.failures - _ROWS_SHOWN} more",) if node.failures > _ROWS_SHOWN else ()
    return replace(node, found=(*rows, *rest))


def rows_of(
    target: Target, manifest: Any, sql: str, variables: Mapping[str, object] | None = None, most: int = -1
) -> tuple[Row, ...] | Diagnostic:
    """The rows of a query, in which `ref` works, or the first of them."""
    table = _table_of(target, manifest, sql, most, variables)
    return table if isinstance(table, Diagnostic) else tuple(tuple(row) for row in table.rows)


def _table_of(
    target: Target, manifest: Any, sql: str, limit: int, variables: Mapping[str, object] | None = None
) -> Any | Diagnostic:
    told = ["--vars", json.dumps(variables)] if variables else []
    outcome = invoke(target, ["show", "--inline", sql, "--limit", str(limit), *told], manifest)
    forget_query(manifest)
    if isinstance(outcome, Diagnostic):
        return outcome
    (result,) = outcome.results
    if result.agate_table is None:
        return DbtRefused(plain(result.message or "the query returned nothing"))
    return result.agate_table


def forget_query(manifest: Any) -> None:
    """After a query that it could not parse, dbt keeps its node, and would fail the next for its sake."""
    if manifest is not None:
        for name in [name for name in manifest.nodes if name.startswith("sql_operation.")]:
            del manifest.nodes[name]


_MEMBERS = """\
select entity, segment, count(*) as counted, cast(null as {{{{ dbt.type_string() }}}}) as as_of
from {{{{ ref("{model}") }}}}
group by entity, segment"""

_POPULATION = """\
select
    '{entity}' as entity, '' as segment, count(*) as counted, cast(max(as_of) as {{{{ dbt.type_string() }}}}) as as_of
from {{{{ ref("{model}") }}}}"""

"""Looks, before anything is built, whether the warehouse has the columns that are about to be read.

A relation that the same run makes is left to that run: what it will have, nobody can know before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.spec.model_values import Relation
from segpy.warehouse.errors import ColumnGone, RelationGone
from segpy.warehouse.invoke import invoke
from segpy.warehouse.model import BuildOptions, Target
from segpy.warehouse.model_inputs import Reading
from segpy.warehouse.query import forget_query
from segpy.warehouse.run import selection

_MADE = ("model", "seed", "snapshot")
_PLAIN = re.compile("[A-Za-z_][A-Za-z0-9_]*")


def gone(target: Target, manifest: Any, asked: BuildOptions, readings: Sequence[Reading]) -> tuple[Diagnostic, ...]:
    """The relations and columns that the selected models read and the warehouse does not have."""
    warehouse = _Warehouse(target, manifest, ("--vars", json.dumps(asked.variables)))
    chosen = warehouse.selected(asked)
    there = {manifest.nodes[one].name: manifest.nodes[one] for one in chosen if one in manifest.nodes}
    wanted = [
        one
        for one in readings
        if one.model in there and _stands_before(manifest, there[one.model].depends_on_nodes, one.relation, chosen)
    ]
    columns = warehouse.columns(list(dict.fromkeys(one.relation for one in wanted)))
    found: dict[Diagnostic, None] = {}
    for one in wanted:
        known = columns.get(one.relation)
        if isinstance(known, str):
            found[RelationGone(span=one.relation.span, relation=str(one.relation), message=known)] = None
        elif known is not None:
            lowered = {name.lower() for name in known}
            missing = [name for name in one.columns if name.text.lower() not in lowered]
            for name in (name for name in missing if not warehouse.answers(one.relation, name.text)):
                found[ColumnGone(span=name.span, name=name.text, relation=str(one.relation), known=known)] = None
    return tuple(found)


def _stands_before(manifest: Any, parents: Iterable[str], relation: Relation, chosen: frozenset[str]) -> bool:
    """Whether a relation that a model reads is there before the run, if it is at all."""
    for parent in parents:
        source = manifest.sources.get(parent) if relation.function == "source" else None
        if source is not None and (source.source_name, source.name) == relation.arguments:
            return True
        node = manifest.nodes.get(parent) if relation.function == "ref" else None
        if node is not None and node.name == relation.arguments[-1]:
            return parent not in chosen and node.config.materialized != "ephemeral"
    return False


@dataclass(frozen=True, slots=True)
class _Warehouse:
    """What can be asked before anything is built."""

    target: Target
    manifest: Any
    shared: tuple[str, ...]

    def selected(self, asked: BuildOptions) -> frozenset[str]:
        """What the run is about to make."""
        kinds = [word for kind in _MADE for word in ("--resource-type", kind)]
        command = ["ls", *selection(asked), *kinds, "--output", "json", "--output-keys", "unique_id"]
        listed = invoke(self.target, [*command, *self.shared], self.manifest)
        lines = [] if isinstance(listed, Diagnostic) else listed or []  # what is the matter, the build will tell
        return frozenset(json.loads(line)["unique_id"] for line in lines)

    def columns(self, relations: Sequence[Relation]) -> Mapping[Relation, tuple[str, ...] | str]:
        """The columns of each relation, or why they cannot be had. All at once, as long as none fails."""
        if not relations:
            return {}
        told = self._ask(relations)
        if not isinstance(told, str):
            return dict(zip(relations, told, strict=True))
        if isinstance(self._ask(()), str):
            return {}  # nothing can be asked at all, and that will be told by the build
        found: dict[Relation, tuple[str, ...] | str] = {}
        for relation in relations:
            one = self._ask((relation,))
            found[relation] = one if isinstance(one, str) else one[0]
        return found

    def answers(self, relation: Relation, column: str) -> bool:
        """Whether a column can be read that is not listed: some engines have such of their own, of plain names.

        Any other text of a spec is never asked about, as it would be SQL.
        """
        return _PLAIN.fullmatch(column) is not None and not isinstance(self._ask((relation,), column), str)

    def _ask(self, relations: Sequence[Relation], column: str = "*") -> tuple[tuple[str, ...], ...] | str:
        """The columns of some relations, or what dbt says instead."""
        lines = []
        for number, one in enumerate(relations):
            name, arguments = f"segpy_relation_{number}", json.dumps(one.arguments)[1:-1]
            lines.append(f"{{% set {name} = {one.function}({arguments}) %}}")
            query = f"{json.dumps(f'select {column} from ')} ~ {name}"
            lines.append(f"{{% if execute %}}{{{{ tojson(dbt.get_columns_in_query({query})) }}}}{{% endif %}}")
        text = "\n".join(lines or [_NOTHING])
        outcome = invoke(self.target, ["compile", "--inline", text, *self.shared], self.manifest)
        forget_query(self.manifest)
        if isinstance(outcome, Diagnostic):
            return outcome.label
        (result,) = outcome.results
        if result.node.compiled_code is None:
            return str(result.message)
        return tuple(tuple(json.loads(line)) for line in result.node.compiled_code.splitlines() if line.startswith("["))


_NOTHING = '{% if execute %}{% do run_query("select 1 as one") %}{% endif %}'

"""Looks for a key everywhere, deletes it from generated tables where that is asked for, and looks again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.sql.model import ForgetQueries, HeldBy
from segpy.warehouse.errors_forget import NotDeleted
from segpy.warehouse.invoke import invoke
from segpy.warehouse.model import Target
from segpy.warehouse.model_forget import Forgotten, Held
from segpy.warehouse.query import forget_query, rows_of

_THERE = """\
{{% set segpy_relation_{number} = {relation} %}}{{% if execute %}}
{{{{ tojson([{number}, load_relation(segpy_relation_{number}) is not none]) }}}}
{{% endif %}}"""
_MARK = "segpy_statement_"


def forget(
    target: Target, manifest: Any, queries: ForgetQueries, *, apply: bool, together: bool
) -> Forgotten | Diagnostic:
    """What holds a key. With `apply` it is deleted from generated tables, `together` in one transaction."""
    sources = _held(target, manifest, queries.sources, queries.asked)
    if isinstance(sources, Diagnostic):
        return sources
    before = _held(target, manifest, queries.generated, queries.left)
    if isinstance(before, Diagnostic):
        return before
    after = before
    there = [one.statement for one in before if one.rows and one.statement is not None]
    if apply and there:
        refused = _delete(target, manifest, there, together=together)
        if refused is not None:
            return refused
        looked = _held(target, manifest, queries.generated, queries.left)
        if isinstance(looked, Diagnostic):
            return looked
        after = looked
    return Forgotten(queries.entity, queries.key, sources, before, after, apply)


def _held(
    target: Target, manifest: Any, relations: Sequence[HeldBy], queries: Sequence[str]
) -> tuple[Held, ...] | Diagnostic:
    """How many rows of each relation have the key; all are asked at once."""
    there = _there(target, manifest, relations)
    if isinstance(there, Diagnostic):
        return there
    asked = [(i, queries[i]) for i in sorted(there)]
    parts = [f"select {i} as relation, own, others from (\n{query}\n) as counted_{i}" for i, query in asked]
    counts: dict[int, tuple[int, int]] = {}
    if parts:
        rows = rows_of(target, manifest, "\nunion all\n".join(parts))
        if isinstance(rows, Diagnostic):
            return rows
        counts = {int(i): (int(own), int(others)) for i, own, others in rows}
    statements = _compiled(target, manifest, [(i, relations[i].statement or "") for i in sorted(there)])
    if isinstance(statements, Diagnostic):
        return statements
    found = []
    for i, relation in enumerate(relations):
        if i in counts:
            own, others = counts[i]
            made_from = _made_from(manifest, relation)
            found.append(Held(relation, own, others, statements.get(i) or None, made_from))
        else:
            found.append(Held(relation, None))
    return tuple(found)


def _there(target: Target, manifest: Any, relations: Sequence[HeldBy]) -> frozenset[int] | Diagnostic:
    """The places of the relations that are in the warehouse."""
    lines = [_THERE.format(number=i, relation=_named(one)) for i, one in enumerate(relations)]
    text = _compile(target, manifest, "\n".join(lines) or "--")
    if isinstance(text, Diagnostic):
        return text
    told = (json.loads(line) for line in text.splitlines() if line.startswith("["))
    return frozenset(number for number, there in told if there)


def _named(held: HeldBy) -> str:
    """A relation as Jinja calls it."""
    if held.relation is None:
        return f"ref({json.dumps(held.name)})"
    arguments = ", ".join(map(json.dumps, held.relation.arguments))
    return f"{held.relation.function}({arguments})"


def _compiled(target: Target, manifest: Any, statements: Sequence[tuple[int, str]]) -> dict[int, str] | Diagnostic:
    """Statements as the engine reads them, by their numbers."""
    written = [f"-- {_MARK}{i}\n{statement}" for i, statement in statements if statement]
    text = _compile(target, manifest, "\n".join(written) or "--")
    if isinstance(text, Diagnostic):
        return text
    parts = text.split(f"-- {_MARK}")[1:]
    return {int(number): statement.strip() for number, _, statement in (part.partition("\n") for part in parts)}


def _compile(target: Target, manifest: Any, text: str) -> str | Diagnostic:
    outcome = invoke(target, ["compile", "--inline", text], manifest)
    forget_query(manifest)
    if isinstance(outcome, Diagnostic):
        return outcome
    (result,) = outcome.results
    return str(result.node.compiled_code or "")


def _delete(target: Target, manifest: Any, statements: Sequence[str], *, together: bool) -> NotDeleted | None:
    """Delete from all of them, in one transaction where the engine has such."""
    scripts = [f"begin; {'; '.join(statements)}; commit;"] if together else statements
    calls = [
        f"{{% call statement('segpy_forget_{i}', auto_begin=false) %}}{{% raw %}}{one}{{% endraw %}}{{% endcall %}}"
        for i, one in enumerate(scripts)
    ]
    text = "{% if execute %}" + "\n".join(calls) + "{% endif %}\nselect 1 as done"
    refused = rows_of(target, manifest, text)
    return NotDeleted(refused.label, together) if isinstance(refused, Diagnostic) else None


def _made_from(manifest: Any, held: HeldBy) -> tuple[str, ...]:
    """What a model of the user's is made from: to delete from the model itself lasts until it is built again."""
    if held.relation is None or held.relation.function != "ref":
        return ()
    named = [node for node in manifest.nodes.values() if node.name == held.relation.arguments[-1]]
    node = next((one for one in named if str(one.resource_type) == "model"), None)
    return () if node is None else tuple(sorted(set(_roots(manifest, node.unique_id, set()))))


def _roots(manifest: Any, id_: str, seen: set[str]) -> Iterator[str]:
    if id_ in seen:
        return
    seen.add(id_)
    if id_ in manifest.sources:
        source = manifest.sources[id_]
        yield f"source('{source.source_name}', '{source.name}')"
        return
    node = manifest.nodes.get(id_)
    if node is None:
        return
    if str(node.resource_type) != "model":
        yield f"ref('{node.name}')"
    for other in node.depends_on_nodes:
        yield from _roots(manifest, other, seen)

"""What `segpy forget` does, in order: reads the specs, looks for a key everywhere, and deletes what is generated."""

from __future__ import annotations

from pathlib import Path

from segpy.diagnostics.model import Diagnostic
from segpy.pipeline import Compiled, planned
from segpy.sql.build import dialect_of
from segpy.sql.forget import forget_queries
from segpy.warehouse.errors_forget import NowhereFound, StillThere
from segpy.warehouse.forget import forget as forget_in
from segpy.warehouse.keys import key_of
from segpy.warehouse.model import Target
from segpy.warehouse.model_forget import ForgetAsked, Forgotten
from segpy.warehouse.run import parse


def forget(
    project_dir: Path, profiles_dir: Path | None, target: str | None, where: Target, asked: ForgetAsked
) -> tuple[Compiled, tuple[str, ...], Forgotten | Diagnostic | None]:
    """Where a key stands; None where the specs do not hold, or it is not clear whose key it is. And the entities."""
    compiled, plan, adapter = planned(project_dir, profiles_dir, target)
    if plan is None:
        return compiled, (), None
    known = tuple(one.entity.name for one in plan.entities)
    entity = asked.entity_among(known)
    if entity is None:
        return compiled, known, None
    key = key_of(plan.bound.entity(entity), asked.key)
    if isinstance(key, Diagnostic):
        return compiled, known, key
    queries = forget_queries(plan, entity, key, adapter)
    together = dialect_of(plan, adapter).transactions
    manifest = parse(where, {})
    if isinstance(manifest, Diagnostic):
        return compiled, known, manifest
    return compiled, known, forget_in(where, manifest, queries, apply=asked.apply, together=together)


def verdict(found: Forgotten) -> Diagnostic | None:
    """What is to be said of what was found: that something is left, or that there was nothing."""
    if found.left:
        names = tuple(one.relation.name for one in found.left)
        values = all(not one.rows for one in found.left)
        return StillThere(found.entity, found.key, names, found.applied, values)
    if not any(one.found for one in (*found.sources, *found.before)):
        return NowhereFound(found.entity, found.key)
    return None

"""Builds the instants of a history, one after the other: each remembers what those before it found."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.errors import EndsBeforeItBegins, HistoryInTheWay
from segpy.warehouse.inputs import gone
from segpy.warehouse.model import BuildOptions, BuildResult, NodeProgress, Target
from segpy.warehouse.model_backfill import BackfillOptions, BackfillProgress, BackfillResult, InstantProgress
from segpy.warehouse.model_inputs import Reading
from segpy.warehouse.query import rows_of
from segpy.warehouse.run import build_parsed, parse
from segpy.warehouse.spine import already_built, spine

_EVERYTHING = ("+tag:segpy",)
_RELATIONS = ("model", "seed", "snapshot")
_OF_THE_INSTANT = "segpy_as_of"  # how the macros that tell it begin, and the variable that gives it


def backfill(
    target: Target,
    asked: BackfillOptions,
    history: Sequence[str],
    readings: Sequence[Reading] = (),
    on_progress: BackfillProgress = lambda _: None,
) -> BackfillResult:
    """Build every instant asked for that history does not hold yet: the last as `build` does, with all tests.

    Nothing is built where the warehouse lacks what is read. `history` are the names of the models that remember: first
    the spells, whose runs tell how far an earlier backfill came, then others. Before the last instant only these and
    what they are made of are built.
    """
    manifest = parse(target, asked.variables)
    if isinstance(manifest, Diagnostic):
        return BackfillResult(problems=(manifest,))
    found = _standing(target, manifest, history[0], asked.grain)
    if isinstance(found, Diagnostic):
        return BackfillResult(problems=(found,))
    now, runs = found
    last = asked.last or now
    instants = spine(asked.first, last, asked.every)
    if not instants:
        return BackfillResult(problems=(EndsBeforeItBegins(asked.first, last),))
    kept = 0 if asked.rewrite else already_built(instants, runs)
    if kept is None:
        return BackfillResult(instants, problems=(_in_the_way(asked.first, runs),))
    if missing := gone(target, manifest, BuildOptions(_EVERYTHING, variables=asked.variables), readings):
        return BackfillResult(instants, problems=missing)
    # The tables of the last instant may be missing although history has it: they are made again.
    kept = min(kept, len(instants) - 1)
    anew = asked.rewrite or not runs
    return _built(target, manifest, asked, BackfillResult(instants, kept), anew, history, on_progress)


def _built(
    target: Target,
    manifest: Any,
    asked: BackfillOptions,
    so_far: BackfillResult,
    anew: bool,
    history: Sequence[str],
    on_progress: BackfillProgress,
) -> BackfillResult:
    needed = _upstream(manifest, history)
    moving = _of_the_instant(manifest, needed)
    instants, kept = so_far.instants, so_far.kept
    result = BuildResult()
    for place in range(kept, len(instants)):
        chosen = _names(manifest, needed if place == kept else moving)
        at_last = place == len(instants) - 1
        variables = {**asked.variables, "segpy_as_of": str(instants[place])}
        if anew and place == kept:
            variables["segpy_rewrite_history"] = True  # what is kept may stand at a later instant
        options = BuildOptions(
            _EVERYTHING if at_last else chosen, (), variables, asked.threads, without_tests=not at_last
        )
        began = time.monotonic()
        where = InstantProgress(instants[place], place + 1, len(instants))
        result = build_parsed(target, manifest, options, _reporting(where, on_progress))
        failed = len(result.failures) + len(result.problems)
        seconds = time.monotonic() - began
        on_progress(replace(where, nodes=len(result.nodes), failed=failed, seconds=seconds))
        if failed and not at_last:
            return BackfillResult(instants, kept, place - kept, result, result.problems)
    built = len(instants) - kept - (not _remembered(result, history))
    return BackfillResult(instants, kept, built, result, result.problems)


def _reporting(where: InstantProgress, on_progress: BackfillProgress) -> Any:
    def report(node: NodeProgress) -> None:
        on_progress(replace(where, node=node))

    return report


def _remembered(result: BuildResult, history: Sequence[str]) -> bool:
    """Whether a build wrote history: a test that failed after that takes nothing from it."""
    return set(history) <= {node.name for node in result.nodes if node.status == "success"}


def _standing(
    target: Target, manifest: Any, spells: str, grain: str
) -> tuple[datetime, tuple[datetime, ...]] | Diagnostic:
    """The instant at which a run would stand now, and those of the runs that history holds."""
    rows = rows_of(target, manifest, _STANDING.format(spells=spells, grain=grain))
    if isinstance(rows, Diagnostic):
        return rows
    told = [(what, datetime.fromisoformat(str(at)[:19])) for what, at in rows]
    (now,) = (at for what, at in told if what == "now")
    return now, tuple(sorted(at for what, at in told if what == "run"))


def _in_the_way(first: datetime, runs: Iterable[datetime]) -> HistoryInTheWay:
    since = [run for run in runs if run >= first]
    return HistoryInTheWay(first, len(since), since[0], since[-1])


def _upstream(manifest: Any, names: Sequence[str]) -> frozenset[str]:
    """The models, seeds and snapshots that those of these names are made of, and these themselves."""
    ids = {node.name: unique_id for unique_id, node in manifest.nodes.items() if node.resource_type == "model"}
    found: set[str] = set()
    waiting = [ids[name] for name in names]
    while waiting:
        unique_id = waiting.pop()
        node = manifest.nodes.get(unique_id)  # sources are no nodes
        if unique_id not in found and node is not None and node.resource_type in _RELATIONS:
            found.add(unique_id)
            waiting += node.depends_on_nodes
    return frozenset(found)


def _of_the_instant(manifest: Any, needed: frozenset[str]) -> frozenset[str]:
    """Those that may differ from instant to instant: they ask for it, or are made of what does."""
    known: dict[str, bool] = {}

    def moves(unique_id: str) -> bool:
        if unique_id not in known:
            node = manifest.nodes[unique_id]
            asks = _OF_THE_INSTANT in node.raw_code or _asks(manifest, node.depends_on.macros, set())
            known[unique_id] = asks or any(moves(each) for each in node.depends_on_nodes if each in needed)
        return known[unique_id]

    return frozenset(unique_id for unique_id in needed if moves(unique_id))


def _asks(manifest: Any, macros: Iterable[str], seen: set[str]) -> bool:
    """Whether a macro asks for the instant, itself or through another."""
    for name in macros:
        macro = manifest.macros.get(name)
        if macro is None or name in seen:
            continue
        seen.add(name)
        if _OF_THE_INSTANT in macro.macro_sql or _asks(manifest, macro.depends_on.macros, seen):
            return True
    return False


def _names(manifest: Any, ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted("fqn:" + ".".join(manifest.nodes[unique_id].fqn) for unique_id in ids))


_STANDING = """\
select 'run' as what, cast(from_at as {{{{ dbt.type_string() }}}}) as at_instant
from {{{{ segpy_spells("{spells}") }}}}
where kind = 'run'
union all
select 'now' as what, '{{{{ segpy_as_of_text("{grain}") }}}}' as at_instant"""

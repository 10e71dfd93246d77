"""Builds models and runs their tests with dbt."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.errors import NothingSelected
from segpy.warehouse.invoke import invoke
from segpy.warehouse.model import BuildOptions, BuildResult, NodeProgress, NodeResult, Progress, Target
from segpy.warehouse.plain import plain
from segpy.warehouse.query import with_rows
from segpy.warehouse.unit_tests import differences


def parse(target: Target, variables: dict[str, object]) -> Any | Diagnostic:
    """dbt's manifest of a project: with it several commands read the project once."""
    return invoke(target, ["parse", "--vars", json.dumps(variables)])


def build_parsed(
    target: Target, manifest: Any, asked: BuildOptions, on_progress: Progress = lambda _: None
) -> BuildResult:
    """Run `dbt build` on a project that was parsed."""
    shared = ["--vars", json.dumps(asked.variables)]
    command = ["build", *shared, *selection(asked)]
    if asked.threads is not None:
        command += ["--threads", str(asked.threads)]
    if asked.full_refresh:
        command.append("--full-refresh")
    if asked.without_tests:
        command += ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    listener = _Listener(on_progress)
    outcome = invoke(target, command, manifest, listener.hear)
    if listener.failure is not None:
        raise listener.failure
    if isinstance(outcome, Diagnostic):
        return BuildResult(problems=(outcome,))
    nodes = tuple(_node_result(each) for each in getattr(outcome, "results", None) or ())
    nodes = _with_the_rest(nodes, lambda names: invoke(target, ["test", *shared, *names], manifest))
    if not nodes:
        return BuildResult(problems=(NothingSelected(" ".join(selection(asked))),))
    return BuildResult(nodes=tuple(with_rows(target, manifest, node) for node in nodes), manifest=manifest)


def _with_the_rest(
    nodes: tuple[NodeResult, ...], run: Callable[[Sequence[str]], Any | Diagnostic]
) -> tuple[NodeResult, ...]:
    """The results, after running those unit tests that dbt skipped because another one of their model failed."""
    if not any(node.kind == "unit_test" and node.failed for node in nodes):
        return nodes
    skipped = [node.name for node in nodes if node.kind == "unit_test" and node.status == "skipped"]
    if not skipped:
        return nodes
    outcome = run(_listed("--select", [f"unit_test:{name}" for name in skipped]))
    if isinstance(outcome, Diagnostic):
        return nodes
    later = {node.name: node for node in map(_node_result, outcome.results)}
    return tuple(later.get(node.name, node) if node.name in skipped else node for node in nodes)


def selection(asked: BuildOptions) -> list[str]:
    """What is selected, in dbt's words."""
    return [*_listed("--select", asked.select), *_listed("--exclude", asked.exclude)]


def _listed(option: str, values: Sequence[str]) -> list[str]:
    return [option, *values] if values else []


class _Listener:
    """Turns dbt's events into progress. dbt calls it from the threads of its nodes.

    An exception there would leave dbt waiting for the node for ever. It is kept until dbt has ended.
    """

    failure: Exception | None = None

    def __init__(self, on_progress: Progress) -> None:
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._done = 0
        self._total = 0

    def hear(self, event: Any) -> None:
        match event.info.name:
            case "ConcurrencyLine":
                with self._lock:
                    self._total += event.data.node_count  # unit tests are not among these
            case "NodeStart":
                self._note(event.data.node_info, "started", 0.0)
            case "NodeFinished":
                outcome = event.data.run_result
                self._note(event.data.node_info, outcome.status, outcome.execution_time)

    def _note(self, node: Any, status: str, seconds: float) -> None:
        if node.materialized == "ephemeral":
            return  # nothing is built of it, and dbt does not count it either
        with self._lock:
            if status == "started":
                self._total += node.resource_type == "unit_test"
            else:
                self._done += 1
            progress = NodeProgress(node.node_name, node.resource_type, status, seconds, self._done, self._total)
            try:
                if self.failure is None:
                    self._on_progress(progress)
            except Exception as error:
                self.failure = error


def _node_result(result: Any) -> NodeResult:
    node = result.node
    return NodeResult(
        name=node.name,
        kind=str(node.resource_type),
        status=str(result.status),
        seconds=float(result.execution_time or 0),
        file=str(node.original_file_path),
        message=plain(result.message) if result.message else None,
        compiled=getattr(node, "compiled_path", None),
        failures=result.failures,
        differences=differences(result.message) if str(node.resource_type) == "unit_test" and result.message else (),
    )

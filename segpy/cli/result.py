"""What a build says at its end: the segments with their sizes, and what failed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from segpy.cli.output import as_data, counted, has_colors
from segpy.diagnostics.model import Diagnostic
from segpy.pipeline import SegmentSummary
from segpy.warehouse.model import BuildResult, NodeResult, Sizes

_WIDE = 200  # where nobody's window is to be fitted


def print_result(result: BuildResult, sizes: Sizes | None, segments: Sequence[SegmentSummary]) -> None:
    """The table of sizes to standard output; failures and counts to standard error."""
    if sizes is not None:
        _print_sizes(sizes, segments)
    for node in result.nodes:
        if node.failed or node.status == "warn":
            click.echo(_failure(node), err=True)
    if result.nodes:
        click.echo(_counts(result), err=True)


def result_data(
    findings: Sequence[Diagnostic], result: BuildResult, sizes: Sizes | None, segments: Sequence[SegmentSummary]
) -> dict[str, Any]:
    """The same as data, for JSON."""
    stages = {segment.name: segment.stage for segment in segments}
    return {
        "as_of": sizes.as_of if sizes else None,
        "segments": [
            {
                "segment": size.segment,
                "entity": size.entity,
                "members": size.members,
                "population": size.population,
                "share": size.share,
                "stage": stages.get(size.segment),
            }
            for size in (sizes.segments if sizes else ())
        ],
        "nodes": [_node_data(node) for node in result.nodes],
        "findings": as_data(findings),
    }


def _node_data(node: NodeResult) -> dict[str, Any]:
    return {
        "name": node.name,
        "kind": node.kind,
        "status": node.status,
        "seconds": round(node.seconds, 3),
        "file": node.file,
        "message": node.message if node.failed or node.status == "warn" else None,
        "compiled": node.compiled,
        "failures": node.failures,
        "found": node.found,
    }


def _print_sizes(sizes: Sizes, segments: Sequence[SegmentSummary]) -> None:
    stages = {segment.name: segment.stage for segment in segments}
    title = f"Segments as of {sizes.as_of} UTC" if sizes.as_of else "Segments, of an empty population"
    table = Table(box=SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    for heading in ("segment", "entity"):
        table.add_column(heading, overflow="fold")
    for heading in ("members", "share"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("stage")
    for size in sizes.segments:
        share = "–" if size.share is None else f"{size.share:.1%}"
        table.add_row(size.segment, size.entity, f"{size.members:,}", share, stages.get(size.segment) or "")
    color = has_colors(sys.stdout)
    width = None if sys.stdout.isatty() else _WIDE
    Console(file=sys.stdout, force_terminal=color, no_color=not color, width=width, highlight=False).print(table)


def _failure(node: NodeResult) -> str:
    lines = [f"{'warning' if node.status == 'warn' else 'failed'}: {node.kind} {node.name} ({node.file})"]
    lines += [f"  {line}".rstrip() for line in (node.message or "").splitlines()]
    lines += [f"  {row}" for row in node.found]
    if node.compiled:
        lines.append(f"  its SQL: {node.compiled}")
    return "\n".join(lines) + "\n"


def _counts(result: BuildResult) -> str:
    """`12 succeeded, 1 failed, 2 skipped`."""
    words = {"success": "succeeded", "pass": "succeeded", "warn": "warned", "skipped": "skipped", "no-op": "skipped"}
    counts = Counter("failed" if node.failed else words.get(node.status, node.status) for node in result.nodes)
    listed = [f"{counts[word]} {word}" for word in ("succeeded", "warned", "failed", "skipped") if counts[word]]
    rest = [f"{count} {word}" for word, count in counts.items() if word not in words.values() and word != "failed"]
    return f"{counted(len(result.nodes), 'node')}: {', '.join([*listed, *rest])}."

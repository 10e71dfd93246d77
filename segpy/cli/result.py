"""What a build says at its end: the segments with their sizes, and what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from segpy.cli.output import as_data, counted, print_table
from segpy.diagnostics.model import Diagnostic
from segpy.pipeline import Compiled, ExampleSummary, SegmentSummary
from segpy.warehouse.model import BuildResult, Difference, NodeResult, Sizes

_NOBODY = "Nobody is in any segment at this instant. Where the events are of another time, `--as-of` asks for that."


def print_result(result: BuildResult, sizes: Sizes | None, compiled: Compiled) -> None:
    """The table of sizes to standard output; failures and counts to standard error."""
    if sizes is not None:
        _print_sizes(sizes, compiled.segments)
        if not any(size.members for size in sizes.segments) and any(size.population for size in sizes.segments):
            click.echo(_NOBODY, err=True)
    examples = {example.test: example for example in compiled.examples}
    for node in result.nodes:
        if node.failed or node.status == "warn":
            click.echo(_failure(node, _example_of(node, examples)), err=True)
    if result.nodes:
        click.echo(_counts(result), err=True)


def result_data(
    findings: Sequence[Diagnostic], result: BuildResult, sizes: Sizes | None, compiled: Compiled
) -> dict[str, Any]:
    """The same as data, for JSON."""
    stages = {segment.name: segment.stage for segment in compiled.segments}
    examples = {example.test: example for example in compiled.examples}
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
        "nodes": [_node_data(node, _example_of(node, examples)) for node in result.nodes],
        "findings": as_data(findings),
    }


def _example_of(node: NodeResult, examples: Mapping[str, ExampleSummary]) -> ExampleSummary | None:
    return examples.get(node.name) if node.kind == "unit_test" else None


def _node_data(node: NodeResult, example: ExampleSummary | None) -> dict[str, Any]:
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
        "example": _example_data(node, example) if example is not None else None,
    }


def _example_data(node: NodeResult, example: ExampleSummary) -> dict[str, Any]:
    return {
        "segment": example.segment,
        "name": example.name,
        "file": example.spec_file,
        "line": example.line,
        "differences": [
            {
                "of": "member" if one.column == example.member else one.column,
                "expected": one.expected,
                "found": one.found,
            }
            for one in node.differences
        ],
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
    print_table(table)


def _failure(node: NodeResult, example: ExampleSummary | None) -> str:
    what = f"{node.kind} {node.name} ({node.file})"
    told = (node.message or "").splitlines()
    if example is not None:
        place = f"{example.spec_file}:{example.line}"
        what = f"example `{example.name}` of segment {example.segment} ({place})"
        told = [_difference(one, example) for one in node.differences] or told
    lines = [f"{'warning' if node.status == 'warn' else 'failed'}: {what}"]
    lines += [f"  {line}".rstrip() for line in told]
    lines += [f"  {row}" for row in node.found]
    if node.compiled:
        lines.append(f"  its SQL: {node.compiled}")
    return "\n".join(lines) + "\n"


def _difference(one: Difference, example: ExampleSummary) -> str:
    if one.column == example.member:
        member, not_member = "a member", "not a member"
        return (
            f"expected {member}, found {not_member}"
            if one.expected == "true"
            else f"expected {not_member}, found {member}"
        )
    return f"feature {one.column}: expected {one.expected}, found {one.found}"


def _counts(result: BuildResult) -> str:
    """`12 succeeded, 1 failed, 2 skipped`."""
    words = {"success": "succeeded", "pass": "succeeded", "warn": "warned", "skipped": "skipped", "no-op": "skipped"}
    counts = Counter("failed" if node.failed else words.get(node.status, node.status) for node in result.nodes)
    listed = [f"{counts[word]} {word}" for word in ("succeeded", "warned", "failed", "skipped") if counts[word]]
    rest = [f"{count} {word}" for word, count in counts.items() if word not in words.values() and word != "failed"]
    return f"{counted(len(result.nodes), 'node')}: {', '.join([*listed, *rest])}."

"""Evolved segments as people and programs read them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from segpy.cli.output import counted, print_table, table
from segpy.evolving import Evolved, Tried, conditions


def print_evolved(found: Evolved, *, written: bool, whole: bool) -> None:
    """How the segments came about, how far they can be trusted, and whom they are about; with `whole` the file too."""
    described = found.described
    stability = described.stability
    people = sum(described.counts)
    names = ", ".join(one.name for one in described.description.features)
    click.echo(f"{found.entity}: {people:,} people as of {found.as_of}, by {names}")
    for left in described.left_out:
        click.echo(f"left out: {left.feature}, {left.reason}")
    tried = ", ".join(f"{one.clusters}: {one.mean:.2f}" for one in described.tried)
    click.echo(
        f"{counted(stability.clusters, 'cluster')} and {counted(described.asked, 'question')}; "
        f"stability (adjusted Rand index of {stability.samples} resamples) {tried}"
    )
    rows = table("people nothing was made of", numbers=("right", "interval", "largest cluster", "people"))
    for one, who in ((found.held_out, "held out"), (found.out_of_time, "out of time")):
        if one is not None:
            rows.add_row(f"{who}, as of {one.as_of}", *_numbers(one))
    print_table(rows)
    segments = table("segment", numbers=("people", "share"))
    for segment in found.segments:
        count = described.counts[segment.cluster]
        segments.add_row(segment.name, f"{count:,}", f"{count / people:.1%}")
    print_table(segments)
    untold = stability.clusters - len(found.segments)
    if untold:
        click.echo(f"{counted(untold, 'cluster')} cannot be told from the others by so few questions.")
    if whole:
        click.echo(
            f"# --- {found.file.path}\n{found.file.text}\n# Nothing was written. Without --dry-run this file is."
        )
    elif written:
        click.echo(f"wrote {found.file.path}. Next: read it, rename what has better names, then `segpy build`.")


def _numbers(one: Tried) -> tuple[str, str, str, str]:
    found = one.accuracy
    if found.estimate is None or found.interval is None or one.largest is None:
        return "", found.status.reason, "", f"{found.n:,}"
    low, high = found.interval.low or 0.0, found.interval.high or 0.0
    return f"{found.estimate:.1%}", f"{low:.1%} … {high:.1%}", f"{one.largest:.1%}", f"{found.n:,}"


def as_json_data(found: Evolved) -> dict[str, Any]:
    """All of it: what was chosen and why, each figure with its interval, the segments and the file."""
    described = found.described
    people = sum(described.counts)
    return {
        "entity": found.entity,
        "as_of": found.as_of,
        "people": people,
        "features": [one.name for one in described.description.features],
        "left_out": [asdict(one) for one in described.left_out],
        "clusters": len(described.description.centers),
        "questions": described.asked,
        "stability": [asdict(one) for one in described.tried],
        "held_out": _tried_data(found.held_out),
        "out_of_time": None if found.out_of_time is None else _tried_data(found.out_of_time),
        "segments": [
            {
                "name": one.name,
                "cluster": one.cluster + 1,
                "people": described.counts[one.cluster],
                "share": described.counts[one.cluster] / people,
                "ways": conditions(found, one),
            }
            for one in found.segments
        ],
        "path": found.file.path,
        "text": found.file.text,
    }


def _tried_data(one: Tried) -> dict[str, Any]:
    found = one.accuracy
    interval = None if found.interval is None else [found.interval.low, found.interval.high]
    return {
        "as_of": one.as_of,
        "people": found.n,
        "status": found.status.value,
        "accuracy": found.estimate,
        "interval": interval,
        "largest": one.largest,
    }

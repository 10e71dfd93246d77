"""Drift as people and programs read it."""

from __future__ import annotations

from typing import Any

import click

from segpy.cli.looked import as_of_then
from segpy.cli.output import counted, print_table, table
from segpy.drifting import Drifts, FeatureDrift, SegmentDrift
from segpy.measure.model_drift import Bin
from segpy.spec.expression import Type


def print_drifts(found: Drifts) -> None:
    """A segment after the other: the last instant feature by feature, and of all others how many features drifted."""
    for i, one in enumerate(found.segments):
        if i:
            click.echo()
        _print(one)


def _print(one: SegmentDrift) -> None:
    click.echo(
        f"{one.segment}: {counted(one.sizes[-1], 'member')} at {one.instants[-1]} beside "
        f"{one.sizes[0]:,} at {one.instants[0]}"
    )
    for words in _notes(one):
        click.echo(f"  {words}")
    told = [each for each in one.features if each.drifts[-1].psi is not None]
    if told:
        rows = table("feature", "", "changed most", numbers=("drift", "by chance up to"))
        for each in sorted(told, key=lambda each: -(each.drifts[-1].psi or 0.0)):
            drift = each.drifts[-1]
            numbers = (f"{drift.psi or 0.0:.2f}", f"{drift.bound or 0.0:.2f}")
            rows.add_row(each.feature.name, "drifted" if drift.alarm else "", changed_most(each), *numbers)
        print_table(rows)
    for status in dict.fromkeys(each.drifts[-1].status for each in one.features if each not in told):
        names = [each.feature.name for each in one.features if each.drifts[-1].status is status]
        click.echo(f"  withheld: {status.reason}: {', '.join(names)}")
    if len(one.instants) > 2:
        rows = table("instant", "most", numbers=("members", "drifted"))
        for i, instant in enumerate(one.instants[1:]):
            told = [each for each in one.features if each.drifts[i].psi is not None]
            most = max(told, key=lambda each: each.drifts[i].psi or 0.0, default=None)
            words = f"{most.feature.name} by {most.drifts[i].psi:.2f}" if most is not None else ""
            drifted = f"{sum(each.drifts[i].alarm for each in told)} of {len(told)}"
            rows.add_row(str(instant), words, f"{one.sizes[i + 1]:,}", drifted)
        print_table(rows)


def _notes(one: SegmentDrift) -> list[str]:
    """What is to be known before a number is read."""
    limit = f"an index of population stability beyond {one.limit:g} and beyond chance is called drift"
    return [limit, *as_of_then(one.as_now, by_conditions=one.by_conditions)]


def changed_most(one: FeatureDrift) -> str:
    """The part of values whose share among members changed most from the first instant to the last."""
    shares = [tuple(count / (sum(each) or 1) for count in each) for each in (one.counts[0], one.counts[-1])]
    place = max(range(len(one.bins)), key=lambda i: abs(shares[1][i] - shares[0][i]))
    before, now = (each[place] for each in shares)
    return f"{words_of(one.bins[place], one.feature.type)}: {before * 100:.0f} % → {now * 100:.0f} %"


def words_of(one: Bin, type_: Type) -> str:
    """`up to 3`, `above 3 and up to 7`, `below 5`, `exactly 0`, or a value."""
    if one.label is not None:
        return one.label
    if type_ is Type.BOOLEAN:
        return " or ".join(word for value, word in ((0, "false"), (1, "true")) if one.has(value)) or "neither"
    if one.low is None and one.high is None:
        return "any"
    if one.low == one.high and one.low is not None:
        return f"exactly {one.low:g}"
    parts = [f"above {one.low:g}"] if one.low is not None else []
    parts += [f"{'up to' if one.has_high else 'below'} {one.high:g}"] if one.high is not None else []
    return " and ".join(parts)


def as_json_data(found: Drifts) -> dict[str, Any]:
    """All of it."""
    return {
        "segments": [_data(one) for one in found.segments],
    }


def _data(one: SegmentDrift) -> dict[str, Any]:
    return {
        "segment": one.segment,
        "entity": one.entity,
        "as_of": str(one.as_of),
        "limit": one.limit,
        "as_now": list(one.as_now),
        "by_conditions": one.by_conditions,
        "instants": [{"at": str(at), "members": size} for at, size in zip(one.instants, one.sizes, strict=True)],
        "features": [_feature(each, one) for each in one.features],
    }


def _feature(one: FeatureDrift, of: SegmentDrift) -> dict[str, Any]:
    return {
        "feature": one.feature.name,
        "bins": [
            {
                "words": words_of(each, one.feature.type),
                "low": each.low,
                "high": each.high,
                "label": each.label,
                "members": [counts[i] for counts in one.counts],
            }
            for i, each in enumerate(one.bins)
        ],
        "drift": [
            {
                "at": str(at),
                "n": drift.n,
                "status": drift.status.value,
                "psi": drift.psi,
                "psi_by_chance": drift.bound,
                "alarm": drift.alarm,
            }
            for at, drift in zip(of.instants[1:], one.drifts, strict=True)
        ],
    }

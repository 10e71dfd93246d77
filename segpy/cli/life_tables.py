"""Life tables as people and programs read them."""

from __future__ import annotations

from typing import Any

import click

from segpy.cli.answers import estimate_data
from segpy.cli.output import counted, print_table, table
from segpy.measure.model import Estimate, Interval, Status
from segpy.measure.model_time import HalfLife
from segpy.staying import Stayed, Stays

_WITHHELD = "-"


def print_stays(found: Stays) -> None:
    """A segment after the other: what is known of all who entered, and week by week."""
    click.echo(f"Stays as of {found.as_of or 'no run'}; intervals of {found.confidence * 100:g} %")
    for one in found.segments:
        click.echo()
        click.echo(f"{one.segment}: {_all_of_it(one)}")
        if one.table.periods:
            _print(one)


def _print(one: Stayed) -> None:
    rows = table("week", numbers=("at risk", "left", "of these", "interval", "still there", "interval"))
    for week in one.table.periods:
        counts = (str(week.period), f"{week.at_risk:,}", f"{week.events:,}")
        rows.add_row(*counts, *_shown(week.hazard), *_shown(week.survival))
    print_table(rows)


def _all_of_it(one: Stayed) -> str:
    if one.since is None:
        return "no run knows it yet: run `segpy build`"
    if not one.table.n:
        return f"of nobody who entered after {one.since} a week is over yet"
    known = (
        f"{counted(one.table.n, 'membership')} that began after {one.since} and a week is over of, {one.left:,} ended"
    )
    rate, interval = _shown(one.table.rate)
    return f"{known}; {rate} [{interval}] leave in a week; {half_life_words(one.half_life)}"


def half_life_words(found: HalfLife) -> str:
    """`half have left after 3 weeks [2 … not yet]`."""
    limits = " … ".join("not yet" if one is None else str(one) for one in (found.earliest, found.latest))
    if found.periods is not None:
        return f"half have left after {counted(found.periods, 'week')} [{limits}]"
    if found.status is Status.NOT_YET:
        at_least = "" if found.earliest is None else f" [{limits}]"
        return f"half have not left yet{at_least}, of {counted(found.observed, 'week')} observed"
    return f"when half have left is not told: {found.status.reason}"


def _shown(one: Estimate) -> tuple[str, str]:
    if one.estimate is None:
        return _WITHHELD, one.status.reason
    interval = one.interval or Interval(None, None)
    return _percent(one.estimate), " … ".join(map(_percent, (interval.low, interval.high)))


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value * 100:.1f} %"


def as_json_data(found: Stays) -> dict[str, Any]:
    """All of it."""
    segments = [_data(one) for one in found.segments]
    return {"as_of": found.as_of, "confidence": found.confidence, "segments": segments}


def _data(one: Stayed) -> dict[str, Any]:
    half = one.half_life
    return {
        "segment": one.segment,
        "entity": one.entity,
        "since": one.since,
        "memberships": one.table.n,
        "ended": one.left,
        "leaving_rate": estimate_data(one.table.rate),
        "half_life": {
            "status": half.status.value,
            "weeks": half.periods,
            "earliest": half.earliest,
            "latest": half.latest,
            "weeks_observed": half.observed,
        },
        "weeks": [
            {
                "week": week.period,
                "at_risk": week.at_risk,
                "ended": week.events,
                "hazard": estimate_data(week.hazard),
                "survival": estimate_data(week.survival),
            }
            for week in one.table.periods
        ],
    }

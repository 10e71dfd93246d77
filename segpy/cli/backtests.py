"""Looks back as people and programs read them."""

from __future__ import annotations

from typing import Any

import click

from segpy.backtesting import LookedBack, LooksBack, figures
from segpy.cli.answers import estimate_data
from segpy.cli.looked import as_of_then
from segpy.cli.output import counted, print_table, table
from segpy.measure.model import Estimate
from segpy.measure.model_backtest import Launch

_WITHHELD = "-"


def print_look_back(found: LooksBack) -> None:
    """A segment after the other: over all instants, instant by instant, and what follows for a launch."""
    for i, one in enumerate(found.segments):
        if i:
            click.echo()
        _print(one)


def _print(one: LookedBack) -> None:
    after = f" after {one.gap}" if one.gap.seconds else ""
    sure = f"{one.confidence * 100:g} %"
    click.echo(
        f"{one.segment}: {one.outcome} within {one.horizon}{after} of {counted(len(one.instants), 'instant')} from "
        f"{one.instants[0]} to {one.instants[-1]}; intervals of {sure}"
    )
    for words in _notes(one):
        click.echo(f"  {words}")
    whole, found = one.found.whole, one.found
    rows = table("over all instants", numbers=("", "interval", "people"))
    for words, estimate, percent in (
        ("members who convert", whole.inside, True),
        ("everybody else who does", whole.outside, True),
        ("lift over all", whole.lift, False),
        ("part of all conversions caught", whole.recall, True),
        ("members who still are the next time", found.stability, True),
        ("value of a member", found.value, False),
    ):
        if estimate is not None:
            rows.add_row(words, *_shown(estimate, percent), f"{estimate.n:,}")
    print_table(rows)
    rows = table("instant", numbers=("members", "of", "convert", "others", "lift", "caught", "stayed"))
    for place, seen, at, stayed in found.instants:
        told = [_shown(each, True)[0] for each in (at.inside, at.outside)]
        rows.add_row(
            str(one.instants[place]),
            f"{seen.members:,}",
            f"{seen.people:,}",
            *told,
            _shown(at.lift, False)[0],
            *(_shown(each, True)[0] for each in (at.recall, stayed)),
        )
    print_table(rows)
    for words, parts in (("converts in", found.hazards), ("converts at its age of", found.ages)):
        if parts:
            unit = f"period of {one.period}" if parts is found.hazards else "instant in a row"
            rows = table(unit, numbers=(words.split(" ")[0], "interval"))
            for part in parts:
                rows.add_row(f"{part.place}", *_shown(part.estimate, True))
            print_table(rows)
    for line in _launch(found.launch, one):
        click.echo(line)


def _notes(one: LookedBack) -> list[str]:
    """What is to be known before a number is read."""
    notes = [f"events are known until {one.known_until}"]
    if one.left_out:
        notes.append(f"{counted(one.left_out, 'instant')} left out: the horizon was not over by then")
    return [*notes, *as_of_then(one.as_now, by_conditions=one.by_conditions)]


def _shown(one: Estimate, percent: bool) -> tuple[str, str]:
    if one.estimate is None:
        return _WITHHELD, "" if one.readable else one.status.reason
    low, high = (one.interval.low, one.interval.high) if one.interval is not None else (None, None)
    return _number(one.estimate, percent), f"{_number(low, percent)} … {_number(high, percent)}"


def _number(value: float | None, percent: bool) -> str:
    if value is None:
        return "∞"
    return f"{value * 100:.2f} %" if percent else f"{value:,.2f}"


def _launch(found: Launch, one: LookedBack) -> list[str]:
    """What a hold-out of those who were members would tell."""
    lines = [f"A launch would have {counted(found.people, 'member')} to act on."]
    if found.smallest is not None:
        lines.append(f"The smallest uplift that its hold-out would tell from none is {found.smallest * 100:.0f} %.")
    if found.needed is not None:
        lines.append(f"To tell the uplift that is supposed takes {found.needed:,} members.")
    if found.break_even is not None:
        lines.append(f"It pays for itself from an uplift of {found.break_even * 100:.1f} % on.")
    if found.brings is not None:
        lines.append(f"The uplift that is supposed leaves {found.brings:,.2f} of each member in {one.horizon}.")
    return lines


def as_json_data(found: LooksBack) -> dict[str, Any]:
    """All of it."""
    return {"segments": [_data(one) for one in found.segments]}


def _data(one: LookedBack) -> dict[str, Any]:
    launch = one.found.launch
    return {
        "segment": one.segment,
        "entity": one.entity,
        "outcome": one.outcome,
        "as_of": str(one.as_of),
        "known_until": str(one.known_until),
        "gap": str(one.gap),
        "horizon": str(one.horizon),
        "period": str(one.period),
        "confidence": one.confidence,
        "left_out": one.left_out,
        "as_now": list(one.as_now),
        "by_conditions": one.by_conditions,
        "instants": [
            {
                "as_of": str(one.instants[place]),
                "population": seen.people,
                "members": seen.members,
                "converted": seen.converted,
                "converted_inside": seen.converted_inside,
                "before": seen.before,
                "stayed": seen.stayed,
            }
            for place, seen, _, _ in one.found.instants
        ],
        "figures": [{"figure": name, "place": place, **estimate_data(each)} for name, place, each in figures(one)],
        "launch": {
            "members": launch.people,
            "smallest_uplift": launch.smallest,
            "members_needed": launch.needed,
            "break_even": launch.break_even,
            "brings": launch.brings,
        },
    }

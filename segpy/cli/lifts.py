"""Judgements of experiments as people and programs read them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import click

from segpy.cli.output import counted, print_table, table
from segpy.measure.model import Interval, Status
from segpy.measure.model_lift import Lift
from segpy.measure.model_worth import Payback, Worth
from segpy.measuring import Judged, Judgement, verdict


def print_judgement(found: Judgement) -> None:
    """An experiment after the other: the arms, the difference, and what to make of it."""
    sure = f"{found.confidence * 100:g} %"
    click.echo(f"Lift as of {found.as_of or 'no run'}, as assigned; intervals of {sure}, p adjusted for all of them")
    rows = table(
        "segment",
        "outcome",
        "",
        numbers=("acted upon", "", "held out", "", "difference", "interval", "relative", "p"),
    )
    rows.add_column("verdict", overflow="fold")
    for one in found.outcomes:
        for lift, kind in ((one.conversions, "guardrail" if one.guardrail else "converted"), (one.value, "value")):
            if lift is not None:
                share = kind != "value"
                rows.add_row(one.segment, one.outcome, kind, *_numbers(lift, share), _verdict(one, lift))
    print_table(rows)
    for one in found.outcomes:
        if one.worth is not None and (lines := list(_worth(one.worth))):
            click.echo(f"{one.segment}, {one.outcome}: " + "; ".join(lines))
        if one.payback is not None:
            click.echo(f"{one.segment}, {one.outcome}: {paid_back_words(one.payback)}")


def _verdict(one: Judged, lift: Lift) -> str:
    said = verdict(lift, guardrail=one.guardrail)
    return f"{said} (CUPED)" if lift.adjusted.difference.readable else said


def _numbers(lift: Lift, share: bool) -> list[str]:
    best = lift.primary
    return [
        _people(lift.treated.n, lift.treated.size),
        _amount(lift.treated.mean, share),
        _people(lift.control.n, lift.control.size),
        _amount(lift.control.mean, share),
        _amount(best.estimate, share, signed=True),
        _interval(best.interval, share),
        _relative(lift),
        "" if lift.adjusted_p is None else f"{lift.adjusted_p:.3f}",
    ]


def _people(observed: int, assigned: int) -> str:
    return f"{observed:,}" if observed == assigned else f"{observed:,} of {assigned:,}"


def _amount(number: float | None, share: bool, *, signed: bool = False) -> str:
    if number is None:
        return ""
    sign = "+" if signed else ""
    return f"{number * 100:{sign}.2f} %" if share else f"{number:{sign},.2f}"


def _interval(interval: Interval | None, share: bool) -> str:
    if interval is None:
        return ""
    low, high = (_amount(one, share, signed=True) or "∞" for one in (interval.low, interval.high))
    return f"{low} … {high}"


def _relative(lift: Lift) -> str:
    return "" if lift.relative.estimate is None else f"{lift.relative.estimate * 100:+.1f} %"


def _worth(found: Worth) -> list[str]:
    """What came of all who were acted upon, each figure beside the naive one."""
    told = (
        ("conversions that would not have been", found.conversions, 1),
        ("value that would not have been", found.value, 1),
        ("return", found.roi, 100),
        ("cost of one conversion more", found.cac, 1),
    )
    lines = []
    for words, figure, times in told:
        if figure is not None and figure.estimate.estimate is not None:
            unit = " %" if times == 100 else ""
            interval = figure.estimate.interval
            ends = [] if interval is None else [interval.low, interval.high]
            shown = " … ".join("∞" if one is None else f"{one * times:,.2f}" for one in ends)
            naive = "" if figure.naive is None else f", naive {figure.naive * times:,.2f}{unit}"
            lines.append(f"{words} {figure.estimate.estimate * times:,.2f}{unit} [{shown}]{naive}")
    return lines


def paid_back_words(found: Payback) -> str:
    """`paid back after 3 months [2 … not yet], naive 1`."""
    naive = f", naive {found.naive}" if found.naive is not None else ""
    if found.months is not None:
        ends = " … ".join("not yet" if one is None else str(one) for one in (found.earliest, found.latest))
        return f"paid back after {counted(found.months, 'month')} [{ends}]{naive}"
    if found.status is Status.NOT_YET:
        return f"not paid back yet, of {counted(found.observed, 'month')} observed{naive}"
    return f"when it pays back is not told: {found.status.reason}"


def as_json_data(found: Judgement) -> dict[str, Any]:
    """All of it, with a verdict beside each lift."""
    outcomes = []
    for one in found.outcomes:
        said = {"conversions_verdict": verdict(one.conversions, guardrail=one.guardrail)}
        if one.value is not None:
            said["value_verdict"] = verdict(one.value, guardrail=one.guardrail)
        outcomes.append({**_plain(one), **said})
    return {"as_of": found.as_of, "confidence": found.confidence, "outcomes": outcomes}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value

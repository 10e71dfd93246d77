"""Months to come as people and programs read them."""

from __future__ import annotations

from typing import Any

import click

from segpy.cli.answers import estimate_data
from segpy.cli.looked import as_of_then
from segpy.cli.output import counted, print_table, table
from segpy.forecasting import Forecasts, Foretold, Series, month_of
from segpy.measure.model import Estimate, Method

_WORDS = {Method.EXPONENTIAL_SMOOTHING: "by smoothing", Method.SEASONAL_NAIVE: "as a year before"}
_SHOWN = 6
_NOTHING = "-"


def print_forecasts(found: Forecasts) -> None:
    """A segment after the other: the last months, and those to come by each method."""
    for i, one in enumerate(found.segments):
        if i:
            click.echo()
        click.echo(f"{one.segment}: months by the calendar of UTC; intervals of {found.confidence * 100:g} %")
        for words in as_of_then(one.as_now, by_conditions=one.by_conditions):
            click.echo(f"  {words}")
        for series in one.series:
            _print(series, one)


def _print(series: Series, one: Foretold) -> None:
    what = "members" if series.what == "members" else f"value of {one.outcome}"
    methods = [method for method, ahead in series.ahead if ahead[0].readable]
    rows = table("month", numbers=(what, *(_WORDS[method] for method in methods)))
    for step in range(max(0, len(series.seen) - _SHOWN), len(series.seen)):
        at = month_of(series, step + 1 - len(series.seen))
        rows.add_row(f"{at:%Y-%m}", _number(series.seen[step], series), *(_NOTHING for _ in methods))
    for step in range(len(series.ahead[0][1])):
        if methods:
            told = [_shown(ahead[step], series) for method, ahead in series.ahead if method in methods]
            rows.add_row(f"{month_of(series, step + 1):%Y-%m}", _NOTHING, *told)
    print_table(rows)
    for method, ahead in series.ahead:
        if not ahead[0].readable:
            seen = counted(len(series.seen), "month")
            click.echo(f"  {_WORDS[method]} withheld, of {seen} seen: {ahead[0].status.reason}")


def _shown(one: Estimate, series: Series) -> str:
    if one.estimate is None or one.interval is None:
        return _NOTHING
    low, high = (_number(end, series) for end in (one.interval.low, one.interval.high))
    return f"{_number(one.estimate, series)} [{low} … {high}]"


def _number(value: float | None, series: Series) -> str:
    """Fewer members than none there are not."""
    if value is None:
        return "∞"
    return f"{max(value, 0.0):,.0f}" if series.what == "members" else f"{value:,.2f}"


def as_json_data(found: Forecasts) -> dict[str, Any]:
    """All of it."""
    return {
        "confidence": found.confidence,
        "segments": [_data(one) for one in found.segments],
    }


def _data(one: Foretold) -> dict[str, Any]:
    return {
        "segment": one.segment,
        "entity": one.entity,
        "outcome": one.outcome,
        "as_of": str(one.as_of),
        "now": str(one.now),
        "as_now": list(one.as_now),
        "by_conditions": one.by_conditions,
        "series": [_series(each) for each in one.series],
    }


def _series(one: Series) -> dict[str, Any]:
    return {
        "what": one.what,
        "first_at": str(one.first_at),
        "seen": list(one.seen),
        "ahead": [
            {
                "method": method.value,
                "at": str(month_of(one, step)),
                **estimate_data(estimate),
            }
            for method, ahead in one.ahead
            for step, estimate in enumerate(ahead, 1)
        ],
    }

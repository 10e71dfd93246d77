"""Instants and lengths of time as options write them."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from segpy.spec.duration import Duration, parse_duration, what_is_wrong

_HOUR = 3_600_000_000


def instant(context: click.Context, parameter: click.Parameter, given: str | None) -> datetime | None:
    """In UTC, as dbt is given it."""
    if given is None:
        return None
    try:
        read = datetime.fromisoformat(given.strip())
    except ValueError as error:
        raise click.BadParameter(
            f"`{given}` is not an instant: write 2026-03-10, or 2026-03-10T14:00:00+01:00"
        ) from error
    return read if read.tzinfo is None else read.astimezone(UTC).replace(tzinfo=None)


def any_length(context: click.Context, parameter: click.Parameter, given: str | None) -> Duration | None:
    """A length of time, none included."""
    if given is None:
        return None
    read = parse_duration(given)
    if read is None:
        problem, way_out = what_is_wrong(given)
        raise click.BadParameter(f"`{given}` is {problem}: {way_out.replace('`', '')}")
    return read


def length_of_time(context: click.Context, parameter: click.Parameter, given: str | None) -> Duration | None:
    """More than none."""
    read = any_length(context, parameter, given)
    if read is not None and read.seconds == 0:
        raise click.BadParameter("no time at all is not a length: write 1 day")
    return read


def of_grain(grain: str, first: datetime | None, last: datetime | None, every: Duration) -> None:
    """Refuse instants between those at which the project can be evaluated."""
    length = _HOUR * (24 if grain == "day" else 1)
    if every.exact and every.microseconds % length:
        raise click.BadParameter(
            f"the grain of this project is the {grain}: write whole {grain}s", param_hint="--every"
        )
    for option, instant in (("--from", first), ("--to", last)):
        if instant is not None and instant != instant.replace(
            minute=0, second=0, microsecond=0, hour=0 if grain == "day" else instant.hour
        ):
            finer = f"`{instant}` in UTC is not the start of {'a day' if grain == 'day' else 'an hour'}"
            raise click.BadParameter(f"{finer}, which is the grain of this project", param_hint=option)

"""Reads how long members stay."""

from __future__ import annotations

from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.errors import DbtRefused
from segpy.warehouse.model import Target
from segpy.warehouse.model_stays import StaysRead, WeekRow
from segpy.warehouse.query import Row, rows_of


def stays_of(target: Target, manifest: Any, stays: str, sizes: str) -> StaysRead | Diagnostic:
    """The counts as the last run left them. `sizes` is the model that tells which runs there were."""
    runs = rows_of(target, manifest, _RUNS.format(sizes=sizes))
    if isinstance(runs, Diagnostic):
        return _unbuilt(sizes, runs)
    weeks = rows_of(target, manifest, _WEEKS.format(stays=stays))
    if isinstance(weeks, Diagnostic):
        return _unbuilt(stays, weeks)
    as_of = max((str(last) for _, _, last in runs), default=None)
    return StaysRead(as_of, {str(segment): str(first) for segment, first, _ in runs}, tuple(map(_week, weeks)))


def _unbuilt(model: str, found: Diagnostic) -> Diagnostic:
    """What dbt says of a table that is not there, with what makes it; of all else what it says."""
    if not isinstance(found, DbtRefused):
        return found
    why = next((line.strip() for line in found.message.splitlines() if line.strip()), "")
    return DbtRefused(f"`{model}` could not be read: {why}", found.way_out or "run `segpy build`, and ask again")


def _week(row: Row) -> WeekRow:
    segment, *counts = row
    return WeekRow(str(segment), *(int(one) for one in counts))


_RUNS = """\
select
    segment, cast(min(as_of) as {{{{ dbt.type_string() }}}}) as first_run,
    cast(max(as_of) as {{{{ dbt.type_string() }}}}) as last_run
from {{{{ ref("{sizes}") }}}}
group by segment
order by segment"""

_WEEKS = """\
select segment, week, at_risk, ended, censored
from {{{{ ref("{stays}") }}}}
order by segment, week"""

"""Reads what is known of the arms of experiments."""

from __future__ import annotations

from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.plan.model_holdouts import HoldoutModels
from segpy.warehouse.model import Target
from segpy.warehouse.model_arms import ArmRow, Arms
from segpy.warehouse.query import Row, rows_of


def arms_of(target: Target, manifest: Any, models: HoldoutModels, flags: str) -> Arms | Diagnostic:
    """The arms as the last run left them. `flags` is a model that tells its instant."""
    found: list[tuple[Row, ...]] = []
    for sql in (
        _ARMS.format(arms=models.arms),
        _SHARES.format(assignments=models.assignments, holdouts=models.holdouts),
        _AS_OF.format(flags=flags),
    ):
        rows = rows_of(target, manifest, sql)
        if isinstance(rows, Diagnostic):
            return rows
        found.append(rows)
    arms, shares, ((as_of,),) = found
    planned = {str(segment): int(limits) / (10_000 * int(people)) for segment, limits, people in shares}
    return Arms(None if as_of is None else str(as_of), tuple(map(_row, arms)), planned)


def _row(row: Row) -> ArmRow:
    segment, outcome, metric, arm, assigned, observed, *numbers = row
    mean, variance, covariate_mean, covariate_variance, covariance = (
        None if one is None else float(one) for one in numbers
    )
    return ArmRow(
        str(segment),
        str(outcome),
        str(metric),
        str(arm),
        int(assigned),
        int(observed),
        mean,
        variance,
        covariate_mean,
        covariate_variance,
        covariance,
    )


_ARMS = """\
select
    segment, outcome, metric, arm, assigned, observed, mean, variance, covariate_mean, covariate_variance, covariance
from {{{{ ref("{arms}") }}}}
order by segment, outcome, metric, arm"""

_SHARES = """\
select holdouts.segment, sum(assigned.held_out_below) as limits, count(*) as people
from {{{{ ref("{assignments}") }}}} as assigned
inner join {{{{ ref("{holdouts}") }}}} as holdouts on assigned.salt = holdouts.salt
where holdouts.of_its_own
group by holdouts.segment"""

_AS_OF = """\
select cast(max(as_of) as {{{{ dbt.type_string() }}}}) as as_of
from {{{{ ref("{flags}") }}}}"""

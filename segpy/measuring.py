"""What `segpy lift` does, in order: reads the specs and what the warehouse knows of the arms, and judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from segpy.diagnostics.model import Diagnostic
from segpy.measure.extra import missing
from segpy.measure.lift import lift, report
from segpy.measure.model import Arm, Covariate, Design, Estimate, Status
from segpy.measure.model_lift import Lift
from segpy.measure.model_worth import Figure, Month, Payback, Worth
from segpy.measure.payback import payback
from segpy.measure.worth import worth
from segpy.pipeline import Compiled, planned
from segpy.plan.model import Plan
from segpy.plan.model_holdouts import MONTHS, month_metric
from segpy.plan.model_results import LIFT, Row
from segpy.resolve.model_experiments import Experiment
from segpy.saving import saved
from segpy.warehouse.arms import arms_of
from segpy.warehouse.model import Target
from segpy.warehouse.model_arms import ArmRow, Arms
from segpy.warehouse.run import parse

_CONVERTED, _VALUE = "converted", "value"
Key = tuple[str, str, str]
LEAST = 30
"""So many people in each arm it takes to read a month, as it takes to read a lift."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An outcome of an experiment: how many did it more or less for it, what that is worth, and what came of it.

    Of a guardrail there is no worth, of an outcome without a value no `value`, of acting for free no `payback`.
    """

    segment: str
    outcome: str
    guardrail: bool
    conversions: Lift
    value: Lift | None
    worth: Worth | None
    payback: Payback | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """All outcomes of the experiments asked for, as of the last run.

    `saved` is the table that has them now, where that was asked for, or what stood against it.
    """

    as_of: str | None
    confidence: float
    outcomes: tuple[Judged, ...]
    saved: str | Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which segments, or all that have an experiment; how sure intervals are to be; whether the table is to have it."""

    segments: tuple[str, ...]
    confidence: float
    save: bool = False


def measured(compiled: Compiled, plan: Plan | None) -> tuple[str, ...]:
    """The segments with an experiment that has an outcome."""
    return tuple(one.segment for one in plan.bound.experiments) if plan is not None and not compiled.failed else ()


def judge(
    project_dir: Path, profiles_dir: Path | None, target: str | None, where: Target, asked: Asked
) -> tuple[Compiled, tuple[str, ...], Judgement | Diagnostic | None]:
    """What acting did; None where the specs do not hold or have no such experiment. And the segments that have one."""
    compiled, plan, adapter = planned(project_dir, profiles_dir, target)
    known = measured(compiled, plan)
    if plan is None or not known or not set(asked.segments) <= set(known):
        return compiled, known, None
    if lacking := missing():
        return compiled, known, lacking[0]
    manifest = parse(where, {})
    if isinstance(manifest, Diagnostic):
        return compiled, known, manifest
    assert plan.holdouts is not None
    flags = next(one.segments.model for one in plan.entities if one.experiments and one.segments is not None)
    arms = arms_of(where, manifest, plan.holdouts, flags)
    if isinstance(arms, Diagnostic):
        return compiled, known, arms
    experiments = [one for one in plan.bound.experiments if one.segment in (asked.segments or known)]
    judged = judgement(experiments, arms, asked.confidence)
    if asked.save:
        judged = replace(judged, saved=saved(plan, adapter, where, manifest, LIFT, lift_rows(judged)))
    return compiled, known, judged


def judgement(experiments: Sequence[Experiment], arms: Arms, confidence: float) -> Judgement:
    """The outcomes of experiments, judged together: p is adjusted for how many there are."""
    by_metric = {
        key: {row.arm: row for row in rows}
        for key, rows in groupby(arms.rows, key=lambda row: (row.segment, row.outcome, row.metric))
    }
    lifts: list[Lift] = []
    for one in experiments:
        share = arms.shares.get(one.segment, one.holdout.share)
        for outcome in one.outcomes:
            for metric in (_CONVERTED, _VALUE) if outcome.value is not None else (_CONVERTED,):
                found = by_metric.get((one.segment, outcome.name, metric), {})
                lifts.append(_lift(one.segment, f"{outcome.name}.{metric}", found, share, confidence))
    judged = iter(report(lifts, confidence))
    outcomes: list[Judged] = []
    for one in experiments:
        for outcome in one.outcomes:
            conversions = next(judged)
            value = next(judged) if outcome.value is not None else None
            margin = 1.0 if outcome.margin is None else outcome.margin
            brought = None if outcome.guardrail else worth(conversions, value, one.cost_per_member, margin)
            back = None
            if value is not None and one.cost_per_member and not outcome.guardrail:
                back = _payback(one.segment, outcome.name, by_metric, value, one.cost_per_member, margin)
            outcomes.append(Judged(one.segment, outcome.name, outcome.guardrail, conversions, value, brought, back))
    return Judgement(arms.as_of, confidence, tuple(outcomes))


def _lift(segment: str, metric: str, rows: Mapping[str, ArmRow], share: float, confidence: float) -> Lift:
    """Nobody's horizon is guessed at: an arm is those who are observed, and of nobody observed nothing is told."""
    treated, control = (_arm(rows.get(name)) for name in ("treatment", "holdout"))
    waiting = any(arm.size and not arm.n for arm in (treated, control))
    design = Design(share, horizon_observed=not waiting, confidence=confidence)
    return lift(segment, metric, treated, control, design, binary=metric.endswith(f".{_CONVERTED}"))


def _payback(
    segment: str, outcome: str, rows: Mapping[Key, Mapping[str, ArmRow]], value: Lift, cost: float, margin: float
) -> Payback:
    """After how many months acting had paid for itself; nothing where something stands against reading its value."""
    if value.difference.status is Status.SAMPLE_RATIO_MISMATCH:
        return Payback(value.difference.n, value.difference.status, 0)
    months = []
    for month in range(1, MONTHS + 1):
        found = rows.get((segment, outcome, month_metric(month)), {})
        treated, control = (_arm(found.get(name)) for name in ("treatment", "holdout"))
        if min(treated.n, control.n) >= LEAST:
            months.append(Month(month, treated, control))
    return payback(months, cost, margin, value.difference.confidence)


def _arm(row: ArmRow | None) -> Arm:
    if row is None:
        return Arm(0, None, None, assigned=0)
    covariate = None
    told = (row.covariate_mean, row.covariate_variance, row.covariance)
    if told[0] is not None and told[1] is not None and told[2] is not None:
        covariate = Covariate(told[0], told[1], told[2], before_exposure=True)
    return Arm(row.observed, row.mean, row.variance, covariate, row.assigned)


def verdict(one: Lift, *, guardrail: bool) -> str:
    """What is to be said of a lift in a word or two: by the p that is adjusted for the whole report."""
    best: Estimate = one.primary
    if best.estimate is None or one.adjusted_p is None:
        return best.status.reason
    if one.adjusted_p >= 1 - best.confidence:
        return "no difference seen"
    more = best.estimate > 0
    if guardrail:
        return "does harm" if more else "does good"
    return "does good" if more else "does harm"


def lift_rows(found: Judgement) -> list[Row]:
    """A row for each lift of a judgement, with the columns of `LIFT`."""
    rows: list[Row] = []
    for one in found.outcomes:
        who: Row = {
            "as_of": found.as_of,
            "confidence": found.confidence,
            "segment": one.segment,
            "outcome": one.outcome,
            "role": "guardrail" if one.guardrail else "outcome",
        }
        made = one.worth
        spent: Row = {} if made is None else {**_total(made.conversions), **_ends("cost_of_each", made.cac)}
        rows.append({**who, "metric": _CONVERTED, **_lifted(one.conversions, one.guardrail), **spent})
        if one.value is not None:
            back: Row = {} if made is None else {**_total(made.value), **_ends("return_on_cost", made.roi)}
            rows.append({**who, "metric": _VALUE, **_lifted(one.value, one.guardrail), **back, **_months(one)})
    return rows


def _lifted(one: Lift, guardrail: bool) -> Row:
    best = one.primary
    return {
        "verdict": verdict(one, guardrail=guardrail),
        "status": best.status.value,
        "treated": one.treated.size,
        "treated_observed": one.treated.n,
        "treated_mean": one.treated.mean,
        "held_out": one.control.size,
        "held_out_observed": one.control.n,
        "held_out_mean": one.control.mean,
        **_ends("difference", best),
        "method": best.method.value if best.method is not None else None,
        "p": best.p,
        "adjusted_p": one.adjusted_p,
        **_ends("relative", one.relative),
        **_ends("always_valid", one.always_valid),
        **_ends("shrunken", one.shrunken),
        "smallest_effect": one.smallest_effect,
    }


def _months(one: Judged) -> Row:
    back = one.payback
    if back is None:
        return {}
    return {
        "payback_months": back.months,
        "payback_earliest": back.earliest,
        "payback_latest": back.latest,
        "payback_naive": back.naive,
        "months_observed": back.observed,
    }


def _total(figure: Figure | None) -> Row:
    return {**_ends("incremental", figure), "naive": figure.naive if figure is not None else None}


def _ends(name: str, one: Figure | Estimate | None) -> Row:
    """A number and its interval under the names of their columns; nothing where it is withheld."""
    known = one.estimate if isinstance(one, Figure) else one
    if known is None or known.interval is None:
        return {}
    return {name: known.estimate, f"{name}_low": known.interval.low, f"{name}_high": known.interval.high}

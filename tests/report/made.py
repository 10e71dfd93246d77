"""Reviews made up for tests: a small one with everything in it, one with nothing, and one of many segments."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from segpy.measure.drift import psi
from segpy.measure.forecast import seasonal_naive, smoothed
from segpy.measure.half_life import half_life_at_rate
from segpy.measure.independence import independence
from segpy.measure.lift import lift
from segpy.measure.lift import report as together
from segpy.measure.model import Arm, Design, Estimate, Interval, Method, Status, withheld
from segpy.measure.model_worth import Payback
from segpy.measure.sample_ratio import sample_ratio
from segpy.measure.worth import worth
from segpy.report.model import (
    Ahead,
    Backtest,
    Candidate,
    Compared,
    Experiments,
    Fared,
    FeatureDrift,
    Group,
    Holdout,
    Missing,
    Move,
    Outcome,
    Overlap,
    Pair,
    Report,
    Rule,
    Segment,
    Size,
    Worthy,
)

AS_OF = datetime(2026, 3, 10)
SINCE = datetime(2026, 2, 10)


def instant(months_ago: int) -> datetime:
    count = 2026 * 12 + 2 - months_ago
    return datetime(count // 12, count % 12 + 1, 10)


def drawn(specification: dict[str, Any], name: str, title: str, says: str) -> str:
    """In place of a chart, what it is drawn of."""
    return f'<svg role="img" aria-labelledby="{name}-title"><title id="{name}-title">a chart</title></svg>'


def segment(name: str, members: tuple[int | None, ...], **changed: Any) -> Segment:
    """A segment of `user` with a size a month, the last as of now."""
    months = len(members)
    sizes = tuple(
        Size(instant(months - 1 - place), number, 1000, 5, 3, number is None) for place, number in enumerate(members)
    )
    plain = Segment(
        name=name,
        entity="user",
        description=f"Those who are {name}",
        english=("a user", "all of:", "  - did login", "  - has plan at least 2"),
        stage="intent",
        owner="growth",
        acting="growth",
        playbook=(("respond_within", "1 day"), ("channel", "email"), ("message", "Hello")),
        group=None,
        uses=(),
        version=1,
        spec_file="segments/users.yml",
        stale=False,
        sizes=sizes,
        before=sizes[-2] if len(sizes) > 1 else None,
        entered=5,
        exited=3,
        months=tuple(None if one is None else float(one) for one in members),
        ahead=(),
        rules=(Rule(0, "every user of the population", 1000, 1000, None), Rule(1, "did login", 400, 400, 30)),
        reachable=members[-1],
        measured=False,
        fared=Fared(half_life_at_rate(14, 760.0), 12, 3),
    )
    return replace(plain, **changed)


def outcomes() -> tuple[Outcome, ...]:
    """One that does good, and a guardrail that does harm."""
    design = Design(control_share=0.1)
    told = (
        lift("keen", "bought.converted", Arm(9000, 0.14, 0.1204), Arm(1000, 0.10, 0.09), design, binary=True),
        lift("keen", "bought.value", Arm(9000, 2.5, 40.0), Arm(1000, 2.2, 35.0), design, binary=False),
        lift("keen", "left.converted", Arm(9000, 0.09, 0.0819), Arm(1000, 0.03, 0.0291), design, binary=True),
    )
    bought, value, left = together(told, 0.95)
    brought = worth(bought, value, 0.1, 0.5)
    paid = Payback(10_000, Status.READABLE, 6, 3, 2, None, 1)
    return (
        Outcome("keen", "bought", False, bought, "does good", value, "no difference seen", brought, False, paid),
        Outcome("keen", "left", True, left, "does harm", None, None, None, False),
    )


def backtests() -> tuple[Backtest, ...]:
    """One that can be read, one that is withheld, and one of few people."""
    told = (
        ("conversion_inside", Estimate(800, Status.READABLE, None, 0.2, Interval(0.17, 0.23))),
        ("conversion_outside", Estimate(9200, Status.READABLE, None, 0.05, Interval(0.045, 0.055))),
        ("lift", Estimate(10_000, Status.READABLE, None, 3.2, Interval(2.8, 3.7))),
        ("recall", Estimate(620, Status.READABLE, None, 0.258, Interval(0.22, 0.3))),
    )
    few = tuple((name, withheld(9, Status.TOO_FEW)) for name, _ in told)
    when = (AS_OF, instant(6), instant(1), 24, "14 days")
    return (
        Backtest("keen", "bought", *when, told, False),
        Backtest("awake", "bought", *when, few, False),
        Backtest("asleep", "bought", *when, told, True),
    )


def review(**changed: Any) -> Report:
    """Everything that a page can tell, of four segments."""
    grown = tuple(100 + 3 * month + (20 if month % 12 in (8, 9) else 0) for month in range(30))
    series = [float(one) for one in grown]
    ahead = [
        Ahead(instant(-step), method, instant(29), estimate)
        for method, forecast in (
            (Method.EXPONENTIAL_SMOOTHING, smoothed(series, 3)),
            (Method.SEASONAL_NAIVE, seasonal_naive(series, 3)),
        )
        for step, estimate in enumerate(forecast.ahead, 1)
    ]
    keen = segment("keen", grown, ahead=tuple(ahead), measured=True)
    made = Report(
        project="shop",
        as_of=AS_OF,
        since=SINCE,
        first=instant(29),
        runs=30,
        months=12,
        least=None,
        segments=(
            keen,
            segment("asleep", (80, 40), group="journey", entered=4, exited=44),
            segment("awake", (20, 60), group="journey", owner=None, playbook=(), acting=None),
            segment("nobody", (3, 0), stale=True, stage=None),
        ),
        groups=(
            Group(
                "journey",
                "user",
                ("asleep", "awake"),
                (Move("asleep", "awake", 40), Move(None, "asleep", 4), Move("asleep", None, 4)),
                False,
                psi((80, 20), (40, 60)),
            ),
        ),
        holdouts=(
            Holdout("keen", "user", "keen_v1", ("keen",), 0.1, sample_ratio((1000, 9000), (0.1, 0.9))),
            Holdout("alone", "user", "alone_v1", ("asleep", "awake"), 0.05, sample_ratio((90, 910), (0.05, 0.95))),
            Holdout("later", "user", "later_v1", ("nobody",), 0.05, None, assigned=False),
        ),
        pairs=(Pair("alone_v1", "keen_v1", independence(50, 50, 0, 900), True, False),),
        experiments=Experiments(0.95, outcomes(), None),
        missing=(Missing("segment_moves", "no such table"),),
        overlaps=(
            Overlap("asleep", "awake", 4, 96, 4 / 96, 0.1, 0.9, False),
            Overlap("awake", "keen", 52, 60, 52 / 60, 1.0, 3.2, False),
            Overlap("asleep", "keen", 40, 187, 40 / 187, 1.0, 5.3, True),
        ),
        backtests=backtests(),
        candidates=(
            Candidate("awake", "alike", "87 % of those in it or in keen are in both"),
            Candidate("nobody", "nobody_entered", "nobody entered in 28 days"),
            Candidate("keen", "drifted", "its members are others than they were, by land"),
            Candidate("awake", "no_playbook", "nothing says what is done with its members"),
        ),
        compared=(
            Compared("asleep", SINCE, AS_OF, (FeatureDrift("spent", None, None, False),)),
            Compared(
                "keen",
                SINCE,
                AS_OF,
                (
                    FeatureDrift("orders", 0.02, 0.1, False),
                    FeatureDrift("spent", 0.41, 0.1, True),
                    FeatureDrift("land", 1.25, 0.12, True),
                ),
            ),
        ),
        worthy=(
            Worthy("user", "spent", "keen", 187, 9000.5, 0.72, 0.72, 30, 48, 67),
            Worthy("user", "spent", "awake", 60, 3000.0, 0.24, 0.85, 9, 20, 67),
            Worthy("user", "spent", "asleep", 40, 0.0, 0.0, 0.85, 0, 0, 67),
        ),
    )
    return replace(made, **changed)


def bare() -> Report:
    """A project with one segment and one run, and nothing else: no playbook, no experiment, no history."""
    only = segment("all_alone", (7,), owner=None, playbook=(), acting=None, stage=None, description="", rules=())
    told = Experiments(0.95, (), "No segment has an `experiment` with an `outcome`.")
    return review(
        since=None,
        first=AS_OF,
        runs=1,
        segments=(replace(only, entered=None, exited=None),),
        groups=(),
        holdouts=(),
        pairs=(),
        experiments=told,
        missing=(),
        overlaps=(),
        backtests=(),
        worthy=None,
        candidates=(),
        compared=(),
    )


def many(number: int) -> Report:
    """So many segments, of two entities."""
    made = tuple(
        segment(f"segment_{place:03}", (100 + place, 100 + place * 2), entity=("user", "account")[place % 2])
        for place in range(number)
    )
    nothing = Experiments(0.95, (), "None.")
    return review(
        segments=made,
        compared=(),
        groups=(),
        holdouts=(),
        pairs=(),
        experiments=nothing,
        overlaps=None,
        backtests=None,
        worthy=(),
    )

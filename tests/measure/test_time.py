"""When it happens, who is left, and how long an effect lasts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from segpy.measure.decay import decay
from segpy.measure.half_life import half_life, half_life_at_rate, turnover
from segpy.measure.hazard import life_table, period_of
from segpy.measure.model import Estimate, Method, Status
from segpy.measure.model_time import LifeTable, Stay
from tests.measure.arms import ANCHORS, ends

TOLD = ANCHORS["hazard"]


def stays(times: list[int], events: list[int], entries: list[int] | None = None) -> list[Stay]:
    """A stay for each person."""
    found = zip(entries or [0] * len(times), times, events, strict=True)
    return [Stay(entered, left, bool(happened)) for entered, left, happened in found]


def column(table: LifeTable, name: str) -> list[float | None]:
    """An estimate of every period."""
    return [getattr(one, name).estimate for one in table.periods]


def test_the_life_table_of_reference() -> None:
    found = life_table(stays(TOLD["T"], TOLD["E"]))
    assert [one.at_risk for one in found.periods] == TOLD["at_risk"]
    assert [one.events for one in found.periods] == TOLD["events"]
    assert column(found, "hazard") == pytest.approx(TOLD["h"])
    assert column(found, "survival") == pytest.approx(TOLD["S"])
    pooled = TOLD["pooled"]
    assert found.rate.estimate == pytest.approx(pooled["rate"]) == pooled["events"] / pooled["person_periods"]
    assert (found.n, found.status, found.undated) == (12, Status.READABLE, 0)


def test_who_enters_in_a_period_was_not_at_risk_in_it_from_the_beginning() -> None:
    """Entered after 3 periods: at risk from the fourth. lifelines counts them in the third already."""
    late = TOLD["late_entry"]
    found = life_table(stays(late["T"], late["E"], late["entry"]))
    assert found.periods[2].at_risk == late["at_risk_if_strict_entry_lt_t_t3"] == late["at_risk_lifelines_t3"] - 1


def test_greenwood_is_that_of_statsmodels() -> None:
    rng = np.random.default_rng(29)
    times, events = rng.integers(1, 9, 200), rng.random(200) < 0.6
    entries = np.minimum(rng.integers(0, 3, 200), times - 1)
    found = life_table(stays(times.tolist(), events.tolist(), entries.tolist()))
    theirs = SurvfuncRight(times, events, entry=entries)
    ours = {one.period: one for one in found.periods}
    assert [ours[at].at_risk for at in theirs.surv_times] == theirs.n_risk.tolist()
    assert [ours[at].survival.estimate for at in theirs.surv_times] == pytest.approx(theirs.surv_prob.tolist())
    assert [ours[at].survival.se for at in theirs.surv_times] == pytest.approx(theirs.surv_prob_se.tolist())


def test_intervals_of_survival_cover_the_truth_also_of_late_entries() -> None:
    """A hazard of 0.1 in each of five periods; half come under observation after two, if they are still there."""
    rng, covered, naive = np.random.default_rng(31), [], []
    for _ in range(300):
        lives = rng.geometric(0.1, 120)
        entries = np.repeat([0, 2], 60)
        seen = lives > entries
        left, happened = np.minimum(lives, 5)[seen], (lives <= 5)[seen]
        table = life_table(stays(left.tolist(), happened.tolist(), entries[seen].tolist()))
        interval = table.periods[-1].survival.interval
        covered.append(interval is not None and interval.touches(0.9**5))
        trap = life_table(stays(left.tolist(), happened.tolist())).periods[-1].survival.estimate
        naive.append(trap)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.025)
    assert (
        np.mean([one for one in naive if one is not None]) > 0.9**5 + 0.04
    )  # counted from the beginning: too many left


def test_a_missing_date_is_no_period() -> None:
    start = date(2026, 3, 1)
    assert period_of(start, date(2026, 3, 1), 7) == 1
    assert period_of(start, date(2026, 3, 7), 7) == 1
    assert period_of(start, date(2026, 3, 8), 7) == 2
    assert period_of(start, None, 7) is None
    assert period_of(None, start, 7) is None
    assert period_of(start, date(2026, 2, 28), 7) is None


def test_who_has_no_date_is_left_out_and_counted() -> None:
    """Read as period 0 or 1, forty undated conversions would make a hazard of 0.5 out of 0.1."""
    found = life_table([Stay(0, 1, True, 10), Stay(0, 1, False, 90), Stay(0, None, True, 40), Stay(2, 2, True, 3)])
    assert (found.n, found.undated) == (100, 43)
    assert column(found, "hazard") == [0.1]
    assert life_table([Stay(0, 0, True, 5)]).undated == 5


def test_nobody_has_no_life_table() -> None:
    found = life_table([])
    assert (found.status, found.periods, found.rate.status) == (Status.TOO_FEW, (), Status.TOO_FEW)


def test_survival_ends_where_nobody_is_at_risk() -> None:
    """The first two leave before others come: 0 of 2 left says nothing of the later ones, and 0 times anything is 0."""
    early = life_table([Stay(0, 1, True, 2), Stay(2, 4, True, 5), Stay(2, 6, False, 5)])
    assert [one.survival.status for one in early.periods] == [Status.TOO_FEW] * 6
    assert early.periods[3].hazard.estimate == 0.5
    gap = life_table([Stay(0, 1, False, 9), Stay(3, 5, True, 5)])
    assert [one.survival.readable for one in gap.periods] == [True, False, False, False, False]


def test_survival_has_an_interval_at_both_ends() -> None:
    found = life_table([Stay(0, 2, True, 10)])
    first, last = (one.survival for one in found.periods)
    assert (first.estimate, last.estimate) == (1, 0)
    assert ends(first.interval) == pytest.approx([1 - 0.2775327998628892, 1])
    assert ends(last.interval) == pytest.approx([0, 0.2775327998628892])


# --- half-life ------------------------------------------------------------------------------------------------------


def test_the_half_life_of_memberships() -> None:
    """A tenth leaves each week: half are gone after the seventh, 0.9^7 = 0.478."""
    members, found = 10_000, []
    for week in range(1, 11):
        gone = round(members * 0.1)
        found.append(Stay(0, week, True, gone))
        members -= gone
    table = life_table([*found, Stay(0, 10, False, members)])
    half = half_life(table)
    assert (half.status, half.periods, half.earliest, half.latest, half.observed) == (Status.READABLE, 7, 7, 7, 10)
    few = half_life(life_table([*(Stay(0, week, True, 2) for week in range(1, 8)), Stay(0, 7, False, 10)]))
    assert few.periods == 6 and few.earliest == 4 and few.latest is None


def test_a_half_life_at_one_rate() -> None:
    """Garwood's limits of a count of 10 are 4.795 and 18.390."""
    found = half_life_at_rate(10, 100.0)
    assert found.estimate == pytest.approx(6.9315, abs=1e-4) and found.n == 10 and found.interval is not None
    assert found.interval.high == pytest.approx(69.315 / 4.7954, abs=1e-3)
    assert found.interval.low == pytest.approx(69.315 / 18.3904, abs=1e-3)
    assert half_life_at_rate(0, 100.0).status is Status.NOT_YET
    assert half_life_at_rate(0, 0.0).status is Status.TOO_FEW
    assert half_life_at_rate(-1, 3.0).status is half_life_at_rate(1, float("nan")).status is Status.INVALID


def test_a_half_life_that_was_not_seen_is_not_yet() -> None:
    found = half_life(life_table([Stay(0, 3, True, 10), Stay(0, 5, False, 90)]))
    assert (found.status, found.periods, found.observed) == (Status.NOT_YET, None, 5)
    assert half_life(life_table([])).status is Status.TOO_FEW


def test_turnover_is_of_those_who_could() -> None:
    found = turnover(members=200, outside=1000, entered=50, left=20)
    assert (found.entry.estimate, found.exit.estimate) == (0.05, 0.1)
    assert turnover(members=0, outside=10, entered=1, left=0).exit.status is Status.TOO_FEW


# --- decay ----------------------------------------------------------------------------------------------------------


def week(value: float, se: float) -> Estimate:
    return Estimate(100, Status.READABLE, Method.WELCH, value, se=se)


def test_the_slope_of_decay_is_that_of_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(37)
    ses = rng.uniform(0.1, 0.5, 8)
    lifts = 1 - 0.1 * np.arange(8) + rng.normal(0, ses)
    weeks = [(at, week(float(value), float(se))) for at, (value, se) in enumerate(zip(lifts, ses, strict=True))]
    found = decay([*weeks, (8, Estimate(3, Status.TOO_FEW))])
    theirs = sm.WLS(lifts, sm.add_constant(np.arange(8)), weights=ses**-2).fit(cov_type="fixed scale")
    assert found.slope.estimate == pytest.approx(theirs.params[1])
    assert found.slope.se == pytest.approx(theirs.bse[1])
    assert ends(found.slope.interval) == pytest.approx(theirs.conf_int()[1].tolist())
    assert len(found.weeks) == 9 and found.slope.n == 100


def test_two_weeks_have_no_decay() -> None:
    assert decay([(0, week(1, 0.1)), (1, week(0.5, 0.1))]).slope.status is Status.TOO_FEW
    assert decay([]).slope.status is Status.TOO_FEW

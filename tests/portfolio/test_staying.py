"""Life tables of counts, worked out by hand, and what is said of them."""

from __future__ import annotations

import pytest

from segpy.cli.life_tables import half_life_words
from segpy.measure.model import Estimate, Status
from segpy.staying import Stayed, figures, stayed
from segpy.warehouse.model_stays import StaysRead, WeekRow

pytest.importorskip("scipy")

# Nine entered. In the first week 3 left and 1 was seen to its end; in the second 1 of 5 left, 3 were seen to its end;
# in the third the last one left. What others do in the same weeks is theirs.
WEEKS = (
    WeekRow("keen", 1, 9, 3, 1),
    WeekRow("keen", 2, 5, 1, 3),
    WeekRow("keen", 3, 1, 1, 0),
    WeekRow("other", 1, 90, 80, 10),
    WeekRow("slow", 7, 2, 0, 2),
)
READ = StaysRead("2026-03-26", {"keen": "2026-03-01", "slow": "2026-03-01", "still": "2026-03-01"}, WEEKS)


def of(segment: str, confidence: float = 0.95) -> Stayed:
    return stayed(segment, "user", READ, confidence)


def numbers(one: Estimate) -> tuple[float | None, ...]:
    assert one.interval is not None
    return one.estimate, one.interval.low, one.interval.high


def test_a_life_table_worked_out_by_hand() -> None:
    found = of("keen")
    assert (found.since, found.table.n, found.left) == ("2026-03-01", 9, 5)
    assert [(one.period, one.at_risk, one.events) for one in found.table.periods] == [(1, 9, 3), (2, 5, 1), (3, 1, 1)]
    # Hazards are 3/9, 1/5 and 1/1, by Wilson (p + z²/2n ± z √(p (1 - p)/n + z²/4n²)) / (1 + z²/n) with z² = 3.841459.
    assert [numbers(one.hazard) for one in found.table.periods] == [
        pytest.approx((3 / 9, 0.120584, 0.645798), abs=1e-6),
        pytest.approx((1 / 5, 0.036224, 0.624465), abs=1e-6),
        pytest.approx((1.0, 0.206549, 1.0), abs=1e-6),
    ]
    # What is left is 6/9, 6/9 * 4/5 and nothing. Greenwood's sums are 3/(9*6) = 1/18 and 1/18 + 1/(5*4): on log(-log S)
    # z √(1/18) / 0.405465 = 1.139353 and z √0.105556 / 0.628609 = 1.012997 to either side. Where nobody is left, it is
    # Wilson's upper end of none among one, z² / (1 + z²), of the 8/15 that there were.
    assert [numbers(one.survival) for one in found.table.periods] == [
        pytest.approx((6 / 9, 0.281682, 0.878307), abs=1e-6),
        pytest.approx((8 / 15, 0.177091, 0.795913), abs=1e-6),
        pytest.approx((0.0, 0.0, 0.423174), abs=1e-6),
    ]
    # Half are first gone in the third week; by the lower limit in the first, by the upper one in the third.
    half = found.half_life
    assert (half.status, half.periods, half.earliest, half.latest) == (Status.READABLE, 3, 1, 3)
    assert half_life_words(half) == "half have left after 3 weeks [1 … 3]"
    # Five left, of 9 + 5 + 1 weeks.
    assert numbers(found.table.rate) == pytest.approx((5 / 15, 0.151763, 0.582865), abs=1e-6)


def test_half_have_not_left_yet() -> None:
    """Weeks in which nothing happened are told as well. Of two of whom nobody left, Wilson's lower end is 0.342."""
    found = of("slow")
    assert [one.at_risk for one in found.table.periods] == [2] * 7
    assert found.half_life.status is Status.NOT_YET and found.half_life.periods is None
    assert half_life_words(found.half_life) == "half have not left yet [1 … not yet], of 7 weeks observed"
    assert half_life_words(of("slow", 0.5).half_life) == "half have not left yet, of 7 weeks observed"


def test_nobody_was_observed() -> None:
    found = of("still")
    assert (found.table.n, found.table.periods, found.table.rate.estimate) == (0, (), None)
    words = "when half have left is not told: too few people, or too few events among them"
    assert half_life_words(found.half_life) == words
    assert of("unknown").since is None


def test_figures_for_the_table() -> None:
    """Each once; of the half-life the limits in weeks, and of one that is not reached no number."""
    told = figures(of("keen", 0.9))
    keys = [(name, place) for name, place, _ in told]
    assert len(set(keys)) == len(keys) == 8
    by_key = {(name, place): one for name, place, one in told}
    assert numbers(by_key["half_life_weeks", "all"]) == (3.0, 1, 3)
    assert by_key["hazard", "2"].estimate == pytest.approx(1 / 5)
    assert by_key["survival", "2"].estimate == pytest.approx(8 / 15)
    assert {one.confidence for one in by_key.values()} == {0.9}
    assert (by_key["survival", "2"].n, by_key["hazard", "3"].n, by_key["leaving_rate", "all"].n) == (5, 1, 9)
    slow = {(name, place): one for name, place, one in figures(of("slow"))}
    assert slow["half_life_weeks", "all"] == Estimate(2, Status.NOT_YET)

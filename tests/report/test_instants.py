"""Which runs a review looks at."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from segpy.warehouse.instants import SHOWN, by_month, compared_with, looked_at, months_before
from segpy.warehouse.review import instant


def day(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("at", "months", "expected"),
    [
        ("2026-03-10", 1, "2026-02-10"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-01-15", 13, "2024-12-15"),
        ("2025-12-31", -2, "2026-02-28"),
    ],
)
def test_months_before(at: str, months: int, expected: str) -> None:
    assert months_before(day(at), months) == day(expected)


def test_a_run_is_compared_with_that_of_a_month_before() -> None:
    """The last that is as long ago, or longer; else the first; nothing of one run."""
    runs = [day(text) for text in ("2026-01-01", "2026-02-09", "2026-02-11", "2026-03-10")]
    assert compared_with(runs) == day("2026-02-09")
    assert compared_with(runs[2:]) == day("2026-02-11")
    assert compared_with(runs[3:]) is None and compared_with([]) is None


def test_one_run_a_month() -> None:
    """Months end with the day of the last run; one without a run is none, and not filled with a neighbour's."""
    runs = [day(text) for text in ("2025-11-10", "2025-11-20", "2026-01-05", "2026-01-10", "2026-02-10", "2026-03-10")]
    assert by_month(runs) == (
        day("2025-11-10"),
        day("2025-11-20"),
        day("2026-01-10"),
        day("2026-02-10"),
        day("2026-03-10"),
    )
    runs.remove(day("2026-02-10"))
    assert by_month(runs)[3] is None
    assert by_month([]) == ()


def test_daily_runs_are_thinned_and_none_that_is_needed_is_lost() -> None:
    last = day("2026-03-10")
    runs = [last - timedelta(days=number) for number in range(800)]
    found = looked_at(runs, 12)
    shown = [one for one in found if one >= day("2025-03-10")]
    assert SHOWN * 0.9 <= len(shown) <= SHOWN + 13
    assert {last, compared_with(runs), *by_month(runs)} <= set(found) <= set(runs)
    gaps = [after - before for before, after in pairwise(shown)]
    assert max(gaps) <= timedelta(days=8)


def test_few_runs_are_all_looked_at() -> None:
    runs = [day("2026-03-10") - timedelta(days=7 * number) for number in range(13)]
    assert looked_at(runs, 12) == tuple(sorted(runs))


@pytest.mark.parametrize(
    "text",
    ["2026-03-10 00:00:00", "2026-03-10", "2026-03-10 00:00:00+00", "2026-03-10 00:00:00 UTC", "2026-03-10T00:00:00Z"],
)
def test_instants_as_engines_write_them(text: str) -> None:
    assert instant(text) == instant(day("2026-03-10")) == day("2026-03-10")

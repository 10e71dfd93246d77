"""The instants of a backfill."""

from __future__ import annotations

from datetime import datetime

import pytest

from segpy.spec.duration import parse_duration
from segpy.warehouse.spine import already_built, spine


def days(*written: str) -> list[datetime]:
    return [datetime.fromisoformat(one) for one in written]


@pytest.mark.parametrize(
    ("first", "last", "every", "expected"),
    [
        ("2026-01-01", "2026-01-03", "1 day", ["2026-01-01", "2026-01-02", "2026-01-03"]),
        ("2026-01-01", "2026-01-10", "1 week", ["2026-01-01", "2026-01-08", "2026-01-10"]),
        ("2026-01-01", "2026-01-01", "1 week", ["2026-01-01"]),
        ("2026-01-02", "2026-01-01", "1 day", []),
        (
            "2026-01-01 20",
            "2026-01-02 03",
            "6 hours",
            ["2026-01-01 20", "2026-01-02 02", "2026-01-02 03"],
        ),
        # Each month is counted from the first instant, so that a short one does not move those after it.
        ("2027-12-31", "2028-03-31", "1 month", ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]),
        ("2024-02-29", "2027-02-28", "1 year", ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28"]),
    ],
)
def test_spine(first: str, last: str, every: str, expected: list[str]) -> None:
    length = parse_duration(every)
    assert length is not None
    assert list(spine(*days(first, last), length)) == days(*expected)


@pytest.mark.parametrize(
    ("runs", "there"),
    [
        ([], 0),
        (["2025-12-30", "2025-12-31"], 0),  # before the first instant
        (["2025-12-31", "2026-01-01"], 1),
        (["2026-01-02", "2026-01-01"], 2),
        (["2026-01-01", "2026-01-02", "2026-01-03"], 3),
        (["2026-01-02"], None),  # the first instant is missing
        (["2026-01-01", "2026-01-03"], None),
        (["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"], None),  # and one after the last
        (["2026-01-01 12:00"], None),
    ],
)
def test_already_built(runs: list[str], there: int | None) -> None:
    assert already_built(days("2026-01-01", "2026-01-02", "2026-01-03"), days(*runs)) == there

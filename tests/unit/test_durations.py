"""Durations: read, named, written out, compared."""

from __future__ import annotations

import pytest

from segpy.spec.duration import Duration, parse_duration

SECOND = 1_000_000
DAY = 86_400 * SECOND


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("1 second", Duration(SECOND)),
        ("90 minutes", Duration(90 * 60 * SECOND)),
        ("48 hours", Duration(2 * DAY)),
        ("7 days", Duration(7 * DAY)),
        ("7 day", Duration(7 * DAY)),
        ("  2   weeks ", Duration(14 * DAY)),
        ("3 months", Duration(months=3)),
        ("1 year", Duration(months=12)),
        ("0 days", Duration()),
        ("900 years", Duration(months=900 * 12)),
    ],
)
def test_read(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    ["", "7", "days", "7days", "-7 days", "1.5 days", "7 Days", "7 dayss", "a day", "1 day 2 hours", "2000 years"],
)
def test_not_a_duration(text: str) -> None:
    assert parse_duration(text) is None


def test_equal_lengths_are_equal_however_written() -> None:
    assert parse_duration("48 hours") == parse_duration("2 days")
    assert parse_duration("14 days") == parse_duration("2 weeks")
    assert parse_duration("12 months") == parse_duration("1 year")


def test_a_month_is_no_number_of_days() -> None:
    month = parse_duration("1 month")
    assert month is not None
    assert not month.exact
    assert month not in [parse_duration(f"{days} days") for days in (28, 29, 30, 31)]


@pytest.mark.parametrize(
    ("text", "label", "words"),
    [
        ("7 days", "7d", "7 days"),
        ("2 weeks", "14d", "14 days"),
        ("48 hours", "2d", "2 days"),
        ("36 hours", "36h", "36 hours"),
        ("1 hour", "1h", "1 hour"),
        ("90 minutes", "90min", "90 minutes"),
        ("61 seconds", "61s", "61 seconds"),
        ("3 months", "3mo", "3 months"),
        ("1 year", "12mo", "12 months"),
        ("1 month", "1mo", "1 month"),
    ],
)
def test_named_and_written_in_the_largest_unit_that_divides_it(text: str, label: str, words: str) -> None:
    duration = parse_duration(text)
    assert duration is not None
    assert (duration.label, str(duration)) == (label, words)


@pytest.mark.parametrize("text", ["1 second", "90 minutes", "48 hours", "2 weeks", "3 months", "2 years"])
def test_what_is_written_reads_back(text: str) -> None:
    duration = parse_duration(text)
    assert duration is not None
    assert parse_duration(str(duration)) == duration

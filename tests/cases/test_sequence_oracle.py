"""The oracle against the sequence cases, which were derived by hand: neither has seen the compiler."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.cases.case import Case
from tests.cases.sequence_oracle import Outcome, Pattern, Step, outcome
from tests.cases.sequence_reading import readings
from tests.cases.tables import Value, plain

NOON = datetime(2026, 3, 1, 12)


def test_oracle_agrees_with_the_case(sequence_case: Case) -> None:
    """What a case expects of its sequences is what trying every choice of events finds."""
    case, expected = sequence_case, sequence_case.expect["sequences"]
    found = {
        (reading.feature, reading.key): measures(outcome(reading.times, reading.pattern, case.as_of))
        for reading in readings(case)
    }
    nothing = measures(outcome((), Pattern((Step(frozenset()), Step(frozenset()), Step(frozenset()))), case.as_of))
    differences = [
        f"{feature} of {key}: {measure} expected {plain(value)!r}, got {got[measure]!r}"
        for feature, by_key in expected.items()
        for key, wanted in by_key.items()
        for got in [found.get((feature, str(key)), nothing)]
        for measure, value in wanted.items()
        if got[measure] != plain(value)
    ]
    assert not differences, "\n" + "\n".join(differences)


def measures(found: Outcome) -> dict[str, Value]:
    """An outcome under the names of the columns."""
    steps = {f"step_{number}_seconds": seconds for number, seconds in enumerate(found.step_seconds, start=2)}
    return {
        "completed": found.completed,
        "step": found.step,
        "completions": found.completions,
        "first_at": plain(found.first_at),
        "last_at": plain(found.last_at),
        "seconds": found.seconds,
        "fastest_seconds": found.fastest_seconds,
        **steps,
    }


def at(*minutes: int) -> tuple[datetime, ...]:
    """Times, in minutes after ten."""
    return tuple(datetime(2026, 3, 1, 10) + timedelta(minutes=minute) for minute in minutes)


def test_nothing_happened() -> None:
    """No event: no step, and nothing known of times."""
    pattern = Pattern((Step(frozenset()), Step(frozenset())))
    assert outcome((), pattern, NOON) == Outcome(False, 0, 0, None, None, None, None, (None,))


def test_an_event_serves_one_step() -> None:
    """The same event is never taken twice."""
    pattern = Pattern((Step(frozenset({0})), Step(frozenset({0}))))
    assert outcome(at(0), pattern, NOON).step == 1


def test_unknown_and_future_times_are_not_seen() -> None:
    """Neither null times nor times at `as_of` are matched."""
    pattern = Pattern((Step(frozenset({0, 1})), Step(frozenset({2}))))
    assert outcome((None, at(0)[0], NOON), pattern, NOON).step == 1

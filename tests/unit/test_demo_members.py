"""Who is in the demonstration's segments, by plain Python over the seeds: what the warehouse is held against."""

from __future__ import annotations

import json
from datetime import timedelta
from fractions import Fraction

import pytest

from tests.demo_oracle import saas
from tests.demo_oracle.members import RECORD, members, near_misses, record, worlds
from tests.demo_oracle.world import AS_OF, SEEDS, Reading

MEMBERS = members(Reading())
NEAR_MISSES = near_misses(Reading())


@pytest.mark.parametrize("segment", MEMBERS)
def test_every_segment_has_members(segment: str) -> None:
    assert len(MEMBERS[segment]) >= 3


@pytest.mark.parametrize("segment", MEMBERS)
def test_every_segment_has_people_who_just_miss_it(segment: str) -> None:
    assert len(NEAR_MISSES[segment]) >= 3
    assert not set(NEAR_MISSES[segment]) & set(MEMBERS[segment])


def test_the_record_is_what_was_worked_out() -> None:
    assert RECORD.read_text(encoding="utf-8") == record(Reading()), "run `python -m tests.demo_oracle`"
    assert json.loads(RECORD.read_text(encoding="utf-8"))["as_of"] == "2026-03-10T00:00:00"


def test_the_record_names_the_segments_of_the_specs() -> None:
    """Read without the compiler: the keys indented by two below `segments:`."""
    named = []
    for path in sorted((SEEDS.parent / "segments").glob("*.yml")):
        _, found, below = path.read_text(encoding="utf-8").partition("\nsegments:\n")
        for line in below.splitlines() if found else ():
            if line and not line.startswith((" ", "#")):
                break
            if line.startswith("  ") and not line.startswith(("   ", "  #")):
                named.append(line.strip().rstrip(":"))
    assert sorted(named) == sorted(MEMBERS)


def test_nobody_is_at_two_places_of_the_journey() -> None:
    journey = [set(MEMBERS[group.__name__]) for group in saas.JOURNEY]
    assert sum(map(len, journey)) == len(set.union(*journey))


def test_each_place_of_the_journey_hides_somebody_from_a_later_one() -> None:
    lives = saas.users(Reading()).values()
    assert any(sum(group(life) for group in saas.JOURNEY) > 1 for life in lives)


def changed(reading: Reading) -> set[str]:
    """The segments that have other members when the seeds are read so."""
    found = members(reading)
    return {segment for segment in MEMBERS if found[segment] != MEMBERS[segment]}


def test_it_matters_that_second_deliveries_count_once() -> None:
    assert changed(Reading(once=False)) >= {
        "pricing_and_setup", "pricing_never_signed", "activated", "expansion", "advocate", "payment_gravity",
        "repeat_buyer", "dormant_regular", "big_spender", "trusted_seller",
    }  # fmt: skip


def test_it_matters_that_what_is_to_come_is_not_seen() -> None:
    assert changed(Reading(seen_until=AS_OF + timedelta(days=30))) >= {
        "collaboration_intent", "activated_fast", "trial_idle", "dormant", "pricing_never_signed", "two_hour_window",
        "first_time_buyer", "repeat_buyer", "power_seller_early", "window_shopper",
    }  # fmt: skip


def test_it_matters_that_as_of_itself_is_not_seen() -> None:
    assert changed(Reading(seen_until=AS_OF + timedelta(seconds=1))) >= {
        "collaboration_intent", "two_hour_window", "payment_gravity", "first_time_buyer", "window_shopper",
    }  # fmt: skip


def test_it_matters_when_it_is() -> None:
    second_earlier = Reading(AS_OF - timedelta(seconds=1), AS_OF - timedelta(seconds=1))
    assert len(changed(second_earlier)) >= 10


def test_it_matters_that_one_second_is_read_in_the_order_of_the_steps() -> None:
    lives = saas.users(Reading())
    strictly = {key for key, life in lives.items() if saas.momentum(life, strict=True)}
    assert strictly < set(MEMBERS["momentum"])


def test_nobody_stands_where_floating_point_would_decide() -> None:
    for life in saas.users(Reading()).values():
        week, before = len(life.lately(saas.USED, 7)), len(life.all(saas.USED, life.ago(67), life.ago(7)))
        assert before == 0 or Fraction(week, 7) / Fraction(before, 60) != Fraction(4, 10)


def test_keys_are_unique_within_each_world() -> None:
    for lives, _ in worlds(Reading()):
        assert all(key == life.key for key, life in lives.items())

"""Evenings at home. Each function is a segment; with `near`, a laxer one that also takes in who just misses it."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from tests.demo_oracle.world import Kind, Life, Reading, distinct, local, rows

STARTED, SKIPPED, MEAL = (Kind("evening", (name,)) for name in ("film_started", "film_skipped", "meal_ordered"))
MOBILE_EVENING = Kind(
    "evening",
    ("meal_ordered",),
    lambda event: event["device"] == "mobile" and 18 <= local(event.at).hour <= 21,
)


def subscribers(reading: Reading) -> dict[str, Life]:
    """All who did anything."""
    log = reading.visible("evening", rows("evening_events"), "subscriber_id", "event_id", "event_time")
    return reading.lives((), "subscriber_id", log)


def genre_affine(one: Life, near: bool = False) -> bool:
    genres = Counter(str(event["genre"]) for event in one.all(STARTED) if event["genre"])
    most = min(genres, key=lambda genre: (-genres[genre], genre), default=None)
    skipped = sum(event["genre"] == "sitcom" for event in one.all(SKIPPED))
    if near:
        return genres["crime"] > 0 and (skipped > 0 or most == "crime")
    return most == "crime" and genres["sitcom"] > 0 and Fraction(skipped, genres["sitcom"]) > Fraction(1, 2)


def contextual_diner(one: Life, near: bool = False) -> bool:
    meals, evening = one.lately(MEAL, 90), one.lately(MOBILE_EVENING, 90)
    if near:
        return len(meals) >= 2 and len(evening) * 3 >= len(meals)
    return len(meals) >= 3 and len(evening) * 2 > len(meals) and distinct(evening, "place") == 1


SEGMENTS = (genre_affine, contextual_diner)

"""Subscribers whose evenings are told to the second: each stands on one side of an edge of a segment.

The app keeps the time of its subscribers, in winter an hour ahead of UTC: six in the evening is seven hours before the
demonstration's midnight.
"""

from __future__ import annotations

_CRIME = "40d film_started crime; 30d film_started crime; 20d film_started crime"
_SITCOMS = "25d film_started sitcom; 15d film_started sitcom"
_MEALS = "30d5h meal_ordered pizza mobile; 20d5h meal_ordered pizza mobile"

SUBSCRIBERS: tuple[str, ...] = (
    # Mostly crime, and more than half of the sitcoms skipped.
    f"{_CRIME}; {_SITCOMS}; 24d23h film_skipped sitcom; 14d23h film_skipped sitcom",
    f"{_CRIME}; {_SITCOMS}; 24d23h film_skipped sitcom",  # half of them, not more
    f"{_CRIME}; {_SITCOMS}; 24d23h! film_skipped sitcom",
    f"{_CRIME}; {_SITCOMS}; 10d film_started sitcom; 24d23h film_skipped sitcom; 9d23h film_skipped sitcom",
    # As many crime films as sitcoms: crime comes first in the alphabet. With one sitcom more it is sitcoms.
    "40d film_started crime; 25d film_started sitcom; 24d23h film_skipped sitcom",
    "40d! film_started crime; 25d film_started sitcom; 15d film_started sitcom; 24d film_skipped sitcom; "
    "14d film_skipped sitcom",
    "40d film_started crime; 25d film_started sitcom; 24d film_skipped sitcom; 50d film_started adventure",
    f"{_CRIME}; 5d film_started drama; 4d film_skipped drama",  # no sitcom at all
    f"{_CRIME}; {_SITCOMS}; 24d film_skipped sitcom; 14d film_skipped -",  # the genre was lost
    f"{_CRIME}; {_SITCOMS}; 24d film_skipped sitcom; 0s film_skipped sitcom",
    f"{_CRIME}; 12d film_started -; 11d film_started -; 10d film_started -; 9d film_started -; 8d film_started sitcom; "
    "7d film_skipped sitcom",  # what is not known is no genre
    # Meals in the evening, on mobile, from one place: more than half of all.
    f"{_MEALS}; 10d5h meal_ordered pizza desktop",
    f"{_MEALS}; 10d5h meal_ordered pizza desktop; 9d5h meal_ordered curry desktop",  # half of all
    f"{_MEALS}; 10d5h meal_ordered curry mobile",  # two places
    f"{_MEALS}; 10d5h meal_ordered curry mobile; 9d5h meal_ordered curry mobile; 8d5h meal_ordered curry mobile",
    f"{_MEALS}; 10d12h meal_ordered curry mobile",  # another place for lunch
    _MEALS,  # two meals are no habit
    f"{_MEALS}; 10d5h! meal_ordered pizza mobile",
    # Six in the evening and a second before; ten, and a second before.
    "30d7h meal_ordered pizza mobile; 20d5h meal_ordered pizza mobile; 10d12h meal_ordered pizza mobile",
    "30d7h1s meal_ordered pizza mobile; 20d5h meal_ordered pizza mobile; 10d12h meal_ordered pizza mobile",
    "30d3h1s meal_ordered corner mobile; 20d3h1s meal_ordered corner mobile; 10d12h meal_ordered pizza mobile",
    "30d3h meal_ordered corner mobile; 20d3h1s meal_ordered corner mobile; 10d12h meal_ordered pizza mobile",
    f"{_MEALS}; 90d meal_ordered corner desktop; 91d meal_ordered corner mobile; 92d meal_ordered corner desktop",
    f"{_MEALS}; 90d1s meal_ordered corner desktop; 9d5h meal_ordered - mobile",  # a place that was lost
)

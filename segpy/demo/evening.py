"""An app for the evening at home: what its subscribers watch and order in, as one seed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from segpy.demo.clock import AS_OF, EVENING, SHOPPING_DAYS, awake, moment, soon
from segpy.demo.evening_cast import SUBSCRIBERS
from segpy.demo.log import Log
from segpy.demo.story import Deed, told
from segpy.render.model import Artifact

_GENRES = ("crime", "drama", "sitcom", "sitcom", "western")
_PLACES = ("corner", "curry", "noodles", "pizza")


def evening_files(seed: int) -> tuple[Artifact, ...]:
    """`evening_events`."""
    rng = Random(f"evening {seed}")
    lives = [list(_subscriber(rng)) for _ in range(22)] + [list(told(log)) for log in SUBSCRIBERS]
    log = Log("h", ("subscriber_id", "event_name", "genre", "place", "device"))
    for number, deeds in enumerate(lives, start=1):
        for deed in deeds:
            log.add(deed.at, f"s{number:02d}", deed.name, *_details(deed), twice=deed.twice)
    log.add(moment(rng, -1, EVENING), "s01", "meal_ordered", "", "pizza", "mobile")
    log.add(AS_OF, "s02", "film_started", "crime", "", "")
    log.add(moment(rng, 9, EVENING), "", "film_started", "crime", "", "")  # on a screen without an account
    return (Artifact("seeds/evening_events.csv", log.text(rng, 0.02)),)


def _details(deed: Deed) -> tuple[str, str, str]:
    """The genre of a film; the place of a meal and the device it was ordered on. `-` where that was lost."""
    words = tuple(word.replace("-", "") for word in deed.words)
    if deed.name == "meal_ordered":
        return "", words[0], words[1]
    return words[0], "", ""


def _subscriber(rng: Random) -> Iterator[Deed]:
    """Somebody with a taste in films, a patience, and a habit of eating."""
    likes, patience = rng.choice(_GENRES), rng.random()
    favourite, mobile, faithful = rng.choice(_PLACES), rng.random(), rng.random()
    for day in range(rng.randint(20, 80), 0, -1):
        if not awake(rng, day, 0.17, SHOPPING_DAYS):
            continue
        at = moment(rng, day, EVENING)
        genre = likes if rng.random() < 0.5 else rng.choice(_GENRES)
        if rng.random() < 0.6:
            yield Deed(at, "film_started", (genre,))
            if rng.random() > patience:
                yield Deed(soon(rng, at, 900), "film_skipped", (genre,))
        else:
            place = favourite if rng.random() < faithful else rng.choice(_PLACES)
            yield Deed(at, "meal_ordered", (place, "mobile" if rng.random() < mobile else "desktop"))

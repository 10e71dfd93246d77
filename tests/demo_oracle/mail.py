"""Letters. Each function is a segment; with `near`, a laxer one that also takes in who just misses it."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from tests.demo_oracle.world import AS_OF, Kind, Life, Reading, distinct, rows

SENT, OPENED, CLICKED = (Kind("mail", (name,)) for name in ("mail_sent", "mail_opened", "mail_clicked"))


def contacts(reading: Reading) -> dict[str, Life]:
    """All who subscribed."""
    log = reading.visible("mail", rows("mail_events"), "contact_id", "event_id", "event_time")
    found = reading.lives(rows("mail_contacts"), "contact_id", log)
    return {key: life for key, life in found.items() if life.about}


def tier(one: Life) -> int:
    """3 for half of the letters opened and two clicks, 2 for half and one, 1 for any opening, else 0."""
    sent, opened = (distinct(one.lately(kind, 90), "mail_id") for kind in (SENT, OPENED))
    half, clicks = sent > 0 and Fraction(opened, sent) >= Fraction(1, 2), len(one.lately(CLICKED, 90))
    if half and clicks:
        return 3 if clicks >= 2 else 2
    return 1 if one.lately(OPENED, 90) else 0


def email_engaged(one: Life, near: bool = False) -> bool:
    return tier(one) >= (1 if near else 2)


def email_silent(one: Life, near: bool = False) -> bool:
    since = _three_months_before(one.as_of)
    letters = len(one.all(SENT, since))
    return letters >= (2 if near else 3) and (near or not one.all(OPENED, since))


def _three_months_before(at: datetime) -> datetime:
    month = at.month - 3
    return at.replace(year=at.year - (month < 1), month=(month - 1) % 12 + 1)


assert _three_months_before(AS_OF) == datetime(2025, 12, 10)

SEGMENTS = (email_engaged, email_silent)

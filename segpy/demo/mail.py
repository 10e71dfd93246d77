"""Letters: contacts, what they were sent, and what they did with it, as two seeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from segpy.demo.clock import AS_OF, OFFICE, ago, moment, soon, written
from segpy.demo.log import Log, table
from segpy.demo.mail_cast import CONTACTS
from segpy.demo.story import Deed, told
from segpy.render.model import Artifact

# When each issue of the newsletter went out, in days before `as_of`: n01 is the oldest.
_ISSUES = tuple(range(171, 0, -17))


def mail_files(seed: int) -> tuple[Artifact, ...]:
    """`mail_contacts` and `mail_events`."""
    rng = Random(f"mail {seed}")
    everybody = [_contact(rng) for _ in range(26)] + [_told(log) for log in CONTACTS]
    everybody.sort(key=lambda contact: contact[0])
    named = [(f"c{number:03d}", *contact) for number, contact in enumerate(everybody, start=1)]
    log = Log("e", ("contact_id", "event_name", "mail_id"))
    for name, _, deeds in named:
        for deed in deeds:
            log.add(deed.at, name, deed.name, deed.word(0), twice=deed.twice)
    for days in (1, 2):
        log.add(moment(rng, -days, OFFICE), named[days][0], "mail_opened", "n11")
    log.add(AS_OF, named[0][0], "mail_opened", "n11")
    log.add(moment(rng, 20, OFFICE), "", "mail_opened", "n09")  # forwarded: nobody knows to whom
    contacts = ((name, written(joined)) for name, joined, _ in named)
    return (
        Artifact("seeds/mail_contacts.csv", table(("contact_id", "subscribed_at"), contacts)),
        Artifact("seeds/mail_events.csv", log.text(rng, 0.03)),
    )


def _told(log: str) -> tuple[datetime, list[Deed]]:
    deeds = list(told(log))
    return min((deed.at for deed in deeds), default=ago("30d")) - timedelta(hours=5), deeds


def _contact(rng: Random) -> tuple[datetime, list[Deed]]:
    """Somebody who opens many, some or none of the letters."""
    joined = moment(rng, rng.randint(20, 170), OFFICE)
    opens = rng.choice((0.0, 0.0, 0.2, 0.45, 0.8))
    deeds = list(_letters(rng, joined, opens, opens * rng.random()))
    return joined, [deed for deed in deeds if deed.at < AS_OF]


def _letters(rng: Random, joined: datetime, opens: float, clicks: float) -> Iterator[Deed]:
    for number, day in enumerate(_ISSUES, start=1):
        sent = AS_OF - timedelta(days=day) + timedelta(hours=7)
        if sent < joined:
            continue
        yield Deed(sent, "mail_sent", (f"n{number:02d}",))
        while rng.random() < opens:
            opened = soon(rng, sent, 3 * 86400)
            yield Deed(opened, "mail_opened", (f"n{number:02d}",))
            if rng.random() < clicks:
                yield Deed(soon(rng, opened, 600), "mail_clicked", (f"n{number:02d}",))
            if rng.random() < 0.7:
                break

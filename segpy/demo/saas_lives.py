"""Everybody else in the software world: people drawn from a handful of characters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from segpy.demo.clock import AS_OF, OFFICE, WORKDAYS, awake, moment, soon
from segpy.demo.saas_people import TRIAL, Account, Person
from segpy.demo.story import Deed

CORE = ("board", "timeline", "report")
PREMIUM = ("automation", "sso", "audit_log")
OTHER = ("api", "import", "export")
TOOLS = ("slack", "github", "jira", "trello", "zapier", "")
INDUSTRIES = ("software", "media", "retail", "health", "education")
COUNTRIES = ("DE", "FR", "NL", "PL", "US", "US", "GB")
PAGES = ("/", "/", "/features", "/pricing", "/pricing/team", "/security", "/docs/import", "/blog/standups")


@dataclass(frozen=True, slots=True)
class Character:
    """How a customer behaves: the share of days with a login until `turn` days ago, and after; tastes as shares."""

    plan: str
    rate: float
    turn: int
    later: float
    premium: float = 0.05
    shares: float = 0.0
    oldest: int = 118
    people: int = 1


CUSTOMERS: tuple[tuple[Character, int], ...] = (
    (Character("basic", 0.24, 0, 0.24, people=2), 8),
    (Character("pro", 0.28, 0, 0.28, premium=0.3), 6),
    (Character("pro", 0.85, 0, 0.85, premium=0.2, oldest=40), 5),
    (Character("basic", 0.45, 21, 0.06), 6),
    (Character("basic", 0.3, 40, 0.0, people=2), 4),
    (Character("pro", 0.4, 17, 0.0), 3),
    (Character("pro", 0.5, 0, 0.5, premium=0.25, shares=0.15, oldest=75), 5),
    (Character("basic", 0.35, 0, 0.35, premium=0.45, oldest=70), 4),
)


def lives(rng: Random) -> tuple[list[Account], list[Person]]:
    """Accounts with their people, and visitors."""
    accounts = [_customer(rng, character) for character, number in CUSTOMERS for _ in range(number)]
    accounts += [_trial(rng, rng.random()) for _ in range(34)]
    accounts += [_lapsed(rng) for _ in range(12)]
    return accounts, [_visitor(rng) for _ in range(55)]


def _person(rng: Random, joined: datetime, role: str) -> Person:
    return Person(joined, role, rng.choice(COUNTRIES), [Deed(joined, "signed_up")])


def _account(rng: Random, plan: str, founder: Person, live: datetime | None, *others: Person) -> Account:
    assert founder.joined is not None
    started = soon(rng, founder.joined, 300)
    founder.deeds.append(Deed(started, "trial_started"))
    size = None if rng.random() < 0.06 else rng.choice((4, 8, 15, 30, 45, 60, 120, 250, 480, 900))
    return Account(rng.choice(INDUSTRIES), size, plan, started, founder.joined + TRIAL, live, (founder, *others))


def _setup(rng: Random, person: Person, at: datetime) -> datetime:
    """Onboarding from its first step to its last; when it was done."""
    for name in ("onboarding_started", "profile_filled", "project_created", "onboarding_finished", "setup_completed"):
        at = soon(rng, at, 5400)
        words = (f"p{rng.randint(1, 60)}",) if name == "project_created" else ()
        person.deeds.append(Deed(at, name, words))
    return at


def _session(rng: Random, at: datetime, premium: float, most: int = 2) -> Iterator[Deed]:
    """A login and what is used in it."""
    yield Deed(at, "login")
    for _ in range(rng.randint(0, most)):
        at = soon(rng, at, 900)
        chance = rng.random()
        features = PREMIUM if chance < premium else OTHER if chance > 0.93 else CORE
        yield Deed(at, "feature_used", (rng.choice(features),))


def _customer(rng: Random, character: Character) -> Account:
    first = rng.randint(character.oldest * 2 // 3, character.oldest)
    people = []
    for number in range(character.people):
        joined = moment(rng, first - number, OFFICE)
        person = _person(rng, joined, rng.choice(("lead", "manager", "member", "")))
        _setup(rng, person, joined)
        for day in range(first - number - 1, 0, -1):
            rate = character.rate if day > character.turn else character.later
            if awake(rng, day, rate, WORKDAYS):
                person.deeds += _session(rng, moment(rng, day, OFFICE), character.premium)
                person.deeds += _side_deeds(rng, day, character.shares)
        people.append(person)
    live = moment(rng, rng.randint(max(first - 40, 1), first - 5), OFFICE) if rng.random() < 0.8 else None
    return _account(rng, character.plan, people[0], live, *people[1:])


def _side_deeds(rng: Random, day: int, shares: float) -> Iterator[Deed]:
    """What people do now and then beside their work."""
    at = moment(rng, day, OFFICE)
    if rng.random() < shares:
        yield Deed(at, rng.choice(("content_shared", "collaborator_invited")))
    if rng.random() < 0.04:
        yield Deed(soon(rng, at, 3600), "project_created", (f"p{rng.randint(1, 60)}",))
    if rng.random() < 0.02:
        name = rng.choice(("data_exported", "data_imported", "plan_comparison_toggled"))
        yield Deed(soon(rng, at, 3600), name)


def _trial(rng: Random, zeal: float) -> Account:
    """A trial of the last four weeks; the more zeal, the farther it gets."""
    first = rng.randint(2, 29)
    joined = moment(rng, first, OFFICE)
    person = _person(rng, joined, rng.choice(("lead", "manager", "member")))
    if zeal > 0.6:
        done = _setup(rng, person, joined)
        person.deeds += _eager(rng, done)
    elif zeal > 0.3:
        person.deeds.append(Deed(soon(rng, joined, 4000), "onboarding_started"))
        person.deeds.append(Deed(soon(rng, joined, 4000) + timedelta(hours=2), "profile_filled"))
    for day in range(first - 1, 0, -1):
        if awake(rng, day, zeal * 0.7, WORKDAYS):
            at = moment(rng, day, OFFICE)
            person.deeds += _session(rng, at, 0.08, 2) if zeal > 0.45 else [Deed(at, "login")]
            if rng.random() < 0.3:
                person.deeds.append(Deed(soon(rng, at, 1800), "page_viewed", (rng.choice(PAGES),)))
    return _account(rng, "trial", person, None)


def _eager(rng: Random, at: datetime) -> Iterator[Deed]:
    """Somebody on trial who means it."""
    if rng.random() < 0.7:
        yield Deed(soon(rng, at, 60 * 3600), "integration_connected", (rng.choice(TOOLS),))
    compared = soon(rng, at, 3 * 86400)
    if rng.random() < 0.6:
        yield Deed(compared, "feature_compared")
        price = soon(rng, compared, 86400)
        yield Deed(price, "page_viewed", ("/pricing",))
        yield Deed(soon(rng, price, 2 * 86400), "setup_step_completed", (rng.choice(("team", "billing")),))
    for _ in range(rng.randint(0, 2)):
        yield Deed(soon(rng, compared, 6 * 86400), "collaborator_invited")


def _lapsed(rng: Random) -> Account:
    """A trial that ended and left somebody on the free plan."""
    first = rng.randint(45, 110)
    joined = moment(rng, first, OFFICE)
    person = _person(rng, joined, rng.choice(("lead", "member", "")))
    person.deeds += _session(rng, soon(rng, joined, 3600), 0.0)
    for day in range(first - 1, max(first - 35, 0), -1):
        if awake(rng, day, 0.15, WORKDAYS):
            person.deeds += _session(rng, moment(rng, day, OFFICE), 0.0, 1)
    return _account(rng, rng.choice(("free", "free", "trial")), person, None)


def _visitor(rng: Random) -> Person:
    """Somebody who looks around, some of them for weeks."""
    person = Person(None, "", "")
    last, visits = rng.randint(1, 100), rng.choice((1, 1, 1, 2, 2, 3, 5, 7))
    for _ in range(visits):
        at = moment(rng, last + rng.randint(0, 25), OFFICE)
        for _ in range(rng.randint(1, 3)):
            person.deeds.append(Deed(at, "page_viewed", (rng.choice(PAGES),)))
            at = soon(rng, at, 240)
        if rng.random() < 0.12:
            person.deeds.append(Deed(at, "demo_watched"))
        if rng.random() < 0.1:
            topic = rng.choice(("security", "security", "analytics", "remote_work"))
            person.deeds.append(Deed(at, "whitepaper_downloaded", (topic,)))
    return person


def within_time(deeds: list[Deed]) -> list[Deed]:
    """Deeds that chance put beyond the end of the story are dropped."""
    return [deed for deed in deeds if deed.at < AS_OF]

"""Who there is in the software world: accounts, their people, and visitors who have neither."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from segpy.demo.clock import ago
from segpy.demo.story import Deed, told

TRIAL = timedelta(days=30)


@dataclass(slots=True)
class Person:
    """Somebody with a life. A visitor has never joined."""

    joined: datetime | None
    role: str
    country: str
    deeds: list[Deed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Account:
    """A workspace on trial or on a plan. `live` is when it went into production."""

    industry: str
    size: int | None
    plan: str
    trial_started: datetime | None
    trial_ends: datetime | None
    live: datetime | None
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One person's life as told. A visitor has neither `plan` nor `joined`; `live` and `ends` are distances in time.

    Who is on trial and not idle has a look at a board after signing up, told or not.
    """

    plan: str
    joined: str
    log: str
    size: int = 12
    industry: str = "retail"
    role: str = "member"
    live: str = ""
    ends: str = ""
    idle: bool = False


def person(story: Story, founder: bool = True) -> Person:
    """The one the story is about. Who joined has signed up; who founded an account has started its trial."""
    joined = ago(story.joined) if story.joined else None
    deeds = list(told(story.log))
    if joined is not None:
        deeds.append(Deed(joined, "signed_up"))
        if founder:
            deeds.append(Deed(joined + timedelta(seconds=40), "trial_started"))
        if story.plan == "trial" and not story.idle:
            deeds.append(Deed(joined + timedelta(minutes=6), "feature_used", ("board",)))
    return Person(joined, story.role if joined else "", "DE", deeds)


def account(story: Story, of: Person, *others: Person) -> Account:
    """The account that the story's person founded when joining, with whoever joined it later."""
    assert of.joined is not None
    ends = ago(story.ends) if story.ends else of.joined + TRIAL
    live = ago(story.live) if story.live else None
    return Account(story.industry, story.size, story.plan, of.joined, ends, live, (of, *others))

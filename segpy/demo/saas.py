"""The software world: accounts, users and what they do, as three seeds."""

from __future__ import annotations

from datetime import datetime
from random import Random

from segpy.demo.clock import AS_OF, OFFICE, moment, written
from segpy.demo.log import Log, table
from segpy.demo.saas_cast import CAST
from segpy.demo.saas_lives import lives, within_time
from segpy.demo.saas_people import Account, Person, account, person
from segpy.demo.saas_teams import TEAMS
from segpy.render.model import Artifact


def saas_files(seed: int) -> tuple[Artifact, ...]:
    """`saas_accounts`, `saas_users` and `saas_events`."""
    rng = Random(f"saas {seed}")
    accounts, visitors = lives(rng)
    for somebody in (*(member for one in accounts for member in one.people), *visitors):
        somebody.deeds = within_time(somebody.deeds)
    for story in CAST:
        who = person(story)
        if story.joined:
            accounts.append(account(story, who))
        else:
            visitors.append(who)
    for first, *others in TEAMS:
        accounts.append(account(first, person(first), *(person(one, founder=False) for one in others)))
    accounts.sort(key=_founded)
    rng.shuffle(visitors)
    names = _named(accounts, visitors)
    return (
        Artifact("seeds/saas_accounts.csv", _accounts(accounts)),
        Artifact("seeds/saas_users.csv", _users(accounts, names)),
        Artifact("seeds/saas_events.csv", _events(rng, accounts, visitors, names)),
    )


def _founded(one: Account) -> datetime:
    return one.people[0].joined or AS_OF


def _named(accounts: list[Account], visitors: list[Person]) -> dict[int, str]:
    """A name for everybody: users in the order of joining, visitors as a browser's cookie would name them."""
    users = sorted((who for one in accounts for who in one.people), key=lambda who: who.joined or AS_OF)
    names = {id(who): f"u{number:03d}" for number, who in enumerate(users, start=1)}
    # An odd step visits every name of four digits once.
    return names | {id(who): f"v{(0x1A3F + n * 0x2B67) % 0x10000:04x}" for n, who in enumerate(visitors)}


def _accounts(accounts: list[Account]) -> str:
    columns = ("account_id", "industry", "company_size", "plan", "trial_started_at", "trial_ends_at", "went_live_at")
    return table(
        columns,
        (
            (
                f"a{number:03d}",
                one.industry,
                "" if one.size is None else str(one.size),
                one.plan,
                written(one.trial_started),
                written(one.trial_ends),
                written(one.live),
            )
            for number, one in enumerate(accounts, start=1)
        ),
    )


def _users(accounts: list[Account], names: dict[int, str]) -> str:
    rows = (
        (names[id(who)], f"a{number:03d}", who.role, who.country, written(who.joined))
        for number, one in enumerate(accounts, start=1)
        for who in one.people
    )
    # One who signed up and was never put into an account: nothing is known of the plan.
    alone = ("u900", "", "member", "US", written(moment(Random(1), 20, OFFICE)))
    return table(("user_id", "account_id", "role", "country", "signed_up_at"), sorted((*rows, alone)))


def _events(rng: Random, accounts: list[Account], visitors: list[Person], names: dict[int, str]) -> str:
    log = Log("s", ("user_id", "event_name", "detail"))
    everybody = (*(who for one in accounts for who in one.people), *visitors)
    for who in everybody:
        for deed in who.deeds:
            log.add(deed.at, names[id(who)], deed.name, deed.word(0), twice=deed.twice)
    # Pages looked at before the cookie was set: nobody's events.
    for _ in range(25):
        log.add(moment(rng, rng.randint(1, 60), OFFICE), "", "page_viewed", rng.choice(("/", "/pricing")))
    # Clocks that run days ahead.
    for days, who in enumerate(everybody[:6], start=1):
        log.add(moment(rng, -days, OFFICE), names[id(who)], "login", "")
    return log.text(rng, 0.012)

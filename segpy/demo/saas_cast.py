"""People of the software world whose lives are told to the second: each stands on one side of an edge of a segment.

Where two lives differ by a second, that second is the edge: windows hold their far end but not `as_of`, and `within`
holds its end.
"""

from __future__ import annotations

from segpy.demo.saas_people import Story
from segpy.demo.story import days_of


def _trial(joined: str, log: str, **more: str | bool) -> Story:
    return Story("trial", joined, log, **more)  # type: ignore[arg-type]


def _visitor(log: str) -> Story:
    return Story("", "", log)


_COLLABORATION = (
    _trial("12d3h", "12d2h onboarding_started; 7d collaborator_invited"),  # the far edge of the week is inside
    _trial("12d4h", "11d login; 7d1s collaborator_invited", idle=True),  # a second too early
    _trial("15d", "3d9h login; 3d8h integration_connected trello"),
    _trial("8d9h", "1s integration_connected zapier"),
    _trial("16d2h", "2d login; 0s collaborator_invited"),  # at as_of: not yet seen
    _trial("21d", "9d4h integration_connected slack; +3h collaborator_invited"),
    Story("free", "50d", "2d5h collaborator_invited"),  # no longer on trial
)

_MOMENTUM = (
    _trial("9d", "6d6h feature_compared; 5d7h page_viewed /pricing; 4d20h setup_completed; 3d9h collaborator_invited"),
    # Set up exactly 24 hours after the price, and invited within that very second.
    _trial("10d", "6d feature_compared; 5d page_viewed /pricing; 4d setup_completed; 4d collaborator_invited"),
    # Everything in one second: an importer replayed a log.
    _trial("7d", "5d feature_compared; 5d page_viewed /pricing; 5d setup_completed; 5d collaborator_invited"),
    # The first look at the price came too early; the second did not.
    _trial(
        "14d",
        "10d feature_compared; 9d page_viewed /pricing; 5d page_viewed /pricing/team; 4d12h setup_completed; "
        "4d11h collaborator_invited",
    ),
    # A second too late.
    _trial(
        "11d",
        "6d feature_compared; 5d page_viewed /pricing; 3d23h59m59s setup_completed; 3d collaborator_invited",
    ),
    # Everything, but not in this order.
    _trial("12d", "6d page_viewed /pricing; 5d feature_compared; 4d20h setup_completed; 3d collaborator_invited"),
    _trial("13d", "9d feature_compared; 8d page_viewed /pricing; 7d20h setup_completed"),  # invited nobody
    _trial("13d5h", "9d feature_compared; 8d page_viewed /pricing; 7d22h collaborator_invited; 7d20h setup_completed"),
    # The page's path was lost on the way.
    _trial("9d5h", "8d feature_compared; 7d page_viewed; 6d20h setup_completed; 6d collaborator_invited"),
    # Compared features before the month began.
    _trial(
        "33d",
        "30d1s feature_compared; 29d12h page_viewed /pricing; 29d setup_completed; 28d collaborator_invited",
        ends="+20d",
    ),
    # Not on trial any more.
    Story("pro", "26d", "9d feature_compared; 8d page_viewed /pricing; 7d12h setup_completed; 7d collaborator_invited"),
)

_PRICING_AND_SETUP = (
    _trial("6d", "3d page_viewed /pricing; 2d20h page_viewed /pricing/team; 2d3h setup_step_completed profile"),
    _trial("6d2h", "3d page_viewed /pricing; 2d20h setup_step_completed branding; 2d5h page_viewed /pricing"),
    _trial("6d4h", "3d setup_step_completed profile; 2d20h page_viewed /pricing; 2d page_viewed /pricing"),
    # From the first to the last exactly 24 hours; the two looks at the price share a second.
    _trial("8d", "3d page_viewed /pricing; 3d page_viewed /pricing/team; 2d setup_step_completed billing"),
    # An older look at the price hides nothing.
    _trial(
        "17d",
        "12d page_viewed /pricing; 5d page_viewed /pricing; 5d page_viewed /pricing; 5d setup_step_completed team",
    ),
    _trial("8d1h", "3d page_viewed /pricing; 2d12h page_viewed /pricing; 1d23h59m59s setup_step_completed profile"),
    _trial("5d", "3d! page_viewed /pricing; 2d20h setup_step_completed profile"),  # one look, delivered twice
    _trial("5d6h", "3d! page_viewed /pricing/team; 2d22h setup_step_completed branding"),
    _trial("20d", "14d1s page_viewed /pricing; 13d23h page_viewed /pricing; 13d22h setup_step_completed team"),
)

_ACTIVATED_FAST = (
    _trial("10d", "9d2h setup_completed; 8d1s integration_connected slack"),  # the last second of the 48 hours
    _trial("10d6h", "9d2h setup_completed; 8d6h integration_connected slack"),  # the first second after them
    _trial("10d8h", "10d8h setup_completed; 9d integration_connected github"),  # at the very start
    _trial("10d9h", "10d9h1s setup_completed; 9d integration_connected github"),  # a second before it
    _trial("18d", "17d5h setup_completed; 16d8h integration_connected jira"),
    _trial("1d", "20h setup_completed; 9h integration_connected jira"),  # the 48 hours have not passed yet
    _trial("20h", "15h setup_completed; +2h integration_connected slack"),
    _trial("19d", "18d7h setup_completed; 17d12h integration_connected trello"),  # not a key tool
    _trial("22d", "21d9h setup_completed; 20d12h integration_connected"),  # the tool's name was lost
    _trial("23d", "20d9h setup_completed; 22d12h integration_connected slack"),
)

_ACTIVATED = (
    # Three core features within the week after set-up; the last at its very end.
    _trial("20d", "19d setup_completed; 17d feature_used board; 14d feature_used report; 12d feature_used timeline"),
    _trial(
        "20d1h",
        "19d setup_completed; 17d feature_used board; 14d feature_used report; 11d23h59m59s feature_used report",
    ),
    _trial("20d2h", "19d setup_completed; 18d feature_used board; 17d! feature_used report"),
    _trial(
        "20d3h",
        "19d setup_completed; 18d feature_used board; 17d subscription_cancelled; 16d feature_used report; "
        "15d feature_used board",
    ),
    # Cancelled at the instant of the third use: not before it.
    _trial(
        "20d4h",
        "19d setup_completed; 18d feature_used board; 17d feature_used report; 16d feature_used board; "
        "16d subscription_cancelled",
    ),
)

_ONBOARDING = (
    _trial("9d", "9d onboarding_started; 8d20h profile_filled; 8d19h project_created p1"),
    _trial("8d", "7d20h onboarding_started; 7d19h profile_filled"),
    _trial("6d5h", "6d5h onboarding_started"),
    _trial("3d1h", "3d1s onboarding_started"),
    _trial("3d2h", "3d onboarding_started; 2d20h profile_filled"),  # may still come back: three days are not over
    _trial("7d", "6d20h onboarding_started; 6d19h profile_filled; 6d18h project_created p1; 6d17h onboarding_finished"),
    # Took the steps in another order: furthest is the second.
    _trial("9d9h", "9d onboarding_started; 8d project_created p1; 7d20h profile_filled; 7d onboarding_finished"),
    # Began again after a first, complete round: the furthest step is still the last.
    _trial(
        "14d",
        "13d onboarding_started; 13d profile_filled; 13d project_created p1; 13d onboarding_finished; "
        "5d onboarding_started",
    ),
)

_TRIAL_ENDS = (
    _trial("3d", "2d login", idle=True),  # three days old to the second
    _trial("2d23h59m59s", "2d login", idle=True),
    _trial("9d1h", "8d feature_used import; 6d feature_used automation", idle=True),  # nothing of the core
    _trial("9d2h", "8d feature_used import; 6d feature_used board", idle=True),
    _trial("13d2h", "12d login; +30m feature_used board", idle=True),
    _trial("5d1h", "4d login; 4d feature_used", idle=True),  # of what, was lost
    _trial("40d", "39d feature_used board; 30d login", ends="1s"),
    _trial("40d1h", "39d feature_used board; 30d login", ends="0s"),  # ends now: not yet over
    Story("free", "60d", "58d feature_used board; 33d login", ends="30d"),
    Story("free", "60d1h", "58d feature_used board; 33d login", ends="30d1s"),
    Story("free", "45d", "44d feature_used report; 20d login; 5d login"),
)

_SWITCHING = (
    _trial("28d", "30d migration_wizard_opened; 27d login"),
    _trial("29d", "30d1s migration_wizard_opened; 27d login"),
    Story("basic", "90d", "5d plan_comparison_toggled; 2d login"),
    Story("basic", "95d", "20d data_exported; 12d subscription_cancelled"),  # has already left
    Story("pro", "110d", "3d data_exported; 90d1s subscription_cancelled; 1d login"),  # came back long ago
    Story("pro", "112d", "31d data_imported; 1d login"),
)

_VISITORS = (
    _visitor("20d page_viewed /pricing; 12d page_viewed /pricing/team; 30d page_viewed /pricing"),
    _visitor("20d page_viewed /pricing; 12d page_viewed /pricing/team; 30d1s page_viewed /pricing"),
    _visitor("8d page_viewed /pricing; 8d page_viewed /pricing; 7d page_viewed /pricing"),
    _visitor("8d! page_viewed /pricing; 6d page_viewed /pricing"),  # two looks, one of them delivered twice
    _visitor("8d page_viewed /pricing; 6d page_viewed /pricing; 3d page_viewed"),
    _visitor("9d page_viewed /pricing; 4d page_viewed /pricing; +1h page_viewed /pricing"),
    _visitor(days_of("page_viewed /features", 2, 5, 9, 12) + "; 11d demo_watched"),
    _visitor(days_of("page_viewed /features", 2, 5, 9) + "; 1d3h page_viewed /; 11d demo_watched"),
    _visitor("25d demo_watched; 24d whitepaper_downloaded security; 24d page_viewed /security"),
    _visitor("25d demo_watched; 31d whitepaper_downloaded security"),
    _visitor("60d demo_watched"),
    _visitor("60d1s demo_watched"),
    _visitor("3d1s demo_watched; 3d page_viewed /"),
    _visitor("3d demo_watched; 2d page_viewed /"),  # may still decide: the window is half-open
    _visitor("40d demo_watched; 2h demo_watched"),
    _trial("10d", "12d demo_watched; 9d login"),
    _trial("15d", "20d demo_watched; 15d page_viewed /pricing; 10d demo_watched; 9d login"),
    _trial("25d", "20d demo_watched; 18d login"),  # on trial already when watching
    _visitor("30d whitepaper_downloaded security"),
    _visitor("30d1s whitepaper_downloaded security"),
    _visitor("6d whitepaper_downloaded analytics"),
    _visitor("7d whitepaper_downloaded"),
    _visitor("+1h page_viewed /pricing"),  # seen by nobody yet
)

_EIGHT = days_of("feature_used board", 9, 12, 15, 18, 22, 25, 29, 33)
_LOGINS = days_of("login", 1, 3, 5, 9, 13, 17, 21, 27)
_CUSTOMERS = (
    # Logins: exactly five days of the last seven, two of them in one day, or four.
    Story("basic", "80d", days_of("login", 1, 2, 3, 5, 6) + "; 2d feature_used board; 40d feature_used board"),
    Story("basic", "81d", days_of("login", 1, 2, 3, 5) + "; 4h login; 2d feature_used board"),
    Story("pro", "82d", days_of("login", 1, 2, 4, 5) + "; 7d login; 2d feature_used report"),
    Story("pro", "83d", days_of("login", 1, 2, 4, 5) + "; 7d1s login; 2d feature_used report"),
    Story("pro", "84d", days_of("login", 1, 2, 3, 4, 5, 6) + "; 2d feature_used sso"),  # nothing of the core
    # No login for 14 days, to the second; and one who never logged in at all.
    Story("basic", "100d", "50d login; 14d login"),
    Story("basic", "100d1h", "50d login; 14d1s login"),
    Story("pro", "70d", "69d setup_completed", size=150),
    Story("pro", "70d1h", "69d login; 20d login", size=240),
    Story("pro", "70d2h", "69d login; 20d login", size=99),
    Story("basic", "70d3h", "69d login; 19d login", size=45),
    Story("basic", "70d4h", "69d login; 16d login", size=100),
    Story("basic", "14d", "13d setup_completed"),
    Story("basic", "13d23h59m59s", "13d setup_completed"),
    # Nothing for 30 days.
    Story("basic", "90d1h", "60d login; 30d login"),
    Story("basic", "90d2h", "60d login; 29d23h59m59s login"),
    Story("pro", "90d3h", "60d login; 45d feature_used board; +5h login", size=300),
    Story("free", "90d4h", "60d login; 35d login"),
    # Half of the own baseline of eight uses in four weeks, and a use less.
    Story("pro", "99d", f"{_EIGHT}; 3d feature_used api; 2d login"),
    Story("pro", "98d", f"{_EIGHT}; 30d feature_used sso; 3d feature_used api; 2d login"),
    Story("basic", "97d", days_of("feature_used timeline", 10, 20, 30) + "; 3d login"),
    # Premium features on the basic plan.
    Story(
        "basic",
        "60d",
        "25d feature_used sso; 10d feature_used automation; 30d feature_used sso; 2d feature_used board; 2d login",
    ),
    Story(
        "basic",
        "61d",
        "25d feature_used sso; 10d feature_used automation; 30d1s feature_used sso; 2d feature_used board; 2d login",
    ),
    Story("basic", "61d1h", days_of("feature_used audit_log", 1, 3, 6, 20) + "; 1d login"),
    Story("basic", "62d", "20d! feature_used audit_log; 9d feature_used automation; 2d feature_used board; 2d login"),
    Story("basic", "63d", days_of("feature_used automation", 2, 5, 8, 11) + "; 18d login"),  # but at risk
    Story("pro", "64d", days_of("feature_used automation", 2, 5, 8, 11) + "; 2d login"),
    # Advocates: eight active days in a month, and something shared or two colleagues invited.
    Story("pro", "75d", days_of("login", 1, 4, 8, 12, 16, 20, 25, 30) + "; 12d content_shared"),
    Story("pro", "76d", days_of("login", 1, 4, 8, 12, 16, 20, 25) + "; 12d content_shared; 11d9h login"),
    Story(
        "pro", "74d", days_of("login", 1, 2, 3, 9, 10, 16, 17) + "; 3d collaborator_invited; 2d collaborator_invited"
    ),
    Story("free", "74d1h", f"{_LOGINS}; 3d content_shared"),
    Story("basic", "77d", f"{_LOGINS}; 9d collaborator_invited; 9d collaborator_invited"),
    Story("basic", "78d", f"{_LOGINS}; 9d! collaborator_invited"),
    # Gone live.
    Story("pro", "58d", "3d login; 3d feature_used board; 8d feature_used board", live="14d"),
    Story("pro", "58d1h", "3d login; 3d feature_used board; 8d feature_used board", live="14d1s"),
    Story("basic", "40d", "2d login; 2d feature_used board; 8d feature_used board", live="1d6h"),
    Story("basic", "41d", "2d login; 2d feature_used board; 8d feature_used board", live="0s"),  # goes live now
    Story("pro", "66d", "2d login; 2d feature_used board; 8d feature_used board", live="15d"),
)

_TEAMS = (
    Story("pro", "88d", "80d project_created p1; 60d project_created p2; 1d login", 50, "software", "lead"),
    Story("pro", "88d1h", "80d project_created p1; 60d project_created p2; 1d login", 49, "software", "lead"),
    Story("basic", "87d", "80d project_created p7; 60d project_created p7; 1d login", 120, "media", "manager"),
    Story("basic", "86d", "80d project_created p7; 60d project_created p8; 1d login", 500, "media", "manager"),
    Story("pro", "85d", "80d project_created p7; 60d project_created; 1d login", 200, "media", "lead"),
    Story("pro", "89d", "70d project_created p3; 9d project_created p4; 1d login", 130, "software", "member"),
    Story("pro", "119d", "90d1s project_created p3; 9d project_created p4; 1d login", 90, "software", "lead"),
    Story("pro", "118d", "90d project_created p3; 9d project_created p4; 1d login", 90, "software", "manager"),
)

# Active on five days in a row, of which up to one may be missed each time, and still at it.
_STREAKS = (
    Story("pro", "101d", days_of("login", 1, 2, 3, 4, 5)),
    Story("pro", "102d", days_of("login", 1, 3, 5, 7, 9)),
    Story("basic", "103d", days_of("login", 1, 2, 4, 5)),
    Story("basic", "104d", days_of("login", 1, 2, 3, 4, 7, 8)),  # missed two days in a row
    Story("basic", "105d", days_of("login", 2, 3, 4, 5, 6)),  # may come back today
    Story("basic", "106d", days_of("login", 3, 4, 5, 6, 7)),  # over
    # All kinds of things are a sign of life, but not the same day twice.
    Story(
        "pro",
        "107d",
        "12h login; 1d9h content_shared; 2d9h page_viewed /docs/import; 3d8h login; 5d6h feature_used api",
    ),
    Story("pro", "108d", "12h login; 13h feature_used api; 1d9h login; 2d9h login; 3d8h login"),
    # Just before midnight by UTC, and so on the next day by the clocks of those who look at it: four days, not five.
    Story("basic", "109d", days_of("login", 1, 2, 3, 4) + "; 4d20m login"),
    # The other way round: five days, though four by UTC.
    Story("basic", "110d", days_of("login", 1, 2, 3) + "; 3d30m login; 4d9h login; 5d30m login"),
)

CAST: tuple[Story, ...] = (
    *_COLLABORATION, *_MOMENTUM, *_PRICING_AND_SETUP, *_ACTIVATED_FAST, *_ACTIVATED, *_ONBOARDING, *_TRIAL_ENDS,
    *_SWITCHING, *_VISITORS, *_CUSTOMERS, *_TEAMS, *_STREAKS,
)  # fmt: skip

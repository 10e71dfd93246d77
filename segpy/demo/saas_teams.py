"""Accounts whose people's lives are told to the second: each account stands on one side of an edge of a segment.

The first of each account founded it.
"""

from __future__ import annotations

from segpy.demo.saas_people import Story

Team = tuple[Story, ...]


def _on_trial(joined: str, *logs: str, ends: str = "") -> Team:
    return tuple(Story("trial", joined, log, ends=ends) for log in logs)


def _company(size: int, industry: str, *logs: str) -> Team:
    return tuple(Story("pro", "95d", log, size, industry) for log in logs)


_PROJECTS = "10d project_created p1; 9d12h project_created p2; 9d project_created p3"

# Three projects and two invitations within 48 hours, whoever did what and in whatever order.
_SETTING_UP = (
    _on_trial("12d", f"{_PROJECTS}; 9d6h collaborator_invited", "8d collaborator_invited"),  # 48 hours to the second
    _on_trial("12d1h", f"{_PROJECTS}; 9d6h collaborator_invited", "7d23h59m59s collaborator_invited"),
    _on_trial("12d2h", f"10d20h project_created p9; {_PROJECTS}",
              "9d6h collaborator_invited; 8d4h collaborator_invited"),
    _on_trial("12d3h", "10d20h collaborator_invited; 10d6h collaborator_invited", _PROJECTS),
    _on_trial("13d", "5d project_created p1; 5d project_created p2; 5d project_created p3",
              "5d collaborator_invited; 5d collaborator_invited"),  # all in one second
    _on_trial("13d1h", "10d project_created p1; 9d project_created p2; 9d6h collaborator_invited",
              "9d collaborator_invited; 9d4h collaborator_invited"),
    _on_trial("13d2h", _PROJECTS, "9d6h! collaborator_invited"),
    _on_trial("13d3h", _PROJECTS.replace("9d12h", "9d12h!").replace("; 9d project_created p3", ""),
              "9d6h collaborator_invited; 9d5h collaborator_invited"),
    _on_trial("31d", "30d project_created p1; 29d12h project_created p2; 29d project_created p3",
              "29d6h collaborator_invited; 28d4h collaborator_invited", ends="+10d"),
    _on_trial("31d1h", "30d1s project_created p1; 29d12h project_created p2; 29d project_created p3",
              "29d6h collaborator_invited; 28d4h collaborator_invited", ends="+10d"),
    _company(20, "retail", _PROJECTS, "9d6h collaborator_invited; 8d4h collaborator_invited"),
)  # fmt: skip

_READING = "2d6h login; 20d page_viewed /blog/standups; 15d whitepaper_downloaded analytics"

# Four or five touches of content in 30 days, by whomever, and nobody asked for a demo.
_READERS = (
    _company(40, "health", _READING, "12d webinar_attended; 30d page_viewed /blog/retros"),
    _company(40, "health", _READING, "12d webinar_attended; 30d1s page_viewed /blog/retros"),
    _company(60, "retail", f"{_READING}; 2d webinar_attended",
             "12d webinar_attended; 3d whitepaper_downloaded security"),
    _company(60, "retail", f"{_READING}; 2d webinar_attended", f"{_READING}; 12d webinar_attended"),
    _company(15, "media", _READING, "12d! webinar_attended"),
    _company(15, "media", _READING, "12d webinar_attended; 9d page_viewed /docs/import"),  # the manual is no content
    _company(15, "media", _READING, "12d webinar_attended; 9d page_viewed"),
    _company(30, "education", _READING, "12d webinar_attended; 9d page_viewed /blog/retros; 2d demo_requested"),
    _company(30, "education", f"50d demo_requested; {_READING}", "12d webinar_attended; 9d page_viewed /blog/retros"),
    _company(30, "education", _READING, "12d webinar_attended; 9d page_viewed /blog/retros; +1h demo_requested"),
)  # fmt: skip

_DEEP = "2d login; 2d feature_used board; 1d9h feature_used report; 9d feature_used sso"
_TOO = "3d login; 3d feature_used api; 40d integration_connected jira"

# Large, of a sector, two people or more who use four features or more, and a tool connected.
_DEEP_AND_LARGE = (
    _company(250, "software", _DEEP, _TOO),
    _company(249, "software", _DEEP, _TOO),
    _company(900, "media", _DEEP, _TOO),
    _company(900, "retail", _DEEP, _TOO),
    _company(480, "media", _DEEP, _TOO.replace("feature_used api", "feature_used sso")),  # three features
    _company(480, "media", _DEEP, _TOO.replace("feature_used api", "feature_used")),  # one whose name was lost
    _company(480, "software", _DEEP, _TOO.replace("; 40d integration_connected jira", "")),
    _company(300, "software", f"{_DEEP}; {_TOO}"),  # one person alone
    _company(300, "software", _DEEP, _TOO.replace("3d login", "30d login")),
    _company(300, "software", _DEEP, _TOO.replace("3d login", "30d1s login")),
    _company(300, "software", _DEEP.replace("2d feature_used board", "30d feature_used board"), _TOO),
    _company(300, "software", _DEEP.replace("2d feature_used board", "30d1s feature_used board"), _TOO),
)  # fmt: skip

TEAMS: tuple[Team, ...] = (*_SETTING_UP, *_READERS, *_DEEP_AND_LARGE)

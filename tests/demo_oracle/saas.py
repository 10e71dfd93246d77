"""The software world. Each function is a segment; with `near`, a laxer one that also takes in who just misses it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from tests.demo_oracle.match import Order, Step, furthest, happened
from tests.demo_oracle.world import Event, Kind, Life, Reading, days_active, distinct, local, rows


def _of(name: str, *details: str) -> Kind:
    """Events of a name, with one of these details where any are given."""
    return Kind("app", (name,), lambda event: not details or event["detail"] in details)


def _pricing(event: Event) -> bool:
    return event["detail"] is not None and event["detail"].startswith("/pricing")


PAGE, PRICING = _of("page_viewed"), Kind("app", ("page_viewed",), _pricing)
DEMO, SECURITY_PAPER = _of("demo_watched"), _of("whitepaper_downloaded", "security")
COMPARED, TRIAL = _of("feature_compared"), _of("trial_started")
SETUP_STEP, SETUP = _of("setup_step_completed"), _of("setup_completed")
TOOL, KEY_TOOL = _of("integration_connected"), _of("integration_connected", "slack", "github", "jira")
LOGIN, USED = _of("login"), _of("feature_used")
CORE = _of("feature_used", "board", "timeline", "report")
PREMIUM = _of("feature_used", "automation", "sso", "audit_log")
PROJECT, INVITED, SHARED = _of("project_created"), _of("collaborator_invited"), _of("content_shared")
CANCELLED = _of("subscription_cancelled")
SWITCHING = Kind("app", ("data_imported", "data_exported", "migration_wizard_opened", "plan_comparison_toggled"))
ONBOARDING = ("onboarding_started", "profile_filled", "project_created", "onboarding_finished")

DECLARED = Kind("app", (), lambda event: event.name != "signed_up")
CONTENT = Kind(
    "app",
    ("page_viewed", "whitepaper_downloaded", "webinar_attended"),
    lambda event: event.name != "page_viewed" or (event["detail"] or "").startswith("/blog/"),
)
DEMO_REQUESTED = _of("demo_requested")

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def users(reading: Reading) -> dict[str, Life]:
    """Users by their attributes, visitors by their events."""
    accounts = {row["account_id"]: row for row in rows("saas_accounts")}
    about = ({**accounts.get(row["account_id"], {}), **row} for row in rows("saas_users"))
    log = reading.visible("app", rows("saas_events"), "user_id", "event_id", "event_time")
    return reading.lives(about, "user_id", log)


def accounts(reading: Reading) -> dict[str, Life]:
    """Accounts; what their people do is theirs too. `leads` is how many of the people lead or manage."""
    people = list(rows("saas_users"))
    of = {str(row["user_id"]): str(row["account_id"]) for row in people if row["account_id"]}
    leads = Counter(row["account_id"] for row in people if row["role"] in ("lead", "manager"))
    about = ({**row, "leads": str(leads[row["account_id"]])} for row in rows("saas_accounts"))
    log = reading.visible("app", rows("saas_events"), "user_id", "event_id", "event_time")
    theirs = [(of[user], event) for user, event in log if user in of]
    return reading.lives(about, "account_id", theirs)


def trial_users(one: Life, near: bool = False) -> bool:
    return one.text("plan") in ({"trial", "free"} if near else {"trial"})


def customers(one: Life, near: bool = False) -> bool:
    return one.text("plan") in ({"basic", "pro", "free"} if near else {"basic", "pro"})


def visitor(one: Life) -> bool:
    return one.text("signed_up_at") is None


def pricing_never_signed(one: Life, near: bool = False) -> bool:
    return visitor(one) and len(one.lately(PRICING, 32 if near else 30)) >= (2 if near else 3)


def engaged_not_converted(one: Life, near: bool = False) -> bool:
    signs = (
        days_active(one.lately(PAGE, 30)) >= 4,
        distinct(one.lately(PAGE, 30), "detail") >= 5,
        bool(one.lately(DEMO, 30)),
        bool(one.lately(SECURITY_PAPER, 30)),
    )
    return visitor(one) and sum(signs) >= (1 if near else 2)


def demo_no_trial(one: Life, near: bool = False) -> bool:
    if near:
        return bool(one.all(DEMO, one.ago(65), one.ago(2)))
    if not one.all(DEMO, one.ago(60), one.ago(3)):
        return False
    first = one.all(DEMO)[0].at
    return not any(trial.at > first or trial.at < first for trial in one.all(TRIAL))


def whitepaper_lead(one: Life, near: bool = False) -> bool:
    papers = one.lately(_of("whitepaper_downloaded"), 35) if near else one.lately(SECURITY_PAPER, 30)
    return bool(papers) and not customers(one)


def collaboration_intent(one: Life, near: bool = False) -> bool:
    days = 10 if near else 7
    return trial_users(one, near) and bool(one.lately(INVITED, days) or one.lately(TOOL, days))


def momentum(one: Life, near: bool = False, strict: bool = False) -> bool:
    steps = [Step(COMPARED), Step(PRICING), Step(SETUP, within=(26 if near else 24) * HOUR)]
    if not near:
        steps.append(Step(INVITED))
    order = Order(tuple(steps), since=one.ago(32 if near else 30), strict=strict)
    return trial_users(one, near) and happened(one, order)


def pricing_and_setup(one: Life, near: bool = False) -> bool:
    looks, setups = one.lately(PRICING, 14), one.lately(SETUP_STEP, 14)
    if near:
        return trial_users(one) and any(abs(look.at - step.at) <= 26 * HOUR for look in looks for step in setups)
    return trial_users(one) and any(
        max(a.at, b.at, step.at) - min(a.at, b.at, step.at) <= 24 * HOUR
        for a in looks
        for b in looks
        for step in setups
        if a is not b
    )


def activated_fast(one: Life, near: bool = False) -> bool:
    start = one.time("signed_up_at")
    if start is None:
        return False
    end = start + timedelta(hours=72 if near else 48)
    tool = TOOL if near else KEY_TOOL
    return trial_users(one) and bool(one.all(SETUP, start, end)) and bool(one.all(tool, start, end))


def activated(one: Life, near: bool = False) -> bool:
    core = Step(CORE, times=3, within=7 * DAY, without=CANCELLED)
    if near:
        core = Step(CORE, times=2, within=8 * DAY)
    return happened(one, Order((Step(SETUP), core)))


def left_onboarding(one: Life, near: bool = False) -> bool:
    step = furthest(one, Order(tuple(Step(_of(name)) for name in ONBOARDING)))
    since = one.since_last(_of("onboarding_started"))
    if since is None or not trial_users(one):
        return False
    return since > 1 * DAY if near else 1 <= step <= 3 and since > 3 * DAY


def trial_idle(one: Life, near: bool = False) -> bool:
    age = one.age("trial_started_at")
    if age is None or not trial_users(one):
        return False
    return age >= (2 if near else 3) * DAY and len(one.all(CORE)) <= (1 if near else 0)


def trial_done(one: Life, near: bool = False) -> bool:
    ends = one.time("trial_ends_at")
    if one.text("plan") not in ("trial", "free") or ends is None:
        return False
    if near:
        return one.ago(40) <= ends <= one.ago(-2)
    return one.ago(30) <= ends < one.as_of


def high_engagement(one: Life, near: bool = False) -> bool:
    days = days_active(one.lately(LOGIN, 8 if near else 7))
    return days >= (4 if near else 5) and bool(one.lately(USED if near else CORE, 7))


def switching_cues(one: Life, near: bool = False) -> bool:
    if near:
        return bool(one.lately(SWITCHING, 35))
    return bool(one.lately(SWITCHING, 30)) and not one.lately(CANCELLED, 90)


def at_risk(one: Life, near: bool = False) -> bool:
    age, away = one.age("signed_up_at"), one.since_last(LOGIN)
    if not customers(one) or age is None or age < (13 if near else 14) * DAY:
        return False
    week, before = len(one.lately(USED, 7)), len(one.all(USED, one.ago(35), one.ago(7)))
    less = Fraction(week) < Fraction(3 if near else 2, 4) * Fraction(before, 4)
    return away is None or away > (10 if near else 14) * DAY or less


def at_risk_big(one: Life, near: bool = False) -> bool:
    size = one.number("company_size")
    return stage(one) == "at_risk" and size is not None and size >= (40 if near else 100)


def declining(one: Life, near: bool = False) -> bool:
    week, before = len(one.lately(USED, 7)), len(one.all(USED, one.ago(67), one.ago(7)))
    limit = Fraction(7 if near else 4, 10)
    return customers(one) and before > 0 and Fraction(week, 7) / Fraction(before, 60) < limit


def dormant(one: Life, near: bool = False) -> bool:
    age, away, days = one.age("signed_up_at"), one.since_last(LOGIN), 25 if near else 30
    return age is not None and age >= days * DAY and (away is None or away >= days * DAY)


def expansion(one: Life, near: bool = False) -> bool:
    uses = len(one.lately(PREMIUM, 32 if near else 30))
    if near:
        return one.text("plan") == "basic" and uses >= 2
    return one.text("plan") == "basic" and uses >= 3 and stage(one) != "at_risk"


def advocate(one: Life, near: bool = False) -> bool:
    days = days_active(one.lately(LOGIN, 30))
    speaks = bool(one.lately(SHARED, 30)) or len(one.lately(INVITED, 30)) >= (1 if near else 2)
    return customers(one) and days >= (7 if near else 8) and speaks


def just_live(one: Life, near: bool = False) -> bool:
    live = one.time("went_live_at")
    if near:
        return live is not None and live >= one.ago(17)
    return customers(one) and live is not None and one.ago(14) <= live < one.as_of


def streaker(one: Life, near: bool = False) -> bool:
    days = sorted({local(event.at).date() for event in one.all(DECLARED)}, reverse=True)
    if visitor(one) or not days or local(one.as_of).date() - days[0] > (3 if near else 2) * DAY:
        return False
    missed = [index for index, (later, earlier) in enumerate(pairwise(days), start=1) if later - earlier > 2 * DAY]
    return (missed[0] if missed else len(days)) >= (4 if near else 5)


def team_leads(one: Life, near: bool = False) -> bool:
    return one.text("role") in ({"lead", "manager", "member"} if near else {"lead", "manager"})


def team_by_size(one: Life, near: bool = False) -> bool:
    size, projects = one.number("company_size"), distinct(one.lately(PROJECT, 92 if near else 90), "detail")
    if size is None or one.text("industry") not in ("software", "media"):
        return False
    if near:
        return 45 <= size <= 550 and projects >= 1
    return 50 <= size <= 500 and projects >= 2 and (one.number("leads") or 0) >= 1


def setup_depth(one: Life, near: bool = False) -> bool:
    projects, invited = one.lately(PROJECT, 30), one.lately(INVITED, 30)
    if near:
        return len(one.lately(PROJECT, 31)) >= 2 and bool(invited)
    return one.text("plan") == "trial" and any(
        sum(first.at <= project.at <= first.at + 48 * HOUR for project in projects) >= 3
        and sum(first.at <= invitation.at <= first.at + 48 * HOUR for invitation in invited) >= 2
        for first in (*projects, *invited)
    )


def content_touched(one: Life, near: bool = False) -> bool:
    if near:
        return len(one.lately(CONTENT, 31)) >= 3
    return 4 <= len(one.lately(CONTENT, 30)) <= 5 and not one.all(DEMO_REQUESTED)


def deep_large_account(one: Life, near: bool = False) -> bool:
    size, days = one.number("company_size"), 32 if near else 30
    deep = distinct(one.lately(USED, days), "detail"), distinct(one.lately(LOGIN, days), "user_id")
    if size is None:
        return False
    if near:
        return size >= 240 and deep[0] >= 3 and deep[1] >= 1
    large = size >= 250 and one.text("industry") in ("software", "media")
    return large and deep[0] >= 4 and deep[1] >= 2 and bool(one.all(TOOL))


JOURNEY = (engaged_not_converted, trial_done, trial_idle, dormant, at_risk, advocate)


def stage(one: Life) -> str | None:
    """The journey's first group that fits, None if none does: nobody is in two of them."""
    return next((group.__name__ for group in JOURNEY if group(one)), None)


SEGMENTS = (
    trial_users, customers, pricing_never_signed, engaged_not_converted, demo_no_trial, whitepaper_lead,
    collaboration_intent, momentum, pricing_and_setup, activated_fast, activated, left_onboarding, trial_idle,
    trial_done, high_engagement, switching_cues, at_risk, at_risk_big, declining, dormant, expansion, advocate,
    just_live, team_leads, streaker,
)  # fmt: skip
ACCOUNTS = (team_by_size, setup_depth, content_touched, deep_large_account)

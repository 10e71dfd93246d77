"""The world that is measured: kinds of events with their frequencies, and what tends to follow what."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

AS_OF = datetime(2026, 11, 21)
"""The instant of every evaluation: the end of the history."""

FREQUENCIES = {
    "page_view": 26.0,
    "view_item": 14.0,
    "search": 9.0,
    "edit_doc": 7.0,
    "api_call": 6.0,
    "save_doc": 5.0,
    "add_to_cart": 4.0,
    "login": 3.5,
    "notification_open": 3.0,
    "comment": 2.5,
    "error_shown": 2.2,
    "download_file": 2.2,
    "logout": 2.2,
    "upload_file": 1.8,
    "begin_checkout": 1.2,
    "pricing_view": 1.2,
    "settings_view": 1.1,
    "retry_action": 1.1,
    "share_link": 0.9,
    "email_click": 0.9,
    "create_project": 0.8,
    "export_report": 0.7,
    "add_payment": 0.6,
    "purchase": 0.5,
    "receipt_view": 0.4,
    "invite_sent": 0.3,
    "invoice_paid": 0.3,
    "ticket_reply": 0.3,
    "sign_up": 0.25,
    "open_ticket": 0.25,
    "verify_email": 0.2,
    "ticket_close": 0.2,
    "invite_accepted": 0.12,
    "trial_start": 0.12,
    "integration_add": 0.1,
    "nps_answer": 0.08,
    "upgrade_plan": 0.06,
    "refund": 0.05,
    "cancel_plan": 0.05,
    "session_start": 0.0,
}
"""How often people do what, on their own account, in percent of about 100. A session begins by `session_start`."""

JOURNEYS = (
    ("page_view", "search", "view_item", "add_to_cart", "begin_checkout", "add_payment", "purchase", "receipt_view"),
    ("sign_up", "verify_email", "create_project", "invite_sent", "invite_accepted"),
    ("pricing_view", "trial_start", "upgrade_plan", "invoice_paid"),
    ("open_ticket", "ticket_reply", "ticket_close"),
    ("error_shown", "retry_action", "error_shown"),
    ("edit_doc", "save_doc", "share_link", "comment"),
    ("notification_open", "page_view"),
    ("email_click", "pricing_view"),
    ("login", "page_view"),
    ("upload_file", "download_file"),
    ("cancel_plan", "nps_answer"),
    ("settings_view", "integration_add"),
)
"""What people do one after the other, from wherever they begin."""

LONGEST_RUN = 8
FOLLOWS = 0.42
"""How likely it is that the next event of a session is the one that follows the last."""

MONEY = ("purchase", "refund", "invoice_paid", "add_to_cart")
ITEMS = ("view_item", "add_to_cart", "begin_checkout", "purchase", "refund")
PLANS = ("free", "basic", "pro", "enterprise")
DEVICES = ("web", "ios", "android", "desktop")
HOURS = (2, 1, 1, 1, 1, 2, 4, 6, 9, 11, 12, 12, 11, 12, 12, 12, 11, 10, 9, 9, 8, 7, 5, 3)
"""How many people come in which hour of the day."""
WEEKDAYS = (1.13, 1.18, 1.18, 1.15, 1.08, 0.68, 0.66)
"""The same for the days of the week, from Monday; seven in all."""


def run_from(event: str) -> tuple[str, ...]:
    """What follows an event, itself first, in a run of the greatest length."""
    following = {one: other for journey in JOURNEYS for one, other in pairwise(journey)}
    run = [event]
    while len(run) < LONGEST_RUN:
        run.append(following.get(run[-1], run[-1]))
    return tuple(run)

"""What is computed: 150 features, 50 segments, 25 sequences. Specs and hand-written SQL are both written from this."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from benchmarks.events import FREQUENCIES


@dataclass(frozen=True, slots=True)
class Slice:
    """Events of one kind, all or some of them: `where` is SQL over the columns of `events`."""

    name: str
    event: str
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """One number of each person. `kind` is the language's word for it."""

    kind: str
    slice: Slice
    days: int
    prop: str | None = None

    @property
    def name(self) -> str:
        """`purchase_amount_sum_30d`."""
        return "_".join(part for part in (self.slice.name, self.prop, self.kind, f"{self.days}d") if part)


@dataclass(frozen=True, slots=True)
class Condition:
    """A feature and what it is compared with: seconds where the feature is a `recency`, which must be less."""

    feature: Feature
    bound: int

    @property
    def least(self) -> bool:
        """Whether the value must be at least the bound, rather than less."""
        return self.feature.kind != "recency"


@dataclass(frozen=True, slots=True)
class Segment:
    """People who fulfil all conditions."""

    name: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a sequence; durations as the language writes them."""

    slice: Slice
    within: str | None = None
    without: Slice | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Sequence:
    """Steps in their order. With `every_output`, the feature has a column for each thing that a sequence measures."""

    name: str
    steps: tuple[Step, ...]
    complete_within: str | None
    every_output: bool = field(default=False)


BUSY = (
    *("page_view", "session_start", "view_item", "search", "add_to_cart", "api_call", "save_doc", "edit_doc"),
    *("comment", "begin_checkout", "purchase", "add_payment", "login", "logout", "error_shown", "retry_action"),
    *("upload_file", "download_file", "export_report", "share_link"),
)
SLICES = {
    one.name: one
    for one in (
        *(Slice(event, event) for event in FREQUENCIES),
        Slice("purchase_on_pro", "purchase", "plan = 'pro'"),
        Slice("page_view_on_ios", "page_view", "device = 'ios'"),
        Slice("page_view_on_web", "page_view", "device = 'web'"),
        Slice("page_view_of_docs", "page_view", "page like '/docs/%'"),
        Slice("add_to_cart_over_50", "add_to_cart", "amount > 50"),
        Slice("add_to_cart_over_100", "add_to_cart", "amount > 100"),
        Slice("login_on_web", "login", "device = 'web'"),
        Slice("error_shown_on_android", "error_shown", "device = 'android'"),
        Slice("view_item_of_range", "view_item", "product_id < 1000"),
        Slice("api_call_of_enterprise", "api_call", "plan = 'enterprise'"),
    )
}
_NARROWED = (
    *("purchase_on_pro", "page_view_on_ios", "page_view_of_docs", "add_to_cart_over_50", "login_on_web"),
    *("error_shown_on_android", "view_item_of_range", "api_call_of_enterprise"),
)
_PAID = ("purchase", "add_to_cart", "refund", "invoice_paid", "purchase_on_pro")
_ITEMS = ("view_item", "add_to_cart", "begin_checkout", "purchase", "view_item_of_range")
_DAILY = ("page_view", "session_start", "login", "api_call", "edit_doc")
_WINDOWS = (7, 14, 30, 60, 90, 180)


def _features() -> tuple[Feature, ...]:
    """60 counts, 25 sums, 15 averages, 15 numbers of products, 15 of days, and 20 last times."""
    counted = [SLICES[name] for name in (*BUSY, *_NARROWED, "refund", "invoice_paid")]
    paid, items, daily = ([SLICES[name] for name in names] for names in (_PAID, _ITEMS, _DAILY))
    return (
        *(Feature("count", one, _WINDOWS[i % 6]) for i, one in enumerate(counted)),
        *(Feature("count", one, _WINDOWS[(i + 3) % 6]) for i, one in enumerate(counted)),
        *(Feature("sum", one, days, "amount") for days in _WINDOWS[:5] for one in paid),
        *(Feature("avg", one, days, "amount") for days in _WINDOWS[2:5] for one in paid),
        *(Feature("count_distinct", one, days, "product_id") for days in (7, 30, 90) for one in items),
        *(Feature("active_days", one, days) for days in (7, 30, 90) for one in daily),
        *(Feature("recency", SLICES[name], 180) for name in BUSY),
    )


FEATURES = _features()
_BOUNDS = {"count": 1, "sum": 20, "avg": 10, "count_distinct": 1, "active_days": 1, "recency": 14 * 86_400}


def segments(number: int = 50) -> tuple[Segment, ...]:
    """Segments of three features each. Beyond 50 the features come in other combinations and with higher bounds."""
    made = []
    for i in range(number):
        group, j = divmod(i, 50)
        chosen = (FEATURES[j], FEATURES[50 + (j + group) % 50], FEATURES[100 + (j + 3 * group) % 50])
        made.append(Segment(f"segment_{i + 1:03d}", tuple(Condition(one, _bound(one, group)) for one in chosen)))
    return tuple(made)


def _bound(feature: Feature, group: int) -> int:
    """What a feature is compared with; a week has no more than seven days."""
    return _BOUNDS[feature.kind] * (1 + (group % 7 if feature.kind == "active_days" else group))


def without_limits(sequence: Sequence) -> Sequence:
    """The same steps, however long they take."""
    steps = tuple(replace(step, within=None) for step in sequence.steps)
    return replace(sequence, steps=steps, complete_within=None)


def _sequence(name: str, complete_within: str, *steps: str | Step, every_output: bool = False) -> Sequence:
    made = tuple(step if isinstance(step, Step) else Step(SLICES[step]) for step in steps)
    return Sequence(name, made, complete_within, every_output)


def _close(within: str, first: str, *others: str) -> tuple[Step, ...]:
    """Steps of which each follows soon on the one before."""
    return (Step(SLICES[first]), *(Step(SLICES[name], within=within) for name in others))


_BOUGHT = SLICES["purchase"]
SEQUENCES = (
    _sequence("buying", "7 days", "view_item", "add_to_cart", "begin_checkout", "purchase", every_output=True),
    _sequence("buying_briskly", "7 days", *_close("1 day", "view_item", "add_to_cart", "begin_checkout", "purchase")),
    _sequence(
        "stalling_at_checkout",
        "3 days",
        "view_item",
        "add_to_cart",
        Step(SLICES["begin_checkout"], without=_BOUGHT),
        every_output=True,
    ),
    _sequence("buying_from_cart", "1 day", "add_to_cart", "purchase"),
    _sequence("onboarding", "14 days", "sign_up", "verify_email", "create_project", "invite_sent", every_output=True),
    _sequence("starting_at_once", "1 day", "sign_up", "create_project"),
    _sequence("upgrading", "30 days", "pricing_view", "trial_start", "upgrade_plan"),
    _sequence("paying_after_trial", "30 days", "trial_start", "upgrade_plan", "invoice_paid"),
    _sequence("asking_for_help", "2 days", Step(SLICES["error_shown"], times=3), "open_ticket"),
    _sequence("failing_again", "1 hour", *_close("10 minutes", "error_shown", "retry_action", "error_shown")),
    _sequence("being_helped", "7 days", "open_ticket", "ticket_reply", "ticket_close"),
    _sequence("circling_the_price", "7 days", "page_view", Step(SLICES["pricing_view"], times=2)),
    _sequence("searching_twice", "1 day", "search", "view_item", "search", "view_item", "add_to_cart"),
    _sequence("working", "1 day", "login", "edit_doc", "save_doc", "share_link"),
    _sequence("discussing", "1 hour", *_close("10 minutes", "edit_doc", "save_doc", "comment")),
    _sequence("spreading", "7 days", "upload_file", "share_link", "invite_sent"),
    _sequence("called_back", "1 day", "notification_open", "page_view", "begin_checkout"),
    _sequence("persuaded_by_mail", "7 days", "email_click", "pricing_view", "upgrade_plan"),
    _sequence("leaving_with_data", "30 days", "export_report", "cancel_plan"),
    _sequence("leaving_in_anger", "14 days", "error_shown", "cancel_plan"),
    _sequence("buying_often", "30 days", Step(_BOUGHT, times=3), every_output=True),
    _sequence("sending_back", "14 days", "purchase", "refund"),
    _sequence("changing_device", "1 day", "page_view_on_ios", "page_view_on_web"),
    _sequence(
        "doubting_a_large_cart",
        "3 days",
        "add_to_cart_over_100",
        "begin_checkout",
        Step(SLICES["session_start"], without=_BOUGHT),
    ),
    _sequence(
        "buying_in_one_go",
        "1 hour",
        *_close("30 minutes", "session_start", "search", "view_item", "add_to_cart", "purchase"),
        every_output=True,
    ),
)

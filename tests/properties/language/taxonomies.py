"""Random taxonomies: one or two entities, two streams, events that overlap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from hypothesis import strategies as st

APP = {"v": "integer", "amount": "number", "product": "text", "paid": "boolean", "due": "timestamp", "day": "date"}
MAIL = {"v": "integer", "product": "text"}
ATTRIBUTES = {
    "plan": "text",
    "seats": "integer",
    "score": "number",
    "signed_up_at": "timestamp",
    "born": "date",
    "vip": "boolean",
    "account_id": "text",
}
ACCOUNT = {"tier": "text", "since": "timestamp"}

# Those of the stream `app`; several of them overlap.
APP_EVENTS = {
    "a": "is: a",
    "b": "is: b",
    "c": "is: c",
    "x": "is: x",
    "a_or_b": "is: [a, b]",
    "a_marked": 'is: a, where: "v > 0"',
    "marked": 'where: "v > 0"',
    "tea": "where: \"product = 'tea' and name <> 'x'\"",
}
MAIL_EVENTS = {"opened": "is: opened", "clicked": "is: clicked", "mailed": ""}

# Instants about which something changes: the hours of a zone, a month's length, a year.
AS_OFS = (
    datetime(2026, 3, 10),
    datetime(2026, 3, 30, 5),
    datetime(2026, 11, 2),
    datetime(2026, 1, 1),
    datetime(2028, 3, 31, 17),
)
ZONES = ("UTC", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """What of a taxonomy differs from one random spec to the next. `account`: how events reach accounts, if at all."""

    as_of: datetime
    zone: str
    grain: str
    retention: str | None
    key_type: str
    population: str | None
    versions: bool
    id: bool
    order: bool
    account: str | None
    account_attributes: bool
    account_population: str | None

    @property
    def entities(self) -> tuple[str, ...]:
        """The entities that there are."""
        return ("user", "account") if self.account else ("user",)

    def streams(self, entity: str) -> Mapping[str, Mapping[str, str]]:
        """The properties of each stream that serves an entity."""
        mail = {"mail": MAIL} if entity == "user" or self.account in ("members", "both") else {}
        return {"app": APP, **mail}

    def events(self, entity: str) -> list[str]:
        """The declared events that an entity can have."""
        return [*APP_EVENTS, *(MAIL_EVENTS if "mail" in self.streams(entity) else ())]

    def attributes(self, entity: str) -> Mapping[str, str]:
        """The attributes of an entity and their types."""
        return ATTRIBUTES if entity == "user" else ACCOUNT if self.account_attributes else {}

    def lines(self) -> Iterator[str]:
        """The taxonomy as a spec writes it."""
        yield f"timezone: {self.zone}"
        yield f"grain: {self.grain}"
        if self.retention:
            yield f"retention: {self.retention}"
        yield "entities:"
        yield from self._user()
        if self.account:
            yield from self._account()
        yield "streams:"
        keys = "{user: user_id, account: account_id}" if self.account in ("direct", "both") else "{user: user_id}"
        extra = (", id: event_id" if self.id else "") + (", order: seq" if self.order else "")
        yield f"  app: {{relation: ref('app_events'), entity: {keys}, occurred_at: at, event: name{extra},"
        yield f"    properties: {columns(APP)}}}"
        yield "  mail: {relation: \"source('crm', 'mails')\", entity: {user: recipient}, occurred_at: sent_at,"
        yield f"    event: kind, properties: {columns(MAIL)}}}"
        yield "events:"
        for stream, events in (("app", APP_EVENTS), ("mail", MAIL_EVENTS)):
            for name, how in events.items():
                yield f"  {name}: {{stream: {stream}{', ' if how else ''}{how}}}"

    def _user(self) -> Iterator[str]:
        yield "  user:"
        yield f"    {{key: user_id, key_type: {self.key_type}, start: signed_up_at,"
        if self.population:
            yield f"    population: {self.population},"
        versions = ", valid_from: valid_from, valid_to: valid_to" if self.versions else ""
        yield f"    attributes: {{relation: ref('people'), columns: {columns(ATTRIBUTES)}{versions}}}}}"

    def _account(self) -> Iterator[str]:
        yield "  account:"
        parts = ["key: account_id"]
        if self.account in ("members", "both"):
            parts.append("members: {entity: user, by: account_id}")
        if self.account_attributes:
            parts.append(f"start: since, attributes: {{relation: ref('accounts'), columns: {columns(ACCOUNT)}}}")
        if self.account_population:
            parts.append(f"population: {self.account_population}")
        yield f"    {{{', '.join(parts)}}}"


def columns(types: Mapping[str, str]) -> str:
    """Columns with their types."""
    return "{" + ", ".join(f"{name}: {kind}" for name, kind in types.items()) + "}"


@st.composite
def taxonomies(draw: st.DrawFn) -> Taxonomy:
    """A taxonomy."""
    account = draw(st.sampled_from([None, None, "members", "members", "direct", "both"]))
    known = draw(st.booleans())
    return Taxonomy(
        as_of=draw(st.sampled_from(AS_OFS)),
        zone=draw(st.sampled_from(ZONES)),
        grain=draw(st.sampled_from(["hour", "hour", "hour", "day"])),
        retention=draw(st.sampled_from([None] * 6 + ["40 days"])),
        key_type=draw(st.sampled_from(["text", "integer"])),
        population=draw(st.sampled_from([None, None, "both", "events", "attributes"])),
        versions=draw(st.sampled_from([False, False, True])),
        id=draw(st.booleans()),
        order=draw(st.booleans()),
        account=account,
        account_attributes=known,
        account_population=draw(st.sampled_from([None, "both", "events"] if known else [None, "events"])),
    )
